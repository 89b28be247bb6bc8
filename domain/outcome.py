"""What `decide` can answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.events import Actor, Body
from domain.evidence import Day
from domain.step_rule import Work


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do until then (None: until somebody acts); `why` is what the screen shows."""

    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Record:
    """Something happened by rule alone: apply and record it. Several bodies share one instant.

    actor, command_id: of the person who opened a case by hand.
    """

    bodies: tuple[Body, ...]
    due_at: datetime
    rules: tuple[str, ...]
    why: str
    actor: Actor | None = None
    command_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReadFacts:
    """The facts must be read for that day."""

    today: date


@dataclass(frozen=True, slots=True)
class Prepare:
    """Render, number and store the document that a finished task writes."""

    step: str
    document: str
    occurrence: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Send a document to one target once; `key` is the idempotency key case/step/occurrence/target."""

    step: str
    target: str
    document: str
    key: str
    due_at: datetime
    day: Day | None
    ledger_version: int


@dataclass(frozen=True, slots=True)
class Approach:
    """Ask people to come before the customer, if the contact gate lets them; `opening` is what then happens."""

    step: str
    target: str
    opening: Record
    ledger_version: int


@dataclass(frozen=True, slots=True)
class Issue:
    """Produce a report of the portfolio and hand it to its receivers."""

    step: str
    document: str
    period: date
    to: tuple[str, ...]
    copy_to: tuple[str, ...]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """Do the portfolio work of one day (intake, work before the due date)."""

    step: str
    work: Work
    period: date
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Finished:
    """The case is closed."""


Decision = Wait | Record | ReadFacts | Prepare | Dispatch | Approach | Issue | Run | Finished
Act = Prepare | Dispatch | Approach | Issue | Run


def record(body: Body, due_at: datetime, rules: tuple[str, ...], why: str) -> Record:
    """One event."""
    return Record(bodies=(body,), due_at=due_at, rules=rules, why=why)
