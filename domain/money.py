"""Amounts of money: decimals with a currency, rounded in this one place."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from pydantic import field_validator

from domain.base import Frozen

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    """The amount in whole cents, half a cent upwards (the usage of Chinese lease contracts)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


class Money(Frozen):
    """An amount in whole cents of one currency; sums of different currencies are refused."""

    amount: Decimal
    currency: str = "CNY"

    @field_validator("amount")
    @classmethod
    def _whole_cents(cls, amount: Decimal) -> Decimal:
        if not amount.is_finite():
            raise ValueError("an amount is a finite number")
        if amount != rounded(amount):
            raise ValueError("an amount has at most two decimals")
        return rounded(amount)

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(amount=self.amount + other.amount, currency=self.currency)

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}"
