"""The activities over an account in memory: what is sent arrives, what is recorded is kept and compared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.messages import (
    ApproachRequest,
    ApproachResult,
    DispatchRequest,
    DispatchResult,
    FactsRequest,
    IssueRequest,
    PrepareRequest,
    Recorded,
    Recording,
    RunRequest,
    RunResult,
)
from activities.verbs import DIVERGED
from domain import events as e
from domain.base import days
from domain.buyback_claim import entered
from domain.calendar import Calendar
from domain.case import Case
from domain.errors import Transient
from domain.facts import Facts, facts_of
from domain.ladder import Ladder
from domain.ledger import AccountFacts, Posting


@dataclass
class PureWorld:
    """The outside at its best, unless a test says otherwise.

    outages / facts_away: how many recordings or readings fail before the database is back.
    record_takes, facts_take: seconds.
    diverged: the record refuses for good.
    deliveries: what becomes of the next dispatches; then everything arrives. on_dispatch: called before each.
    permits / on_approach: the same of contacts that people are to make.
    """

    ladder: Ladder
    account: AccountFacts
    calendar: Calendar
    now: Callable[[], datetime]
    recorded: list[e.Event] = field(default_factory=list[e.Event])
    snapshot: Case | None = None
    outages: int = 0
    diverged: bool = False
    deliveries: list[Literal["sent", "refused", "unknown", "stale"] | DispatchResult] = field(default_factory=list)
    on_dispatch: Callable[[DispatchRequest], None] = lambda request: None
    permits: list[ApproachResult] = field(default_factory=list[ApproachResult])
    on_approach: Callable[[ApproachRequest], None] = lambda request: None
    dispatched: list[str] = field(default_factory=list[str])
    issued: list[tuple[str, date]] = field(default_factory=list[tuple[str, date]])
    ran: list[date] = field(default_factory=list[date])
    attempts: int = 0
    writer: str = ""
    facts_away: int = 0
    record_takes: float = 0
    facts_take: float = 0

    @activity.defn
    async def read_facts(self, request: FactsRequest) -> Facts:
        """The facts of the account, or of a portfolio, which has none but the days."""
        await asyncio.sleep(self.facts_take)
        if self.facts_away:
            self.facts_away -= 1
            raise Transient("the database is away")
        before = request.today - days(1)
        if not request.account_no:
            return Facts(
                as_of=request.today, ledger_version=0, posted_through=before, oldest_due=None, cured=False,
                calendar=self.calendar,
            )  # fmt: skip
        # a workflow's clock runs ahead by what its local activities took: what it entered itself is known to it
        now = max(self.now(), self.recorded[-1].at) if self.recorded else self.now()
        known = self.account.known_at(now)
        return facts_of(known, request.today, self.ladder.terms, self.calendar, before, request.since)

    @activity.defn
    async def record_events(self, recording: Recording) -> Recorded:
        """Gapless; a repeat is identical; what a lost turn recorded stands; else it diverges, like the real record."""
        self.attempts += 1
        await asyncio.sleep(self.record_takes)
        if self.outages:
            self.outages -= 1
            raise Transient("the database is away")
        instead = self._instead(recording)
        if instead and not self.diverged:
            return Recorded(instead=instead)
        for event in recording.events:
            known = self.recorded[event.seq - 1] if event.seq <= len(self.recorded) else None
            gap = event.seq > len(self.recorded) + 1
            if self.diverged or gap or known not in (None, event):
                raise ApplicationError(f"event {event.seq} differs", type=DIVERGED, non_retryable=True)
            if known is None:
                self.recorded.append(event)
                self.account = entered(self.account, recording.snapshot, event)
        self.writer = recording.writer
        if recording.snapshot.seq >= len(self.recorded):
            self.snapshot = recording.snapshot
        return Recorded()

    def _instead(self, recording: Recording) -> tuple[e.Event, ...]:
        """What this run recorded in a turn that the engine lost, if it now comes with something else."""
        if recording.writer != self.writer:
            return ()
        for event in recording.events:
            if event.seq <= len(self.recorded) and self.recorded[event.seq - 1] != event:
                return tuple(self.recorded[recording.events[0].seq - 1 :])
        return ()

    @activity.defn
    async def prepare_document(self, request: PrepareRequest) -> e.DocumentRef:
        """A document without content."""
        return _document(request.document, request.step, request.as_of)

    @activity.defn
    async def dispatch_document(self, request: DispatchRequest) -> DispatchResult:
        """It arrives, or what the test wants."""
        self.on_dispatch(request)
        status = self.deliveries.pop(0) if self.deliveries else "sent"
        if isinstance(status, DispatchResult):
            return status
        if status == "stale":
            return DispatchResult(status="stale")
        self.dispatched.append(request.key)
        return DispatchResult(status=status, document=_document(request.document, request.key, request.as_of))

    @activity.defn
    async def permit_contact(self, request: ApproachRequest) -> ApproachResult:
        """Everybody may be contacted, unless the test says otherwise."""
        answer = self.permits.pop(0) if self.permits else ApproachResult(status="allowed")
        self.on_approach(request)
        return answer

    @activity.defn
    async def issue_report(self, request: IssueRequest) -> e.DocumentRef:
        """A report without content."""
        self.issued.append((request.document, request.period))
        return _document(request.document, request.step, request.period)

    @activity.defn
    async def run_work(self, request: RunRequest) -> RunResult:
        """Nothing to open."""
        self.ran.append(request.period)
        return RunResult(opened=0)

    def add(self, posting: Posting) -> None:
        """Money arrives; telling the case is up to the test."""
        self.account = self.account.model_copy(update={"postings": (*self.account.postings, posting)})

    def activities(self) -> list[Callable[..., Any]]:
        """All of them, for a worker."""
        return [
            self.read_facts,
            self.record_events,
            self.prepare_document,
            self.dispatch_document,
            self.permit_contact,
            self.issue_report,
            self.run_work,
        ]


def differences(one: Case | None, other: Case | None) -> dict[str, tuple[object, object]]:
    """The places in which two snapshots differ: {} when they are the same."""
    return dict(_differing("", one and one.model_dump(mode="json"), other and other.model_dump(mode="json")))


def _differing(place: str, one: object, other: object) -> Iterator[tuple[str, tuple[object, object]]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one | other:
            yield from _differing(f"{place}.{name}", one.get(name), other.get(name))
    elif one != other:
        yield place, (one, other)


def _document(kind: str, key: str, as_of: date) -> e.DocumentRef:
    return e.DocumentRef(kind=kind, number=f"T-{key}", sha256="0" * 64, as_of=as_of)
