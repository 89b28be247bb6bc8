"""A case that is asked while it works: a replay on another worker remembers the same instants as the record."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import (
    Interceptor,
    Replayer,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowOutboundInterceptor,
)

from activities.messages import Recording
from domain import events as e
from tests.builders import golden
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.server import real_engine
from workflows.engine import WORKFLOWS, sandbox

FAST = 1_000_000.0  # sixty days in five seconds
SECONDS = 6


class Overhearing(Interceptor):
    """Keeps what a replayed case orders to be recorded."""

    def __init__(self) -> None:
        self.events: list[e.Event] = []

    def workflow_interceptor_class(self, input: Any) -> type[WorkflowInboundInterceptor]:
        """A class, because the worker makes one instance per case."""
        heard = self.events

        class Outbound(WorkflowOutboundInterceptor):
            def start_local_activity(self, input: StartLocalActivityInput) -> Any:
                heard.extend(event for asked in input.args if isinstance(asked, Recording) for event in asked.events)
                return super().start_local_activity(input)

        class Inbound(WorkflowInboundInterceptor):
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                super().init(Outbound(outbound))

        return Inbound


async def replayed(rehearsal: Rehearsal) -> list[e.Event]:
    """What another worker would believe to have recorded."""
    heard = Overhearing()
    replayer = Replayer(
        workflows=list(WORKFLOWS), workflow_runner=sandbox(), data_converter=pydantic_data_converter,
        interceptors=[heard],
    )  # fmt: skip
    await replayer.replay_workflow(await rehearsal.handle.fetch_history())
    return heard.events


async def asked_without_pause(rehearsal: Rehearsal) -> None:
    """Questions one after the other, as from a page that many people look at."""
    ends = asyncio.get_running_loop().time() + SECONDS
    while asyncio.get_running_loop().time() < ends:
        await rehearsal.live()


@pytest.mark.parametrize("takes", [0, 0.06])  # seconds of each reading and recording: longer than a question
async def test_a_replay_remembers_the_recorded_instants(temporal_binary: str, takes: float) -> None:
    async with real_engine(temporal_binary) as engine:
        rehearsal = Rehearsal(engine, golden.scenario("nobody_answers"))
        rehearsal.speed = FAST
        rehearsal.world.facts_take = rehearsal.world.record_takes = takes
        async with rehearsal.opened():
            await asked_without_pause(rehearsal)
            recorded = list(rehearsal.world.recorded)
            remembered = await replayed(rehearsal)
    assert len(recorded) > 20
    assert remembered[: len(recorded)] == recorded
