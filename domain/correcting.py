"""Corrections: an answer is taken back or a contact record replaced by a new entry; nothing is erased."""

from __future__ import annotations

from domain import commands as c, events as e
from domain.case import StepState
from domain.deadlines import deadline_of
from domain.errors import Refused
from domain.view import View


def correct(view: View, body: c.CorrectEntry, role: str) -> e.Body:
    """The correcting entry. Refused: not_entitled, already_acted, nothing_to_correct."""
    if body.contact is not None and body.seq <= view.case.seq:
        _must_collect(view, role)
        return e.EntryCorrected(corrects=body.seq, reason=body.reason, contact=body.contact)
    for name, state in view.case.steps.items():
        step = view.ladder.by_id[name]
        if state.status == "completed" and state.done == body.seq and step.asked and state.asked:
            if role not in state.asked and role != view.ladder.head_of(state.asked[0]):
                raise Refused("not_entitled", f"{role} may not correct {name}.", f"Allowed: {', '.join(state.asked)}.")
            _must_not_be_out(view, name, state)
            deadline, _ = deadline_of(view.ladder, view.case, step.asked, view.now, state.asked[0])
            return e.StepReopened(step=name, corrects=body.seq, reason=body.reason, deadline=deadline)
    raise Refused(
        "nothing_to_correct", f"Entry {body.seq} is not a standing answer.", "Name the seq of its completion."
    )


def _must_collect(view: View, role: str) -> None:
    """A contact record is corrected by those who make contacts, or their heads (L4.5a)."""
    callers = {role for step in view.steps if step.asked and step.asked.what == "contact" for role in step.asked.roles}
    heads = {head for caller in callers if (head := view.ladder.head_of(caller))}
    if role not in callers | heads:
        raise Refused("not_entitled", f"{role} keeps no contact records.", f"Allowed: {', '.join(sorted(callers))}.")


def _must_not_be_out(view: View, name: str, state: StepState) -> None:
    """An answer that a letter went out on stands: the letter would go out twice."""
    for step in view.steps:
        sent = view.case.step(step.id)
        follows = step.rule.send is not None and any(name in trigger.after for trigger in step.when)
        if follows and (sent.dispatches or sent.done > state.done):
            remedy = "Send a correcting letter; a note can say what was wrong."
            raise Refused("already_acted", f"{step.id} went out on this answer.", remedy)
