"""The running cases as Temporal workflows: commands are updates, the live state is a query."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Literal

from temporalio.client import (
    Client,
    RPCError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCStatusCode

from api.cases import Done, Live, NotRunning, StillRunning
from api.codes import CODES
from api.problems import EngineUnavailable
from domain.commands import Command
from domain.errors import Refused
from workflows.case import CaseWorkflow
from workflows.messages import CommandDone
from workflows.options import case_id

AGAIN = frozenset({RPCStatusCode.ABORTED, RPCStatusCode.UNAVAILABLE, RPCStatusCode.RESOURCE_EXHAUSTED})
TIMES_UP = frozenset({RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED})
PAUSE = 0.1  # seconds before the first repetition; doubles
CONNECT_SECONDS = 2
QUERY_SECONDS = 3
ALIVE_SECONDS = 0.5
CUT_OFF = "AcceptedUpdateCompletedWorkflow"  # the workflow ended before it answered the update

Connect = Callable[[], Awaitable[Client]]
Handle = WorkflowHandle[CaseWorkflow, str]


class TemporalCases:
    """Connects on first use and again after a failure, so that the API starts and stays up without the engine."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._client: Client | None = None
        self._connecting = asyncio.Lock()

    async def client(self) -> Client:
        """The connection. Raises EngineUnavailable."""
        async with self._connecting:
            if self._client is None:
                try:
                    self._client = await asyncio.wait_for(self._connect(), CONNECT_SECONDS)
                except (RuntimeError, RPCError, OSError) as error:  # an engine that hangs: TimeoutError is an OSError
                    raise EngineUnavailable("no connection") from error
            return self._client

    async def send(self, case_no: str, command: Command, seconds: float) -> Done:
        """Carry out a command once per id; repeated with the same id while the engine refuses to take it."""
        failed: list[RPCError] = []
        asked = asyncio.ensure_future(self._insist(case_no, command, failed))
        try:
            # not wait_for: the client's library turns a cancellation into an error of its own and may take its time
            await asyncio.wait({asked}, timeout=seconds)
            if asked.done():
                return asked.result()
        finally:
            _let_go(asked)
        if failed or not await self._alive():
            raise EngineUnavailable(f"{case_no}: not taken")
        raise StillRunning

    async def _insist(self, case_no: str, command: Command, failed: list[RPCError]) -> Done:
        pause = PAUSE
        handle = await self._handle(case_no)
        while True:
            try:
                return _done(await handle.execute_update(CaseWorkflow.command, command, id=command.id))
            except WorkflowUpdateFailedError as failure:
                raise refusal_of(failure) from failure
            except WorkflowUpdateRPCTimeoutOrCancelledError:
                raise StillRunning from None
            except RPCError as error:
                _judge(error)
                failed.append(error)
            await asyncio.sleep(pause)
            pause *= 2

    async def outcome(self, case_no: str, command_id: str) -> Done | Literal["running", "unknown"]:
        """What became of an update, by its id."""
        handle = await self._handle(case_no)
        update = handle.get_update_handle(command_id, result_type=CommandDone)
        try:
            return _done(await update.result(rpc_timeout=timedelta(seconds=ALIVE_SECONDS)))
        except WorkflowUpdateFailedError as failure:
            raise refusal_of(failure) from failure
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            return "running"
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return "unknown"
            _judge(error)
            raise EngineUnavailable(f"{case_no}: no answer") from error

    async def live(self, case_no: str) -> Live:
        """The state of a case by its query."""
        handle = await self._handle(case_no)
        try:
            found = await handle.query(CaseWorkflow.live, rpc_timeout=timedelta(seconds=QUERY_SECONDS))
        except WorkflowQueryFailedError as error:
            raise EngineUnavailable(f"{case_no}: query failed") from error
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NotRunning(case_no) from None
            raise EngineUnavailable(f"{case_no}: no answer") from error
        return Live(
            case=found.case,
            next_at=found.next_at,
            why=found.why,
            recorded_seq=found.recorded,
            now=found.now,
            diverged=found.diverged,
        )

    async def ping(self) -> None:
        """Returns when the server says it serves."""
        client = await self.client()
        try:
            serving = await client.service_client.check_health(timeout=timedelta(seconds=ALIVE_SECONDS))
        except RPCError as error:
            raise EngineUnavailable("no answer") from error
        if not serving:
            raise EngineUnavailable("not serving")

    @contextmanager
    def translated(self) -> Iterator[None]:
        """What is done with the client elsewhere fails with EngineUnavailable too."""
        try:
            yield
        except RPCError as error:
            raise EngineUnavailable(error.status.name) from error

    async def _alive(self) -> bool:
        try:
            await asyncio.wait_for(self.ping(), 2 * ALIVE_SECONDS)
        except (EngineUnavailable, TimeoutError):
            return False
        return True

    async def _handle(self, case_no: str) -> Handle:
        return (await self.client()).get_workflow_handle_for(CaseWorkflow.run, case_id(case_no))


def _let_go(asked: asyncio.Future[Done]) -> None:
    """Stop waiting; what the request still comes to is nobody's concern, for the id finds it again."""
    if not asked.done():
        asked.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        asked.cancel()


def _done(found: CommandDone) -> Done:
    return Done(case_no=found.case_no, command_id=found.command_id, first_seq=found.seq)


def _judge(error: RPCError) -> None:
    """Raise unless the same request may be sent again."""
    if error.status is RPCStatusCode.NOT_FOUND:
        raise NotRunning(str(error.status)) from None
    if error.status not in AGAIN | TIMES_UP:
        raise EngineUnavailable(error.status.name) from error


def refusal_of(failure: WorkflowUpdateFailedError) -> Exception:
    """The refusal a case answered with, or the news that it ended first."""
    cause = failure.cause
    if not isinstance(cause, ApplicationError):
        return EngineUnavailable("the update failed")
    if cause.type == CUT_OFF:
        return Refused("case_closed", "The case is closed.", "Nothing can be decided in it any more.")
    if cause.type not in CODES:
        return EngineUnavailable(f"the update failed: {cause.type}")
    return Refused(cause.type, cause.message, str(cause.details[0]) if cause.details else "")
