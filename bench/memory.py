"""Memory of a worker per cached case, against a bare workflow in a worker of the same make (Linux)."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from bench.floor import Bare, BareWorkflow, Wake
from bench.measured import Measured, say, tell
from bench.place import PATIENCE, Place, leases, place
from bench.workers import Kind, policies_of
from domain.case import Case
from domain.clock import BusinessClock
from operate.child import Child
from operate.ready import file_made
from store.session import Database
from store.tables import CaseRow
from workflows.options import case_id
from workflows.starter import EngineStarter

CASES = 1_000
WARM = 50  # cases that are there before the first look: whatever a worker needs once is loaded then
DUE = date(2026, 3, 3)
CLOCK = BusinessClock(epoch=datetime(2026, 3, 19, 2, tzinfo=UTC), started=datetime(2026, 3, 19, 2, tzinfo=UTC))


async def measure() -> list[Measured]:
    """First the floor, then the cases; each worker is a process of its own."""
    floor = await _one("floor")
    case = await _one("case")
    say(f"  per cached workflow: floor {floor / 1024:.1f} KiB, case {case / 1024:.1f} KiB")
    return [Measured("memory per cached case against the floor", case / floor, "x", "<=", 1.3)]


async def _one(kind: Kind) -> float:
    say(f"memory: {CASES} cached workflows, {kind}")
    now = datetime.now(UTC)
    async with place(leases(CASES + WARM, DUE), clock_epoch=CLOCK.epoch, clock_start=now) as here:
        env = here.settings.environment()
        program = [sys.executable, "-m", "bench.workers", kind]
        polls = file_made(here.settings.worker_ready_file)
        child = Child("worker", program, polls, here.settings.log_dir / "worker.log", env)
        async with here.process(child) as running:
            clock = CLOCK.model_copy(update={"started": now})
            await _cached(kind, here, clock, range(WARM))
            before = resident(running.process.pid)
            await _cached(kind, here, clock, range(WARM, WARM + CASES))
            return (resident(running.process.pid) - before) / CASES


async def _cached(kind: Kind, here: Place, clock: BusinessClock, numbers: Iterable[int]) -> None:
    """Start some and wait until each has written its first record and sleeps."""
    wakes = (Wake(datetime.now(UTC), 1), Wake(datetime.now(UTC) + timedelta(days=2), 1))
    policies = policies_of(here.settings)
    starter = EngineStarter(here.client, clock, here.settings.task_queue)
    number = 0
    for number in numbers:
        account_no = f"B-{number:06d}"
        if kind == "case":
            pin = policies.pin("leasing")
            case = Case(case_no=f"{account_no}-1", account_no=account_no, policy=pin, settings=policies.company_sha)
            await starter.start(case, reopen=False)
        else:
            await here.client.start_workflow(
                BareWorkflow.run, Bare(account_no, wakes), id=case_id(f"{account_no}-1"),
                task_queue=here.settings.task_queue,
            )  # fmt: skip
    begun = time.monotonic()
    while await asyncio.to_thread(_recorded, here.database) < number + 1:
        if time.monotonic() - begun > PATIENCE:
            raise SystemExit("the workflows did not come to rest")
        await asyncio.sleep(0.5)
    await asyncio.sleep(2)  # the last ones have put their timers


def _recorded(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(col(CaseRow.case_no))).where(col(CaseRow.seq) > 0)) or 0


def resident(pid: int) -> int:
    """Bytes a process holds in memory."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    sys.exit(tell(asyncio.run(measure())))
