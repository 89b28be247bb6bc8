"""Meetings, reviews, audits and trainings: the agenda, and what was decided or found there (L5.4, B3.2.1)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field

from domain.agency import RecallFromAgency
from domain.base import Frozen, PlannedDay
from domain.commands import AnswerStep, EndHold, OpenStep
from domain.words import Said, Words

MeetingKind = Literal[
    "committee", "analysis", "strategy_review", "record_check", "internal_review", "audit", "training"
]  # fmt: skip
REVIEWS: Final[tuple[MeetingKind, ...]] = ("analysis", "strategy_review", "record_check", "internal_review", "audit")
SPEAKS: Final = "meeting:"
DecisionStatus = Literal["open", "applied", "refused", "proposed", "assigned"]


def authority_of(meeting: str) -> str:
    """Under which what a meeting decided is given to a case."""
    return f"{SPEAKS}{meeting}"


def stands_in_meeting(authority: str) -> bool:
    """Whether a command carries out a decision that stands in the record of a meeting."""
    return authority.startswith(SPEAKS)


class AgendaItem(Frozen):
    """One point: what a case asks of those who meet, a report issued to them, or a topic of their own."""

    kind: Literal["ask", "report", "topic"]
    title: Annotated[Said, Field(max_length=500)]
    case_no: str | None = None
    step: str | None = None
    document: str | None = None


class CaseDecision(Frozen):
    """A decision that acts on a case: its command is given under the role of the meeting, with heads counted."""

    do: Literal["case"] = "case"
    case_no: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    command: Annotated[AnswerStep | OpenStep | EndHold | RecallFromAgency, Field(discriminator="do")]


class Proposal(Frozen):
    """A change of a policy or of a text, proposed to whoever approves it; nothing changes by it (U3.2.3b, B3.2.1s)."""

    do: Literal["propose"] = "propose"
    what: Literal["policy", "text"]
    name: str = Field(min_length=1, max_length=100)
    change: Words


class Resolution(Frozen):
    """Somebody does something by a day."""

    do: Literal["resolve"] = "resolve"
    text: Words
    responsible: str = Field(min_length=1, max_length=64)
    by: PlannedDay


class Finding(Frozen):
    """What a review or an audit found, and who puts it right by when (F5.3.2, L5.3, MB4.1a)."""

    do: Literal["find"] = "find"
    text: Words
    severity: Literal["minor", "serious"] = "minor"
    case_no: str | None = Field(default=None, max_length=64)
    responsible: str = Field(min_length=1, max_length=64)
    by: PlannedDay


DecisionBody = Annotated[CaseDecision | Proposal | Resolution | Finding, Field(discriminator="do")]


class Trained(Frozen):
    """What somebody showed in a training or an assessment (MA4.3, MB4.1b)."""

    user: str = Field(min_length=1, max_length=64)
    passed: bool
    result: str = Field(default="", max_length=2000)


class Meeting(Frozen):
    """A record of a meeting. policy: of a policy or a layer; role: under which it decides; first, last: its period."""

    id: str
    key: str
    kind: MeetingKind
    policy: str
    role: str
    day: date
    title: str
    agenda: tuple[AgendaItem, ...] = ()
    participants: tuple[str, ...] = ()
    minutes: str | None = None
    first: date | None = None
    last: date | None = None
    trained: tuple[Trained, ...] = ()
    entered_by: str
    at: AwareDatetime


class MeetingDecision(Frozen):
    """One decision and what became of it. code: of a refusal; seq: its first event in the case; errand: who does it."""

    meeting: str
    no: int
    key: str
    body: DecisionBody
    status: DecisionStatus
    code: str = ""
    seq: int | None = None
    errand: str | None = None
    actor_user: str
    actor_role: str
    at: AwareDatetime
