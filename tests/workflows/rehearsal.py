"""A case on the real workflow in the time-skipping server: the world is pure, the engine is real."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count

from temporalio.client import WorkflowHandle, WorkflowHistory, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain import events as e
from domain.buyback_claim import entered
from domain.calendar import Calendar
from domain.case import Case
from domain.clock import BusinessClock
from domain.commands import Command
from domain.ladder import Ladder
from domain.scenario import Planned, Scenario, ScriptedStaff, planned_commands
from domain.simulate import new_case, reopens
from tests.builders.calendars import CHINA_2026
from tests.builders.ladders import leasing, pin
from tests.workflows.world import PureWorld
from workflows.case import CaseWorkflow
from workflows.engine import MOST_ACTIVITIES, worker_of
from workflows.ladders import LADDERS
from workflows.messages import CaseStart, CommandDone, LiveState
from workflows.options import case_id

QUEUE = "rehearsal"
A_TICK = timedelta(milliseconds=50)  # longest pause between two turns that is not a wait
LOOK_AGAIN = 0.005  # seconds between two looks at a case that still works
PATIENCE = 60  # seconds until a case that does not come to rest fails the test

BEGINS = ("workflow_task_scheduled", "activity_task_scheduled", "timer_started")
ENDS = (
    "workflow_task_completed",
    "workflow_task_failed",
    "workflow_task_timed_out",
    "activity_task_completed",
    "activity_task_failed",
    "activity_task_timed_out",
    "timer_fired",
    "timer_canceled",
)


def at_work(history: WorkflowHistory) -> bool:
    """Whether the run has a turn or an activity under way, or makes a pause of a tick before its next turn."""
    begun: set[int] = set()
    for event in history.events:
        attributes = event.WhichOneof("attributes") or ""
        kind, said = attributes.removesuffix("_event_attributes"), getattr(event, attributes)
        if kind == "timer_started" and said.start_to_fire_timeout.ToTimedelta() > A_TICK:
            continue
        if kind in BEGINS:
            begun.add(event.event_id)
        elif kind in ENDS:
            begun.discard(said.started_event_id if kind.startswith("timer") else said.scheduled_event_id)
    return bool(begun)


class Rehearsal:
    """Plays a scenario against the workflow: postings as signals, people as updates, at the written instants.

    The clock of the server only moves in `to`; `here` is the business instant it has reached. speed: of the business
    clock. cached: cases the worker keeps; 0 makes it replay each turn. ladders: to which the case may be moved.
    """

    def __init__(
        self,
        env: WorkflowEnvironment,
        scenario: Scenario,
        ladder: Ladder | None = None,
        calendar: Calendar = CHINA_2026,
        case: Case | None = None,
        ladders: Sequence[Ladder] = (),
    ) -> None:
        self.env = env
        self.ladder = ladder or leasing()
        self.ladders = {one.sha256: one for one in ladders}
        self.scenario = scenario
        self.case = case or new_case(scenario, pin(self.ladder))
        self.staff = ScriptedStaff(self.ladder, scenario.staff_answers)
        self.clock = BusinessClock()
        self.speed = 1.0
        self.cached = 100
        self.here = scenario.starts(self.ladder)
        self.world = PureWorld(self.ladder, scenario.ledger(), calendar, lambda: self.here)
        self.ledger = self.world.account
        self.refused: list[tuple[str, str]] = []
        self._order = count()
        self._inputs: list[tuple[datetime, int, Planned | None]] = []
        self._seen = 0

    async def play(self) -> list[e.Event]:
        """Every event recorded until the scenario's end."""
        async with self.opened():
            await self.to(self.scenario.local(self.scenario.until))
        return self.world.recorded

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[WorkflowHandle[CaseWorkflow, str]]:
        """The case, started on a worker; it stands at its first instant."""
        async with self.worker():
            await self.start()
            yield self.handle

    async def start(self, turn: timedelta | None = None) -> None:
        """Start the case, whether or not a worker is there. turn: so long the engine waits for one that is gone."""
        self._plan_inputs()
        self.clock = BusinessClock(epoch=self.here, started=await self.env.get_current_time(), speed=self.speed)
        await self._start(self.case, reopen=False, turn=turn)

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """A worker that runs the cases; a test may end it and start another."""
        LADDERS.serve(lambda pinned, settings: self.ladders.get(pinned.sha256, self.ladder))
        with ThreadPoolExecutor(MOST_ACTIVITIES) as executor:
            async with worker_of(self.env.client, QUEUE, self.world.activities(), executor, self.cached):
                yield

    async def to(self, until: datetime) -> Case:
        """Live on to an instant: timers, postings and people in their order; returns the case at rest."""
        while True:
            live = await self.quiet()
            wake = None if live.case.status == "closed" else live.next_at
            coming = self._inputs[0][0] if self._inputs else None
            following = min((at for at in (wake, coming) if at is not None), default=None)
            if following is None or following > until:
                break
            await self.jump(following)
            if self._inputs and self._inputs[0][0] <= self.here:
                _, _, planned = heapq.heappop(self._inputs)
                await self._give(planned, live.case)
        await self.jump(until)
        return live.case

    async def jump(self, to: datetime) -> None:
        """Let the server's clock reach a business instant; timers of the case due by then have fired."""
        if to > self.here:
            gap = self.clock.real(to) - await self.env.get_current_time()
            if gap > timedelta(0):
                await self.env.sleep(gap + timedelta(milliseconds=5))
            self.here = to

    async def quiet(self) -> LiveState:
        """Wait until the case has done and recorded all it can; let the staff react to what is new."""
        async with asyncio.timeout(PATIENCE):
            while not self._at_rest(live := await self._paused()):
                assert not live.diverged, "the record diverged"
                await asyncio.sleep(LOOK_AGAIN)
        for event in self.world.recorded[self._seen :]:
            # Whole minutes: the milliseconds the machine took are not the scenario's.
            noticed = event.model_copy(update={"at": event.at.replace(second=0, microsecond=0)})
            for planned in self.staff.react(live.case, noticed):
                self._plan(planned.at, planned)
            if entered(self.ledger, live.case, event) is not self.ledger:
                self.ledger = self.world.account
                self._plan(self.here, None)  # what the case enters itself is noticed like any posting
        self._seen = len(self.world.recorded)
        return live

    async def live(self) -> LiveState:
        """What the running case says of itself, whatever it is doing."""
        return await self.handle.query(CaseWorkflow.live)

    async def _paused(self) -> LiveState:
        """What it says between two of its turns.

        A question that meets the end of a run is lost, and the time-skipping server then holds its clock for ever
        for the turn it made for it.
        """
        while at_work(await self.handle.fetch_history()):
            await asyncio.sleep(LOOK_AGAIN)
        return await self.live()

    async def command(self, command: Command) -> CommandDone:
        """Give a command now. Raises ApplicationError with the refusal's code as its type."""
        try:
            return await self.handle.execute_update(CaseWorkflow.command, command)
        except WorkflowUpdateFailedError as failure:
            if isinstance(failure.cause, ApplicationError):
                raise failure.cause from failure
            raise

    def _at_rest(self, live: LiveState) -> bool:
        recorded = live.recorded == live.case.seq == len(self.world.recorded)
        if live.case.status == "closed":
            return recorded
        return recorded and live.resting and (live.next_at is None or live.next_at > self.here)

    def _plan_inputs(self) -> None:
        for posting in self.world.account.postings:
            if posting.at > self.here:
                self._plan(posting.at, None)
        for planned in planned_commands(self.scenario):
            self._plan(planned.at, planned)

    def _plan(self, at: datetime, planned: Planned | None) -> None:
        heapq.heappush(self._inputs, (at, next(self._order), planned))

    async def _start(self, case: Case, reopen: bool, turn: timedelta | None = None) -> None:
        self.handle: WorkflowHandle[CaseWorkflow, str] = await self.env.client.start_workflow(
            CaseWorkflow.run,
            CaseStart(case=case, clock=self.clock, reopen=reopen),
            id=case_id(case.case_no),
            task_queue=QUEUE,
            task_timeout=turn,
        )

    async def _give(self, planned: Planned | None, case: Case) -> None:
        if planned is not None:
            await self._ask(planned, case)
        elif case.status != "closed":
            await self.handle.signal(CaseWorkflow.ledger_changed)
            await self._read_again(case)
        elif reopens(self.ladder, self.world.account.known_at(self.here), case, self.here):
            await self._start(case, reopen=True)

    async def _ask(self, planned: Planned, case: Case) -> None:
        if not self.staff.current(planned):
            return
        if case.status == "closed":
            self.refused.append((planned.command.id, "case_closed"))
            return
        try:
            await self.command(planned.command)
        except ApplicationError as refusal:
            self.refused.append((planned.command.id, refusal.type or ""))

    async def _read_again(self, before: Case) -> None:
        """A signal is asynchronous: wait until the facts were read again."""
        async with asyncio.timeout(PATIENCE):
            while (await self._paused()).case.seq == before.seq:
                await asyncio.sleep(LOOK_AGAIN)
