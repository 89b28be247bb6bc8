"""Tables of dialled calls, recordings with what was found in them, violations, and visits."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Exact, Instant
from store.tables.naming import Row


class CallRow(Row, table=True):
    """One call that was ordered from the dialler. contact_seq: its contact record in the case; 0: there is none."""

    __table_args__ = (Index("call_in_order", "claimed_at", "id"),)

    id: str = Field(primary_key=True)
    case_no: str = Field(index=True)
    account_no: str
    policy_id: str
    step: str
    who: str
    party_id: str
    collector: str = Field(index=True)
    role: str
    status: str
    provider_ref: str | None = None
    claimed_at: datetime = Field(sa_type=Instant)
    ringing_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    duration: int | None = None
    contact_seq: int | None = None


class RecordingRow(Row, table=True):
    """The recording of a contact. kept: id of the uploaded file; reference: where it is kept elsewhere."""

    __table_args__ = (
        Index("recording_in_order", "at", "id"),
        Index("recording_of_account", "account_no", "at"),
    )

    id: str = Field(primary_key=True)
    case_no: str
    seq: int
    account_no: str
    policy_id: str
    step: str
    collector: str = Field(index=True)
    role: str
    sha256: str
    media_type: str
    kept: str | None = None
    reference: str | None = None
    transcript: str = Field(default="", sa_type=Text)
    survey: int | None = None
    checker: str | None = None
    script: str = ""
    compliance: Decimal | None = Field(default=None, sa_type=Exact)
    satisfaction: Decimal | None = Field(default=None, sa_type=Exact)
    missing: str = Field(default="", sa_type=Text)
    forbidden: str = Field(default="", sa_type=Text)
    checked_at: datetime | None = Field(default=None, sa_type=Instant)
    added_by: str
    at: datetime = Field(sa_type=Instant)


class ViolationRow(Row, table=True):
    """A breach of the rules of conduct by a member of staff; its correction is the errand."""

    __table_args__ = (Index("violation_in_order", "at", "id"),)

    id: str = Field(primary_key=True)
    found_by: str
    kind: str
    severity: str
    who: str = Field(index=True)
    case_no: str | None = Field(default=None, index=True)
    evidence: str
    text: str = Field(sa_type=Text)
    correct_by: date
    errand: str = Field(index=True)
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)


class VisitRow(Row, table=True):
    """A visit as it was planned and reported. team: JSON; participants: staff ids joined by commas."""

    __table_args__ = (Index("visit_of_step", "case_no", "step", "status"), Index("visit_in_order", "day", "id"))

    id: str = Field(primary_key=True)
    case_no: str
    account_no: str
    step: str
    day: date
    status: str
    team: str = Field(sa_type=Text)
    credentials: str = Field(sa_type=Text)
    papers: str = Field(sa_type=Text)
    safety: str = Field(sa_type=Text)
    planned_by: str
    planned_role: str
    planned_at: datetime = Field(sa_type=Instant)
    outcome: str | None = None
    participants: str = ""
    note: str = Field(default="", sa_type=Text)
    evidence: str | None = None
    reported_by: str | None = None
    reported_at: datetime | None = Field(default=None, sa_type=Instant)
