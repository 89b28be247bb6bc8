"""What people say to a running case is carried out once or refused without trace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from domain import commands as c, events as e
from domain.evidence import PolicyPin
from domain.ladder import Ladder
from domain.scenario import actor
from tests.builders import golden
from tests.builders.ladders import ladder, leasing, pin
from tests.workflows.rehearsal import PATIENCE, Rehearsal
from tests.workflows.scene import answer, at, kinds, money, note, refusal, scene
from workflows.case import CaseWorkflow
from workflows.ladders import LADDERS
from workflows.messages import CommandDone
from workflows.options import MOST_EVENTS

TURNS = (
    EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
)


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
    """Signals fill the history fast; none of them may be lost where one run ends and the next begins."""
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened() as handle:
        await rehearsal.quiet()
        done, first = await rehearsal.command(note(1)), (await handle.describe()).run_id
        sent = 0
        while (await handle.describe()).run_id == first:
            await asyncio.gather(*(handle.signal(CaseWorkflow.ledger_changed) for _ in range(100)))
            await rehearsal.quiet()
            sent += 100
            assert sent <= 2 * MOST_EVENTS, "the case never continued as new"
        await rehearsal.quiet()
        again, other = await rehearsal.command(note(1)), await rehearsal.command(note(2))
        live = await rehearsal.quiet()
    assert (again, other.seq) == (done, live.case.seq)
    assert kinds(rehearsal).count("note_added") == 2
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


def faulty(everywhere: bool) -> Callable[[PolicyPin, str], Ladder]:
    """A registry with a fault in it: the other policy cannot be read, by the validator of a command or only later."""

    def find(pinned: PolicyPin, settings: str) -> Ladder:
        if pinned.sha256 != leasing().sha256 and (everywhere or not workflow.unsafe.is_read_only()):
            raise AttributeError("zhang san has no attribute phone")
        return ladder("credit") if pinned.sha256 == ladder("credit").sha256 else leasing()

    return find


@pytest.mark.parametrize("everywhere", [True, False], ids=["judged", "carried_out"])
async def test_a_fault_of_our_own_refuses_one_command_and_the_case_lives_on(
    engine: WorkflowEnvironment, everywhere: bool, caplog: pytest.LogCaptureFixture
) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        LADDERS.serve(faulty(everywhere))
        before = (await rehearsal.to(at("2026-03-10T10:00"))).model_copy()
        body = c.MovePolicy(policy=pin(ladder("credit")), settings=leasing().settings_id, reason="sold")
        command = c.Command(id="move", actor=actor("risk_management"), body=body)
        with pytest.raises(ApplicationError) as caught:
            await rehearsal.command(command)
        assert caught.value.type == "impossible_command"
        assert "zhang" not in f"{caught.value.failure} {caplog.text}"
        live = await rehearsal.quiet()
        assert live.case == before
        done = await rehearsal.command(note(1))
        assert rehearsal.world.recorded[done.seq - 1].body == e.NoteAdded(text="note 1")
    assert "command move cannot be judged: AttributeError at " in caplog.text
