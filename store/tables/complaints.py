"""Tables of complaints, of the surveys after a case, and of the waivers that were granted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Amount, Instant
from store.tables.naming import Row


class ComplaintRow(Row, table=True):
    """One complaint. `due_at`: of the clock that runs out first; `snapshot`: the state after event `seq`.

    party_id: whose it is, as far as known; while it is open and `stops_contacts`, they are not contacted.
    """

    __table_args__ = (
        Index("complaint_key", "key", unique=True),
        Index("complaint_of_party", "party_id", "status"),
        Index("complaint_of_status", "status", "due_at", "number"),
    )

    number: str = Field(primary_key=True)
    key: str
    channel: str
    complainant: str
    email: str | None = None
    phone: str | None = None
    about: str
    about_user: str | None = None
    case_no: str | None = None
    account_no: str | None = None
    text: str = Field(sa_type=Text)
    received_at: datetime = Field(sa_type=Instant)
    entered_at: datetime = Field(sa_type=Instant)
    entered_by: str
    status: str
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    violation: bool | None = None
    seq: int
    snapshot: str = Field(sa_type=Text)
    attachments: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})  # joined by commas
    party_id: str | None = None
    stops_contacts: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    linked_by: str | None = None
    linked_at: datetime | None = Field(default=None, sa_type=Instant)


class ComplaintEventRow(Row, table=True):
    number: str = Field(primary_key=True, foreign_key="complaint.number")
    seq: int = Field(primary_key=True)
    kind: str
    at: datetime = Field(sa_type=Instant)
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    actor_user: str | None = None
    actor_role: str | None = None
    authority: str | None = None
    command_id: str | None = None
    body: str = Field(sa_type=Text)


class SurveyRow(Row, table=True):
    """The survey after a case, one per case. score: 1 (bad) to 5 (good); specialist: who held the case last."""

    __table_args__ = (Index("survey_answered", "answered_at", "case_no"),)

    case_no: str = Field(primary_key=True, foreign_key="case.case_no")
    account_no: str
    policy_id: str
    specialist: str
    channel: str
    status: str
    asked_at: datetime = Field(sa_type=Instant)
    score: int | None = None
    comment: str = Field(default="", sa_type=Text)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_by: str = ""


class WaiverRow(Row, table=True):
    """A waiver of penalty interest and its condition: paid in full by the end of `paid_by`."""

    __table_args__ = (Index("waiver_to_judge", "status", "paid_by"),)

    case_no: str = Field(primary_key=True, foreign_key="case.case_no")
    seq: int = Field(primary_key=True)
    account_no: str
    policy_id: str
    amount: Decimal = Field(sa_type=Amount)
    posting_id: str
    paid_by: date
    status: str
    granted_by: str
    granted_at: datetime = Field(sa_type=Instant)
    judged_at: datetime | None = Field(default=None, sa_type=Instant)
