"""A fresh time-skipping server per test: shared, one test's jump in time would be the other's outage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from workflows.options import BUCKET, HELD, POLICY, SEARCH_ATTRIBUTES, STAGE

KINDS = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "Bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
}


@asynccontextmanager
async def fresh_engine(binary: str) -> AsyncIterator[WorkflowEnvironment]:
    """A server of its own, with our search attributes, ended afterwards."""
    env = await WorkflowEnvironment.start_time_skipping(
        data_converter=pydantic_data_converter, test_server_existing_path=binary
    )
    async with env:
        wanted = {name: KINDS[kind] for name, kind in SEARCH_ATTRIBUTES.items()}
        request = AddSearchAttributesRequest(namespace=env.client.namespace, search_attributes=wanted)
        await env.client.operator_service.add_search_attributes(request)
        yield env


@asynccontextmanager
async def real_engine(binary: str) -> AsyncIterator[WorkflowEnvironment]:
    """The dev server, in real time: for what the time-skipping one cannot do, such as hours without a worker."""
    async with await WorkflowEnvironment.start_local(
        data_converter=pydantic_data_converter,
        dev_server_existing_path=binary,
        search_attributes=[POLICY, BUCKET, STAGE, HELD],
    ) as env:
        yield env
