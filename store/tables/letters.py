"""Tables of what became of letters outside: proof that they arrived, letters that correct wrong ones, their drafts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Text
from sqlmodel import Field

from store.columns import Instant
from store.tables.naming import Row


class DeliveryProofRow(Row, table=True):
    """The number of a registered letter and its receipt; a later one of a delivery counts."""

    id: str = Field(primary_key=True)
    delivery: str = Field(foreign_key="delivery.key", index=True)
    case_no: str = Field(index=True)
    registered_no: str
    received_on: date | None = None  # as the receipt says
    evidence: str
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)


class LetterCorrectionRow(Row, table=True):
    """Letter `number` was wrong; letter `correction` says so to the same target. seq: of its sending in the case."""

    number: str = Field(primary_key=True)
    id: str = Field(unique=True)
    case_no: str = Field(index=True)
    account_no: str
    seq: int
    correction: str
    target: str
    key: str  # of its delivery
    reason: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)


class CorrectionDraftRow(Row, table=True):
    """What letter `number` says wrongly and what is right; the letter is written when those who have to have signed."""

    id: str = Field(primary_key=True)
    number: str = Field(index=True)
    case_no: str = Field(index=True)
    wrong: str = Field(sa_type=Text)
    right: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)
