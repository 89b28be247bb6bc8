"""A violation that a complaint brings to light stands in the register of violations, its correction confirmed there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from activities.supervised import supervised
from domain.complaint import ComplaintEvent, ComplaintHandled, ConfirmCorrection, ReportFindings
from domain.events import Actor
from store import complaints, errands, staff
from store.violations import NewViolation, add_violation, confirm_violation


def follow_complaint(session: Session, number: str, events: Sequence[ComplaintEvent]) -> None:
    """Enter what the findings say and confirm what was corrected, once each, however often it is asked for."""
    for event in events:
        if event.actor is None or not isinstance(event.body, ComplaintHandled):
            continue
        match event.body.act:
            case ReportFindings(violation=True) as found:
                _enter(session, number, found, event.actor, event.at)
            case ConfirmCorrection(text=measure):
                confirm_violation(session, violation_of(number), measure, event.actor, event.at)
            case _:
                pass


def violation_of(number: str) -> str:
    """The id of the violation that the findings of a complaint are entered under."""
    return f"v-{sha256(f'complaint/{number}'.encode()).hexdigest()[:24]}"


def _enter(session: Session, number: str, found: ReportFindings, actor: Actor, at: datetime) -> None:
    """Nobody but the complaint is asked about it: its own clock watches over the correction."""
    if found.correction_by is None:
        return
    complaint, entry = complaints.get_complaint(session, number), violation_of(number)
    errand = supervised(entry, "violation", (), found.correction_by, at).model_copy(
        update={
            "rules": ("B4.2.2d",), "title": "投诉查实违规整改", "say": number, "outcomes": ("corrected",),
            "subject": entry, "deadline": None,
        }
    )  # fmt: skip
    who = found.who or complaint.about_user or ""
    violation = NewViolation(
        id=entry, found_by="complaint", kind=found.kind, severity="serious" if found.serious else "minor",
        who=who if any(one.id == who for one in staff.list_staff(session)) else "", case_no=complaint.case_no,
        evidence=number, text=found.text, correct_by=found.correction_by, errand=errand.id, actor=actor, at=at,
    )  # fmt: skip
    if add_violation(session, violation):
        errands.open_errand(session, errand)
