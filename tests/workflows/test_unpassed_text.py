"""Under time skipping Legal passes no text: the letter that needs it waits day after day, and goes out after that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from activities.messages import FactsRequest
from domain import events as e
from domain.base import zone
from domain.facts import Facts
from tests.builders import golden
from tests.builders.ladders import leasing
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.world import PureWorld

NOTICE = "guarantor_notice"


@dataclass
class Unread(PureWorld):
    """unpassed: letters whose text waits for Legal."""

    unpassed: tuple[str, ...] = ()

    @activity.defn
    async def read_facts(self, request: FactsRequest) -> Facts:
        found = await PureWorld.read_facts(self, request)
        return found.model_copy(update={"unpassed": self.unpassed})


async def test_b4_1_1_2b_a_text_that_nobody_passes_is_never_sent_and_silence_passes_none(
    engine: WorkflowEnvironment,
) -> None:
    """The guarantor's notice falls due at DPD 31, Thursday 2 April; Legal passes its text on Tuesday 7, at noon."""
    rehearsal = Rehearsal(engine, golden.scenario("never_pays"), leasing())
    pure = rehearsal.world
    world = Unread(pure.ladder, pure.account, pure.calendar, pure.now, unpassed=(NOTICE,))
    rehearsal.world = world
    local = rehearsal.scenario.local
    async with rehearsal.opened():
        await rehearsal.to(local(datetime.fromisoformat("2026-04-07T12:00")))
        waited = [(local_day(one), one.body.reason) for one in world.recorded if isinstance(one.body, e.StepPostponed)]
        assert waited == [(f"04-{day:02} 09:00", "text_not_passed") for day in range(2, 8)]
        assert not sent(world)
        world.unpassed = ()
        await rehearsal.to(local(datetime.fromisoformat("2026-04-08T12:00")))
    assert sent(world) == ["04-08 09:00"]


def local_day(event: e.Event) -> str:
    return event.at.astimezone(zone("Asia/Shanghai")).strftime("%m-%d %H:%M")


def sent(world: PureWorld) -> list[str]:
    return [local_day(one) for one in world.recorded if isinstance(one.body, e.MessageSent) and one.body.step == NOTICE]
