"""Table of numbers and addresses that were looked into: found anew, found right, or found to be lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Instant
from store.tables.naming import Row


class ContactDataRow(Row, table=True):
    """One answer. before: what was doubted; value: what counts now, None when nothing is known any more."""

    __table_args__ = (Index("contact_data_of_party", "party_id", "field", "at"),)

    id: str = Field(primary_key=True)  # of the errand
    party_id: str
    field: str
    before: str | None = Field(default=None, sa_type=Text)
    value: str | None = Field(default=None, sa_type=Text)
    outcome: str
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)
