"""How the penalty interest of a delinquency comes about, line by line, as a notice has to show it (B2.1.2.2a)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain.base import Frozen
from domain.ledger import AccountFacts
from domain.replay import Accrual, effective_postings, replay
from domain.terms import Terms


class PenaltyLine(Frozen):
    """Penalty interest of the days (since, until]: owed * rate * days = amount, not rounded.

    A payment of penalty interest is a line of no days with a negative amount.
    """

    since: date
    until: date
    owed: Decimal
    rate: Decimal
    amount: Decimal

    @property
    def days(self) -> int:
        """Calendar days that this line counts."""
        return (self.until - self.since).days


def penalty_lines(account: AccountFacts, as_of: date, terms: Terms) -> tuple[PenaltyLine, ...]:
    """The lines whose sum, rounded, is the current penalty interest of `standing`; days of one amount are one line."""
    owed = replay(account, as_of, terms, effective_postings(account, as_of, terms))
    return tuple(
        PenaltyLine(since=a.since, until=a.until, owed=a.owed, rate=account.penalty_rate_per_day, amount=a.amount)
        for a in _joined(owed.accruals)
    )


def _joined(accruals: list[Accrual]) -> list[Accrual]:
    found: list[Accrual] = []
    for one in accruals:
        before = found[-1] if found else None
        if before and before.until == one.since and before.owed == one.owed and one.owed:
            found[-1] = Accrual(before.since, one.until, one.owed, before.amount + one.amount)
        else:
            found.append(one)
    return found
