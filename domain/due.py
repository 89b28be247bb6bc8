"""When a step falls due, whether it is wanted, what it still needs and what stops it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from domain.base import at_local, days
from domain.case import IDLE, Case, Hold, StepState
from domain.cycles import next_cycle
from domain.facts import Facts
from domain.ladder import Ladder, Step
from domain.step_rule import HoldRule, Stop, Trigger


@dataclass(frozen=True, slots=True)
class Due:
    """A step is due since `at`; `day` is the DPD trigger, `period` the cycle that made it so."""

    at: datetime
    day: int | None
    period: date | None = None


class View:
    """One look at a case at one instant: what the small questions below have in common."""

    __slots__ = ("case", "dpd", "facts", "ladder", "now", "today")

    def __init__(self, ladder: Ladder, case: Case, now: datetime) -> None:
        self.ladder = ladder
        self.case = case
        self.now = now
        self.today = case.today(now)
        self.dpd = 0
        if case.facts is not None:
            self.facts: Facts = case.facts
        if case.anchor is not None:
            self.dpd = max(0, (self.today - case.anchor).days)
            if self.dpd and now < at_local(self.today, ladder.evaluate_at, case.time_zone):
                self.dpd -= 1  # a day of the ladder begins at the hour of evaluation, after the postings (S9)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the regulation, or the cycles when this is the portfolio's own case."""
        return self.ladder.portfolio if is_portfolio(self.case) else self.ladder.steps

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
        for step, trigger in _cycles(self.ladder.portfolio):
            day = next_cycle(trigger.every or "day", self.last_period(step), self.facts.calendar)
            at = at_local(day, self.ladder.evaluate_at, self.case.time_zone)
            if at > self.now and (soonest is None or at < soonest):
                soonest, why = at, step.id
        return soonest, why

    def last_period(self, step: Step) -> date:
        """The last cycle of a portfolio step, or the day before the portfolio began."""
        period = self.case.step(step.id).period
        opened = self.case.opened_at
        return period or (self.case.today(opened) - days(1) if opened else self.today)


def is_portfolio(case: Case) -> bool:
    """Whether this case is the standing work of a portfolio, not of an account."""
    return not case.account_no


def _cycles(steps: tuple[Step, ...]) -> Iterator[tuple[Step, Trigger]]:
    for step in steps:
        for trigger in step.when:
            if trigger.every is not None:
                yield step, trigger


def falls_due(view: View, step: Step) -> Due | None:
    """Since when a step is due, or None. An open or listed one is not due again."""
    state = view.case.steps.get(step.id, IDLE)
    # the call of a later day takes the place of an open one
    if state.is_open and (state.status == "offered" or len(step.dpds) < 2):
        return None
    for trigger in step.when:
        due = _triggered(view, step, state, trigger)
        if due is not None:
            return due
    return None


def _triggered(view: View, step: Step, state: StepState, trigger: Trigger) -> Due | None:
    if trigger.ending:
        return None
    if trigger.after:
        return _after_due(view, state, trigger)
    if trigger.dpd:
        return _day_due(view, step, state, trigger.dpd)
    if trigger.every is not None:
        return _cycle_due(view, step, trigger)
    return Due(view.now, None) if trigger.delivery and view.case.last_failure > state.fired else None


def _cycle_due(view: View, step: Step, trigger: Trigger) -> Due | None:
    day = next_cycle(trigger.every or "day", view.last_period(step), view.facts.calendar)
    at = at_local(day, view.ladder.evaluate_at, view.case.time_zone)
    return Due(at, None, day) if view.now >= at else None


def _after_due(view: View, state: StepState, trigger: Trigger) -> Due | None:
    newest, at = 0, None
    for name, outcome in trigger.after.items():
        before = view.case.end_of(name, outcome)
        if before is None:
            return None
        newest = max(newest, before.done)
        at = before.done_at if at is None or (before.done_at and before.done_at > at) else at
    if newest <= state.fired or (trigger.once and state.fired):
        return None
    since = max(at or view.now, view.case.ladder_from or view.now)
    if trigger.dpd:
        if view.dpd < trigger.dpd[0]:
            return None
        since = max(since, view.on_dpd(trigger.dpd[0]))
    return Due(since, None)


def _day_due(view: View, step: Step, state: StepState, triggers: tuple[int, ...]) -> Due | None:
    case = view.case
    if view.dpd < triggers[0] or case.ladder_from is None:
        return None
    reached = [day for day in triggers if case.floor <= day <= view.dpd]
    if not reached and step.rule.if_missed == "make_up" and case.upward:
        reached = [day for day in triggers if day <= view.dpd]
    if not reached or (state.status != "sending" and _ran(view, step, state, reached[-1])):
        return None
    return Due(max(view.on_dpd(reached[-1]), case.ladder_from), reached[-1])


def _ran(view: View, step: Step, state: StepState, day: int) -> bool:
    """Each day of a step runs once per case; a step with a single day runs once, however it began (S6).

    With `repeat` set it runs again for a newly oldest instalment, that is on a ladder begun after it last ran.
    """
    case, setting = view.case, step.rule.repeat
    again = setting is not None and bool(view.ladder.settings[setting]) and not case.upward
    if again and case.ladder_from and state.opened_at and state.opened_at < case.ladder_from:
        return False
    return day in state.days or (len(step.dpds) == 1 and state.fired > 0)


def wanted(view: View, step: Step) -> bool:
    """Whether the step is for this account (`if`) and nothing has made it needless (`unless`)."""
    if any(view.case.ended(name, outcome) for name, outcome in step.rule.unless.items()):
        return False
    return all(_holds_true(view, condition) for condition in step.rule.if_)


def _holds_true(view: View, condition: str) -> bool:
    match condition:
        case "guarantor":
            return view.facts.guarantors > 0
        case "vendor":
            return view.facts.vendor
        case "buyback_guarantee":
            return view.facts.buyback_guarantee
        case "larger_lease":
            return view.facts.lease_amount >= view.ladder.money("larger_lease_amount")
        case "litigation_held":
            return bool(_stopping(view, "litigation"))
        case _:
            return bool(view.ladder.settings[condition])


def missing_needs(view: View, step: Step) -> tuple[str, ...]:
    """The steps it still waits for; a step that is not for this account is not waited for."""
    missing: list[str] = []
    for alternatives in step.rule.needs:
        if any(view.case.ended(name, outcome) for name, outcome in alternatives.items()):
            continue
        if not all(_needless(view, name) for name in alternatives):
            missing += alternatives
    return tuple(missing)


def _needless(view: View, name: str) -> bool:
    rule = view.ladder.by_id[name].rule
    return bool(rule.if_) and not all(_holds_true(view, condition) for condition in rule.if_)


def ready_since(view: View, step: Step, due: Due) -> datetime:
    """The instant a step could really begin: its day, the last need met, the last hold lifted."""
    instants = [due.at]
    for alternatives in step.rule.needs:
        met = [view.case.step(name).done_at for name, outcome in alternatives.items() if view.case.ended(name, outcome)]
        instants += [min(at for at in met if at)] if any(met) else []
    released = released_at(view, step)
    if released:
        instants.append(released)
    return max(instants)


def stopped_by(view: View, step: Step) -> tuple[str, datetime] | None:
    """(hold, since when) if a hold stops the scope of this step now (5.5: scopes, never step names)."""
    if step.rule.scope is None or not view.case.holds:
        return None
    found = _stopping(view, step.rule.scope)
    return found[0] if found else None


def _stopping(view: View, scope: str) -> list[tuple[str, datetime]]:
    found: list[tuple[str, datetime]] = []
    for placed, rule, stop in _stops(view, scope):
        if placed.ended_at is None and view.dpd in stop.dpd and not _answered(view, stop):
            found.append((rule.id, _stop_start(view, placed, stop)))
    return found


def _stops(view: View, scope: str) -> Iterator[tuple[Hold, HoldRule, Stop]]:
    for placed in view.case.holds:
        rule = view.ladder.holds[placed.hold]
        for stop in rule.stops:
            if scope in stop.scopes and placed.placed_dpd in stop.placed:
                yield placed, rule, stop


def _stop_start(view: View, placed: Hold, stop: Stop) -> datetime:
    return max(placed.placed_at, view.on_dpd(stop.dpd.from_)) if stop.dpd.from_ > 1 else placed.placed_at


def _answered(view: View, stop: Stop) -> bool:
    return any(view.case.ended(name, outcome) for name, outcome in stop.until.items())


def released_at(view: View, step: Step) -> datetime | None:
    """When the last stop of this step's scope was lifted."""
    if step.rule.scope is None:
        return None
    lifted = [
        at
        for placed, _, stop in _stops(view, step.rule.scope)
        if (at := _lifted(view, placed, stop)) and at > max(placed.placed_at, _stop_start(view, placed, stop))
    ]
    return max(lifted, default=None)


def _lifted(view: View, placed: Hold, stop: Stop) -> datetime | None:
    ends = [placed.ended_at] if placed.ended_at else []
    if stop.dpd.to is not None and view.dpd > stop.dpd.to:
        ends.append(view.on_dpd(stop.dpd.to + 1))
    ends += [
        at
        for name, outcome in stop.until.items()
        if view.case.ended(name, outcome) and (at := view.case.step(name).done_at)
    ]
    return min(ends, default=None)
