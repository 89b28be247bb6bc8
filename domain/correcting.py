"""Corrections: an answer is taken back or a contact record replaced by a new entry; nothing is erased."""

from __future__ import annotations

from domain import commands as c, events as e
from domain.authority import asked_first
from domain.case import StepState
from domain.deadlines import deadline_of
from domain.errors import Refused
from domain.ladder import Step
from domain.moving import asks_otherwise
from domain.parts import take_back
from domain.view import View


def correct(view: View, body: c.CorrectEntry, role: str) -> tuple[e.Body, ...]:
    """The correcting entry, and what falls away with the wrong one.

    Refused: not_entitled, already_acted, nothing_to_correct.
    """
    if body.receipt is not None:
        return _of_receipt(view, body, body.receipt, role)
    if body.letter is not None and body.seq <= view.case.seq:
        return (e.EntryCorrected(corrects=body.seq, reason=body.reason, letter=body.letter),)
    return (_of_answer(view, body, role),)


def _of_receipt(view: View, body: c.CorrectEntry, receipt: c.ReceiptCorrection, role: str) -> tuple[e.Body, ...]:
    """What really became of a dispatch; a look into one that arrived after all is asked for no longer."""
    _must_be_dispatch(view, body.seq, receipt.key)
    looking = [step for step in view.ladder.steps if step.asked and any(trigger.delivery for trigger in step.when)]
    lookers = {name for step in looking if step.asked for name in step.asked.roles}
    heads = {head for name in lookers if (head := view.ladder.head_of(name))}
    if role not in lookers | heads:
        raise Refused("not_entitled", f"{role} looks after no receipts.", f"Allowed: {', '.join(sorted(lookers))}.")
    right = e.EntryCorrected(
        corrects=body.seq, reason=body.reason, key=receipt.key, status=receipt.status, evidence=receipt.evidence,
        received_on=receipt.received_on,
    )  # fmt: skip
    if receipt.status not in ("sent", "delivered") or view.case.last_failure != body.seq:
        return (right,)
    open_still = (step.id for step in looking if view.case.step(step.id).is_open)
    needless = (name for name in open_still if view.case.step(name).fired > body.seq)
    return (right, *(e.StepLapsed(step=name) for name in needless))


def _must_be_dispatch(view: View, seq: int, key: str) -> None:
    case_no, _, rest = key.partition("/")
    step = view.ladder.by_id.get(rest.partition("/")[0])
    if seq > view.case.seq or case_no != view.case.case_no or step is None or step.rule.send is None:
        raise Refused("nothing_to_correct", f"{key} is no dispatch of this case.", "Name the key of the dispatch.")


def _of_answer(view: View, body: c.CorrectEntry, role: str) -> e.Body:
    if body.contact is not None and body.seq <= view.case.seq:
        _must_collect(view, role)
        return e.EntryCorrected(corrects=body.seq, reason=body.reason, contact=body.contact)
    part = take_back(view, body, role)
    if part is not None:
        return part
    for name, state in view.case.steps.items():
        step = view.ladder.by_id[name]
        if state.status == "completed" and state.done == body.seq and step.asked and state.asked:
            anew = _asked_anew(view, step, state)
            asked = anew.asked if anew else state.asked
            if role not in asked and role != view.ladder.head_of(asked[0]):
                raise Refused("not_entitled", f"{role} may not correct {name}.", f"Allowed: {', '.join(asked)}.")
            _must_not_be_out(view, name, state)
            deadline, _ = deadline_of(view.ladder, view.case, step.asked, view.now, asked[0])
            return e.StepReopened(step=name, corrects=body.seq, reason=body.reason, deadline=deadline, anew=anew)
    raise Refused(
        "nothing_to_correct", f"Entry {body.seq} is not a standing answer.", "Name the seq of its completion."
    )


def _asked_anew(view: View, step: Step, state: StepState) -> e.AskedAnew | None:
    """After a move those are asked again whom the policy now in force names."""
    asked = step.asked
    if asked is None or not asks_otherwise(state, step):
        return None
    roles = asked_first(view, step, state.figures)
    return e.AskedAnew(asked=roles, mode=asked.mode, outcomes=asked.outcomes, needed=asked.needed)


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
