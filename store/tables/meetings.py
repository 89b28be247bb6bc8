"""Tables of meetings, reviews and audits: what was on the agenda, what was decided or found, who was trained."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Instant
from store.tables.naming import Row


class MeetingRow(Row, table=True):
    """One meeting, review, audit or training. role: under which it decides; agenda: JSON; first, last: its period."""

    __table_args__ = (Index("meeting_day", "day", "id"), Index("meeting_key", "key", unique=True))

    id: str = Field(primary_key=True)
    key: str
    kind: str
    policy_id: str
    role: str
    day: date
    title: str
    agenda: str = Field(sa_type=Text)
    participants: str  # staff ids joined by commas
    minutes: str | None = None
    first: date | None = None
    last: date | None = None
    entered_by: str
    at: datetime = Field(sa_type=Instant)


class MeetingDecisionRow(Row, table=True):
    """One decision, finding or resolution. body: JSON; status: what became of it; seq, errand: where that stands."""

    meeting: str = Field(primary_key=True, foreign_key="meeting.id")
    no: int = Field(primary_key=True)
    key: str = Field(unique=True)
    body: str = Field(sa_type=Text)
    status: str
    code: str = ""
    seq: int | None = None
    errand: str | None = None
    actor_user: str
    actor_role: str
    at: datetime = Field(sa_type=Instant)


class TrainingRow(Row, table=True):
    """Who was trained in what, when and with which result; an assessment is one too (MA4.3)."""

    __table_args__ = (Index("training_of_user", "user", "day"),)

    meeting: str = Field(primary_key=True, foreign_key="meeting.id")
    user: str = Field(primary_key=True)
    topic: str
    day: date
    passed: bool
    result: str = Field(sa_type=Text)
