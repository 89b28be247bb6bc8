"""A running case goes on under another policy, on an engine that replays every turn."""

from __future__ import annotations

from datetime import date

import pytest
from temporalio.testing import WorkflowEnvironment

from domain import commands as c, events as e
from domain.errors import UnknownPolicy
from domain.ladder import Ladder
from domain.scenario import actor
from tests.builders.cases import Desk
from tests.builders.ladders import ladder, leasing, pin
from tests.workflows.portfolios import autumn
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.scene import answer, at, refusal, scene
from workflows.ladders import LADDERS


def find(pinned: e.PolicyPin, settings: str) -> Ladder:
    """A worker that knows two policies."""
    for known in (leasing(), ladder("credit")):
        if known.sha256 == pinned.sha256:
            return known
    raise UnknownPolicy(f"no file of policy {pinned.sha256[:12]}")


def move(to: e.PolicyPin, role: str = "risk_management") -> c.Command:
    body = c.MovePolicy(policy=to, settings=leasing().settings_id, reason="sold")
    return c.Command(id=f"move/{to.id}/{role}", actor=actor(role), body=body)


def told(happened: list[e.Event]) -> list[tuple[str, str | None]]:
    """What happened, but for the reading of facts, which the desk does whenever it is looked at."""
    return [(ev.body.kind, getattr(ev.body, "step", None)) for ev in happened if ev.body.kind != "facts_updated"]


@pytest.mark.parametrize("cached", [100, 0])
async def test_it_goes_on_under_the_new_ladder(engine: WorkflowEnvironment, cached: int) -> None:
    rehearsal = Rehearsal(engine, scene())
    rehearsal.cached = cached
    async with rehearsal.opened():
        LADDERS.serve(find)
        await rehearsal.to(at("2026-03-12T12:00"))
        first = await rehearsal.command(move(pin(ladder("credit"))))
        assert await rehearsal.command(move(pin(ladder("credit")))) == first
        await rehearsal.quiet()
        assert (
            await refusal(rehearsal, answer("first_week_phone_collection", "contacted", "collector")) == "unknown_step"
        )
        case = await rehearsal.to(at("2026-04-03T12:00"))
    assert case.policy == pin(ladder("credit"))
    desk = Desk(rehearsal.world.account, "2026-03-03 09:00").to("2026-03-12 12:00")
    desk.move("risk_management", ladder("credit")).to("2026-04-03 12:00")
    assert told(rehearsal.world.recorded) == told(desk.events)
    assert {name: state.status for name, state in case.steps.items()} == {
        name: state.status for name, state in desk.case.steps.items()
    }


async def test_the_standing_work_goes_on_under_a_new_version(engine: WorkflowEnvironment) -> None:
    newer = leasing(("\nversion: 1\ntitle", "\nversion: 2\ntitle"))
    rehearsal = autumn(engine, first=date(2026, 9, 21))
    async with rehearsal.opened():
        LADDERS.serve(lambda pinned, settings: newer if pinned.version == 2 else leasing())
        await rehearsal.to(at("2026-09-22T12:00"))
        await rehearsal.command(move(pin(newer)))
        case = await rehearsal.to(at("2026-09-24T12:00"))
    assert case.policy == pin(newer)
    desk = Desk(None, "2026-09-21 09:00").work("2026-09-22 12:00")
    desk.move("risk_management", newer).work("2026-09-24 12:00")
    assert told(rehearsal.world.recorded) == told(desk.events)
    assert told(desk.events).count(("run_finished", "open_cases")) == 4  # once a day, also on the day of the move


async def test_a_policy_this_worker_does_not_know_is_refused_and_leaves_nothing(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        LADDERS.serve(find)
        await rehearsal.quiet()
        before = list(rehearsal.world.recorded)
        assert await refusal(rehearsal, move(e.PolicyPin(id="x", version=1, sha256="0" * 64))) == "unknown_policy"
        assert await refusal(rehearsal, move(pin(ladder("credit")), "collector")) == "not_entitled"
        assert await refusal(rehearsal, move(pin(leasing()))) == "already_there"
        await rehearsal.quiet()
    assert rehearsal.world.recorded == before
