"""An empty database with all tables, for imports that are stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.session import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{tmp_path / 'imports.db'}")
    found.migrate()
    yield found
    found.close()
