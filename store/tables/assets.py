"""Table of what secures a claim; each change is a row of its own."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Amount, Instant
from store.tables.naming import Row


class AssetRow(Row, table=True):
    """An asset from some time on; the newest version counts, the others are its history."""

    __table_args__ = (Index("asset_key", "key", unique=True),)

    account_no: str = Field(primary_key=True, foreign_key="account.account_no")
    asset: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    key: str
    kind: str
    description: str
    serial_no: str
    place: str
    tracker: str
    insured_until: date | None = None
    register_no: str
    registered_on: date | None = None
    value: Decimal | None = Field(default=None, sa_type=Amount)
    valued_on: date | None = None
    released: bool
    note: str = Field(sa_type=Text)
    evidence: str | None = None
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)
