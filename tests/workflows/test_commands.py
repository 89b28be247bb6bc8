"""What people say to a running case: once, refused without trace, and never lost while something is broken."""

from __future__ import annotations

import asyncio
from datetime import datetime
from decimal import Decimal

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.messages import DispatchRequest
from domain import commands as c, events as e
from domain.case import RECENT_COMMANDS, Case
from domain.ledger import Posting, PostingKind
from domain.scenario import Scenario, actor
from tests.builders import golden
from tests.workflows.rehearsal import PATIENCE, Rehearsal
from workflows.case import CaseWorkflow
from workflows.messages import CommandDone
from workflows.options import MOST_EVENTS

TURNS = (
    EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
)


def scene(**changes: object) -> Scenario:
    """A lease that is 1 day past due on 3 March 2026; nobody answers by himself."""
    found = golden.scenario("never_pays")
    return found.model_copy(update={"staff_answers": (), **changes})


def at(written: str) -> datetime:
    """A local instant of the scene."""
    return scene().local(datetime.fromisoformat(written))


def note(number: int | str) -> c.Command:
    """A command that is always allowed in an open case."""
    return c.Command(id=f"note/{number}", actor=actor("collector"), body=c.AddNote(text=f"note {number}"))


def answer(step: str, outcome: str, role: str) -> c.Command:
    """An answer to an ask."""
    return c.Command(id=f"{step}/{role}", actor=actor(role), body=c.AnswerStep(step=step, outcome=outcome))


def kinds(rehearsal: Rehearsal) -> list[str]:
    """The kinds of what is recorded."""
    return [event.body.kind for event in rehearsal.world.recorded]


async def refusal(rehearsal: Rehearsal, command: c.Command) -> str | None:
    """The code with which a command is refused."""
    with pytest.raises(ApplicationError) as caught:
        await rehearsal.command(command)
    return caught.value.type


def money(rehearsal: Rehearsal, amount: str) -> Posting:
    """A payment that becomes known now."""
    here = rehearsal.here
    return Posting(id="P", kind=PostingKind.PAYMENT, value_date=here.date(), at=here, amount=Decimal(amount))


# ── refused, repeated, too early, too late ──────────────────────────────────────────────────────────────────────────


async def test_a_refused_command_leaves_nothing(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened() as handle:
        await rehearsal.to(at("2026-03-10T10:00"))
        before, written = list(rehearsal.world.recorded), await _written(handle)
        assert await refusal(rehearsal, answer("demand_notice_signature", "signed", "collector")) == "not_entitled"
        assert await refusal(rehearsal, answer("demand_notice_signature", "maybe", "head_of_asset_management")) == (
            "outcome_not_allowed"
        )
        assert await refusal(rehearsal, answer("lawsuit", "filed", "legal_compliance")) == "not_open"
        live = await rehearsal.quiet()
        assert await _written(handle) == written
    assert (rehearsal.world.recorded, live.case.commands) == (before, ())


async def _written(handle: WorkflowHandle[CaseWorkflow, str]) -> list[int]:
    """The history but for the turns of the worker, which this server also writes for a refusal."""
    events = (await handle.fetch_history()).events
    return [event.event_type for event in events if event.event_type not in TURNS]


async def test_a_refusal_carries_its_remedy(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        await rehearsal.quiet()
        with pytest.raises(ApplicationError) as caught:
            await rehearsal.command(answer("lawsuit", "filed", "legal_compliance"))
    assert caught.value.details == ("Look at the open tasks of the case.",)
    assert caught.value.non_retryable


async def test_the_same_command_twice_is_one_event_and_one_answer(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        await rehearsal.to(at("2026-03-10T10:00"))
        command = answer("demand_notice_signature", "signed", "head_of_asset_management")
        done = [await rehearsal.command(command), await rehearsal.command(command)]
        done += await asyncio.gather(rehearsal.command(command), rehearsal.command(command))
        await rehearsal.quiet()
    assert len(set(done)) == 1
    assert rehearsal.world.recorded[done[0].seq - 1].command_id == command.id
    assert [event.command_id for event in rehearsal.world.recorded].count(command.id) == 1


async def test_it_is_in_the_record_when_it_is_answered(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        await rehearsal.quiet()
        done = await rehearsal.command(note(1))
        assert rehearsal.world.recorded[done.seq - 1].body == e.NoteAdded(text="note 1")


async def test_a_known_command_is_answered_after_the_case_continued_as_new(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened() as handle:
        await rehearsal.quiet()
        first, number = (await handle.describe()).run_id, 0
        while (await handle.describe()).run_id == first:
            last = [note(number + n) for n in range(10)]
            done = [await rehearsal.command(command) for command in last]
            number += len(last)
            assert number < MOST_EVENTS, "the case never continued as new"
        again = [await rehearsal.command(command) for command in last]
        live = await rehearsal.quiet()
    assert again == done
    assert kinds(rehearsal).count("note_added") == number
    assert [event.seq for event in rehearsal.world.recorded] == list(range(1, live.case.seq + 1))


async def test_before_the_opening_it_is_refused_or_taken_never_lost(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        try:
            await rehearsal.command(note("early"))
        except ApplicationError as early:
            assert early.type == "not_ready"
        await rehearsal.quiet()
        await rehearsal.command(note("early"))
    assert kinds(rehearsal).count("note_added") == 1
    assert kinds(rehearsal)[1] == "case_opened"


async def test_a_case_that_cannot_read_its_facts_yet_is_not_ready(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    rehearsal.world.facts_away = 2
    async with rehearsal.opened():
        assert await refusal(rehearsal, note("early")) == "not_ready"
        await rehearsal.quiet()
        await rehearsal.command(note("late"))
    assert kinds(rehearsal).count("note_added") == 1


async def test_a_closed_case_takes_no_command(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, golden.scenario("pays_rents_at_12"))
    async with rehearsal.opened() as handle:
        case = await rehearsal.to(at("2026-12-01T09:00"))
        assert case.status == "closed"
        with pytest.raises((RPCError, WorkflowUpdateFailedError)):
            await rehearsal.command(note("late"))
        assert await handle.result() == "cured"
    assert "note_added" not in kinds(rehearsal)


async def test_commands_given_just_as_the_case_closes(engine: WorkflowEnvironment) -> None:
    """Each is either in the record or refused, and no handler is cut off."""
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened() as handle:
        await rehearsal.to(at("2026-03-10T10:00"))
        rehearsal.world.record_takes = 0.05
        rehearsal.world.add(money(rehearsal, "10500.00"))
        signal = handle.signal(CaseWorkflow.ledger_changed)
        attempts = [rehearsal.command(note(number)) for number in range(12)]
        _, *answers = await asyncio.gather(signal, *attempts, return_exceptions=True)
        assert await handle.result() == "cured"
    taken = {answer.command_id for answer in answers if isinstance(answer, CommandDone)}
    refused = [answer for answer in answers if not isinstance(answer, CommandDone)]
    recorded = {event.command_id for event in rehearsal.world.recorded if event.command_id}
    assert taken == recorded
    assert all(isinstance(fault, ApplicationError | RPCError) for fault in refused), refused
    assert kinds(rehearsal)[-1] == "case_closed"


# ── dispatches ──────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── when the record is away ─────────────────────────────────────────────────────────────────────────────────────────


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


async def test_reconsider_reads_the_facts_again(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened() as handle:
        await rehearsal.quiet()
        before = kinds(rehearsal).count("facts_updated")
        await handle.signal(CaseWorkflow.reconsider)
        async with asyncio.timeout(PATIENCE):
            while kinds(rehearsal).count("facts_updated") == before:
                await asyncio.sleep(0.01)
        await rehearsal.quiet()
    assert kinds(rehearsal).count("facts_updated") == before + 1


async def test_the_state_is_searchable(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened() as handle:
        await rehearsal.to(at("2026-03-19T10:00"))
        found = (await handle.describe()).typed_search_attributes
    shown = {pair.key.name: pair.value for pair in found}
    assert shown == {
        "ArrearsPolicy": "leasing", "ArrearsBucket": "II", "ArrearsStage": "open", "ArrearsHeld": False,
    }  # fmt: skip
