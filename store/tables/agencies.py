"""Tables of collection agencies: who they are, what was checked, what is placed with them, what they report."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Amount, Exact, Instant
from store.tables.naming import Row


class AgencyRow(Row, table=True):
    """One agency. policies, buckets, regions: of its mandate, joined by commas, "" for any; *_until: last days."""

    id: str = Field(primary_key=True)
    name: str
    licence_no: str
    licence_until: date
    licence_document: str
    nda_until: date | None = None
    nda_document: str | None = None
    policies: str
    buckets: str
    regions: str
    amount_from: Decimal | None = Field(default=None, sa_type=Amount)
    amount_to: Decimal | None = Field(default=None, sa_type=Amount)
    commission_rate: Decimal = Field(sa_type=Exact)
    report_every: str  # week | month
    entered_by: str
    changed_at: datetime = Field(sa_type=Instant)


class AgencyCheckRow(Row, table=True):
    """A check of the qualification, or an audit of the reports; only ever added."""

    __table_args__ = (Index("agency_check_of_agency", "agency", "seq"),)

    id: str = Field(primary_key=True)
    agency: str = Field(foreign_key="agency.id")
    seq: int
    kind: str  # qualification | audit
    day: date
    passed: bool
    document: str
    findings: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    at: datetime = Field(sa_type=Instant)


class AgencyPlacementRow(Row, table=True):
    """A case with an agency. id: a digest, it says nothing of the account; seq: of the event that placed it."""

    __table_args__ = (
        Index("agency_placement_of_case", "case_no", "seq", unique=True),
        Index("agency_placement_now", "agency", "until"),
    )

    id: str = Field(primary_key=True)
    agency: str = Field(foreign_key="agency.id")
    case_no: str
    seq: int
    account_no: str
    policy_id: str
    commission_rate: Decimal = Field(sa_type=Exact)
    since: datetime = Field(sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant)
    reason: str = ""  # why it ended


class AgencyReportRow(Row, table=True):
    """A report that an agency handed in, one per period. period: its first day."""

    agency: str = Field(primary_key=True, foreign_key="agency.id")
    period: date = Field(primary_key=True)
    text: str = Field(sa_type=Text)
    document: str | None = None
    handed_in_by: str
    handed_in_at: datetime = Field(sa_type=Instant)
