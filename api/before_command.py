"""What the policy of a case and the contact gate say before a command is sent to it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from activities.contact_gate import Wanted
from api.deps import Deps
from api.ladders import ladder_of_pin
from api.schemas import StaffCommand
from domain.approach import way_of
from domain.commands import AnswerStep, CorrectEntry, ReceiptCorrection
from domain.conduct import Never, Postponed
from domain.errors import Invalid, Problem, Refused, Transient
from domain.evidence import PolicyPin
from domain.ladder import Step
from store import cases, suits
from store.deliveries import find_delivery
from store.letters import faults_of_day

OF_COURT: Final = ("judgment", "enforcement")  # a settlement may be entered in the case or in the suit


def pass_gate(deps: Deps, case_no: str, name: str, role: str) -> None:
    """Nobody is sent to a customer whom the gate protects. Refused: contact_postponed, contact_barred."""
    step = step_of(deps, case_no, name)
    way = way_of(step) if step else None
    with deps.database.reading() as session:
        case = cases.snapshot_of(session, case_no)
        if step is None or step.asked is None or way is None or case is None:
            return
        if role in step.asked.roles and not case.step(name).is_open:
            return  # who opens what they are asked themselves reports what has happened
        wanted = Wanted(account_no=case.account_no, who="customer", channel=way, purpose="collection")
        match deps.gate.ask(session, wanted):
            case Postponed(reason=reason, not_before=not_before):
                raise Refused("contact_postponed", f"{reason}.", f"Not before {not_before.isoformat()}.")
            case Never(reason=reason):
                raise Refused("contact_barred", f"{reason}.", "This person is not contacted.")
            case _:
                return


def must_fit(deps: Deps, case_no: str, body: StaffCommand) -> None:
    """The day of a receipt can be, and those who are sued are parties of the account; unchecked without a database.

    Refused: unknown_party. Raises Invalid with every fault of the day.
    """
    receipt = body.receipt if isinstance(body, CorrectEntry) else None
    defendants = body.defendants if isinstance(body, AnswerStep) else ()
    if not defendants and (receipt is None or receipt.received_on is None):
        return
    try:
        with deps.database.reading() as session:
            case = cases.snapshot_of(session, case_no)
            if case is not None and defendants:
                suits.must_be_parties(session, case.account_no, defendants)
            faults = _faults_of_receipt(session, receipt, deps.clock.now()) if receipt else []
    except Transient:
        return
    if faults:
        raise Invalid(faults)


def must_be_an_answer(deps: Deps, case_no: str, body: AnswerStep, by_visit: bool) -> None:
    """Some steps are answered elsewhere: a visit by its report, which knows who went and what they carried (Z3.4,
    C4.3.2b); a placement by naming the agency (B2.3.2.1a); what a court does, in the suit while one is open.

    Refused: visit_unreported, agency_missing, answered_in_suit.
    """
    found = step_of(deps, case_no, body.step)
    if found is None or found.asked is None:
        return
    if found.asked.what == "visit" and not by_visit:
        raise Refused("visit_unreported", f"{body.step} is a visit.", "Plan it and report it under /visits.")
    if found.rule.agency == "place" and body.outcome == found.asked.outcomes[0]:
        raise Refused("agency_missing", f"{body.step} names an agency.", "Send place_with_agency instead.")
    if found.rule.suit in OF_COURT:
        with deps.database.reading() as session:
            suit = suits.open_suit(session, case_no)
        if suit is not None:
            remedy = "Enter it under /suits/{number}/acts: the case is answered by that."
            raise Refused("answered_in_suit", f"{body.step} is answered by {suit.number}.", remedy)


def _faults_of_receipt(session: Session, receipt: ReceiptCorrection, now: datetime) -> list[Problem]:
    faults: list[Problem] = []
    if receipt.status != "delivered":
        faults.append(Problem("received_on", f"what was {receipt.status} has no day of receipt", "leave it out"))
    sent = find_delivery(session, receipt.key)
    return faults + faults_of_day(session, sent, receipt.received_on, now) if sent else faults


def openers_of(deps: Deps, pins: tuple[PolicyPin, ...], step: str) -> tuple[str, ...]:
    """Who may open that step of the policy under which the case runs."""
    ladder = ladder_of_pin(deps.policies, pins[-1]) if pins else None
    known = ladder.by_id.get(step) if ladder else None
    return known.opened_by if known else ()


def step_of(deps: Deps, case_no: str, step: str) -> Step | None:
    """That step of the policy under which the case runs; None when it has none."""
    with deps.database.reading() as session:
        pins = cases.pins_of(session, case_no)
    ladder = ladder_of_pin(deps.policies, pins[-1]) if pins else None
    return ladder.by_id.get(step) if ladder else None
