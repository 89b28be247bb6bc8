"""The real workflow, in the time-skipping server, makes every golden timeline."""

from __future__ import annotations

import pytest
from temporalio.testing import WorkflowEnvironment

from domain.apply import fold
from domain.simulate import Played, new_case
from tests.builders import golden
from tests.builders.ladders import pin
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.world import differences


@pytest.mark.parametrize("name", golden.NAMES)
async def test_the_workflow_makes_the_timeline(engine: WorkflowEnvironment, name: str) -> None:
    scenario = golden.scenario(name)
    ladder = golden.ladder_of(name)
    rehearsal = Rehearsal(engine, scenario, ladder)
    recorded = await rehearsal.play()
    assert golden.shown(Played(events=recorded)) == golden.expected(name)
    assert differences(fold(new_case(scenario, pin(ladder)), recorded), rehearsal.world.snapshot) == {}


def test_there_are_timelines() -> None:
    assert len(golden.NAMES) >= 13
