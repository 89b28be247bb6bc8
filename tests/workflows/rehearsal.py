"""A case on the real workflow in the time-skipping server: the world is pure, the engine is real."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from temporalio import activity
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.messages import (
    DispatchRequest,
    DispatchResult,
    FactsRequest,
    IssueRequest,
    PrepareRequest,
    Recording,
    RunRequest,
    RunResult,
)
from domain import events as e
from domain.base import days
from domain.calendar import Calendar
from domain.case import Case
from domain.clock import BusinessClock
from domain.facts import Facts, facts_of
from domain.ladder import Ladder
from domain.ledger import AccountFacts
from domain.scenario import Planned, Scenario, ScriptedStaff, planned_commands
from domain.simulate import new_case, reopens
from workflows.case import CaseWorkflow
from workflows.engine import worker_of
from workflows.ladders import LADDERS
from workflows.messages import CaseStart
from workflows.options import case_id


@dataclass
class PureWorld:
    """The activities over an account in memory: what is sent arrives, what is recorded is kept and compared."""

    ladder: Ladder
    account: AccountFacts
    calendar: Calendar
    now: Callable[[], datetime]
    recorded: list[e.Event] = field(default_factory=list[e.Event])
    snapshot: Case | None = None

    @activity.defn
    async def read_facts(self, request: FactsRequest) -> Facts:
        known = self.account.known_at(self.now())
        return facts_of(known, request.today, self.ladder.terms, self.calendar, request.today - days(1))

    @activity.defn
    async def record_events(self, recording: Recording) -> None:
        for event in recording.events:
            if event.seq <= len(self.recorded):
                assert self.recorded[event.seq - 1] == event, "a repeat must be identical"
            else:
                assert event.seq == len(self.recorded) + 1, "the record has no gap"
                self.recorded.append(event)
        self.snapshot = recording.snapshot

    @activity.defn
    async def prepare_document(self, request: PrepareRequest) -> e.DocumentRef:
        return _document(request.document, request.step, request.as_of)

    @activity.defn
    async def dispatch_document(self, request: DispatchRequest) -> DispatchResult:
        return DispatchResult(status="sent", document=_document(request.document, request.key, request.as_of))

    @activity.defn
    async def issue_report(self, request: IssueRequest) -> e.DocumentRef:
        return _document(request.document, request.step, request.period)

    @activity.defn
    async def run_work(self, request: RunRequest) -> RunResult:
        return RunResult(opened=0)

    def activities(self) -> list[Callable[..., Any]]:
        """All of them, for a worker."""
        return [
            self.read_facts,
            self.record_events,
            self.prepare_document,
            self.dispatch_document,
            self.issue_report,
            self.run_work,
        ]


def _document(kind: str, key: str, as_of: Any) -> e.DocumentRef:
    return e.DocumentRef(kind=kind, number=f"T-{key}", sha256="0" * 64, as_of=as_of)


class Rehearsal:
    """Plays a scenario against the workflow: postings as signals, people as updates, at the written instants."""

    def __init__(self, env: WorkflowEnvironment, ladder: Ladder, calendar: Calendar, scenario: Scenario) -> None:
        self.env = env
        self.ladder = ladder
        self.scenario = scenario
        self.staff = ScriptedStaff(ladder, scenario.staff_answers)
        self.clock = BusinessClock()
        self.here = scenario.starts(ladder)
        self.world = PureWorld(ladder, scenario.ledger(), calendar, lambda: self.here)
        self._order = count()
        self._inputs: list[tuple[datetime, int, Planned | None]] = []
        self._seen = 0

    async def play(self, pin: e.PolicyPin) -> list[e.Event]:
        """Every event recorded until the scenario's end."""
        start, until = self.scenario.starts(self.ladder), self.scenario.local(self.scenario.until)
        for posting in self.world.account.postings:
            if posting.at > start:
                self._plan(posting.at, None)
        for planned in planned_commands(self.scenario):
            self._plan(planned.at, planned)
        queue = f"rehearsal-{self.scenario.account.account_no}"
        LADDERS.serve(lambda pinned, settings: self.ladder)
        with ThreadPoolExecutor(4) as executor:
            async with worker_of(self.env.client, queue, self.world.activities(), executor, 100):
                real = await self.env.get_current_time()
                self.clock = BusinessClock(epoch=start, started=real, speed=1)
                await self._start(new_case(self.scenario, pin), queue, reopen=False)
                await self._live(until, queue)
        return self.world.recorded

    def _plan(self, at: datetime, planned: Planned | None) -> None:
        heapq.heappush(self._inputs, (at, next(self._order), planned))

    async def _start(self, case: Case, queue: str, reopen: bool) -> None:
        self.handle: WorkflowHandle[CaseWorkflow, str] = await self.env.client.start_workflow(
            CaseWorkflow.run,
            CaseStart(case=case, clock=self.clock, reopen=reopen),
            id=case_id(case.case_no),
            task_queue=queue,
        )

    async def _live(self, until: datetime, queue: str) -> None:
        while self.here <= until:
            case, wake = await self._quiet()
            coming = self._inputs[0][0] if self._inputs else None
            following = min((at for at in (wake, coming) if at is not None), default=None)
            if following is None or following > until:
                break
            await self._jump(following)
            if self._inputs and self._inputs[0][0] <= self.here:
                _, _, planned = heapq.heappop(self._inputs)
                await self._give(planned, case, queue)

    async def _jump(self, to: datetime) -> None:
        """Let the server's clock reach a business instant; timers of the case due by then have fired."""
        if to > self.here:
            real = await self.env.get_current_time()
            gap = self.clock.real(to) - real
            if gap > timedelta(0):
                await self.env.sleep(gap + timedelta(milliseconds=5))
            self.here = max(to, self.here)

    async def _quiet(self) -> tuple[Case, datetime | None]:
        """Wait until the case has done and recorded all it can; let the staff react to what is new."""
        while True:
            live = await self.handle.query(CaseWorkflow.live)
            closed = live.case.status == "closed"
            settled = live.recorded == live.case.seq and (closed or live.resting)
            behind = live.next_at is not None and live.next_at <= self.here and not closed
            if settled and not behind and live.case.seq == len(self.world.recorded):
                break
            await asyncio.sleep(0.005)
        for event in self.world.recorded[self._seen :]:
            for planned in self.staff.react(live.case, event):
                self._plan(planned.at, planned)
        self._seen = len(self.world.recorded)
        return live.case, None if closed else live.next_at

    async def _give(self, planned: Planned | None, case: Case, queue: str) -> None:
        if planned is None:
            known = self.world.account.known_at(self.here)
            if case.status != "closed":
                await self.handle.signal(CaseWorkflow.ledger_changed)
                await self._read_again(case)
            elif reopens(self.ladder, known, case, self.here):
                await self._start(case, queue, reopen=True)
            return
        if not self.staff.current(planned) or case.status == "closed":
            return
        try:
            await self.handle.execute_update(CaseWorkflow.command, planned.command, id=planned.command.id)
        except (WorkflowUpdateFailedError, RPCError):
            return

    async def _read_again(self, before: Case) -> None:
        """A signal is asynchronous: wait until the facts were read again."""
        while (await self.handle.query(CaseWorkflow.live)).case.seq == before.seq:
            await asyncio.sleep(0.005)


def sorted_rows(rows: Sequence[str]) -> list[str]:
    """Rows of one instant have no order among themselves."""
    return sorted(rows)
