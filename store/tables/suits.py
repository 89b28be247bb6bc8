"""Tables of lawsuits with their events, of papers that prove a case, and of what guarantors agreed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Text, text
from sqlmodel import Field

from store.columns import Instant
from store.tables.naming import Row

UNTOLD = "case_seq > told_seq"


class SuitRow(Row, table=True):
    """One lawsuit. snapshot: the state after event `seq`, "" until its work began.

    case_word, case_reason, case_seq: what its case said last; told_seq: up to where the suit was told.
    """

    __table_args__ = (
        Index("suit_key", "key", unique=True),
        Index("suit_of_case", "case_no"),
        Index("suit_of_status", "status", "due_at", "number"),
        Index("suit_to_tell", "number", sqlite_where=text(UNTOLD), postgresql_where=text(UNTOLD)),
    )

    number: str = Field(primary_key=True)
    key: str
    case_no: str = Field(foreign_key="case.case_no")
    account_no: str
    policy_id: str
    role: str
    filed_on: date
    filed_by: str
    choice: str | None = None
    evidence: str | None = None
    defendants: str = Field(default="", sa_type=Text)  # a list of party ids in JSON; "" for no names
    entered_at: datetime = Field(sa_type=Instant)
    status: str
    stage: str
    closed_for: str | None = None
    closed_on: date | None = None
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    case_word: str = ""
    case_reason: str = ""
    case_seq: int = 0
    told_seq: int = 0
    seq: int = 0
    snapshot: str = Field(default="", sa_type=Text)


class SuitEventRow(Row, table=True):
    number: str = Field(primary_key=True, foreign_key="suit.number")
    seq: int = Field(primary_key=True)
    kind: str
    at: datetime = Field(sa_type=Instant)
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    actor_user: str | None = None
    actor_role: str | None = None
    authority: str | None = None
    command_id: str | None = None
    body: str = Field(sa_type=Text)


class EvidencePaperRow(Row, table=True):
    """An uploaded paper that proves something in a case: its contract, a receipt of delivery … Rows are only added."""

    __table_args__ = (Index("evidence_paper_of_case", "case_no", "at"),)

    id: str = Field(primary_key=True)
    case_no: str = Field(foreign_key="case.case_no")
    kind: str
    attachment_id: str = Field(foreign_key="attachment.id")
    reference: str = ""
    received_on: date | None = None
    note: str = Field(default="", sa_type=Text)
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)


class GuaranteeTermRow(Row, table=True):
    """What a guarantor agreed with us about their period; the newest version counts, the others are its history."""

    account_no: str = Field(primary_key=True, foreign_key="account.account_no")
    party_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    joint: bool
    until: date | None = None
    evidence: str | None = None
    note: str = Field(default="", sa_type=Text)
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)
