"""Tables of documents with their gapless numbers, uploaded files, and deliveries."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from store.columns import Instant
from store.tables.naming import Row


class SerialRow(Row, table=True):
    kind: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class DocumentRow(Row, table=True):
    __table_args__ = (
        UniqueConstraint("kind", "year", "serial", name="document_serial_once"),
        Index("document_of_step", "case_no", "step", "occurrence"),
    )

    number: str = Field(primary_key=True)
    kind: str
    year: int
    serial: int
    case_no: str
    step: str
    occurrence: int
    target: str
    as_of: date
    ledger_version: int | None = None
    sha256: str
    pdf: bytes
    content: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)


class AttachmentRow(Row, table=True):
    id: str = Field(primary_key=True)
    sha256: str
    media_type: str
    name: str
    content: bytes
    uploaded_by: str
    at: datetime = Field(sa_type=Instant)


class DeliveryRow(Row, table=True):
    key: str = Field(primary_key=True)
    case_no: str = Field(index=True)
    step: str
    target: str
    document: str
    number: str
    sha256: str
    status: str = Field(index=True)
    provider_ref: str | None = None
    code: str | None = None
    ledger_version: int | None = None
    texts: str = Field(default="", sa_type=Text)
    wording: str = Field(default="", sa_type=Text)
    claimed_at: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    received_on: date | None = None  # of one that arrived, as a person corrected it


class NamedAccountRow(Row, table=True):
    """Another account of the same person that a message names; taken: the key of the dispatch it stands for as well."""

    delivery: str = Field(primary_key=True, foreign_key="delivery.key")
    account_no: str = Field(primary_key=True, index=True)
    case_no: str = Field(index=True)  # empty before the due date
    ledger_version: int
    taken: str | None = Field(default=None, unique=True)
