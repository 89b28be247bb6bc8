"""What a workflow's code orders when a stored history is replayed: commands, wake times and arguments, as text.

The engine's own replay only compares kinds of commands. A timer that got longer, another argument of an activity, a
different event in the record would pass it unnoticed; here each is a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner

from workflows.engine import WORKFLOWS, sandbox

LESSON = """
The code orders something else than it did when this case ran. Cases that are under way replay their history with the
new code, so every running case of this kind would fail or quietly go another way.
- Not intended? Then this is the bug.
- Intended? Ask `workflow.patched("name-of-the-change")` where the old and the new way part, hand the answer to the
  domain as a plain argument, and keep the old way until no case from before is open: docs/changing.md.
- Only when no case of the old kind can be running: `python -m tests.replay.store` writes both anew.
"""


class Listening(WorkflowRunner):
    """Runs workflows in the product's sandbox and keeps what they order."""

    def __init__(self) -> None:
        self._sandbox = sandbox()
        self.lines: list[str] = []

    def prepare_workflow(self, defn: Any) -> None:
        """As the sandbox does."""
        self._sandbox.prepare_workflow(defn)

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        """As the sandbox does."""
        self._sandbox.set_worker_level_failure_exception_types(types)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """An instance whose answers are kept."""
        return _Overheard(self._sandbox.create_instance(det), self.lines)


class _Overheard(WorkflowInstance):
    def __init__(self, inner: WorkflowInstance, lines: list[str]) -> None:
        self._inner = inner
        self._lines = lines

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        done = self._inner.activate(act)
        self._lines += [line for command in done.successful.commands for line in shown(command)]
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def get_serialization_context(self, command_info: Any) -> Any:
        return self._inner.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:
        return self._inner.get_external_store_context(command_info)

    def get_info(self) -> Any:
        return self._inner.get_info()


async def fingerprint(history: WorkflowHistory) -> list[str]:
    """One line per command that the present code orders. Raises what the replay raises when the kinds differ."""
    runner = Listening()
    replayer = Replayer(workflows=list(WORKFLOWS), workflow_runner=runner, data_converter=pydantic_data_converter)
    await replayer.replay_workflow(history)
    return runner.lines


def shown(command: WorkflowCommand) -> Iterator[str]:
    """Kind, what it is about, and a digest of everything in it."""
    kind = command.WhichOneof("variant")
    if kind is None or kind == "respond_to_query":
        return
    body = getattr(command, kind)
    said = MessageToDict(body, preserving_proto_field_name=True)
    for name in ("seq", "protocol_instance_id", "activity_id", "original_schedule_time"):
        said.pop(name, None)
    arguments = [_read(payload) for payload in getattr(body, "arguments", ())]
    about = said.get("start_to_fire_timeout") or " ".join([said.get("activity_type", ""), *_gist(arguments)]).strip()
    yield f"{kind} | {about or '-'} | {digest([said, arguments])}"


def _read(payload: Payload) -> Any:
    return json.loads(payload.data) if payload.data else None


def _gist(arguments: list[Any]) -> list[str]:
    """The words of a recording or a request that a reader looks for first."""
    found: list[str] = []
    for argument in arguments:
        if isinstance(argument, dict):
            found += [str(argument[name]) for name in ("step", "target", "today", "period") if argument.get(name)]
            found += [event["body"]["kind"] for event in argument.get("events", ())]
    return found


def digest(what: Any) -> str:
    """Twelve letters that change with any change of it."""
    return sha256(json.dumps(what, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]
