"""What became of letters outside: proof that they arrived, and which of them were corrected by another letter."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import AwareDatetime
from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.arrival import day_of_receipt
from domain.base import Frozen, local_date
from domain.errors import Invalid, Problem, Refused
from domain.events import Actor
from store.deliveries import Delivery, find_delivery
from store.tables import AccountRow, AttachmentRow, CaseRow, DeliveryProofRow, DeliveryRow, LetterCorrectionRow

ON_ITS_WAY = ("claimed", "released")
HOME = "Asia/Shanghai"  # of a letter that belongs to no account


class Proof(Frozen):
    """The number of a registered letter with its receipt. delivery: its key; evidence: id of the upload.

    received_on: the day on which it was received, as the receipt says; without it the day is still to be proven.
    """

    id: str
    delivery: str
    case_no: str
    registered_no: str
    evidence: str
    received_on: date | None = None
    actor_user: str
    actor_role: str
    authority: str
    at: AwareDatetime


class LetterCorrection(Frozen):
    """A letter that was wrong, and the one that says so. key: of the delivery of the correcting letter.

    seq: of the entry of the case in which the wrong one went out; 0: it was sent beside the case.
    """

    number: str
    id: str
    case_no: str
    account_no: str
    seq: int
    correction: str
    target: str
    key: str
    reason: str
    actor_user: str
    actor_role: str
    authority: str
    at: AwareDatetime


class NewProof(Frozen):
    """What somebody has of a delivery. id: chosen by the caller."""

    id: str
    delivery: str
    registered_no: str
    evidence: str
    received_on: date | None = None
    actor: Actor
    at: AwareDatetime


def add_proof(session: Session, wanted: NewProof) -> Proof:
    """Enter a proof once per id. Refused: unknown_delivery, not_sent, unknown_attachment, key_differs.

    Raises Invalid for a day on which the letter cannot have been received.
    """
    known = session.get(DeliveryProofRow, wanted.id)
    if known is not None:
        if (known.delivery, known.registered_no, known.evidence, known.received_on) != (
            wanted.delivery, wanted.registered_no, wanted.evidence, wanted.received_on,
        ):  # fmt: skip
            raise Refused("key_differs", "This key was used for another proof.", "Use a new key.")
        return Proof.model_validate(known.model_dump())
    delivery = find_delivery(session, wanted.delivery)
    if delivery is None:
        raise Refused("unknown_delivery", f"There is no delivery {wanted.delivery}.", "See the documents of the case.")
    if delivery.status in (*ON_ITS_WAY, "refused"):
        raise Refused("not_sent", "This letter did not go out.", "A proof belongs to a letter that was sent.")
    if session.get(AttachmentRow, wanted.evidence) is None:
        raise Refused("unknown_attachment", f"There is no attachment {wanted.evidence}.", "Upload the receipt first.")
    faults = faults_of_day(session, delivery, wanted.received_on, wanted.at)
    if faults:
        raise Invalid(faults)
    who = {"actor_user": wanted.actor.user, "actor_role": wanted.actor.role, "authority": wanted.actor.authority}
    found = Proof.model_validate({**wanted.model_dump(exclude={"actor"}), "case_no": delivery.case_no, **who})
    session.execute(insert(DeliveryProofRow).values(**found.model_dump()))
    return found


def faults_of_day(session: Session, sent: Delivery, received_on: date | None, at: datetime) -> list[Problem]:
    """What is wrong with the day on which a letter is said to have been received, entered at `at`."""
    if received_on is None:
        return []
    query = select(col(AccountRow.time_zone)).join(CaseRow, col(CaseRow.account_no) == col(AccountRow.account_no))
    tz = session.scalar(query.where(col(CaseRow.case_no) == sent.case_no)) or HOME
    out = local_date(sent.sent_at or sent.claimed_at, tz)
    return list(day_of_receipt("received_on", received_on, out, local_date(at, tz)))


def proofs_of(session: Session, case_no: str) -> dict[str, Proof]:
    """The proof that counts by delivery, for all deliveries of a case."""
    p = DeliveryProofRow
    rows = session.scalars(select(p).where(col(p.case_no) == case_no).order_by(col(p.at), col(p.id)))
    return {row.delivery: Proof.model_validate(row.model_dump()) for row in rows}


def correction_of(session: Session, number: str) -> LetterCorrection | None:
    """The correction of a letter."""
    row = session.get(LetterCorrectionRow, number)
    return LetterCorrection.model_validate(row.model_dump()) if row else None


def corrections_of(session: Session, case_no: str) -> tuple[LetterCorrection, ...]:
    """The corrected letters of a case."""
    c = LetterCorrectionRow
    rows = session.scalars(select(c).where(col(c.case_no) == case_no).order_by(col(c.at), col(c.number)))
    return tuple(LetterCorrection.model_validate(row.model_dump()) for row in rows)


def add_correction(session: Session, correction: LetterCorrection) -> None:
    """Enter a correction; look with `correction_of` first."""
    session.execute(insert(LetterCorrectionRow).values(**correction.model_dump()))


def unsent_corrections(session: Session, limit: int = 50) -> tuple[LetterCorrection, ...]:
    """Correcting letters that still have to go out, the oldest first."""
    c, d = LetterCorrectionRow, DeliveryRow
    gone = exists().where(col(d.key) == col(c.key), col(d.status).not_in(ON_ITS_WAY))
    rows = session.scalars(select(c).where(~gone).order_by(col(c.at), col(c.number)).limit(limit))
    return tuple(LetterCorrection.model_validate(row.model_dump()) for row in rows)
