"""Several cases of one person: no message, call or visit ever breaks a rule, and nothing postponed is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from domain import events as e
from domain.base import zone
from domain.cadence import span
from domain.conduct import Person
from domain.decide import decide
from domain.ladder import Ladder
from domain.outcome import Finished, Wait
from domain.scenario import Scenario
from domain.view import View
from tests.builders.any_policy import cases_of
from tests.builders.conduct import pack, shipped
from tests.builders.effort import examples
from tests.builders.ladders import POLICIES, ladder
from tests.builders.rhythms import rhythms
from tests.builders.town import Neighbour, Resident, Town

SHIPPED = shipped("default", "us")
STRICT = (*shipped("default"), pack("strict", caps={"connected_per_day": 1, "unanswered_per_day": 1}))
PERSONS = st.builds(
    Person,
    time_zone=st.sampled_from(("Asia/Shanghai", "Asia/Shanghai", "Europe/Berlin", "America/New_York")),
    night_consent=st.booleans(), do_not_contact=st.sampled_from((False, False, False, True)),
    refused=st.sampled_from(((), (), ("call",), ("sms", "visit"))),
)  # fmt: skip
MOVED_ON = (e.LadderReanchored, e.BucketEntered, e.DelinquencyEnded, e.CaseClosed, e.HoldPlaced, e.PolicyMoved)
DONE = (e.StepOpened, e.StepOffered, e.MessageSent, e.DeliveryFailed, e.StepCompleted, e.StepPostponed, e.StepLapsed)


def rules_of(name: str) -> Ladder:
    return rhythms() if name == "rhythms" else ladder(name)


@st.composite
def changes(draw: st.DrawFn, scenarios: list[Scenario]) -> list[Resident]:
    """At odd minutes, so that none meets a timer."""
    first = min(one.local(one.until) for one in scenarios) - timedelta(days=60)
    found = draw(st.lists(st.tuples(st.integers(0, 60 * 24), PERSONS), max_size=3))
    return [(first + timedelta(hours=hour, minutes=41), person) for hour, person in found]


@pytest.mark.parametrize("name", ["rhythms", *POLICIES])
@settings(
    max_examples=examples(3),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=(Phase.explicit, Phase.generate),
)
@given(data=st.data())
def test_no_sequence_of_events_breaks_a_rule_and_nothing_postponed_is_lost(name: str, data: st.DataObject) -> None:
    rules = rules_of(name)
    scenarios = data.draw(st.lists(cases_of(rules), min_size=1, max_size=3))
    town = Town(data.draw(st.sampled_from((SHIPPED, STRICT))), data.draw(PERSONS))
    until = max(one.local(one.until) for one in scenarios)
    town.live(scenarios, rules, data.draw(changes(scenarios)), until)
    assert town.broken == []
    for one in town.cases:
        assert_nothing_lost(one, until)


def assert_nothing_lost(one: Neighbour, until: datetime) -> None:
    """What was postponed came to something at its time, or what it was for has moved on."""
    rest = decide(one.ladder, one.case, until) if one.case.facts and one.case.facts.as_of >= until.date() else None
    assert rest is None or isinstance(rest, Wait | Finished)
    events = one.played.events
    for event in events:
        body = event.body
        if not isinstance(body, e.StepPostponed) or body.not_before is None or body.not_before > until:
            continue
        later = [after for after in events if after.seq > event.seq]
        came = any(isinstance(after.body, DONE) and after.body.step == body.step for after in later)
        moved = any(isinstance(after.body, MOVED_ON) for after in later)
        assert came or moved or waits(one, body.step) or over(one, body.step), (
            f"{body.step} of {one.case.case_no} was postponed and lost"
        )


def waits(one: Neighbour, name: str) -> bool:
    """The gate still holds it back, by what is known of the person now."""
    state, facts = one.case.step(name), one.case.facts
    current = [held for held in state.held if facts and held.ledger_version == facts.ledger_version]
    return any(held.until is None or held.until > one.now for held in current)


def over(one: Neighbour, name: str) -> bool:
    """The part of the ladder for which the cadence asked is over."""
    step = one.ladder.by_id[name]
    return step.rhythm is not None and span(View(one.ladder, one.case, one.now), step) is None


# ── examples, so that it is seen what the property sees ─────────────────────────────────────────────────────────────


def never_pays(number: int) -> Scenario:
    """Overdue from 3 March 2026 on, to be called twice a day for three business days; its staff take an hour."""
    return Scenario.model_validate({
        "until": "2026-03-20T18:47",
        "account": {
            "account_no": f"X-00090{number}", "schedule": [{"no": 1, "due": "2026-03-02", "principal": "10000.00"}],
            "parties": [{"id": "P1", "role": "borrower"}],
        },
        "staff_answers": [{"step": "*", "outcome": "first", "after_minutes": 61 + number}],
    })  # fmt: skip


def played(town: Town, count: int = 3, *residents: Resident) -> Town:
    until = datetime.fromisoformat("2026-03-20T18:47").replace(tzinfo=zone("Asia/Shanghai"))
    town.live([never_pays(number) for number in range(count)], rhythms(), residents, until)
    return town


def of(town: Town, kind: str, step: str = "twice_a_day") -> list[e.Event]:
    return [
        event for one in town.cases for event in one.played.events
        if event.body.kind == kind and getattr(event.body, "step", "") == step
    ]  # fmt: skip


def local(event: e.Event) -> str:
    return event.at.astimezone(zone("Asia/Shanghai")).strftime("%m-%d %H:%M")


def test_three_cases_of_one_person_are_one_call_each_time() -> None:
    town = played(Town(shipped("default"), Person()))
    assert town.broken == []
    calls = [past.at for past in town.log if past.channel == "call"]
    assert len(calls) == 6  # twice on each of three business days, for all three cases
    assert len(of(town, "step_completed")) == 18


def test_two_cases_share_one_cap() -> None:
    town = played(Town(STRICT, Person()), 2)
    assert town.broken == []
    assert len([past for past in town.log if past.channel == "call"]) == 3  # one a day
    postponed = of(town, "step_postponed")
    assert [local(event) for event in postponed] == ["03-03 13:30", "03-04 13:30", "03-05 13:30"] * 2
    assert {event.body.reason for event in postponed if isinstance(event.body, e.StepPostponed)} == {"contact_cap"}


def test_calls_follow_the_day_of_the_person() -> None:
    town = played(Town(shipped("default"), Person(time_zone="Europe/Berlin")), 1)
    assert town.broken == []
    first, *_ = of(town, "step_opened")
    assert local(first) == "03-03 15:00"  # eight o'clock in Berlin; the window of the morning is gone
    assert [local(event) for event in of(town, "step_postponed")][:1] == ["03-03 09:00"]


def test_who_refuses_visits_gets_none_until_they_change_their_mind() -> None:
    mind = datetime.fromisoformat("2026-03-12T10:41").replace(tzinfo=zone("Asia/Shanghai"))
    town = played(Town(shipped("default"), Person(refused=("visit",))), 1, (mind, Person()))
    assert [local(event) for event in of(town, "step_postponed", "visit")] == ["03-06 09:00"]
    (opened,) = of(town, "step_opened", "visit")
    assert local(opened) == "03-12 10:41"
    assert isinstance(opened.body, e.StepOpened) and opened.body.deadline > opened.at


@pytest.mark.parametrize(
    ("person", "rule"),
    [
        (Person(time_zone="America/New_York"), "at night"),
        (Person(do_not_contact=True), "under a stop"),
        (Person(refused=("visit",)), "under a stop"),
        (Person(), "too many conversations"),
    ],
)
def test_without_the_gate_rules_are_broken(person: Person, rule: str) -> None:
    assert played(Town(STRICT, person)).broken == []
    assert rule in played(Town(STRICT, person, gated=False)).broken
