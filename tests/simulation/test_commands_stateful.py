"""Random people give legal and illegal commands at random times, and money comes and goes: nothing forbidden happens.

Every policy plays many sequences of commands (`tests/builders/sequences.py`); ARREARS_TEST_EXAMPLES=2000 plays so many.
The run prints how often each command was accepted and refused. Who is entitled is read from the tables by hand, what
was paid from the postings.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings, strategies as st

from domain.apply import fold
from domain.case import Case
from domain.decide import decide
from domain.events import Event
from domain.ladder import Ladder
from domain.outcome import Finished, Wait
from tests.builders.effort import examples
from tests.builders.ladders import POLICIES, ladder
from tests.builders.sequences import FAIR, KINDS, Given, Sequenced, means, told, variants
from tests.builders.wholeness import assert_rests
from tests.simulation.balances import (
    assert_conserved,
    assert_facts_fit,
    assert_filled_once,
    assert_waived_within,
)
from tests.simulation.entitlement import entitled, over_limit, own_proposal

Tally = Counter[tuple[str, str]]
NO_END = ("all days of the ladder are passed", "waits for the settlement", "no cycles")  # money or people end it
EXAMPLES = examples(100)
EVERY_SO_OFTEN = 8  # the record is gone through from its beginning


def test_every_command_can_be_drawn() -> None:
    assert set(FAIR) == set(KINDS)


def test_every_command_is_possible_in_some_policy() -> None:
    assert all(any(means(ladder(name), kind) for name in POLICIES) for kind in KINDS)


@pytest.mark.timeout(300 + EXAMPLES)
@pytest.mark.parametrize("name", POLICIES)
def test_nobody_does_what_they_may_not(name: str, record_property: Callable[[str, object], None]) -> None:
    tally: Tally = Counter()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize="ARREARS_TEST_EXAMPLES"
        not in os.environ,  # the suite must not fail because a command was not drawn
        phases=(Phase.explicit, Phase.generate),  # another seed is another story: there is nothing to shrink
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(seed=st.integers(0, 2**62))
    def sequences(seed: int) -> None:
        rules = ladder(name)
        others = [ladder(other) for other in POLICIES if other != name]
        played = Sequenced(rules, seed, (*variants(rules), others[seed % len(others)]))
        try:
            for one in played.play():
                assert_rightly_given(one, played)
                tally[one.command.body.do, "refused" if one.refusal else "accepted"] += 1
            assert_whole(played)
        except BaseException:
            note(told(played))
            raise

    sequences()
    record_property("commands", json.dumps([name, [[*key, count] for key, count in sorted(tally.items())]]))
    for kind in KINDS:
        do = kind.model_fields["do"].default
        assert tally[do, "refused"], f"{do} was never refused"
        assert tally[do, "accepted"] or not means(ladder(name), kind), f"{do} was never accepted"


def assert_rightly_given(one: Given, played: Sequenced) -> None:
    """A refused command changes nothing; an accepted one is in the record once, by whom it was given, rightly."""
    do, who = one.command.body.do, one.command.actor.role
    history = played.events[: one.before.seq]
    if one.refusal is not None:
        assert one.refusal.code and one.refusal.message and one.refusal.remedy
        assert_untouched(one, played)
    else:
        assert one.before.status == "open" or one.before.status == "ending", (
            f"{do} in a case that is {one.before.status}"
        )
        mine = [event for event in one.made if event.command_id == one.command.id]
        assert mine and one.made[: len(mine)] == tuple(mine), "its events are the first that it brings about"
        assert all(event.actor == one.command.actor for event in mine)
        assert {event.command_id for event in one.made} <= {one.command.id, None}
        assert (one.command.id, mine[0].seq) in one.after.commands
        assert entitled(one, history), f"{who} may not {do}: {one.command.body}"
        assert not own_proposal(one, history), f"{who} decides on their own proposal: {one.command.body}"
    if played.account.schedule:
        account = played.simulator.account.known_at(played.now)
        assert_conserved(account, one.after.today(played.now), one.ladder)
        assert_facts_fit(played.case, account)
        if one.refusal is None:
            before = played.simulator.account.known_at(one.now)
            assert not over_limit(one, before), f"{who} decides beyond their limit: {one.command.body}"
            assert_waived_within(one, before)
    if one.refusal is None:
        assert_waits(played)


def assert_untouched(one: Given, played: Sequenced) -> None:
    """No event is of the command, and the case is as it was, to the byte."""
    assert one.made == () and one.after is one.before
    if len(played.given) % EVERY_SO_OFTEN == 0:
        assert fold(played.first, played.events).model_dump_json() == one.before.model_dump_json()
    assert one.command.id not in {known for known, _ in played.case.commands}


def assert_waits(played: Sequenced) -> None:
    """Closed, or it waits for something that has a name, and whoever is asked has a deadline."""
    case, now, rules = played.case, played.now, played.simulator.ladder
    decision = decide(rules, case, now)
    if isinstance(decision, Finished):
        assert case.status == "closed" and case.closed_for
        return
    assert isinstance(decision, Wait) and decision.why
    assert decision.until is None or decision.until > now
    assert decision.until is not None or _may_wait_long(case, decision.why), decision.why
    for name, state in case.steps.items():
        if state.status == "open" and not state.frozen:
            assert state.asked, f"{name} waits for nobody"
            assert state.deadline and (state.deadline > now or state.level > 0), f"{name} has no deadline"
        if state.frozen:
            assert any(hold.hold == state.frozen and hold.ended_at is None for hold in case.holds)


def _may_wait_long(case: Case, why: str) -> bool:
    """Without an end only when nobody is asked any more, or whoever is was reported to the last one up."""
    asked = [state for state in case.steps.values() if state.status == "open" and not state.frozen]
    return why in NO_END and all(state.level > 0 for state in asked)


def assert_in_time(events: Sequence[Event]) -> None:
    """What a timer brings about happens when it is due; only what must not be sent or said at night waits for morning,
    and a step is listed for the day of the take-over once the account grows into it.

    Commands and postings come in minutes in which no timer goes off.
    """
    waiting = ("step_opened", "message_sent", "delivery_failed", "step_completed", "step_not_done")
    for event in events:
        if event.at.minute % 5 == 0 and event.body.kind not in waiting:
            assert event.at - event.due_at < timedelta(minutes=1), f"{event.body.kind} was due at {event.due_at}"


def assert_whole(played: Sequenced) -> None:
    """The record tells the case, and has every accepted command."""
    assert [event.seq for event in played.events] == list(range(1, len(played.events) + 1))
    assert fold(played.first, played.events) == played.case
    carried = [event.command_id for event in played.events if event.command_id]
    assert list(dict.fromkeys(carried)) == [command.id for command in played.taken]
    assert_filled_once(played.events)
    assert_in_time(played.events)
    played.wake()
    rules: Ladder = played.simulator.ladder
    assert_rests(rules, played.case, played.now, played.now)
