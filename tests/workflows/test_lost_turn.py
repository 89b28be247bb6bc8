"""A worker killed between its recording and its answer to the engine: what is recorded has happened, once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from domain import events as e
from domain.apply import fold
from domain.simulate import Played
from tests.builders import golden
from tests.builders.ladders import ROOT
from tests.workflows.dying_worker import KILLED, NAME
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.scene import note
from tests.workflows.world import differences

SOON = timedelta(seconds=2)  # so long the engine waits for a worker that is gone


@asynccontextmanager
async def dying(engine: WorkflowEnvironment, file: Path, last: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The worker that dies when it has recorded an event of that kind; never left behind."""
    address = engine.client.service_client.config.target_host
    command = [sys.executable, "-m", "tests.workflows.dying_worker", address, str(file), last]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def recorded_before(rehearsal: Rehearsal, file: Path) -> list[e.Event]:
    """What the dead worker wrote, as the database would have it."""
    lines = file.read_text(encoding="utf-8").splitlines()
    events = [e.Event.model_validate_json(line) for line in lines]
    rehearsal.world.recorded = list(events)
    rehearsal.world.snapshot = fold(rehearsal.case, events)
    rehearsal.world.writer = rehearsal.handle.result_run_id or ""
    return events


async def test_what_a_lost_turn_recorded_has_happened(engine: WorkflowEnvironment, tmp_path: Path) -> None:
    """The next worker comes later to the same opening; the record stays as it is, and the timeline too."""
    rehearsal, file = Rehearsal(engine, golden.scenario(NAME)), tmp_path / "record"
    await rehearsal.start(turn=SOON)
    async with dying(engine, file, last="case_opened") as worker:
        assert await worker.wait() == KILLED
    before = recorded_before(rehearsal, file)
    assert "case_opened" in [event.body.kind for event in before]
    async with rehearsal.worker():
        await rehearsal.to(rehearsal.scenario.local(rehearsal.scenario.until))
    recorded = rehearsal.world.recorded
    assert recorded[: len(before)] == before
    assert golden.shown(Played(events=recorded)) == golden.expected(NAME)
    assert differences(fold(rehearsal.case, recorded), rehearsal.world.snapshot) == {}


async def test_a_command_of_a_lost_turn_is_answered_once(engine: WorkflowEnvironment, tmp_path: Path) -> None:
    """It is in the record; whoever gave it asks again and gets the answer that belongs to it."""
    rehearsal, file = Rehearsal(engine, golden.scenario(NAME)), tmp_path / "record"
    await rehearsal.start(turn=SOON)
    async with dying(engine, file, last="note_added") as worker:
        await _opened(file)
        given = asyncio.create_task(rehearsal.command(note("lost")))
        assert await worker.wait() == KILLED
        before = recorded_before(rehearsal, file)
        assert before[-1].command_id == "note/lost"
        async with rehearsal.worker():
            again = await rehearsal.command(note("lost"))
            assert await given == again
            await rehearsal.quiet()
    assert again.seq == before[-1].seq
    assert [event.command_id for event in rehearsal.world.recorded].count("note/lost") == 1
    assert rehearsal.world.recorded[: len(before)] == before


async def _opened(file: Path) -> None:
    async with asyncio.timeout(30):
        while not file.exists() or "step_opened" not in file.read_text(encoding="utf-8"):
            await asyncio.sleep(0.02)
