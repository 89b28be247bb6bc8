"""Papers that prove a case, as people entered them, and what proves that letters arrived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.arrival import day_of_receipt
from domain.base import Frozen, local_date
from domain.errors import Invalid, Problem, Refused
from domain.events import Actor
from store.dialect import inserted
from store.letters import HOME
from store.tables import AttachmentRow, CaseRow, DeliveryRow, DoneStepRow, EvidencePaperRow

PaperKind = Literal[
    "contract", "purchase", "acceptance", "disbursement", "identity", "guarantee", "mortgage", "delivery_proof",
    "other",
]  # fmt: skip


class EvidencePaper(Frozen):
    """A paper of a case. reference: of a guarantee the party, of a proof of delivery the number of the letter.

    received_on: of a proof of delivery, the day on which the letter reached its addressee.
    """

    id: str
    case_no: str
    kind: PaperKind
    attachment_id: str
    reference: str = ""
    received_on: date | None = None
    note: str = ""
    actor: Actor
    at: AwareDatetime


def add_paper(session: Session, paper: EvidencePaper) -> bool:
    """Enter a paper once per id; whether it is new. Refused: unknown_case, unknown_attachment, command_differs.

    Raises Invalid for a day of receipt that cannot be.
    """
    if session.get(CaseRow, paper.case_no) is None:
        raise Refused("unknown_case", f"There is no case {paper.case_no}.", "Check the case number.")
    if session.get(AttachmentRow, paper.attachment_id) is None:
        raise Refused("unknown_attachment", f"There is no upload {paper.attachment_id}.", "Upload it first.")
    faults = list(_faults_of_day(session, paper))
    if faults:
        raise Invalid(faults)
    actor = paper.actor
    values = {**paper.model_dump(exclude={"actor"}), "actor_user": actor.user, "actor_role": actor.role}
    if inserted(session, EvidencePaperRow, {**values, "authority": actor.authority}):
        return True
    known = session.get_one(EvidencePaperRow, paper.id)
    if (known.case_no, known.kind, known.attachment_id) != (paper.case_no, paper.kind, paper.attachment_id):
        raise Refused("command_differs", f"The id {paper.id} belongs to another paper.", "Use a new id.")
    return False


def _faults_of_day(session: Session, paper: EvidencePaper) -> Iterator[Problem]:
    """A day of receipt is that of a letter, which this system sent or the one before it did."""
    if paper.received_on is None:
        return
    if paper.kind != "delivery_proof" or not paper.reference:
        yield Problem("received_on", "only a letter is received", "kind delivery_proof, reference the letter's number")
    case = session.get_one(CaseRow, paper.case_no)
    d, done = DeliveryRow, DoneStepRow
    ours = select(func.min(col(d.sent_at))).where(col(d.case_no) == paper.case_no, col(d.number) == paper.reference)
    theirs = select(func.min(col(done.on))).where(
        col(done.account_no) == case.account_no, col(done.document_no) == paper.reference
    )
    sent_at = session.scalar(ours)
    sent_on = local_date(sent_at, HOME) if sent_at else session.scalar(theirs)
    yield from day_of_receipt("received_on", paper.received_on, sent_on, local_date(paper.at, HOME))


def papers_of(session: Session, case_no: str, before: datetime) -> tuple[EvidencePaper, ...]:
    """The papers of a case entered before an instant, in order."""
    e = EvidencePaperRow
    query = select(e).where(col(e.case_no) == case_no, col(e.at) < before).order_by(col(e.at), col(e.id))
    return tuple(
        EvidencePaper.model_validate({
            **row.model_dump(exclude={"actor_user", "actor_role", "authority"}),
            "actor": Actor(user=row.actor_user, role=row.actor_role, authority=row.authority),
        })
        for row in session.scalars(query)
    )  # fmt: skip
