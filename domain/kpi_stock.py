"""What was overdue in a bucket, or in one person's hands, during a period, and what was collected of it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from domain.base import days
from domain.kpi_walk import NOTHING, History, Level, Reading, State, bounds
from domain.money import ZERO
from domain.policy import Bucket


@dataclass(slots=True)
class Stock:
    """start: overdue here when the period began. added: came here, newly overdue or from elsewhere, penalty included.

    collected: paid on it while it was here. end: still here when the period ended. cost: spent while it was here.
    """

    start: Level = NOTHING
    added: Level = NOTHING
    collected: Level = NOTHING
    end: Level = NOTHING
    cost: Decimal = ZERO


class Split(Protocol):
    """Tells in which part (bucket, owner) an overdue account is."""

    def key(self, state: State, day: date) -> str | None:
        """The part at the end of a day; None: not overdue, so in none."""
        ...

    def changes(self, state: State, after: date, until: date) -> Sequence[date]:
        """The days in (after, until] on which the part may be another, in order."""
        ...


@dataclass(frozen=True)
class ByBucket:
    """Split by the account's days past due (S1: of its oldest unpaid instalment)."""

    buckets: Sequence[Bucket]
    reading: Reading

    def key(self, state: State, day: date) -> str | None:
        dpd = self.reading.dpd(state.oldest, day)
        if dpd < 1:
            return None
        return next((b.id for b in self.buckets if dpd >= b.from_ and (b.to is None or dpd <= b.to)), None)

    def changes(self, state: State, after: date, until: date) -> Sequence[date]:
        limits = {bucket.from_ for bucket in self.buckets} | {bucket.to + 1 for bucket in self.buckets if bucket.to}
        return bounds(sorted(limits), state, self.reading, after, until)


def whole(reading: Reading, from_days: int = 1) -> ByBucket:
    """One part for everything with at least so many days past due."""
    return ByBucket((Bucket.model_validate({"id": "all", "from": from_days}),), reading)


@dataclass(frozen=True)
class ByOwner:
    """Split by whom the case belongs to; `owners`: from which day on whose, in order; before that nobody's ("")."""

    owners: Sequence[tuple[date, str]]
    overdue: ByBucket

    def key(self, state: State, day: date) -> str | None:
        if self.overdue.key(state, day) is None:
            return None
        held = [owner for since, owner in self.owners if since <= day]
        return held[-1] if held else ""

    def changes(self, state: State, after: date, until: date) -> Sequence[date]:
        moved = [since for since, _ in self.owners if after < since <= until]
        return sorted({*self.overdue.changes(state, after, until), *moved})


@dataclass
class _Count:
    """Follows one account through a period."""

    split: Split
    found: dict[str, Stock] = field(default_factory=dict[str, Stock])
    here: str | None = None
    known: Level = NOTHING

    def begin(self, state: State, day: date) -> None:
        self.here = self.split.key(state, day)
        if self.here is not None:
            self.known = state.level(day)
            self._at(self.here).start = self.known

    def show(self, state: State, day: date) -> None:
        """The account stands there at the end of `day`, before what is posted on it; what came is added."""
        part = self.split.key(state, day)
        if part is None:
            self.here, self.known = None, NOTHING
            return
        level = state.level(day)
        stock = self._at(part)
        stock.added += level - self.known if part == self.here else level
        self.here, self.known = part, level

    def collect(self, amount: Level, cost: Decimal) -> None:
        if self.here is not None:
            stock = self._at(self.here)
            stock.collected += amount
            stock.cost += cost
            self.known -= amount

    def end(self) -> None:
        if self.here is not None:
            self._at(self.here).end = self.known

    def _at(self, part: str) -> Stock:
        return self.found.setdefault(part, Stock())


def stocks(
    history: History, first: date, last: date, split: Split, costs: Mapping[date, Decimal] | None = None
) -> dict[str, Stock]:
    """By part, what was overdue there between the days `first` and `last`, both included.

    costs: spent on the account by day, besides what its ledger was charged with.
    """
    eve = first - days(1)
    state, count, spent = history.at(eve), _Count(split), dict(costs or {})
    count.begin(state, eve)
    reached = eve
    for turn in (turn for turn in history.turns if first <= turn.day <= last):
        reached = _pass(count, state, reached, turn.day, spent)
        count.collect(turn.collected, turn.cost)
        state = turn.after
        count.show(state, turn.day)
    _pass(count, state, reached, last, spent)
    count.end()
    return count.found


def _pass(count: _Count, state: State, after: date, until: date, costs: Mapping[date, Decimal]) -> date:
    """Nothing happens to the ledger in (after, until], but days pass and money is spent.

    The last day in a part is looked at too: the penalty interest up to it came in there.
    """
    spent = [day for day, amount in costs.items() if amount and after < day <= until]
    changes = count.split.changes(state, after, until)
    for day in sorted({*changes, *(day - days(1) for day in changes), *spent, until}):
        if day > after:
            count.show(state, day)
            count.collect(NOTHING, costs.get(day, ZERO))
    return until
