"""Money that was received and belongs to no account yet: what adds up, and what has become of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pydantic import Field

from domain.base import Frozen
from domain.errors import Problem
from domain.ledger import PostingKind
from domain.money import ZERO, rounded

MONEY_IN = (PostingKind.PAYMENT, PostingKind.VENDOR_ADVANCE, PostingKind.BUYBACK_PRICE)
"""Kinds of postings that are money received."""


class Split(Frozen):
    """One account that gets a part of a receipt."""

    account_no: str = Field(min_length=1, max_length=64)
    amount: Decimal


class Fate(Frozen):
    """What became of money received in one currency; nothing else can become of it."""

    currency: str
    received: Decimal = ZERO
    assigned: Decimal = ZERO
    returned: Decimal = ZERO

    @property
    def waiting(self) -> Decimal:
        """What is still in suspense."""
        return self.received - self.assigned - self.returned


def faults_of(lines: Sequence[Split], returned: Decimal, remains: Decimal, whole: Decimal) -> Iterator[Problem]:
    """Why a receipt cannot be divided like this; `whole` is what there is to divide."""
    named: set[str] = set()
    for index, line in enumerate(lines):
        if line.account_no in named:
            yield Problem(f"lines.{index}.account_no", f"{line.account_no} stands twice", "give it one amount")
        named.add(line.account_no)
        yield from _not_money(f"lines.{index}.amount", line.amount, line.amount > ZERO)
    for place, amount in (("returned", returned), ("remains", remains)):
        yield from _not_money(place, amount, amount >= ZERO)
    total = sum((line.amount for line in lines), returned + remains)
    if total != whole:
        yield Problem("lines", f"the amounts add up to {total}, not to {whole}", f"{whole - total} is left to divide")
    elif remains == whole:
        yield Problem("lines", "nothing is assigned or returned", "name an account, or an amount to return")


def _not_money(place: str, amount: Decimal, enough: bool) -> Iterator[Problem]:
    if not enough or amount != rounded(amount):
        yield Problem(place, f"{amount} is no amount", "give whole cents, above 0.00 for an account")
