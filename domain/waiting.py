"""What happens while people are waited for: missed deadlines are reported and escalated, else the case sleeps."""

from __future__ import annotations

from datetime import datetime

from domain import events as e
from domain.base import at_local, days
from domain.case import StepState
from domain.deadlines import business_deadline, escalation_chain
from domain.ladder import Step
from domain.obligations import next_condition
from domain.outcome import Record, Wait, record
from domain.upcoming import upcoming
from domain.view import View


def missed_answers(view: View) -> Record | None:
    """A missed deadline is reported and escalated; it never decides (S10)."""
    for name, state in view.case.steps.items():
        if state.status != "open" or state.frozen:
            continue
        step = view.ladder.by_id[name]
        if state.start_by and not state.started and not state.start_missed and view.now >= state.start_by:
            to = view.ladder.head_of(state.asked[0]) or state.asked[0]
            return record(e.StartMissed(step=name, to=to), state.start_by, step.rule.rules, "not started in time")
        chain = escalation_chain(view.ladder, state.asked)[: 1 if step.rhythm else None]
        if state.deadline and view.now >= state.deadline and state.level < len(chain):
            return _escalated(view, step, state, state.deadline, chain)
    return None


def _escalated(view: View, step: Step, state: StepState, deadline: datetime, chain: tuple[str, ...]) -> Record:
    to = chain[state.level]
    level = state.level + 1
    following = None
    if level < len(chain) and step.asked:
        count = max(1, step.asked.within.business_days)
        following = business_deadline(view.ladder, view.facts.calendar, deadline, count, view.case.time_zone)
    body = e.Escalated(step=step.id, to=to, level=level, next_deadline=following)
    return record(body, deadline, step.rule.rules, "no answer by the deadline")


def wait(view: View) -> Wait:
    """Until the next day of the ladder, deadline, end of a hold or permitted hour; then it is decided again."""
    due, why = view.next_day()
    for name, state in view.case.steps.items():
        if state.not_before or state.held:
            for instant in (state.not_before, *(held.until for held in state.held)):
                due, why = _sooner(due, why, instant, f"{name}: not before", view.now)
        if state.status == "open" and not state.frozen:
            due, why = _sooner(due, why, state.deadline, f"{name}: deadline of {', '.join(state.asked)}", view.now)
            if not state.started and not state.start_missed:
                due, why = _sooner(due, why, state.start_by, f"{name}: to be started", view.now)
    for hold in view.case.holds:
        if hold.until and hold.ended_at is None:
            end = at_local(hold.until + days(1), view.ladder.evaluate_at, view.case.time_zone)
            due, why = _sooner(due, why, end, f"end of {hold.hold}", view.now)
    condition = next_condition(view)
    if condition is not None:
        due, why = _sooner(due, why, *condition, view.now)
    for at, reason in upcoming(view):
        due, why = _sooner(due, why, at, reason, view.now)
    return Wait(until=due, why=why)


def _sooner(
    due: datetime | None, why: str, other: datetime | None, other_why: str, now: datetime
) -> tuple[datetime | None, str]:
    if other is None or other <= now or (due is not None and due <= other):
        return due, why
    return other, other_why
