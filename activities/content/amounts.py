"""Amounts of money in what people wrote."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from domain.money import ZERO


def amount_of(text: str) -> Decimal | None:
    """The amount a text states, such as 310,000.00 or 5000元; None if it states none."""
    try:
        amount = Decimal(text.replace(",", "").replace("，", "").removesuffix("元") or "x")
    except InvalidOperation:
        return None
    sound = amount.is_finite() and ZERO <= amount < 10**15 and amount == round(amount, 2)
    return round(amount, 2) if sound else None
