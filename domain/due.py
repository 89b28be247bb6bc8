"""When a step falls due: the triggers of the vocabulary, each with the instant from which it counts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from domain.base import at_local, days
from domain.cadence import next_window, span
from domain.case import IDLE, StepState
from domain.cycles import next_cycle
from domain.findings import found
from domain.keeping import undertaking_due
from domain.ladder import Step
from domain.step_rule import Cell, Trigger
from domain.stops import released_at, review_at
from domain.view import Due, View, is_portfolio


def awake(view: View) -> Iterable[Step]:
    """The steps that something which happened could have made due, in the order of the policy."""
    if is_portfolio(view.case):
        return view.steps
    wakes, after = view.ladder.wakes, view.ladder.wakes.after
    places = {*wakes.always, *wakes.by_day[: bisect_right(wakes.days, view.dpd)]}
    if view.case.holds:
        places.update(wakes.held)
    for name, state in view.case.steps.items():
        if state.outcome is not None:
            places.update(after.get((name, state.outcome), ()))
    steps = view.ladder.steps
    return [steps[place] for place in sorted(places)]


def falls_due(view: View, step: Step) -> Due | None:
    """Since when a step is due, or None. An open or listed one is not due again."""
    state = view.case.steps.get(step.id, IDLE)
    # the call of a later day takes the place of an open one
    if state.status == "offered" or (state.status == "open" and not step.recurs):
        return None
    if step.rhythm is not None:
        return _window_due(view, step, state)
    if step.by_amount and (counted := view.missed_at) and counted > view.now:
        return None  # what fell due yesterday counts from the hour of evaluation, like the days past due
    for trigger in step.when:
        due = _triggered(view, step, state, trigger)
        if due is not None:
            return due
    return None


def _triggered(view: View, step: Step, state: StepState, trigger: Trigger) -> Due | None:
    if trigger.ending:
        return None
    if trigger.cell:
        return _cell_due(view, state, trigger.cell)
    if trigger.finding:
        return _finding_due(view, state, trigger)
    if trigger.held:
        return _review_due(view, state, trigger.held)
    if trigger.promise or trigger.agreement:
        return undertaking_due(view, state, trigger)
    if trigger.after:
        return _after_due(view, state, trigger)
    if trigger.business_day:
        return _business_day_due(view, step, state, trigger.business_day)
    if trigger.dpd and trigger.lead:
        return _lead_due(view, state, trigger.dpd[0], trigger.lead)
    if trigger.dpd:
        return _day_due(view, step, state, trigger.dpd)
    if trigger.every is not None:
        return _cycle_due(view, step, trigger)
    return Due(view.now, None) if trigger.delivery and view.case.last_failure > state.fired else None


def _window_due(view: View, step: Step, state: StepState) -> Due | None:
    """The next contact of a cadence; a missed one is reported before the next takes its place."""
    missed = state.is_open and state.deadline is not None and view.now >= state.deadline and not state.level
    window = None if missed or state.frozen else next_window(view, step, state, span(view, step))
    if window is None or view.now < window.opens:
        return None
    return Due(max(window.opens, view.case.ladder_from or window.opens), None, window.block, window.closes)


def _cell_due(view: View, state: StepState, cell: Cell) -> Due | None:
    """The measures of a cell of the matrix run once per case and cell (H, settled)."""
    case, bucket, occurrence = view.case, view.ladder.bucket(view.dpd), view.occurrence
    if bucket is None or bucket.id not in cell.bucket or occurrence not in cell.occurrence:
        return None
    mark = f"{bucket.id}x{occurrence}"
    if mark in state.days and state.status != "sending":
        return None
    since = [view.on_dpd(bucket.from_), case.ladder_from or view.now]
    if view.missed_at is not None and view.missed_at <= view.now:
        since.append(view.missed_at)
    return Due(max(since), mark)


def _finding_due(view: View, state: StepState, trigger: Trigger) -> Due | None:
    """A finding opens a step once; one that comes again, after new contacts, opens it again. All named must hold."""
    day = trigger.dpd[0] if trigger.dpd else None
    hold = [one for one in (found(view, finding) for finding in trigger.finding) if one is not None]
    if len(hold) < len(trigger.finding) or (trigger.once and state.fired) or (day is not None and view.dpd < day):
        return None
    since, seq = max(at for at, _ in hold), max(number for _, number in hold)
    if (day in state.days) if day is not None else (state.fired > seq and state.status != "sending"):
        return None
    ended = [view.case.end_of(name, outcome) for name, outcome in trigger.after.items()]
    if any(before is None for before in ended):
        return None
    instants = [since, view.case.ladder_from or since, *(state.done_at for state in ended if state and state.done_at)]
    return Due(max([*instants, view.on_dpd(day)] if day is not None else instants), day)


def business_day_at(view: View, number: int) -> datetime:
    """09:00 of the n-th business day after the due date (BD n)."""
    if view.case.anchor is None:
        raise ValueError("nothing is overdue")
    day = view.facts.calendar.business_day(view.case.anchor, number)
    return at_local(day, view.ladder.evaluate_at, view.case.time_zone)


def lead_at(view: View, dpd: int, lead: int) -> datetime:
    """09:00 of the n-th business day before that day past due."""
    if view.case.anchor is None:
        raise ValueError("nothing is overdue")
    day = view.facts.calendar.business_day_before(view.case.anchor + days(dpd), lead)
    return at_local(day, view.ladder.evaluate_at, view.case.time_zone)


def _business_day_due(view: View, step: Step, state: StepState, numbers: tuple[int, ...]) -> Due | None:
    case = view.case
    if case.anchor is None or case.ladder_from is None:
        return None
    if state.fired and not step.recurs and state.status != "sending":
        return None
    begins = view.on_dpd(case.floor)
    passed = [(number, at) for number in numbers if (at := business_day_at(view, number)) <= view.now]
    reached = [(number, at) for number, at in passed if at >= begins]
    if not reached and step.rule.if_missed == "make_up" and case.upward:
        reached = passed
    if not reached:
        return None
    number, at = reached[-1]
    mark = f"BD{number}"
    if state.status != "sending" and mark in state.days:
        return None
    return Due(max(at, case.ladder_from), mark)


def _lead_due(view: View, state: StepState, dpd: int, lead: int) -> Due | None:
    case = view.case
    if case.anchor is None or case.ladder_from is None or dpd < case.floor or dpd in state.days or state.fired:
        return None
    at = lead_at(view, dpd, lead)
    return Due(max(at, case.ladder_from), dpd) if view.now >= at else None


def _cycle_due(view: View, step: Step, trigger: Trigger) -> Due | None:
    day = next_cycle(trigger.every or "day", view.last_period(step), view.facts.calendar)
    at = at_local(day, view.ladder.evaluate_at, view.case.time_zone)
    return Due(at, None, day) if view.now >= at else _again(view, step)


def _again(view: View, step: Step) -> Due | None:
    """A run that has more to do goes on at its hour, but not on a later day, which has a run of its own."""
    state = view.case.step(step.id)
    at = state.not_before if step.rule.run else None
    if at is None or at > view.now or view.case.today(at) != view.today:
        return None
    return Due(at, None, state.period)


def _after_due(view: View, state: StepState, trigger: Trigger) -> Due | None:
    newest, at, steps = 0, None, view.case.steps
    for name, outcome in trigger.after.items():
        before = steps.get(name)
        if before is None or before.outcome != outcome or before.status != "completed":
            return None  # as Case.ended says; asked more often than anything else
        if before.obligations and before.pending:
            return None
        newest = max(newest, before.done)
        ended = before.effective_at if before.obligations else before.done_at
        at = ended if at is None or (ended and ended > at) else at
    if newest <= state.fired or (trigger.once and state.fired):
        return None
    since = max(at or view.now, view.case.ladder_from or view.now)
    if trigger.short:
        return Due(view.now, None) if view.facts.buyback_short else None
    if trigger.dpd:
        if view.dpd < trigger.dpd[0]:
            return None
        since = max(since, view.on_dpd(trigger.dpd[0]))
    return Due(since, None)


def _review_due(view: View, state: StepState, hold: str) -> Due | None:
    """A hold that lasts is looked at again; the first time so many business days after it began (S5, S10)."""
    at = review_at(view, state, hold)
    return Due(at, None) if at is not None and at <= view.now else None


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
    return day in state.days or (not step.recurs and state.fired > 0)


def ready_since(view: View, step: Step, due: Due) -> datetime:
    """The instant a step could really begin: its day, the last need met, the last hold lifted."""
    instants = [due.at]
    for alternatives in step.rule.needs:
        ended = [view.case.end_of(name, outcome) for name, outcome in alternatives.items()]
        met = [state.effective_at for state in ended if state is not None]
        instants += [min(at for at in met if at)] if any(met) else []
    released = released_at(view, step)
    if released:
        instants.append(released)
    if step.by_amount and view.missed_at:
        instants.append(view.missed_at)  # an amount is passed when an instalment falls due and is not paid
    return max(instants)
