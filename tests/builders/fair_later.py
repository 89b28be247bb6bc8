"""Commands that follow on something earlier and could be allowed: corrections, receipts, agencies, parts of a task."""

from __future__ import annotations

from decimal import Decimal

from domain import commands as c, events as e
from domain.agency import AgencyFile, PlaceWithAgency, RecallFromAgency
from domain.conditions import wanted
from domain.part_commands import FinishPart, StartPart
from domain.part_rule import Part
from domain.parts import done_parts, missing, planned
from domain.proposals import proposers
from tests.builders.fair import PRODUCT, answer, asked_of, contact, open_step
from tests.builders.moment import Drawn, Moment
from tests.builders.staff import AGENCIES, RULES


def correct_entry(at: Moment) -> Drawn | None:
    return at.one((_correct_answer, _correct_contact, _correct_receipt, _correct_letter))(at)


def _correct_answer(at: Moment) -> Drawn | None:
    done = [state for state in at.case.steps.values() if state.status == "completed" and state.done and state.asked]
    if not done:
        return None
    state = at.one(done)
    body = c.CorrectEntry(seq=state.done, reason="it was wrong")
    return Drawn(body, at.staff.somebody(at.ladder, state.asked[0]))


def _correct_contact(at: Moment) -> Drawn | None:
    seqs = at.seqs_of("contact_recorded")
    callers = [
        role for step in at.view.steps if step.asked and step.asked.what == "contact" for role in step.asked.roles
    ]
    if not seqs or not callers:
        return None
    body = c.CorrectEntry(seq=at.one(seqs), reason="it was wrong", contact=contact(at))
    return Drawn(body, at.staff.somebody(at.ladder, at.one(callers)))


def _correct_receipt(at: Moment) -> Drawn | None:
    key, seqs = dispatch_key(at), at.seqs_of("message_sent", "receipt_received")
    lookers = [step.asked.roles for step in at.view.steps if step.asked and any(t.delivery for t in step.when)]
    if key is None or not seqs or not lookers:
        return None
    receipt = c.ReceiptCorrection(key=key, status=at.one(("sent", "delivered", "failed", "returned")))
    body = c.CorrectEntry(seq=at.one(seqs), reason="the post said so", receipt=receipt)
    return Drawn(body, at.staff.somebody(at.ladder, lookers[0][0]))


def _correct_letter(at: Moment) -> Drawn | None:
    seqs = at.seqs_of("message_sent")
    body = c.CorrectEntry(seq=at.one(seqs or [1]), reason="wrong amount", letter="K-1")
    return Drawn(body, at.staff.somebody(at.ladder, at.ladder.policy.owner)) if seqs else None


def dispatch_key(at: Moment) -> str | None:
    """Of a letter that went out."""
    sent = [event.body for event in at.events if isinstance(event.body, e.MessageSent)]
    if not sent:
        return None
    body = at.one(sent)
    return f"{at.case.case_no}/{body.step}/1/{body.target}"


def report_receipt(at: Moment) -> Drawn | None:
    status = at.one(("sent", "delivered", "delivered", "failed", "returned"))
    key = dispatch_key(at) or f"{at.case.case_no}/somewhere/1/lessee/sms"
    return Drawn(c.ReportReceipt.model_validate({"key": key, "status": status}), PRODUCT)


def place_with_agency(at: Moment) -> Drawn | None:
    found = asked_of(at, lambda step, state: step.rule.agency == "place")
    if not found:
        return None
    file = AgencyFile(
        id=at.one(AGENCIES), licence_until=at.day(0, 300), nda_until=at.day(0, 300), qualified=True,
        commission_rate=Decimal("0.2"),
    )  # fmt: skip
    body = PlaceWithAgency(step=found[0].id, agency=file, evidence="D-4")
    return Drawn(body, at.staff.somebody(at.ladder, found[2], frozenset(proposers(at.view, found[0], found[1]))))


def recall_from_agency(at: Moment) -> Drawn | None:
    step = next((one for one in at.view.steps if one.rule.agency == "recall"), None)
    if at.case.agency is None or step is None or step.asked is None:
        return None
    actor = at.one((RULES[1], at.staff.somebody(at.ladder, step.asked.roles[0])))
    return Drawn(RecallFromAgency(reason=at.one(("by_decision", "audit_finding")), note="taken back"), actor)


def start_part(at: Moment) -> Drawn | None:
    found = asked_of(at, lambda step, state: step.rule.parts is not None)
    if not found or found[0].rule.parts is None:
        return None
    step, state, role = found
    running = {one.part for one in state.parts}
    left: list[Part] = [part for part in missing(at.case, step) if part not in running]
    return Drawn(StartPart(step=step.id, part=left[0]), at.staff.somebody(at.ladder, role)) if left else None


def finish_part(at: Moment) -> Drawn | None:
    found = asked_of(at, lambda step, state: step.rule.parts is not None)
    if not found or found[0].rule.parts is None:
        return None
    step, state, role = found
    rule, done = found[0].rule.parts, done_parts(state)
    ready: list[Part] = [
        p for p in planned(at.case, rule) if p not in done and all(n in done for n in rule.needs.get(p, ()))
    ]
    if not ready:
        return None
    body = FinishPart(step=step.id, part=at.one(ready), note="protocol", evidence="D-5")
    return Drawn(body, at.staff.somebody(at.ladder, role))


def onward(at: Moment) -> Drawn | None:
    """What gets a case on: a part of a task, a favourable answer, or the step that only its past makes possible."""
    if at.chance(0.7) and (part := at.one((start_part, finish_part))(at)):
        return part
    return answer(at, 1.0) or open_step(at, lambda step: bool(step.rule.if_) and wanted(at.view, step))
