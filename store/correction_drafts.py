"""Correcting letters that wait to be signed: what they will say, and the errands that ask for the signatures."""

from __future__ import annotations

from typing import Final

from pydantic import AwareDatetime
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Refused
from store.errands import Errand, errand_of
from store.tables import CorrectionDraftRow, ErrandRow, LetterCorrectionRow

SIGNING: Final = "correction"  # stands where errands name their policy


class CorrectionDraft(Frozen):
    """What letter `number` says wrongly, and what is right. id: chosen by the caller; actor: who proposes it."""

    id: str
    number: str
    case_no: str
    wrong: str
    right: str
    reason: str
    actor_user: str
    actor_role: str
    authority: str
    at: AwareDatetime


def drafts_of(session: Session, number: str) -> tuple[CorrectionDraft, ...]:
    """Every correction of a letter that was ever proposed for signature, the first one first."""
    d = CorrectionDraftRow
    rows = session.scalars(select(d).where(col(d.number) == number).order_by(col(d.at), col(d.id)))
    return tuple(CorrectionDraft.model_validate(row.model_dump()) for row in rows)


def get_draft(session: Session, draft_id: str) -> CorrectionDraft:
    """One of them; Refused "unknown_document"."""
    row = session.get(CorrectionDraftRow, draft_id)
    if row is None:
        raise Refused("unknown_document", "There is no such draft of a correcting letter.", "")
    return CorrectionDraft.model_validate(row.model_dump())


def add_draft(session: Session, draft: CorrectionDraft) -> None:
    """Enter a draft; look with `drafts_of` first."""
    session.execute(insert(CorrectionDraftRow).values(**draft.model_dump()))


def signatures_of(session: Session, draft_id: str) -> tuple[Errand, ...]:
    """The errands that ask for the signatures under a draft, in the order in which the policy names the roles."""
    e = ErrandRow
    query = select(e).where(col(e.policy_id) == SIGNING, col(e.subject) == draft_id).order_by(col(e.rank), col(e.id))
    return tuple(errand_of(row) for row in session.scalars(query))


def original_of(session: Session, number: str) -> str:
    """The letter at the beginning of a chain of corrections; the number itself when it corrects nothing."""
    c = LetterCorrectionRow
    corrected = session.scalar(select(col(c.number)).where(col(c.correction) == number))
    return original_of(session, corrected) if corrected else number
