"""What must be true of every played case, whatever its policy."""

from __future__ import annotations

from datetime import datetime

from domain import events as e
from domain.apply import apply
from domain.case import Case
from domain.decide import decide
from domain.ladder import Ladder
from domain.outcome import Finished, Wait
from domain.scenario import Scenario
from domain.simulate import Played, new_case
from tests.builders.ladders import pin

ENDINGS = ("case_closed", "delinquency_ended", "ending_revoked")


def replayed(ladder: Ladder, script: Scenario, play: Played) -> list[Case]:
    """The case before each event, and after the last one."""
    states = [new_case(script, pin(ladder))]
    for event in play.events:
        states.append(apply(states[-1], event))
    return states


def assert_rests(ladder: Ladder, case: Case, now: datetime, until: datetime) -> None:
    """Closed, or it waits for something that has a name; a stored copy decides the same."""
    decision = decide(ladder, case, now)
    assert decision == decide(ladder, case, now)
    assert decision == decide(ladder, Case.model_validate_json(case.model_dump_json()), now)
    if isinstance(decision, Finished):
        assert case.closed_for
        return
    while isinstance(decision, Wait) and decision.until is not None and decision.until <= until:
        decision = decide(ladder, case, decision.until)  # it woke up and nothing had to follow
    assert isinstance(decision, Wait)
    assert decision.why
    for name, state in case.steps.items():
        if state.status == "open" and not state.frozen:
            assert state.asked, f"{name} waits for nobody"
            # a deadline lies ahead, or it was missed and reported to the last one up
            assert (state.deadline and state.deadline > until) or state.level > 0, f"{name} has no deadline"
        if state.frozen:
            assert any(hold.hold == state.frozen and hold.ended_at is None for hold in case.holds)


def assert_each_day_once(play: Played) -> None:
    """A step fires once for each of its days or cells (S6).

    What the end of the delinquency left unfinished, however it had been opened, may begin again after a reversal.
    """
    seen: set[tuple[str, e.Day]] = set()
    last: dict[str, e.Day] = {}
    unfinished: set[str] = set()
    for event in play.events:
        body = event.body
        if body.kind in ENDINGS:
            seen -= {(step, last[step]) for step in unfinished if step in last}
            unfinished.clear()
        if isinstance(body, e.StepCompleted):
            unfinished.discard(body.step)
        if isinstance(body, e.StepOpened):
            unfinished.add(body.step)
            if body.day is not None:
                assert (body.step, body.day) not in seen, f"{body.step} twice for {body.day}"
                seen.add((body.step, body.day))
                last[body.step] = body.day
