"""Tables of who works where and is away when, and of the key accounts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Instant
from store.tables.naming import Row


class BranchRow(Row, table=True):
    name: str = Field(primary_key=True)
    region: str


class AbsenceRow(Row, table=True):
    """Both days included; ended early by an earlier `last`."""

    __table_args__ = (Index("absence_in_order", "last", "user"),)

    id: str = Field(primary_key=True)
    user: str
    first: date
    last: date
    substitute: str
    reason: str = Field(sa_type=Text)
    by: str
    at: datetime = Field(sa_type=Instant)


class KeyAccountRow(Row, table=True):
    __table_args__ = (Index("key_account_in_order", "rank", "account_no"),)

    account_no: str = Field(primary_key=True, foreign_key="account.account_no")
    policy_id: str
    delinquencies: int
    overdue_days: int
    rank: int
    since: date
