"""A worker process that dies right after its n-th recording, before it can tell the engine: ADDRESS FILE N."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from temporalio import activity
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from activities.messages import Recorded, Recording
from tests.builders import golden
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.world import PureWorld

NAME = "never_pays"
KILLED = 9


class Dying(PureWorld):
    """The record reaches the disk, the process does not reach the next line."""

    file: Path
    last: str

    @activity.defn
    async def record_events(self, recording: Recording) -> Recorded:
        """Record, and die when an event of the kind `last` was among it."""
        with self.file.open("a", encoding="utf-8") as lines:
            lines.writelines(f"{event.model_dump_json()}\n" for event in recording.events)
        if self.last in [event.body.kind for event in recording.events]:
            os._exit(KILLED)
        return Recorded()


async def main(address: str, file: str, last: str) -> None:
    """Work until death."""
    client = await Client.connect(address, data_converter=pydantic_data_converter)
    rehearsal = Rehearsal(WorkflowEnvironment.from_client(client), golden.scenario(NAME))
    known = rehearsal.world
    world = Dying(known.ladder, known.account, known.calendar, known.now)
    world.file, world.last, rehearsal.world = Path(file), last, world
    async with rehearsal.worker():
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
