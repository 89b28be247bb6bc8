"""The table of the audit chain; rows are only added, by the transaction whose acts they enter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Instant
from store.tables.naming import Row


class AuditEntryRow(Row, table=True):
    __table_args__ = (Index("audit_of_subject", "subject", "seq"),)

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    actor_user: str
    actor_role: str
    authority: str
    command_id: str | None = None
    what: str
    subject: str
    body: str
    before: str
    after: str
    evidence: str = Field(sa_type=Text)
    rows: str = Field(sa_type=Text)
    previous: str
    hash: str
    seal: str
