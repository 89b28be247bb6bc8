"""When a hold begins and when it ends: what confirms it, its last day, the answer it waits for, a correction."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain import events as e
from domain.base import at_local, days
from domain.case import Case, Hold, StepState
from domain.hold_rule import HoldRule
from domain.outcome import Record, record
from domain.view import View

Reason = Literal["expired", "settled", "corrected"]
End = tuple[datetime, Reason, str]


def holds(view: View) -> Record | None:
    """A confirmed objection or an approved suspension places its hold; a hold ends by itself as its rule says."""
    return _placed(view) or _ended(view) or _review_lapsed(view)


def _placed(view: View) -> Record | None:
    case = view.case
    for hold in view.ladder.policy.holds:
        for step, outcome in hold.placed_by.items():
            state = case.step(step)
            if case.ended(step, outcome) and all(placed.source != state.done for placed in case.holds):
                until = case.step(hold.end_date_from).end_date if hold.end_date_from else None
                if hold.end_date_from and until is None:
                    continue  # taken over without its last day: a suspension without an end is none (L-Q14)
                placed_at = state.effective_at or view.now
                day = case.today(placed_at)
                demand = view.ladder.by_id[step].rule.on_demand
                body = e.HoldPlaced(
                    hold=hold.id,
                    source=state.done,
                    placed_dpd=min(view.dpd, case.dpd_on(day), *_before(case, hold.id, state)),
                    role=state.role or "system",
                    until=until,
                    since=state.since if demand and demand.since and state.since and state.since < day else None,
                    person=hold.person,
                )
                return record(body, placed_at, hold.rules, f"{step}: {outcome}")
    return None


def _before(case: Case, hold: str, state: StepState) -> list[int]:
    """Where it stood when the same application was confirmed before, by an answer that was corrected (L-Q11)."""
    return [one.placed_dpd for one in case.holds if one.hold == hold and one.source > state.fired]


def _ended(view: View) -> Record | None:
    for placed in view.case.holds:
        if placed.ended_at is not None:
            continue
        rule = view.ladder.holds[placed.hold]
        found = _corrected(view, placed, rule) or _settled(view, placed, rule) or _expired(view, placed)
        if found is not None:
            due, reason, why = found
            return record(e.HoldEnded(hold=placed.hold, reason=reason, role="system"), due, rule.rules, why)
    return None


def _expired(view: View, placed: Hold) -> End | None:
    if placed.until is None:
        return None
    last = at_local(placed.until + days(1), view.ladder.evaluate_at, view.case.time_zone)
    due = max(last, placed.placed_at)  # approved after its last day
    return (due, "expired", "last held day passed") if view.now >= due else None


def _settled(view: View, placed: Hold, rule: HoldRule) -> End | None:
    """What the hold waited for was answered after it began."""
    for name, outcomes in rule.settled_by.items():
        for outcome in outcomes:
            state = view.case.end_of(name, outcome)
            if state is not None and state.done > placed.source:
                return state.done_at or view.now, "settled", f"{name}: {outcome}"
    return None


def _corrected(view: View, placed: Hold, rule: HoldRule) -> End | None:
    """The answer that placed it was taken back by a correcting entry; it is asked for anew."""
    for name in rule.placed_by:
        state = view.case.step(name)
        if state.is_open and state.done == 0 and 0 < state.fired < placed.source:
            return view.now, "corrected", f"{name} was taken back"
    return None


def _review_lapsed(view: View) -> Record | None:
    """The review of a hold that is over is asked for no longer."""
    if not view.case.holds:
        return None
    for step in view.ladder.moving:
        held = next((trigger.held for trigger in step.when if trigger.held), None)
        state = view.case.steps.get(step.id)
        if held is None or state is None or not state.is_open or in_force(view, held):
            continue
        since = max(
            (hold.ended_at for hold in view.case.holds if hold.hold == held and hold.ended_at), default=view.now
        )
        return record(e.StepLapsed(step=step.id), _not_before(state, since), step.rule.rules, "the hold is over")
    return None


def _not_before(state: StepState, since: datetime) -> datetime:
    return max(since, state.opened_at or since)


def in_force(view: View, hold: str) -> Hold | None:
    """The hold of that name that has not ended."""
    return next((one for one in view.case.holds if one.hold == hold and one.ended_at is None), None)
