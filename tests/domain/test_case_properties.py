"""Whatever people and money do to a case, the record stays whole and nothing forbidden happens."""

from __future__ import annotations

from datetime import datetime, time

from hypothesis import HealthCheck, given, settings

from domain import events as e
from domain.apply import apply
from domain.base import zone
from domain.case import Case
from domain.decide import decide
from domain.outcome import Finished, Wait
from domain.scenario import Scenario
from domain.simulate import Played, new_case, simulate
from domain.stops import stopped_by
from domain.view import View
from tests.builders.calendars import CHINA_2026
from tests.builders.effort import examples
from tests.builders.ladders import leasing, pin
from tests.builders.scripts import scripts

LADDER = leasing()
CONTACT_ZONE = zone("Asia/Shanghai")
ENDINGS = ("case_closed", "delinquency_ended", "ending_revoked")
OPENINGS = e.StepOpened | e.StepResumed | e.MessageSent | e.Filed


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scripts())
def test_a_case_stays_whole(script: Scenario) -> None:
    play = simulate(LADDER, script, CHINA_2026, pin(LADDER))
    states = replayed(script, play)
    assert [event.seq for event in play.events] == list(range(1, len(play.events) + 1))
    assert states[-1] == play.case
    assert_rests(states[-1], play.events[-1].at, script.local(script.until))
    assert_each_day_once(play)
    assert_letters_once(play)
    for before, event in zip(states, play.events, strict=False):
        assert_sent_rightly(play, event)
        assert_not_held(before, event)
        assert event.due_at <= event.at
        assert event.body.kind == "case_opened" or before.status != "new" or event.body.kind == "facts_updated"


def replayed(script: Scenario, play: Played) -> list[Case]:
    """The case before each event, and after the last one."""
    states = [new_case(script, pin(LADDER))]
    for event in play.events:
        states.append(apply(states[-1], event))
    return states


def assert_rests(case: Case, now: datetime, until: datetime) -> None:
    """Closed, or it waits for something that has a name; a stored copy decides the same."""
    decision = decide(LADDER, case, now)
    assert decision == decide(LADDER, case, now)
    assert decision == decide(LADDER, Case.model_validate_json(case.model_dump_json()), now)
    if isinstance(decision, Finished):
        assert case.closed_for
        return
    assert isinstance(decision, Wait)
    assert decision.why
    assert decision.until is None or decision.until > until
    for name, state in case.steps.items():
        if state.status == "open" and not state.frozen:
            assert state.asked, f"{name} waits for nobody"
            # a deadline lies ahead, or it was missed and reported to the last one up
            assert (state.deadline and state.deadline > until) or state.level > 0, f"{name} has no deadline"
        if state.frozen:
            assert any(hold.hold == state.frozen and hold.ended_at is None for hold in case.holds)


def assert_each_day_once(play: Played) -> None:
    """A step fires once for each of its days, unless the case ended before it was answered (S6)."""
    seen: set[tuple[str, int]] = set()
    open_days: dict[str, tuple[str, int]] = {}
    for event in play.events:
        body = event.body
        if body.kind in ENDINGS:
            seen -= set(open_days.values())
            open_days.clear()
        if isinstance(body, e.StepCompleted):
            open_days.pop(body.step, None)
        if isinstance(body, e.StepOpened) and body.day is not None:
            assert (body.step, body.day) not in seen, f"{body.step} twice for day {body.day}"
            seen.add((body.step, body.day))
            open_days[body.step] = (body.step, body.day)


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
