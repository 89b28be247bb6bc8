"""While a hold is in force nothing of its kind begins or goes out; afterwards what fell due happens once, anew."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from domain import events as e
from domain.base import days
from domain.case import Case
from domain.ladder import Ladder
from domain.scenario import PlannedCommand, Scenario
from domain.simulate import Played, simulate
from domain.stops import review_at, stopped_by
from domain.view import View
from tests.builders.any_policy import cases_of
from tests.builders.calendars import CHINA_2026
from tests.builders.effort import examples
from tests.builders.ladders import POLICIES, ladder, pin
from tests.builders.wholeness import replayed

BEGINS = e.StepOpened | e.StepOffered | e.StepResumed | e.MessageSent | e.Filed
STANDARD = ("dispute", "death", "insolvency", "disaster")
COMMON = settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def held(draw: st.DrawFn, rules: Ladder) -> Scenario:
    """A case of that policy to which one or two standard holds come, some of which end early."""
    script = draw(cases_of(rules))
    asked = rules.policy.standard_holds
    assert asked is not None
    due, until = script.account.schedule[0].due, script.until.date()
    seen = script.account.first_seen.date() if script.account.first_seen else due
    more: list[PlannedCommand] = []
    for hold in draw(st.lists(st.sampled_from(STANDARD), min_size=1, max_size=2, unique=True)):
        day = draw(st.dates(min(seen + days(2), until), until))
        more.append(planned(hold, day, asked.reporters[0], end_date=day + days(draw(st.integers(0, 60)))))
        if draw(st.booleans()):
            end = draw(st.dates(day, until))
            at = datetime.combine(end, time(19, 17))
            more.append(PlannedCommand(at=at, do="end_hold", role=asked.head, hold=hold, document="D2"))
    return script.model_copy(update={"commands": (*script.commands, *more)})


def planned(hold: str, day: date, role: str, end_date: date) -> PlannedCommand:
    at, last = datetime.combine(day, time(10, 17)), end_date if hold == "disaster" else None
    return PlannedCommand(at=at, do="open_step", role=role, step=hold, document="D1", end_date=last)


@pytest.mark.parametrize("name", POLICIES)
@COMMON
@given(data=st.data())
def test_nothing_that_is_stopped_happens(name: str, data: st.DataObject) -> None:
    rules = ladder(name)
    script = data.draw(held(rules))
    play = simulate(rules, script, CHINA_2026, pin(rules))
    states = replayed(rules, script, play)
    for before, event in zip(states, play.events, strict=False):
        assert_not_stopped(rules, before, event)
        assert_frozen_answers(rules, before, event)
        assert_resumed_anew(rules, before, event)
    assert_once_per_release(play)
    assert_reviewed(rules, states[-1], script)


def assert_not_stopped(rules: Ladder, before: Case, event: e.Event) -> None:
    """Nothing of a stopped kind begins, resumes or goes out."""
    step = rules.by_id.get(getattr(event.body, "step", ""))
    if isinstance(event.body, BEGINS) and step is not None and before.facts is not None and event.command_id is None:
        assert stopped_by(View(rules, before, event.at), step) is None, (event.body, before.holds)


def assert_frozen_answers(rules: Ladder, before: Case, event: e.Event) -> None:
    """What was running may be ended by the head, with a reason; nothing else that is frozen is answered."""
    if not isinstance(event.body, e.StepCompleted) or not before.step(event.body.step).frozen:
        return
    state = before.step(event.body.step)
    assert event.body.note and state.started and event.body.role == rules.head_of(state.asked[0])


def assert_resumed_anew(rules: Ladder, before: Case, event: e.Event) -> None:
    """A full new deadline, counted from the release."""
    if isinstance(event.body, e.StepResumed):
        released = max((hold.ended_at for hold in before.holds if hold.ended_at), default=None)
        assert released is not None and released <= event.at < event.body.deadline


def assert_once_per_release(play: Played) -> None:
    """Between two freezes of a step it resumes at most once; nothing resumes that was not frozen."""
    turns: dict[str, list[str]] = {}
    for event in play.events:
        if isinstance(event.body, e.StepFrozen | e.StepResumed):
            turns.setdefault(event.body.step, []).append(event.body.kind)
    for found in turns.values():
        assert found[0] == "step_frozen"
        assert all(one == "step_frozen" or before == "step_frozen" for before, one in pairwise(found))


def assert_reviewed(rules: Ladder, case: Case, script: Scenario) -> None:
    """A hold in force has a last day, or instalments to come that end it, or its review is asked for in time."""
    if case.status != "open" or case.facts is None:
        return
    now = script.local(script.until)
    view = View(rules, case, now)
    for hold in case.holds:
        if hold.ended_at is not None or rules.holds[hold.hold].review is None:
            continue
        review = case.step(f"{hold.hold}_review")
        due = review_at(view, review, hold.hold)
        agreement = case.undertakings.agreement
        if agreement is not None and agreement.source == hold.source:
            assert agreement.state == "live" and len(agreement.verdicts) < len(agreement.instalments)
            continue
        assert hold.until or review.is_open or (due is not None and due > now)
