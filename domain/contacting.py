"""Contacts that are recorded: which asks they answer, in the case itself and in the other cases of the same person."""

from __future__ import annotations

from domain import commands as c, events as e
from domain.compiled import ATTEMPTED
from domain.errors import Refused
from domain.ladder import Step
from domain.undertaking_check import promised
from domain.view import View

RECORD = "collection_record"


def record_contact(view: View, contact: e.ContactResult, role: str) -> tuple[e.Body, ...]:
    """A recorded contact answers every contact ask of that role, if the customer was reached; in a cadence attempts
    count. What others are asked for stays open: the call of the junior is not that of the senior (B4.2.1a, b)."""
    asks = [step for step in _asking(view, contact) if _is_asked(view, step, role)]
    promise = promised(view, contact, view.case.seq + 1)
    return (e.ContactRecorded(contact=contact), *promise, *_answers(asks, contact, role))


def share_contact(view: View, body: c.ShareContact, role: str) -> tuple[e.Body, ...]:
    """The same for what was done for another case and spoke of this one too, by whoever is asked there.

    A role of this policy closes what it is asked for here. Refused "not_open" when nothing is asked for that way.
    """
    if body.contact is not None:
        ours = role in view.ladder.policy.roles
        asks = [step for step in _asking(view, body.contact) if not ours or _is_asked(view, step, role)]
        done = _answers(asks, body.contact, role, body.of)
        if asks:
            return (e.ContactRecorded(contact=body.contact, of=body.of), *done)
    else:
        found = tuple(
            e.StepCompleted(
                step=step.id, outcome=body.outcome, role=role, document=step.rule.document or step.rule.writes,
                evidence=body.evidence, note=body.note, participants=body.participants, of=body.of,
            )
            for step in view.steps
            if (state := view.case.step(step.id)).is_open and not state.frozen
            and state.way == body.way and body.outcome in state.outcomes
        )  # fmt: skip
        if found:
            return found
    raise Refused("not_open", f"No {body.way} is asked for here.", "Look at the open tasks of the case.")


def _is_asked(view: View, step: Step, role: str) -> bool:
    """Whether that role, or in a single ask the head of one asked, does with a contact what the step asks for."""
    asked = view.case.step(step.id).asked
    return role in asked or (not step.rhythm and any(view.ladder.head_of(one) == role for one in asked))


def _asking(view: View, contact: e.ContactResult) -> list[Step]:
    """Open contact asks that this contact may answer; one that a hold stops is not answered by what happened anyway."""
    reached = contact.outcome == "contacted"
    return [
        step for step in view.steps
        if step.asked and step.asked.what == "contact" and (step.rhythm or reached)
        and (state := view.case.step(step.id)).is_open and not state.frozen
    ]  # fmt: skip


def _answers(
    asks: list[Step], contact: e.ContactResult, role: str, of: str | None = None
) -> tuple[e.StepCompleted, ...]:
    outcome = "contacted" if contact.outcome == "contacted" else ATTEMPTED
    return tuple(e.StepCompleted(step=s.id, outcome=outcome, role=role, document=RECORD, of=of) for s in asks)
