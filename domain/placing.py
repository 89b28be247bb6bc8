"""A case is placed with an agency and taken back from it: by decision, or by rule when the agency may not have it."""

from __future__ import annotations

from domain import commands as c, events as e
from domain.agency import (
    AGENCY,
    AGENCY_WATCH,
    AgencyPlaced,
    AgencyRecalled,
    PlaceWithAgency,
    RecallFromAgency,
    RecallReason,
    faults,
)
from domain.answering import answer, open_state, step_named
from domain.case import Case
from domain.errors import Refused
from domain.fire import open_ask
from domain.ladder import Step
from domain.view import Due, View


def place(view: View, body: PlaceWithAgency, command: c.Command) -> tuple[e.Body, ...]:
    """The placement step ends with its favourable answer, and the case is the agency's to work on.

    Refused: not_a_placement, already_placed, agency_unfit (with everything that does not fit), and as an answer is.
    """
    step = step_named(view, body.step)
    if step.rule.agency != "place":
        named = ", ".join(one.id for one in view.steps if one.rule.agency == "place") or "none in this policy"
        raise Refused("not_a_placement", f"{body.step} places no case.", f"Placement steps: {named}.")
    if view.case.agency is not None:
        raise Refused("already_placed", f"The case is with {view.case.agency.agency}.", "Recall it first.")
    state = open_state(view, body.step)
    given = c.AnswerStep(step=body.step, outcome=state.outcomes[0], note=body.note, evidence=body.evidence)
    bodies = answer(view, given, command)
    policy, bucket = view.ladder.policy.id, view.case.bucket or ""
    found = tuple(faults(body.agency, policy, bucket, body.region, view.facts.total_overdue, view.today))
    if found:
        remedy = "Choose another agency, or bring its file in the register up to date."
        raise Refused("agency_unfit", f"{body.agency.id}: {'; '.join(found)}.", remedy)
    if not any(isinstance(one, e.StepCompleted) for one in bodies):
        return bodies
    return (*bodies, AgencyPlaced(agency=body.agency, evidence=body.evidence))


def recall(view: View, body: RecallFromAgency, command: c.Command) -> tuple[e.Body, ...]:
    """The case is nobody else's any more, and the recall step asks what is to be done. Refused: not_placed."""
    step = _recall_step(view)
    if command.actor != AGENCY_WATCH:
        _must_lead(view, step, command.actor.role)
    recalled = _recalled(view, body.reason, body.note)
    if step is None or view.case.step(step.id).is_open:
        return (recalled,)
    return (recalled, *open_ask(view, step, Due(view.now, None)).bodies)


def with_recall(view: View, bodies: tuple[e.Body, ...]) -> tuple[e.Body, ...]:
    """Who answers the recall step of a case that is still outside, takes it back by that."""
    step = _recall_step(view)
    if step is None or step.asked is None or view.case.agency is None:
        return bodies
    taken = any(
        isinstance(one, e.StepCompleted) and one.step == step.id and one.outcome == step.asked.outcomes[0]
        for one in bodies
    )
    return (*bodies, _recalled(view, "ended", "")) if taken else bodies


def is_agency_of(case: Case, command: c.Command) -> bool:
    """Whether somebody of the agency that has the case records a contact: the one thing they may do in it."""
    at = case.agency
    mine = at is not None and command.actor.authority == f"{AGENCY}:{at.agency}"
    return mine and command.actor.role == AGENCY and isinstance(command.body, c.RecordContact)


def _recalled(view: View, reason: RecallReason, note: str) -> AgencyRecalled:
    if view.case.agency is None:
        raise Refused("not_placed", "The case is with no agency.", "There is nothing to take back.")
    placing = [one for one in view.steps if one.rule.agency == "place"]
    scopes = {one.rule.scope for one in placing if one.rule.scope}
    undone = tuple(
        one.id for one in view.steps
        if one.rule.scope in scopes and one.asked and view.case.step(one.id).status == "completed"
    )  # fmt: skip
    return AgencyRecalled(agency=view.case.agency.agency, reason=reason, note=note, undone=undone)


def _recall_step(view: View) -> Step | None:
    return next((one for one in view.steps if one.rule.agency == "recall"), None)


def _must_lead(view: View, step: Step | None, role: str) -> None:
    allowed = list(step.asked.roles) if step and step.asked else [view.ladder.policy.owner]
    allowed += [head for one in allowed if (head := view.ladder.head_of(one))]
    if role not in allowed:
        raise Refused("not_entitled", f"{role} may not recall.", f"Allowed: {', '.join(dict.fromkeys(allowed))}.")
