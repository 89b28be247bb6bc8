"""Conditions attached to a yes: what they must say, who confirms them, and what happens when their day passes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain import commands as c, events as e
from domain.base import at_local
from domain.case import StepState
from domain.errors import Problem, Refused
from domain.evidence import ApprovalCondition
from domain.ladder import Step
from domain.outcome import Record, record
from domain.proposals import proposers
from domain.view import View

CONDITIONAL = ("decision", "approval", "consent", "confirmation", "release")


def must_be_possible(view: View, step: Step, body: c.AnswerStep) -> None:
    """Every fault of the conditions of an answer at once. Refused: conditions_unfit."""
    problems = [*_faults(view, step, body)] if body.conditions else []
    if problems:
        said = "; ".join(f"{one.place}: {one.message}" for one in problems)
        raise Refused("conditions_unfit", f"{said}.", "; ".join(f"{one.place}: {one.remedy}" for one in problems) + ".")


def _faults(view: View, step: Step, body: c.AnswerStep) -> Iterator[Problem]:
    if step.asked is None or step.asked.what not in CONDITIONAL or body.outcome != step.asked.outcomes[0]:
        yield Problem("conditions", "only a yes to a decision has conditions", "leave them out")
    if step.rule.ask and step.rule.ask.figures:
        yield Problem("conditions", f"{step.id} has its own condition", "leave them out")
    for number, one in enumerate(body.conditions):
        if one.by < view.today:
            yield Problem(f"conditions.{number}.by", f"{one.by} is in the past", "name a day from today on")
        if one.role not in view.ladder.policy.roles:
            yield Problem(f"conditions.{number}.role", f"unknown role {one.role}", "name a role of the policy")


def attached(state: StepState, body: c.AnswerStep) -> tuple[ApprovalCondition, ...]:
    """The conditions of a decision: those of everybody who said yes."""
    if body.outcome != state.outcomes[0]:
        return ()
    return (*(one for answer in state.answers for one in answer.conditions), *body.conditions)


def confirm(view: View, body: c.ConfirmCondition, command: c.Command) -> e.Body:
    """Refused: unknown_step, unknown_condition, not_entitled, already_confirmed, own_proposal."""
    step, state, role = view.ladder.by_id.get(body.step), view.case.step(body.step), command.actor.role
    if step is None:
        raise Refused("unknown_step", f"The policy has no step {body.step}.", "Use a step id of the case's policy.")
    if state.status != "completed" or body.no > len(state.obligations):
        remedy = f"It has {len(state.obligations)}."
        raise Refused("unknown_condition", f"{body.step} has no condition {body.no}.", remedy)
    one = state.obligations[body.no - 1]
    if role != one.condition.role:
        raise Refused("not_entitled", f"{role} does not confirm it.", f"Allowed: {one.condition.role}.")
    if one.confirmed_at is not None:
        raise Refused("already_confirmed", f"Condition {body.no} is confirmed already.", "Nothing was changed.")
    if {command.actor.user, command.on_behalf_of} & proposers(view, step, state):
        remedy = f"Somebody else with the role {role} confirms it."
        raise Refused("own_proposal", "Nobody confirms the condition of their own proposal.", remedy)
    return e.ConditionConfirmed(step=body.step, no=body.no, role=role, note=body.note, evidence=body.evidence)


def missed_conditions(view: View) -> Record | None:
    """A condition whose day passed unconfirmed goes back to who decided; it never lapses by itself."""
    for due, name, no in _watched(view):
        if view.now >= due:
            state = view.case.step(name)
            body = e.ConditionMissed(step=name, no=no, to=state.role or "system")
            return record(body, due, view.ladder.by_id[name].rule.rules, "the condition was not confirmed in time")
    return None


def next_condition(view: View) -> tuple[datetime, str] | None:
    """The next day of a condition that is still open, with the reason to wait for it."""
    coming = min(((due, name) for due, name, _ in _watched(view) if due > view.now), default=None)
    return (coming[0], f"{coming[1]}: day of a condition") if coming else None


def _watched(view: View) -> Iterator[tuple[datetime, str, int]]:
    for name, state in view.case.steps.items():
        if not state.obligations or state.status != "completed":
            continue
        for no, one in enumerate(state.obligations, start=1):
            if one.confirmed_at is None and not one.missed:
                yield at_local(one.condition.by, view.ladder.close, view.case.time_zone), name, no
