"""Whatever people and money do to a case of any policy, the record stays whole and the contacts keep their rhythm."""

from __future__ import annotations

from datetime import datetime, time
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from domain import events as e
from domain.base import zone
from domain.ladder import Ladder, Step
from domain.simulate import Played, simulate
from tests.builders.any_policy import cases_of
from tests.builders.calendars import CHINA_2026
from tests.builders.effort import examples
from tests.builders.ladders import POLICIES, ladder, pin
from tests.builders.rhythms import rhythms
from tests.builders.wholeness import assert_each_day_once, assert_rests, replayed

HOME = zone("Asia/Shanghai")


def rules_of(name: str) -> Ladder:
    return rhythms() if name == "rhythms" else ladder(name)


@pytest.mark.parametrize("name", ["rhythms", *POLICIES])
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_case_of_any_policy_stays_whole(name: str, data: st.DataObject) -> None:
    rules = rules_of(name)
    script = data.draw(cases_of(rules))
    play = simulate(rules, script, CHINA_2026, pin(rules))
    states = replayed(rules, script, play)
    assert [event.seq for event in play.events] == list(range(1, len(play.events) + 1))
    assert states[-1] == play.case
    assert_rests(rules, states[-1], play.events[-1].at, script.local(script.until))
    assert_each_day_once(play)
    for event in play.events:
        assert event.due_at <= event.at
        if isinstance(event.body, e.MessageSent):
            assert time(8) <= event.at.astimezone(HOME).time() < time(21)
    for step in rules.steps:
        if step.rhythm:
            assert_rhythm(step, play)


def assert_rhythm(step: Step, play: Played) -> None:
    """Windows come in order, never two for one; at most so many in a block; each closes after it opens."""
    opened = [event for event in play.events if isinstance(event.body, e.StepOpened) and event.body.step == step.id]
    blocks: dict[tuple[int, object], int] = {}
    begun = ladder_of(play)
    for event in opened:
        assert isinstance(event.body, e.StepOpened)
        assert event.body.deadline > event.due_at
        key = (begun[event.seq], event.body.period)
        blocks[key] = blocks.get(key, 0) + 1
    if step.rhythm and step.rhythm.per:
        assert all(count <= step.rhythm.times for count in blocks.values()), blocks
    for before, after in pairwise(opened):
        if begun[before.seq] == begun[after.seq]:
            assert gap(before.due_at, after.due_at) > 0


def ladder_of(play: Played) -> dict[int, int]:
    """seq -> number of the ladder (opening, re-anchoring, reopening) it belongs to."""
    number, found = 0, dict[int, int]()
    for event in play.events:
        number += isinstance(event.body, e.LadderReanchored | e.CaseReopened | e.EndingRevoked)
        found[event.seq] = number
    return found


def gap(before: datetime, after: datetime) -> float:
    return (after - before).total_seconds()
