"""One application per test, on a database file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A company on 10 March 2026, 10:00, with nobody and nothing in it yet."""
    made = World(tmp_path)
    yield made
    made.database.close()
