"""A running case is given to an owner by rule: once per decision, never over somebody else's head."""

from __future__ import annotations

from temporalio.testing import WorkflowEnvironment

from domain import events as e
from domain.clock import BusinessClock
from domain.commands import DISTRIBUTION, ChangeOwner, Command
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.scene import at, scene
from workflows.starter import EngineStarter


def given(name: str, owner: str | None, expected: str) -> Command:
    return Command(id=name, actor=DISTRIBUTION, body=ChangeOwner(owner=owner, reason="least_loaded", expected=expected))


async def test_an_owner_is_given_once_and_only_instead_of_who_was_expected(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened() as handle:
        await rehearsal.to(at("2026-03-10T10:00"))
        case_no = (await rehearsal.quiet()).case.case_no
        starter = EngineStarter(engine.client, BusinessClock())
        assert handle.id == f"case/{case_no}"
        assert await starter.command(case_no, given("d1", "u-1", ""))
        assert await starter.command(case_no, given("d1", "u-1", ""))  # told again: the first answer
        assert not await starter.command(case_no, given("d2", "u-2", ""))  # somebody's meanwhile
        assert await starter.command(case_no, given("d3", None, "u-1"))
        live = await rehearsal.quiet()
    changes = [event.body for event in rehearsal.world.recorded if isinstance(event.body, e.OwnerChanged)]
    assert [body.owner for body in changes] == ["u-1", None] and live.case.owner is None


async def test_a_case_that_does_not_run_is_given_to_nobody(engine: WorkflowEnvironment) -> None:
    starter = EngineStarter(engine.client, BusinessClock())
    assert not await starter.command("L-999999-1", given("d1", "u-1", ""))
