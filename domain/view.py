"""One look at a case at one instant: the day, the days past due, and the next day that matters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from domain.base import at_local, days
from domain.case import Case
from domain.cycles import next_cycle
from domain.evidence import Day
from domain.facts import Facts
from domain.ladder import Ladder, Step
from domain.step_rule import Trigger


@dataclass(frozen=True, slots=True)
class Due:
    """A step is due since `at`; `day` is the trigger, `period` the cycle that made it so, `closes` its window's end."""

    at: datetime
    day: Day | None
    period: date | None = None
    closes: datetime | None = None


class View:
    """One look at a case at one instant: what the small questions below have in common."""

    __slots__ = ("case", "day", "dpd", "facts", "ladder", "now", "today")

    def __init__(self, ladder: Ladder, case: Case, now: datetime) -> None:
        self.ladder = ladder
        self.case = case
        self.now = now
        self.today = case.today(now)
        # a day of the ladder begins at the hour of evaluation, after the postings (S9)
        begun = now >= at_local(self.today, ladder.evaluate_at, case.time_zone)
        self.day = self.today if begun else self.today - days(1)
        self.dpd = 0
        if case.facts is not None:
            self.facts: Facts = case.facts
        if case.anchor is not None:
            self.dpd = max(0, (self.day - case.anchor).days)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the regulation, or the cycles when this is the portfolio's own case."""
        return steps_for(self.ladder, self.case)

    @property
    def occurrence(self) -> int:
        """Which time it is, as the policy counts; from `most` on it stays there (H-Q1, H-Q2)."""
        rule = self.ladder.policy.occurrence
        if rule is None:
            return 0
        counts = str(self.ladder.settings.get(rule.counts, rule.counts))
        found = {
            "missed_instalments": self.facts.missed,
            "delinquencies": self.facts.delinquencies,
            "contact_rounds": self.case.contacts.collections + 1,
        }[counts]
        return min(max(found, 1), rule.most)

    def passed_cells(self) -> tuple[set[str], str]:
        """The cells of the matrix in which the account stood before its ladder began, and the one in which it began.

        Only missed instalments change while a delinquency lasts; the other counts are what they are now.
        """
        case, rule = self.case, self.ladder.policy.occurrence
        if case.anchor is None or case.ladder_from is None or rule is None:
            return set(), ""
        began = case.today(case.ladder_from)
        if case.ladder_from < at_local(began, self.ladder.evaluate_at, case.time_zone):
            began -= days(1)
        counts = str(self.ladder.settings.get(rule.counts, rule.counts))
        missed = self.facts.missed_on if counts == "missed_instalments" else ()
        starts = [bucket.from_ for bucket in self.ladder.policy.buckets.list]
        changes = {case.anchor + days(first) for first in starts} | {day for day in missed if day > case.anchor}
        cells = {day: self._cell_on(case.anchor, day, missed, rule.most) for day in (*changes, began) if day <= began}
        present = cells[began]
        return set(cells.values()) - {present}, present

    def _cell_on(self, anchor: date, day: date, missed: tuple[date, ...], most: int) -> str:
        bucket = self.ladder.bucket((day - anchor).days)
        occurrence = min(max(sum(since <= day for since in missed), 1), most) if missed else self.occurrence
        return f"{bucket.id if bucket else ''}x{occurrence}"

    @property
    def missed_at(self) -> datetime | None:
        """Since when the last missed instalment counts: the hour of evaluation on the day after its due date."""
        since = self.facts.missed_since
        return None if since is None else at_local(since, self.ladder.evaluate_at, self.case.time_zone)

    def on_dpd(self, dpd: int) -> datetime:
        """The instant at which that many days past due are reached."""
        if self.case.anchor is None:
            raise ValueError("nothing is overdue")
        return at_local(self.case.anchor + days(dpd), self.ladder.evaluate_at, self.case.time_zone)

    def next_day(self) -> tuple[datetime | None, str]:
        """The next instant at which the ladder or a cycle has something to say."""
        if is_portfolio(self.case):
            return self._next_cycle()
        if self.case.anchor is None or self.case.status == "ending":
            tomorrow = at_local(self.today + days(1), self.ladder.evaluate_at, self.case.time_zone)
            return (None, "waits for the settlement") if self.case.status == "ending" else (tomorrow, "rent due today")
        ladder_days = self.ladder.days
        index = bisect_right(ladder_days, self.dpd)
        if index == len(ladder_days):
            return None, "all days of the ladder are passed"
        return self.on_dpd(ladder_days[index]), f"{ladder_days[index]} days past due"

    def _next_cycle(self) -> tuple[datetime | None, str]:
        soonest: datetime | None = None
        why = "no cycles"
        for step, trigger in cycles(self.ladder.portfolio):
            day = next_cycle(trigger.every or "day", self.last_period(step), self.facts.calendar)
            at = at_local(day, self.ladder.evaluate_at, self.case.time_zone)
            if at > self.now and (soonest is None or at < soonest):
                soonest, why = at, step.id
        return soonest, why

    def last_period(self, step: Step) -> date:
        """The last cycle of a portfolio step, or the day before it came into the policy of the portfolio."""
        period = self.case.step(step.id).period
        began = self.case.ladder_from
        return period or (self.case.today(began) - days(1) if began else self.today)


def is_portfolio(case: Case) -> bool:
    """Whether this case is the standing work of a portfolio, not of an account."""
    return not case.account_no


def steps_for(ladder: Ladder, case: Case) -> tuple[Step, ...]:
    """The steps of a policy that concern this case."""
    return ladder.portfolio if is_portfolio(case) else ladder.steps


def cycles(steps: tuple[Step, ...]) -> Iterator[tuple[Step, Trigger]]:
    for step in steps:
        for trigger in step.when:
            if trigger.every is not None:
                yield step, trigger
