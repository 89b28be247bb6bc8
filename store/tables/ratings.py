"""The history of ratings: every category an account was given, by the rules or by a person; rows are only added."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Amount, Instant
from store.tables.naming import Row


class RatingRow(Row, table=True):
    """One rating of an account; `judged`: a person set `category` (None takes it back), else the rules gave it."""

    __table_args__ = (Index("rating_entered_once", "key", unique=True),)  # NULLs are never equal

    account_no: str = Field(primary_key=True, foreign_key="account.account_no")
    seq: int = Field(primary_key=True)
    as_of: date
    judged: bool
    category: str | None = None
    by_days: str
    basis: str
    rule: str
    days: int
    balance: Decimal = Field(sa_type=Amount)
    pack: str
    reason: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    key: str | None = None
    at: datetime = Field(sa_type=Instant)
