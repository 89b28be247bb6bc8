"""Tables of cases: the append-only events, the snapshot, and what is derived from them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field

from store.columns import Instant
from store.tables.naming import Row

OPEN_OF_AN_ACCOUNT = text("status <> 'closed' AND account_no <> ''")  # a portfolio's standing work is of no account


class CaseRow(Row, table=True):
    __table_args__ = (
        Index(
            "one_open_case",
            "account_no",
            unique=True,
            sqlite_where=OPEN_OF_AN_ACCOUNT,
            postgresql_where=OPEN_OF_AN_ACCOUNT,
        ),
        Index("case_of_owner", "owner", "rank", "case_no"),
    )

    case_no: str = Field(primary_key=True)
    account_no: str = Field(index=True)
    ordinal: int
    status: str = Field(index=True)
    policy_id: str = ""
    policy_version: int = 0
    policy_sha256: str = ""
    settings: str = ""
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_for: str | None = None
    anchor: date | None = None
    bucket: str | None = None
    owner: str | None = None
    rank: int = 0  # of a key account: the more delinquencies and days, the lower; of all others 0
    held: bool = False
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    next_why: str = ""
    seq: int = 0
    ledger_version: int = 0
    writer: str = ""
    snapshot: str = Field(default="", sa_type=Text)


class CaseEventRow(Row, table=True):
    case_no: str = Field(primary_key=True, foreign_key="case.case_no")
    seq: int = Field(primary_key=True)
    kind: str
    step: str | None = None
    due_at: datetime = Field(sa_type=Instant)
    at: datetime = Field(sa_type=Instant, index=True)
    dpd: int | None = None
    rules: str
    why: str = Field(sa_type=Text)
    actor_user: str | None = None
    actor_role: str | None = None
    authority: str | None = None
    command_id: str | None = Field(default=None, index=True)
    body: str = Field(sa_type=Text)


class FeedRow(Row, table=True):
    """The order in which events of all cases were recorded, for those who follow along."""

    __table_args__ = (UniqueConstraint("case_no", "seq", name="case_feed_once"),)

    position: int | None = Field(default=None, primary_key=True)
    case_no: str
    seq: int


class AskRow(Row, table=True):
    __table_args__ = (Index("ask_in_order", "role", "sort_day", "rank", "sort_at", "case_no", "step"),)

    case_no: str = Field(primary_key=True, foreign_key="case.case_no")
    step: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    status: str
    outcomes: str
    preselected: str | None = None
    opened_at: datetime = Field(sa_type=Instant)
    deadline: datetime | None = Field(default=None, sa_type=Instant)
    sort_at: datetime = Field(sa_type=Instant)  # the deadline, or the end of time for an offer
    sort_day: date = date.max
    rank: int = 0  # of its case
    start_by: datetime | None = Field(default=None, sa_type=Instant)
    started: bool
    level: int
    frozen: str | None = None
    document: str | None = None
    document_no: str | None = None


class RegisterRow(Row, table=True):
    __table_args__ = (Index("register_in_order", "register_name", "at"),)

    case_no: str = Field(primary_key=True, foreign_key="case.case_no")
    seq: int = Field(primary_key=True)
    register_name: str
    account_no: str
    step: str
    role: str
    document: str
    period: date | None = None
    at: datetime = Field(sa_type=Instant)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)


class BlacklistRow(Row, table=True):
    case_no: str = Field(primary_key=True, foreign_key="case.case_no")
    seq: int = Field(primary_key=True)
    party_id: str = Field(primary_key=True, index=True)
    role: str


class ReportRow(Row, table=True):
    case_no: str = Field(primary_key=True, foreign_key="case.case_no")
    seq: int = Field(primary_key=True)
    step: str
    period: date
    document: str
    number: str = Field(index=True)
    sha256: str
    to: str
    copy_to: str
    at: datetime = Field(sa_type=Instant)


class CommandAttemptRow(Row, table=True):
    __table_args__ = (Index("command_attempt_at", "at", "id"),)

    id: str = Field(primary_key=True)
    case_no: str = Field(primary_key=True)
    actor: str
    kind: str
    code: str
    at: datetime = Field(sa_type=Instant)
    role: str | None = None
    step: str | None = None
