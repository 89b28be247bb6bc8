"""Random cases: the real workflow records what the simulator says, event for event."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from domain import events as e
from domain.apply import fold
from domain.scenario import Scenario
from domain.simulate import new_case, simulate
from tests.builders.calendars import CHINA_2026
from tests.builders.ladders import leasing, pin
from tests.builders.scenarios import scenarios
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.server import fresh_engine
from tests.workflows.world import differences

EXAMPLES = 50


def comparable(event: e.Event) -> dict[str, Any]:
    """The event without what only one side can know: milliseconds of the machine, numbers of documents."""
    line = event.model_dump(mode="json", exclude={"why"})  # the words of an act: sent here, done there
    line |= {name: _minute(getattr(event, name)) for name in ("at", "due_at")}
    if isinstance(line["body"].get("document"), dict):
        line["body"]["document"] = line["body"]["document"]["kind"]
    return line


def _minute(instant: datetime) -> float:
    return instant.timestamp() // 60


async def recorded(binary: str, scenario: Scenario) -> Rehearsal:
    """The scenario on an engine of its own."""
    async with fresh_engine(binary) as env:
        rehearsal = Rehearsal(env, scenario)
        await rehearsal.play()
    return rehearsal


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),  # shrinking on the engine would take longer than the tests may last
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(scenario=scenarios())
def test_workflow_and_simulator_agree(time_skipping_binary: str, scenario: Scenario) -> None:
    ladder = leasing()
    played = simulate(ladder, scenario, CHINA_2026, pin(ladder))
    rehearsal = asyncio.run(recorded(time_skipping_binary, scenario))
    mine = rehearsal.world.recorded
    for expected, found in zip(played.events, mine, strict=False):
        assert comparable(found) == comparable(expected), scenario.model_dump_json(exclude_defaults=True)
    assert len(mine) == len(played.events)
    assert rehearsal.refused == [(command.id, refusal.code) for command, refusal in played.refused]
    assert differences(fold(new_case(scenario, pin(ladder)), mine), rehearsal.world.snapshot) == {}
