"""What customers really paid: the payments that were not taken back, by the day they count for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from domain.base import Frozen
from domain.ledger import AccountFacts, PostingKind
from domain.money import ZERO


class Received(Frozen):
    """All payments of one day, in the currency of the account."""

    day: date
    amount: Decimal


def received(account: AccountFacts, as_of: date) -> tuple[Received, ...]:
    """Per day, in order. Neither advances of a vendor nor anything taken back by the end of `as_of` counts."""
    known = [posting for posting in account.postings if posting.value_date <= as_of]
    taken_back = {posting.reverses for posting in known if posting.kind is PostingKind.REVERSAL}
    by_day: dict[date, Decimal] = {}
    for posting in known:
        if posting.kind is PostingKind.PAYMENT and posting.id not in taken_back:
            by_day[posting.value_date] = by_day.get(posting.value_date, ZERO) + posting.amount
    return tuple(Received(day=day, amount=amount) for day, amount in sorted(by_day.items()))


def total(payments: Sequence[Received]) -> Decimal:
    """Their sum."""
    return sum((one.amount for one in payments), ZERO)
