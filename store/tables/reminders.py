"""Tables of the work before a due date: what was done once, what people are asked, who manages an account."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Amount, Instant
from store.tables.naming import Row


class ReminderRow(Row, table=True):
    __table_args__ = (Index("reminder_of_status", "policy_id", "status", "account_no"),)

    account_no: str = Field(primary_key=True, foreign_key="account.account_no")
    due: date = Field(primary_key=True)
    policy_id: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    occurrence: date = Field(primary_key=True)  # the planned day
    act: str
    status: str
    rules: str
    planned_at: datetime = Field(sa_type=Instant)
    at: datetime = Field(sa_type=Instant)
    amount: Decimal = Field(sa_type=Amount)
    ledger_version: int
    targets: str
    text: str = Field(sa_type=Text)
    sha256: str


class ErrandRow(Row, table=True):
    __table_args__ = (
        Index("errand_of_status", "status", "policy_id", "account_no"),
        Index("errand_in_order", "occurrence", "rank", "id"),
        Index("errand_deadline", "policy_id", "status", "deadline"),
        Index("errand_of_subject", "policy_id", "subject", "rule"),
        Index("errand_of_document", "document", "ended_at"),
    )

    id: str = Field(primary_key=True)
    policy_id: str
    rule: str
    rules: str
    account_no: str | None = Field(default=None, foreign_key="account.account_no", index=True)  # None: all accounts
    due: date
    occurrence: date
    rank: int  # the more delinquencies and days, the lower
    kind: str
    title: str
    say: str = Field(sa_type=Text)
    roles: str  # joined by commas; any one of them
    assignee: str | None = Field(default=None, index=True)
    outcomes: str
    report: str
    amount: Decimal = Field(sa_type=Amount)
    status: str
    opened_at: datetime = Field(sa_type=Instant)
    deadline: datetime | None = Field(default=None, sa_type=Instant)
    answer_by: datetime = Field(sa_type=Instant)
    chain: str
    level: int = 0
    escalated_to: str | None = None
    outcome: str | None = None
    willingness: str | None = None
    ability: str | None = None
    deposits: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_by: str | None = None
    answered_role: str | None = None
    command_id: str | None = Field(default=None, unique=True)
    # Of a duty of a layer only.
    subject: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    period: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    document: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    items: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})  # JSON: name -> heading
    answers: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})  # JSON: name -> text


class ReminderRunRow(Row, table=True):
    policy_id: str = Field(primary_key=True)
    upto: datetime = Field(sa_type=Instant)


class AccountManagerRow(Row, table=True):
    account_no: str = Field(primary_key=True, foreign_key="account.account_no")
    manager: str = Field(index=True)
    at: datetime = Field(sa_type=Instant)
    by: str
