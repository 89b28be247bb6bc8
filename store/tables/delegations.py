"""Tables of who may act for whom, and until when; rows are only ever added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Instant
from store.tables.naming import Row


class DelegationRow(Row, table=True):
    __table_args__ = (Index("delegation_to_user", "to_user", "ends"),)

    id: str = Field(primary_key=True)
    from_user: str
    to_user: str
    role: str
    begins: datetime = Field(sa_type=Instant)
    ends: datetime = Field(sa_type=Instant)
    reason: str = Field(sa_type=Text)
    given_by: str
    given_at: datetime = Field(sa_type=Instant)


class DelegationRevocationRow(Row, table=True):
    delegation: str = Field(primary_key=True, foreign_key="delegation.id")
    by: str
    at: datetime = Field(sa_type=Instant)
    reason: str = Field(sa_type=Text)
