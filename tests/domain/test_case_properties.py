"""Whatever people and money do to a case, the record stays whole and nothing forbidden happens."""

from __future__ import annotations

from datetime import time

from hypothesis import HealthCheck, given, settings

from domain import events as e
from domain.base import zone
from domain.case import Case
from domain.scenario import Scenario
from domain.simulate import Played, simulate
from domain.stops import stopped_by
from domain.view import View
from tests.builders.calendars import CHINA_2026
from tests.builders.effort import examples
from tests.builders.ladders import leasing, pin
from tests.builders.scripts import scripts
from tests.builders.wholeness import assert_each_day_once, assert_rests, replayed

LADDER = leasing()
CONTACT_ZONE = zone("Asia/Shanghai")
OPENINGS = e.StepOpened | e.StepResumed | e.MessageSent | e.Filed


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scripts())
def test_a_case_stays_whole(script: Scenario) -> None:
    play = simulate(LADDER, script, CHINA_2026, pin(LADDER))
    states = replayed(LADDER, script, play)
    assert [event.seq for event in play.events] == list(range(1, len(play.events) + 1))
    assert states[-1] == play.case
    assert_rests(LADDER, states[-1], play.events[-1].at, script.local(script.until))
    assert_each_day_once(play)
    assert_letters_once(play)
    for before, event in zip(states, play.events, strict=False):
        assert_sent_rightly(play, event)
        assert_not_held(before, event)
        assert event.due_at <= event.at
        assert event.body.kind == "case_opened" or before.status != "new" or event.body.kind == "facts_updated"


def assert_letters_once(play: Played) -> None:
    """No letter goes twice to the same address."""
    sent = [(event.body.step, event.body.target) for event in play.events if isinstance(event.body, e.MessageSent)]
    assert len(sent) == len(set(sent))


def assert_sent_rightly(play: Played, event: e.Event) -> None:
    """Within contact hours; a signed letter with a signature of the same day and figures (L4.2c)."""
    body = event.body
    if not isinstance(body, e.MessageSent):
        return
    assert time(8) <= event.at.astimezone(CONTACT_ZONE).time() < time(21)
    send = LADDER.by_id[body.step].rule.send
    if send is None or send.signed_in is None:
        return
    before = play.events[: event.seq - 1]
    signed = [x for x in before if isinstance(x.body, e.StepCompleted) and x.body.step == send.signed_in]
    assert signed
    assert signed[-1].body.kind == "step_completed"
    assert signed[-1].at.astimezone(CONTACT_ZONE).date() == event.at.astimezone(CONTACT_ZONE).date()
    assert version(before) == version(play.events[: signed[-1].seq - 1]), "the figures moved since the signature"


def version(happened: list[e.Event]) -> int:
    """The ledger version known after these events."""
    return next(x.body.facts.ledger_version for x in reversed(happened) if isinstance(x.body, e.FactsUpdated))


def assert_not_held(before: Case, event: e.Event) -> None:
    """Nothing of a stopped scope begins, is answered or goes out."""
    body = event.body
    if isinstance(body, OPENINGS) or (isinstance(body, e.StepCompleted | e.StepAnswered) and event.actor):
        step = LADDER.by_id[body.step]
        assert stopped_by(View(LADDER, before, event.at), step) is None, f"{body.step} is held"
