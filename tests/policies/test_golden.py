"""Every golden timeline, event for event, as the simulator plays it."""

from __future__ import annotations

import pytest

from domain.apply import fold
from domain.simulate import new_case
from tests.builders.golden import GOLDEN, NAMES, expected, ladder_of, played, scenario, shown
from tests.builders.ladders import pin


@pytest.mark.parametrize("name", NAMES)
def test_simulator_matches_the_golden_timeline(name: str) -> None:
    assert shown(played(name)) == expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_scripted_is_refused(name: str) -> None:
    assert [(command.id, str(refused)) for command, refused in played(name).refused] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_case_is_the_fold_of_its_events(name: str) -> None:
    play = played(name)
    assert fold(new_case(scenario(name), pin(ladder_of(name))), play.events) == play.case


def test_each_scenario_has_its_timeline() -> None:
    assert {str(path.relative_to(GOLDEN).with_suffix("")) for path in GOLDEN.rglob("*.txt")} == set(NAMES)
    assert len(NAMES) >= 18
