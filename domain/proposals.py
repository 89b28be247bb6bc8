"""Nobody approves their own proposal: who proposed what a step decides, and who is therefore barred from it."""

from __future__ import annotations

from domain.case import Answer, Opener, StepState
from domain.commands import Command
from domain.errors import Refused
from domain.ladder import Step
from domain.step_rule import What
from domain.view import View

JUDGED: frozenset[What] = frozenset({"approval", "decision", "confirmation", "countersignature"})


def must_be_anothers(view: View, step: Step, state: StepState, command: Command) -> None:
    """Refused: own_proposal; already_answered when the same person answers once more under another role."""
    if step.asked is None or step.asked.what not in JUDGED:
        return
    mine = {command.actor.user, command.on_behalf_of or command.actor.user}
    if mine & proposers(view, step, state):
        remedy = f"Somebody else with the role {command.actor.role}, or a deputy who had no part in it."
        raise Refused("own_proposal", f"{step.id}: nobody decides on their own proposal.", remedy)
    if any(mine & persons(answer) for answer in state.answers):
        remedy = "Each of those who are asked is another person; withdraw the first answer, or leave this one to them."
        raise Refused("already_answered", f"{step.id}: you answered it under another role.", remedy)


def proposers(view: View, step: Step, state: StepState) -> set[str]:
    """Staff ids of those who opened the step by hand, else of those who did the work that it came after; what a
    deputy did is also the proposal of whom they stand for.

    Whoever opens what they are asked themselves decides on their own initiative, and nobody proposed; but a document
    that is brought in is confirmed by somebody else. A desk that goes on with its own work proposes nothing either.
    """
    if step.asked is None:
        return set()
    if state.opener is not None:
        own = state.opener.role in step.asked.roles and not _brought_in(step)
        return set() if own else persons(state.opener)
    before = {name for trigger in step.when for name in trigger.after}
    return {user for name in before for user in _workers(view, step, state, name)}


def _workers(view: View, step: Step, state: StepState, name: str) -> set[str]:
    done, rule = view.case.step(name), view.ladder.by_id[name].asked
    if step.asked is None or rule is None or rule.what in JUDGED or done.status != "completed":
        return set()
    if state.fired and done.done > state.fired:
        return set()
    given = (*done.answers, *((done.opener,) if done.opener else ()))
    same_desk = step.asked.what == "decision"
    return {user for one in given if not (same_desk and one.role in step.asked.roles) for user in persons(one)}


def persons(one: Answer | Opener) -> set[str]:
    """Staff ids of who did it and of whom they did it for."""
    return {user for user in (one.user, one.on_behalf_of) if user}


def _brought_in(step: Step) -> bool:
    """Whether the step opens with a document that is then approved, confirmed or countersigned."""
    demand = step.rule.on_demand
    judged = step.asked is not None and step.asked.what in JUDGED - {"decision"}
    return demand is not None and demand.document is not None and judged
