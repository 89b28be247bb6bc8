"""The connection to the engine, the same for worker, API, CLI and tests: converter and worker options in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.case import CaseWorkflow
from workflows.codec import Codec
from workflows.complaint import ComplaintWorkflow
from workflows.litigation import LitigationWorkflow

WORKFLOWS = (CaseWorkflow, ComplaintWorkflow, LitigationWorkflow)
MOST_ACTIVITIES = 20
PASSED_THROUGH = (
    "activities", "domain", "gateways", "letters", "store", "workflows", "pydantic", "pydantic_core", "annotated_types",
    "yaml", "structlog", "sqlalchemy", "sqlmodel", "httpx", "typst",
)  # fmt: skip


async def connect(address: str, namespace: str, keys: Sequence[bytes]) -> Client:
    """A client with the data converter that all parts share; keys: of the codec, the present one first.

    Raises RuntimeError when the engine is away.
    """
    sealing = replace(pydantic_data_converter, payload_codec=Codec(keys))
    return await Client.connect(address, namespace=namespace, data_converter=sealing)


def worker_of(
    client: Client, task_queue: str, activities: Sequence[Callable[..., Any]], executor: ThreadPoolExecutor, cached: int
) -> Worker:
    """A worker for cases and their activities; `cached` should exceed the number of live cases."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=list(WORKFLOWS),
        activities=list(activities),
        activity_executor=executor,
        workflow_runner=sandbox(),
        max_cached_workflows=cached,
        max_concurrent_activities=MOST_ACTIVITIES,
        max_concurrent_local_activities=MOST_ACTIVITIES,  # more would time out while they wait for a thread
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


def sandbox() -> SandboxedWorkflowRunner:
    """The workflow sandbox with our pure modules passed through, so that parsed policies are shared."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)
