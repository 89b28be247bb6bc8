"""The running lawsuits as the API needs them, and as Temporal workflows: commands are updates."""

from __future__ import annotations

import asyncio
from typing import Protocol

from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from api.cases import NotRunning, StillRunning
from api.problems import EngineUnavailable
from api.temporal_cases import TemporalCases, refusal_of
from domain.litigation import SuitCommand
from workflows.litigation import LitigationWorkflow
from workflows.options import suit_id


class Suits(Protocol):
    """The running lawsuits."""

    async def act(self, number: str, command: SuitCommand, seconds: float) -> int:
        """Carry a command out once per id; its event. Raises Refused, StillRunning, NotRunning, EngineUnavailable."""
        ...


class TemporalSuits:
    """Shares the connection of the cases."""

    def __init__(self, cases: TemporalCases) -> None:
        self._cases = cases

    async def act(self, number: str, command: SuitCommand, seconds: float) -> int:
        """One update; the same id again gives the first answer."""
        client = await self._cases.client()
        handle = client.get_workflow_handle_for(LitigationWorkflow.run, suit_id(number))
        try:
            asked = handle.execute_update(LitigationWorkflow.command, command, id=command.id)
            return (await asyncio.wait_for(asked, seconds)).seq
        except WorkflowUpdateFailedError as failure:
            raise refusal_of(failure) from failure
        except (WorkflowUpdateRPCTimeoutOrCancelledError, TimeoutError):
            raise StillRunning from None
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NotRunning(number) from None
            raise EngineUnavailable(error.status.name) from error
