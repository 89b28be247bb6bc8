"""Tables of the contacts with a person, over all accounts, and of how they want to be contacted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Instant
from store.tables.naming import Row


class ContactRow(Row, table=True):
    """One contact, made or attempted; id: the key of its delivery, or case number and seq of its record."""

    __table_args__ = (Index("contact_of_person", "party_id", "at"),)

    id: str = Field(primary_key=True)
    party_id: str
    case_no: str
    account_no: str
    channel: str
    purpose: str
    connected: bool
    at: datetime = Field(sa_type=Instant)


class PreferenceRow(Row, table=True):
    """How a person may be contacted; the newest version counts, the others are its history."""

    party_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    kind: str | None = None
    time_zone: str | None = None
    night_consent: bool
    do_not_contact: bool
    stopped_until: datetime | None = Field(default=None, sa_type=Instant)
    refused: str
    reason: str = Field(sa_type=Text)
    evidence: str | None = None
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)
