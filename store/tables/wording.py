"""Tables of what may be said and written: versions of texts and what Legal thinks of them; rows are only added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Instant
from store.tables.naming import Row


class TextVersionRow(Row, table=True):
    """One version of a text by its content; `key` is that of the proposal, None for one that came with the product."""

    __table_args__ = (Index("text_proposed_once", "key", unique=True),)  # NULLs are never equal

    text_id: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    version: str
    body: str = Field(sa_type=Text)
    note: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    key: str | None = None
    at: datetime = Field(sa_type=Instant)


class TextVerdictRow(Row, table=True):
    """Legal passed or refused a version; the newest verdict of a version counts."""

    __table_args__ = (Index("text_judged_once", "key", unique=True),)

    text_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    version: str
    sha256: str
    passed: bool
    reason: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    authority: str
    key: str
    at: datetime = Field(sa_type=Instant)
