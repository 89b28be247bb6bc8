"""Random legal and illegal commands: the real workflow records, and refuses, what the simulator does.

The sequences are those of `tests/simulation/test_commands_stateful.py`, played again word for word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from domain.apply import fold
from domain.ladder import Ladder
from domain.scenario import Scenario
from domain.simulate import new_case, simulate
from tests.builders.calendars import CHINA_2026
from tests.builders.ladders import POLICIES, ladder, pin
from tests.builders.sequences import Sequenced, variants
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.server import fresh_engine
from tests.workflows.test_random import comparable
from tests.workflows.world import differences

EXAMPLES = 8  # of each policy: with seven policies more than fifty


async def recorded(binary: str, scenario: Scenario, rules: Ladder, others: Sequence[Ladder]) -> Rehearsal:
    """The scenario on an engine of its own."""
    async with fresh_engine(binary) as env:
        rehearsal = Rehearsal(env, scenario, rules, ladders=others)
        await rehearsal.play()
    return rehearsal


@pytest.mark.parametrize("name", POLICIES)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,  # the same stories on every machine
    phases=(Phase.explicit, Phase.generate),  # another seed is another story: there is nothing to shrink
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**62))
def test_workflow_and_simulator_agree(time_skipping_binary: str, name: str, seed: int) -> None:
    rules, others = ladder(name), variants(ladder(name))
    sequence = Sequenced(rules, seed, others, unknown=False)
    accepted = sum(one.refusal is None for one in sequence.play())
    scenario = sequence.scenario()
    played = simulate(rules, scenario, CHINA_2026, pin(rules), others)
    assert len(sequence.given) == accepted + len(played.refused)
    rehearsal = asyncio.run(recorded(time_skipping_binary, scenario, rules, others))
    mine = rehearsal.world.recorded
    for expected, found in zip(played.events, mine, strict=False):
        assert comparable(found) == comparable(expected), scenario.model_dump_json()
    assert len(mine) == len(played.events)
    assert rehearsal.refused == [(command.id, refusal.code) for command, refusal in played.refused]
    assert differences(fold(new_case(scenario, pin(rules)), mine), rehearsal.world.snapshot) == {}
