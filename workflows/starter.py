"""Starts case workflows and tells them that money moved, through the engine's client."""

from __future__ import annotations

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from domain.case import Case
from domain.clock import BusinessClock
from workflows import options
from workflows.case import CaseWorkflow
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
