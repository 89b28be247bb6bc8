"""For tests of the durable cases: an engine of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.workflows.server import fresh_engine


@pytest.fixture
async def engine(time_skipping_binary: str) -> AsyncIterator[WorkflowEnvironment]:
    """A time-skipping server for one test."""
    async with fresh_engine(time_skipping_binary) as env:
        yield env
