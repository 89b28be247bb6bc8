"""The real gateway against the real dev server, with a case that answers as it is told."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from temporalio import workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from api.cases import NotRunning, StillRunning
from api.problems import EngineUnavailable
from api.temporal_cases import TemporalCases
from domain.case import Case
from domain.commands import AddNote, Command
from domain.errors import Refused
from domain.events import Actor
from workflows.messages import CommandDone, LiveState
from workflows.options import case_id

ACTOR = Actor(user="u-1", role="finance", authority="test")


@workflow.defn(name="CaseWorkflow")
class ToldCase:
    """Answers notes: "slow" after a while, "no" never, "end" by ending; anything else at once."""

    @workflow.init
    def __init__(self, case_no: str) -> None:
        self.case_no = case_no
        self.seq = 0
        self.ended = False
        self.freed = False

    @workflow.run
    async def run(self, case_no: str) -> str:
        await workflow.wait_condition(lambda: self.ended)
        return "ended"

    @workflow.signal
    def free(self) -> None:
        self.freed = True

    @workflow.update(unfinished_policy=workflow.HandlerUnfinishedPolicy.ABANDON)
    async def command(self, command: Command) -> CommandDone:
        text = command.body.text if isinstance(command.body, AddNote) else ""
        if text == "end":
            self.ended = True
            await workflow.wait_condition(lambda: False)
        if text == "slow":
            await workflow.wait_condition(lambda: self.freed)
        self.seq += 1
        return CommandDone(case_no=self.case_no, command_id=command.id, seq=self.seq)

    @command.validator
    def check_command(self, command: Command) -> None:
        if isinstance(command.body, AddNote) and command.body.text == "no":
            raise ApplicationError("No.", "Ask nicely.", type="held", non_retryable=True)

    @workflow.query
    def live(self) -> LiveState:
        now = datetime(2026, 3, 10, tzinfo=UTC)
        case = Case(case_no=self.case_no, account_no="L-1", seq=self.seq)
        return LiveState(case=case, now=now, next_at=now, why="told", recorded=self.seq, diverged=False, resting=True)


def note(text: str, command_id: str = "c-1") -> Command:
    return Command(id=command_id, actor=ACTOR, body=AddNote(text=text))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(temporal_binary: str) -> AsyncIterator[Client]:
    """A dev server with a worker for told cases."""
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal_binary, data_converter=pydantic_data_converter
    )
    worker = Worker(
        environment.client, task_queue="told", workflows=[ToldCase], workflow_runner=UnsandboxedWorkflowRunner()
    )
    async with environment, worker:
        yield environment.client


async def started(client: Client) -> tuple[TemporalCases, str]:
    async def connected() -> Client:
        return client

    case_no = f"L-{uuid.uuid4().hex[:8]}-1"
    await client.start_workflow(ToldCase.run, case_no, id=case_id(case_no), task_queue="told")
    return TemporalCases(connected), case_no


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_command_is_carried_out_once_per_id(client: Client) -> None:
    cases, case_no = await started(client)
    first = await cases.send(case_no, note("x"), 3)
    again = await cases.send(case_no, note("x"), 3)
    other = await cases.send(case_no, note("x", "c-2"), 3)
    assert (first.first_seq, again.first_seq, other.first_seq) == (1, 1, 2)


async def test_a_refusal_keeps_code_message_and_remedy(client: Client) -> None:
    cases, case_no = await started(client)
    with pytest.raises(Refused) as refused:
        await cases.send(case_no, note("no"), 3)
    assert (refused.value.code, refused.value.message, refused.value.remedy) == ("held", "No.", "Ask nicely.")


async def test_a_slow_command_is_still_running_and_found_by_its_id(client: Client) -> None:
    cases, case_no = await started(client)
    with pytest.raises(StillRunning):
        await cases.send(case_no, note("slow"), 0.5)
    assert await cases.outcome(case_no, "c-1") == "running"
    assert await cases.outcome(case_no, "c-never") == "unknown"
    await client.get_workflow_handle(case_id(case_no)).signal(ToldCase.free)
    found = await cases.outcome(case_no, "c-1")
    assert found not in ("running", "unknown") and found.first_seq == 1


async def test_a_command_cut_off_by_the_end_says_the_case_is_closed(client: Client) -> None:
    cases, case_no = await started(client)
    with pytest.raises(Refused) as refused:
        await cases.send(case_no, note("end"), 3)
    assert refused.value.code == "case_closed"
    with pytest.raises(NotRunning):
        await cases.send(case_no, note("x", "c-2"), 3)


async def test_the_live_state_and_unknown_cases(client: Client) -> None:
    cases, case_no = await started(client)
    live = await cases.live(case_no)
    assert (live.case.case_no, live.why) == (case_no, "told")
    for asked in (cases.live("L-0-1"), cases.send("L-0-1", note("x"), 3)):
        with pytest.raises(NotRunning):
            await asked


async def test_without_a_server_everything_is_unavailable_in_time() -> None:
    async def nowhere() -> Client:
        return await Client.connect("127.0.0.1:1")

    cases = TemporalCases(nowhere)
    for asked in (cases.send("L-0-1", note("x"), 1), cases.live("L-0-1"), cases.ping()):
        with pytest.raises(EngineUnavailable):
            await asyncio.wait_for(asked, 20)


async def test_a_server_that_goes_away_is_unavailable_not_slow(temporal_binary: str) -> None:
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal_binary, data_converter=pydantic_data_converter
    )
    cases, case_no = await started(environment.client)
    await cases.ping()
    with pytest.raises(StillRunning):  # nobody works on the queue of told cases here
        await cases.send(case_no, note("x"), 1)
    await environment.shutdown()
    with pytest.raises(EngineUnavailable):
        await cases.send(case_no, note("x"), 1)


async def test_an_engine_that_takes_the_connection_and_says_nothing_is_given_up_soon() -> None:
    async def hangs() -> Client:
        await asyncio.sleep(60)
        raise AssertionError("nobody waits so long")

    began = asyncio.get_running_loop().time()
    with pytest.raises(EngineUnavailable):
        await TemporalCases(hangs).live("L-1-1")
    assert asyncio.get_running_loop().time() - began < 10
