"""Starts case workflows and tells them that money moved, through the engine's client."""

from __future__ import annotations

from contextlib import suppress

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.suit_verbs import SuitNotice
from domain.case import Case
from domain.clock import BusinessClock
from domain.commands import Command
from domain.complaint import Complaint
from domain.errors import Transient
from domain.litigation import Suit
from workflows import options
from workflows.case import CaseWorkflow
from workflows.complaint import ComplaintStart, ComplaintWorkflow
from workflows.litigation import LitigationWorkflow, SuitStart
from workflows.messages import CaseStart


class EngineStarter:
    """The real `CaseStarter`. Starting twice is once: the workflow id is the case."""

    def __init__(self, client: Client, clock: BusinessClock, task_queue: str = options.TASK_QUEUE) -> None:
        self._client = client
        self._clock = clock
        self._queue = task_queue

    async def start(self, case: Case, reopen: bool) -> None:
        """A new case, or a closed one that goes on from its snapshot; one that runs is left alone."""
        await self._client.start_workflow(
            CaseWorkflow.run,
            CaseStart(case=case, clock=self._clock, reopen=reopen),
            id=options.case_id(case.case_no),
            task_queue=self._queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    async def command(self, case_no: str, command: Command) -> bool:
        """Carry out a command once per id; False when the case refuses it, runs no more, or takes its time."""
        try:
            return await self.answer(case_no, command)
        except Transient:
            return False

    async def answer(self, case_no: str, command: Command) -> bool:
        """The same, of what must not be lost. Raises Transient when the case takes its time: to be asked again."""
        handle = self._client.get_workflow_handle_for(CaseWorkflow.run, options.case_id(case_no))
        try:
            carry_out = handle.execute_update  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # half typed
            await carry_out(CaseWorkflow.command, command, id=command.id)
        except WorkflowUpdateFailedError:
            return False
        except WorkflowUpdateRPCTimeoutOrCancelledError as late:
            raise Transient(f"case {case_no} takes its time") from late
        except RPCError as failure:
            if failure.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    async def ledger_changed(self, case_no: str) -> bool:
        """Signal the case; False when it runs no more."""
        handle = self._client.get_workflow_handle_for(CaseWorkflow.run, options.case_id(case_no))
        try:
            await handle.signal(CaseWorkflow.ledger_changed)
        except RPCError as failure:
            if failure.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    async def start_complaint(self, complaint: Complaint) -> None:
        """The workflow of a complaint; one that runs, or ran to its end, is left alone."""
        with suppress(WorkflowAlreadyStartedError):
            await self._client.start_workflow(
                ComplaintWorkflow.run,
                ComplaintStart(complaint=complaint, clock=self._clock),
                id=options.complaint_id(complaint.number),
                task_queue=self._queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )

    async def start_suit(self, suit: Suit) -> None:
        """The workflow of a lawsuit; one that runs, or ran to its end, is left alone."""
        with suppress(WorkflowAlreadyStartedError):
            await self._client.start_workflow(
                LitigationWorkflow.run,
                SuitStart(suit=suit, clock=self._clock),
                id=options.suit_id(suit.number),
                task_queue=self._queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )

    async def tell_suit(self, number: str, notice: SuitNotice) -> bool:
        """A word of the case; False when the suit runs no more."""
        handle = self._client.get_workflow_handle_for(LitigationWorkflow.run, options.suit_id(number))
        try:
            await handle.signal(LitigationWorkflow.case_says, notice)
        except RPCError as failure:
            if failure.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True
