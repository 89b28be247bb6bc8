"""One automatic step of a case against the floor: wall time and history events per step, 200 cases at once."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time as clock_time, timedelta
from itertools import groupby
from statistics import mean
from typing import Any

from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from activities.messages import Recorded, Recording
from bench.floor import Bare, BareWorkflow, Wake
from bench.measured import Measured, say, tell
from bench.place import PATIENCE, Place, leases, place
from bench.workers import Kind, case_activities, floor_activities, policies_of, working
from domain import events as e
from domain.base import at_local, days
from domain.case import Case
from domain.clock import BusinessClock
from domain.scenario import ScriptedStaff
from domain.simulate import Simulator
from store.account_facts import account_facts
from store.calendar import calendar
from workflows.options import case_id
from workflows.starter import EngineStarter

CASES = 200
DUE = date(2026, 3, 3)
OPENED = DUE + days(5)  # nothing is sent between this day and the thirtieth, if nobody answers
SPEED = 8640.0  # a business day in ten seconds
WARM = 2  # wakes that are not measured: they come too soon after one another
STEPS = 4
SAMPLE = 20  # histories that are counted
TZ = "Asia/Shanghai"


@dataclass
class Stamps:
    """When each record write ended, in real time."""

    at: list[datetime] = field(default_factory=list[datetime])

    def wrapped(self, acts: Sequence[Callable[..., Any]]) -> list[Callable[..., Any]]:
        """The same activities; the one that writes leaves a stamp."""
        return [self._timed(act) if act.__name__ in ("record_events", "bare_write") else act for act in acts]

    def _timed(self, act: Callable[..., Any]) -> Callable[..., Any]:
        if act.__name__ == "record_events":

            @activity.defn
            def record_events(recording: Recording) -> Recorded:
                done = act(recording)
                self.at.append(datetime.now(UTC))
                return done

            return record_events

        @activity.defn
        def bare_write(account_no: str, seq: int) -> None:
            act(account_no, seq)
            self.at.append(datetime.now(UTC))

        return bare_write


@dataclass(frozen=True)
class Run:
    """Seconds of wall and of this process per step, and history events per step."""

    wall: float
    cpu: float
    history: float


async def measure() -> list[Measured]:
    """First the floor, then the cases, each on a server of its own."""
    floor = await _one("floor")
    case = await _one("case")
    for name, run in (("floor", floor), ("case", case)):
        say(
            f"  {name}: {run.wall * 1000:.1f} ms wall, {run.cpu * 1000:.1f} ms of the worker's processor, "
            f"{run.history:.1f} history events per step"
        )
    return [
        Measured("engine step, wall time against the floor", case.wall / floor.wall, "x", "<=", 1.5),
        Measured("engine step, history events", case.history, "events", "<=", 14),
    ]


async def _one(kind: Kind) -> Run:
    say(f"engine step: {CASES} x {STEPS} steps, {kind}")
    started = datetime.now(UTC) + timedelta(seconds=12)
    epoch = at_local(OPENED, clock_time(1), TZ)
    where = place(leases(CASES, DUE), clock_epoch=epoch, clock_start=started, clock_speed=SPEED)
    async with where as here:
        clock = BusinessClock(epoch=epoch, started=started, speed=SPEED)
        wakes = _wakes(here, clock)
        handles = await _start(kind, here, clock, wakes)
        await asyncio.sleep((started - datetime.now(UTC)).total_seconds())
        stamps = Stamps()
        acts = case_activities(here.settings, here.client, here.database) if kind == "case" else None
        acts = acts or floor_activities(here.database)
        async with working(kind, here.client, here.settings.task_queue, stamps.wrapped(acts)):
            return await _run(stamps, wakes, handles)


def _wakes(here: Place, clock: BusinessClock) -> list[Wake]:
    """When every case wakes by itself and what it reads then, as the simulator foresees it."""
    policies = policies_of(here.settings)
    ladder = policies.current("leasing")
    with here.database.reading() as session:
        account, business_days = account_facts(session, "B-000000"), calendar(session, "CN")
    opened = clock.epoch + timedelta(hours=6)
    case = Case(case_no="B-000000-1", account_no="B-000000", policy=policies.pin("leasing"))
    played = Simulator(ladder, account, business_days, ScriptedStaff(ladder, ())).play(case, opened, opened + days(20))
    later = [event for event in played.events if event.at > opened]
    found = [
        Wake(clock.real(at), sum(isinstance(event.body, e.FactsUpdated) for event in events))
        for at, events in groupby(later, key=lambda event: event.at)
    ]
    return found[: WARM + STEPS]


async def _start(kind: Kind, here: Place, clock: BusinessClock, wakes: list[Wake]) -> list[WorkflowHandle[Any, Any]]:
    """Start all while nobody works, so that they begin together."""
    policies = policies_of(here.settings)
    starter = EngineStarter(here.client, clock, here.settings.task_queue)
    for number in range(CASES):
        account_no = f"B-{number:06d}"
        if kind == "case":
            pin = policies.pin("leasing")
            case = Case(case_no=f"{account_no}-1", account_no=account_no, policy=pin, settings=policies.company_sha)
            await starter.start(case, reopen=False)
        else:
            await here.client.start_workflow(
                BareWorkflow.run, Bare(account_no, tuple(wakes)), id=case_id(f"{account_no}-1"),
                task_queue=here.settings.task_queue,
            )  # fmt: skip
    return [here.client.get_workflow_handle(case_id(f"B-{number:06d}-1")) for number in range(CASES)]


async def _run(stamps: Stamps, wakes: list[Wake], handles: list[WorkflowHandle[Any, Any]]) -> Run:
    """Wait for each wake and for the last write after it; every case writes once per wake."""
    walls: list[float] = []
    cpus: list[float] = []
    for wake in wakes[WARM:]:
        await asyncio.sleep((wake.at - datetime.now(UTC)).total_seconds() - 0.2)
        if datetime.now(UTC) > wake.at:
            raise SystemExit("this machine is too slow: the steps before were not over in time")
        before, cpu = len(stamps.at), time.process_time()
        begun = time.monotonic()
        while len(stamps.at) < before + CASES:
            await asyncio.sleep(0.05)
            if time.monotonic() - begun > PATIENCE:
                raise SystemExit(f"{len(stamps.at) - before} of {CASES} steps were recorded")
        walls.append((stamps.at[before + CASES - 1] - wake.at).total_seconds() / CASES)
        cpus.append((time.process_time() - cpu) / CASES)
        say(f"  step of {CASES}: {walls[-1] * 1000:.1f} ms each")
    histories = [await _events_per_step(handle) for handle in handles[:SAMPLE]]
    return Run(mean(walls), mean(cpus), mean(histories))


async def _events_per_step(handle: WorkflowHandle[Any, Any]) -> float:
    kinds = [event.event_type for event in (await handle.fetch_history()).events]
    fired = [number for number, kind in enumerate(kinds) if kind == EventType.EVENT_TYPE_TIMER_FIRED]
    return (len(kinds) - fired[0]) / len(fired)


if __name__ == "__main__":
    sys.exit(tell(asyncio.run(measure())))
