"""While the database is away, or the ledger moves under a dispatch: nothing is lost, nothing twice, nothing wrong."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from activities.messages import DispatchRequest
from domain import commands as c, events as e
from domain.case import RECENT_COMMANDS, Case
from domain.errors import Transient
from domain.scenario import actor
from tests.builders import golden
from tests.workflows.rehearsal import PATIENCE, Rehearsal
from tests.workflows.scene import answer, at, kinds, money, note, scene
from workflows.case import CaseWorkflow


async def test_money_that_arrives_during_a_dispatch_stops_the_letter(engine: WorkflowEnvironment) -> None:
    """L4.2b/c: the signed figures are no longer true, so they are signed anew."""
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened() as handle:
        await rehearsal.to(at("2026-03-10T10:00"))
        told: list[asyncio.Task[None]] = []

        def arrives(request: DispatchRequest) -> None:
            if not told:
                rehearsal.world.add(money(rehearsal, "100.00"))
                told.append(asyncio.ensure_future(handle.signal(CaseWorkflow.ledger_changed)))

        rehearsal.world.on_dispatch = arrives
        rehearsal.world.deliveries = ["stale"]
        await rehearsal.command(answer("demand_notice_signature", "signed", "head_of_asset_management"))
        await rehearsal.quiet()
        await asyncio.gather(*told)
        live = await rehearsal.quiet()
    notice = [event.body for event in rehearsal.world.recorded if getattr(event.body, "step", "") == "demand_notice"]
    assert notice == [e.StepCompleted(step="demand_notice", outcome="figures_moved")]
    assert live.case.step("demand_notice_signature").is_open
    assert rehearsal.world.dispatched == []


async def test_a_stale_dispatch_is_decided_again(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        await rehearsal.to(at("2026-03-10T10:00"))
        rehearsal.world.deliveries = ["stale", "stale"]
        await rehearsal.command(answer("demand_notice_signature", "signed", "head_of_asset_management"))
        await rehearsal.quiet()
    sent = [event.body.target for event in rehearsal.world.recorded if isinstance(event.body, e.MessageSent)]
    assert sent == ["lessee/letter", "lessee/email"]
    assert len(rehearsal.world.dispatched) == len(set(rehearsal.world.dispatched)) == 2


@pytest.mark.parametrize("status", ["unknown", "refused"])
async def test_a_delivery_that_went_wrong_becomes_a_task(engine: WorkflowEnvironment, status: str) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        await rehearsal.to(at("2026-03-10T10:00"))
        rehearsal.world.deliveries = ["unknown" if status == "unknown" else "refused"]
        await rehearsal.command(answer("demand_notice_signature", "signed", "head_of_asset_management"))
        live = await rehearsal.quiet()
        assert live.case.step("delivery_check").is_open
        await rehearsal.command(answer("delivery_check", "settled", "asset_manager"))
        live = await rehearsal.quiet()
    failed = [event.body for event in rehearsal.world.recorded if isinstance(event.body, e.DeliveryFailed)]
    assert [(body.target, body.status) for body in failed] == [("lessee/letter", status)]
    assert live.case.ended("delivery_check", "settled")
    assert [key.rpartition("/")[2] for key in rehearsal.world.dispatched] == ["letter", "email"]


async def test_commands_are_taken_while_the_database_is_away(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened() as handle:
        await rehearsal.quiet()
        before = rehearsal.world.attempts
        rehearsal.world.outages = 3
        given = [asyncio.create_task(rehearsal.command(note(number))) for number in range(5)]
        await _accepted(rehearsal, 5)
        assert not any(task.done() for task in given)  # nobody is told "done" before it is in the record
        assert "note_added" not in kinds(rehearsal)
        done = await asyncio.gather(*given)
        await rehearsal.quiet()
        assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
    notes = [event for event in rehearsal.world.recorded if isinstance(event.body, e.NoteAdded)]
    assert {event.command_id for event in notes} == {answer.command_id for answer in done}
    assert len(notes) == 5
    assert rehearsal.world.attempts >= before + 4


async def test_more_commands_than_a_case_remembers_are_taken_while_it_is_away(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    count = RECENT_COMMANDS + 10
    async with rehearsal.opened():
        await rehearsal.quiet()
        rehearsal.world.outages = 3
        done = await asyncio.gather(*(rehearsal.command(note(number)) for number in range(count)))
        await rehearsal.quiet()
    assert len({answer.seq for answer in done}) == count
    assert kinds(rehearsal).count("note_added") == count


async def _accepted(rehearsal: Rehearsal, count: int) -> Case:
    """Wait until the case has taken that many commands."""
    async with asyncio.timeout(PATIENCE):
        while len((live := await rehearsal.live()).case.commands) < count:
            await asyncio.sleep(0.01)
    return live.case


async def test_a_hold_placed_while_the_database_is_away_stops_the_letter(engine: WorkflowEnvironment) -> None:
    """What was decided before the wait for the record is decided again after it (L6.3)."""
    scenario = golden.scenario("vendor_objects_33_withdraws_40").model_copy(update={"commands": ()})
    rehearsal = Rehearsal(engine, scenario)
    objection = c.OpenStep(step="vendor_objection", evidence="D-1")
    async with rehearsal.opened():
        await rehearsal.to(at("2026-06-28T09:20"))
        await rehearsal.command(c.Command(id="objection", actor=actor("asset_manager"), body=objection))
        before = len((await rehearsal.quiet()).case.commands)
        rehearsal.world.outages = 3
        given = [asyncio.create_task(rehearsal.command(_release()))]
        await _accepted(rehearsal, before + 1)
        given.append(asyncio.create_task(rehearsal.command(_confirmation())))
        await _accepted(rehearsal, before + 2)
        await asyncio.gather(*given)
        live = await rehearsal.quiet()
    assert [hold.hold for hold in live.case.holds] == ["vendor_objection"]
    assert not any("/litigation_letter/" in key for key in rehearsal.world.dispatched)


def _release() -> c.Command:
    return answer("litigation_letter_release", "released", "legal_compliance")


def _confirmation() -> c.Command:
    return answer("vendor_objection", "confirmed", "head_of_asset_management")


async def test_a_divergence_stops_the_case_until_it_is_reconsidered(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened() as handle:
        recorded = (await rehearsal.quiet()).recorded
        rehearsal.world.diverged = True
        given = asyncio.create_task(rehearsal.command(note(1)))
        async with asyncio.timeout(PATIENCE):
            while not (live := await rehearsal.live()).diverged:
                await asyncio.sleep(0.01)
        assert (live.recorded, given.done()) == (recorded, False)
        assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
        rehearsal.world.diverged = False  # a person has mended the record
        await handle.signal(CaseWorkflow.reconsider)
        done = await given
        await rehearsal.quiet()
    assert rehearsal.world.recorded[done.seq - 1].command_id == "note/1"


async def test_a_gateway_away_over_night_needs_a_new_signature(engine: WorkflowEnvironment) -> None:
    """A letter carries its as-of date: signed at 20:30, the gateway back after closing, it is signed again next day."""
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        await rehearsal.to(at("2026-03-10T20:30"))

        def away(request: DispatchRequest) -> None:
            raise Transient("the gateway is away")

        rehearsal.world.on_dispatch = away
        given = rehearsal.command(answer("demand_notice_signature", "signed", "head_of_asset_management"))
        await asyncio.gather(given, engine.sleep(timedelta(minutes=90)))
        rehearsal.world.on_dispatch = lambda request: None
        await rehearsal.to(at("2026-03-11T09:00"))
        live = await rehearsal.quiet()
    assert rehearsal.world.dispatched == []
    postponed = [event.body for event in rehearsal.world.recorded if isinstance(event.body, e.StepPostponed)]
    assert [body.reason for body in postponed] == ["contact_hours"]
    assert live.case.step("demand_notice_signature").is_open
