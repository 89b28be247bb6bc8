"""Lifetime counters of an account: how often, how long and in which months it was overdue, from the ledger alone."""

from __future__ import annotations

from datetime import date

from domain.base import Frozen, days
from domain.ledger import AccountFacts
from domain.replay import Owed, effective_postings, replayed
from domain.terms import Terms


class Counters(Frozen):
    """Over the life of an account up to the end of a day, the present delinquency included (Z-Q2).

    missed: instalments not paid in full on their due date, whenever they were paid (each counts from the day after).
    delinquencies: how often the account fell behind. overdue_days: calendar days on which something was overdue.
    missed_months: first days of the months in which an instalment was missed, in order.
    """

    missed: int = 0
    delinquencies: int = 0
    overdue_days: int = 0
    missed_months: tuple[date, ...] = ()

    def consecutive_months(self, before: date) -> int:
        """In how many months without a gap, just before the month of `before`, an instalment was missed."""
        count, month = 0, month_before(before)
        while month in self.missed_months:
            count, month = count + 1, month_before(month)
        return count

    def overdue_in_both_last_months(self, before: date) -> bool:
        """The instalments of both months before that of `before` were overdue (Z3.2)."""
        return self.consecutive_months(before) >= 2


def month_before(day: date) -> date:
    """The first day of the month before that of `day`."""
    return (day.replace(day=1) - days(1)).replace(day=1)


def counters(account: AccountFacts, as_of: date, terms: Terms) -> Counters:
    """The counters at the end of `as_of`, with the postings that count by then: one pass over the ledger."""
    overdue, behind_from = 0, None
    months: list[date] = []
    last: date | None = None
    missed = delinquencies = 0
    for day, owed in replayed(account, as_of, terms, effective_postings(account, as_of, terms)):
        if last is not None and behind_from is not None:
            overdue += _days_overdue(behind_from, last, day - days(1))
        if owed.missed > missed:
            months.append(day.replace(day=1))
        missed, delinquencies = owed.missed, owed.delinquencies
        behind_from, last = _behind_from(owed, terms), day
    if last is not None and behind_from is not None:
        overdue += _days_overdue(behind_from, last, last)
    return Counters(
        missed=missed,
        delinquencies=delinquencies,
        overdue_days=overdue,
        missed_months=tuple(dict.fromkeys(months)),
    )


def _behind_from(owed: Owed, terms: Terms) -> date | None:
    """The first day on which what is unpaid now counts as overdue: the day after the due date and the grace days."""
    oldest = None if owed.required() <= terms.tolerance else owed.oldest()
    return None if oldest is None else oldest + days(terms.grace_days + 1)


def _days_overdue(behind_from: date, first: date, last: date) -> int:
    """The days from `first` to `last`, both included, that are not before `behind_from`."""
    return max(0, (last - max(first, behind_from)).days + 1)
