"""Days past due, less grace and held days, and overdue rent by age."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from domain.base import Frozen
from domain.ledger import HoldFact
from domain.money import ZERO
from domain.terms import Terms


class OpenInstalment(Frozen):
    """An instalment that fell due and is not fully paid."""

    no: int
    due: date
    rent: Decimal
    paid: Decimal
    unpaid: Decimal


def held_days(holds: Sequence[HoldFact], since: date, until: date) -> int:
    """Days of [since, until) that lie in at least one hold [start, end)."""
    total = 0
    reached = since
    for hold in sorted(holds, key=lambda hold: hold.start):
        first, last = max(hold.start, reached), min(hold.end, until)
        if last > first:
            total += (last - first).days
            reached = last
    return total


def days_past_due(oldest: date | None, as_of: date, terms: Terms, holds: Sequence[HoldFact]) -> tuple[int, int]:
    """(past due days, days past due after grace and holds) of the oldest unpaid due date (L2.3)."""
    if oldest is None or as_of <= oldest:
        return 0, 0
    past_due = (as_of - oldest).days
    held = held_days(holds, oldest, as_of) if terms.holds == "stop_clock" else 0
    return past_due, max(0, past_due - terms.grace_days - held)


def aged_by_bucket(
    rows: Sequence[OpenInstalment], as_of: date, bucket_of: dict[str, tuple[int, int | None]]
) -> dict[str, Decimal]:
    """Unpaid rent split by the bucket of each instalment's own age; buckets map to (from, to) days, both included."""
    split = dict.fromkeys(bucket_of, ZERO)
    for row in rows:
        age = (as_of - row.due).days
        for name, (first, last) in bucket_of.items():
            if age >= first and (last is None or age <= last):
                split[name] += row.unpaid
    return {name: amount for name, amount in split.items() if amount}
