"""Workers of the same make for cases and for the floor; also a program: workers.py KIND, with the usual settings."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Literal

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.intake import Intake
from activities.registry import Policies
from bench.floor import BareWorkflow, Floor
from domain.clock import SystemClock
from settings import Settings, business_clock, load_settings
from store.calendar import calendar
from store.session import Database
from worker import activities_of, contact_gate, known_texts
from workflows.engine import MOST_ACTIVITIES, connect, sandbox, worker_of
from workflows.ladders import LADDERS
from workflows.starter import EngineStarter

Kind = Literal["case", "floor"]
CACHED = 5_000


def policies_of(settings: Settings) -> Policies:
    """The demonstration company's, without contact hours on a fast clock."""
    return Policies.from_files(settings.policies_path, settings.company_path, always_open=settings.clock_speed != 1)


def case_activities(settings: Settings, client: Client, database: Database) -> list[Callable[..., Any]]:
    """All activities of a case; nothing is ever sent in a benchmark."""
    policies = policies_of(settings)
    LADDERS.serve(policies.ladder)
    clock = business_clock(settings)
    intake = Intake(database, policies, EngineStarter(client, clock, settings.task_queue), SystemClock(clock))
    return activities_of(database, policies, {}, intake, contact_gate(settings), known_texts(settings))


def floor_activities(database: Database) -> list[Callable[..., Any]]:
    """The two of the floor."""
    with database.reading() as session:
        floor = Floor(database, calendar(session, "CN"))
    return [floor.bare_read, floor.bare_write]


@asynccontextmanager
async def working(kind: Kind, client: Client, queue: str, activities: list[Callable[..., Any]]) -> AsyncIterator[None]:
    """A worker in this process while the context lasts."""
    with ThreadPoolExecutor(2 * MOST_ACTIVITIES) as executor:
        if kind == "case":
            worker = worker_of(client, queue, activities, executor, CACHED)
        else:
            worker = _floor_worker(client, queue, activities, executor)
        async with worker:
            yield


def _floor_worker(
    client: Client, queue: str, activities: list[Callable[..., Any]], executor: ThreadPoolExecutor
) -> Worker:
    """As `worker_of` makes it, for the bare workflow."""
    restrictions = sandbox().restrictions.with_passthrough_modules("bench")
    return Worker(
        client,
        task_queue=queue,
        workflows=[BareWorkflow],
        activities=activities,
        activity_executor=executor,
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
        max_cached_workflows=CACHED,
        max_concurrent_activities=MOST_ACTIVITIES,
        max_concurrent_local_activities=MOST_ACTIVITIES,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


async def main(kind: Kind) -> None:
    """Work until ended; tells that it polls by its ready file."""
    settings = load_settings()
    client = await connect(*settings.engine())
    database = Database(settings.database_url)
    acts = case_activities(settings, client, database) if kind == "case" else floor_activities(database)
    async with working(kind, client, settings.task_queue, acts):
        settings.worker_ready_file.write_text("ready", encoding="utf-8")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main("case" if sys.argv[1] == "case" else "floor"))
