"""Tables of the company: staff, calendar, alerts to staff."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Text
from sqlmodel import Field

from store.columns import Instant
from store.tables.naming import Row


class StaffRow(Row, table=True):
    id: str = Field(primary_key=True)
    login: str = Field(unique=True)
    name: str
    password_hash: str
    roles: str  # joined by commas
    active: bool
    branch: str = ""
    region: str = ""
    skills: str = ""  # joined by commas
    capacity: int | None = None
    agency: str = ""  # of the agency they work for; everybody else works here


class CalendarRow(Row, table=True):
    calendar: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    official_through: date
    created_at: datetime = Field(sa_type=Instant)
    created_by: str


class CalendarDayRow(Row, table=True):
    calendar: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    day: date = Field(primary_key=True)
    kind: str  # off: a holiday on a weekday; worked: a make-up weekend
    official: bool


class KeptTextRow(Row, table=True):
    sha256: str = Field(primary_key=True)
    kind: str
    text: str = Field(sa_type=Text)


class StaffAlertRow(Row, table=True):
    key: str = Field(primary_key=True)
    role: str
    case_no: str
    title: str
    text: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
