"""Random cases of every policy: the real workflow records what the simulator says, event for event."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from domain.apply import fold
from domain.ladder import Ladder
from domain.scenario import Scenario
from domain.simulate import new_case, simulate
from tests.builders.any_policy import cases_of
from tests.builders.calendars import CHINA_2026
from tests.builders.ladders import POLICIES, ladder, pin
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.server import fresh_engine
from tests.workflows.test_random import comparable
from tests.workflows.world import differences

EXAMPLES = 8


async def recorded(binary: str, scenario: Scenario, rules: Ladder) -> Rehearsal:
    """The scenario on an engine of its own."""
    async with fresh_engine(binary) as env:
        rehearsal = Rehearsal(env, scenario, rules)
        await rehearsal.play()
    return rehearsal


@pytest.mark.parametrize("name", [name for name in POLICIES if name != "leasing"])
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),  # shrinking on the engine would take longer than the tests may last
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_workflow_and_simulator_agree(time_skipping_binary: str, name: str, data: st.DataObject) -> None:
    rules = ladder(name)
    scenario = data.draw(cases_of(rules))
    played = simulate(rules, scenario, CHINA_2026, pin(rules))
    rehearsal = asyncio.run(recorded(time_skipping_binary, scenario, rules))
    mine = rehearsal.world.recorded
    for expected, found in zip(played.events, mine, strict=False):
        assert comparable(found) == comparable(expected), scenario.model_dump_json(exclude_defaults=True)
    assert len(mine) == len(played.events)
    assert rehearsal.refused == [(command.id, refusal.code) for command, refusal in played.refused]
    assert differences(fold(new_case(scenario, pin(rules)), mine), rehearsal.world.snapshot) == {}
