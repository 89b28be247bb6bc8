"""A migrated SQLite database with a small portfolio in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from letters.glyphs import FontSet
from letters.render import Renderer
from store.session import Database
from tests.activities.world import World, fill_world


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(FontSet.bundled())


@pytest.fixture
def world(tmp_path: Path, renderer: Renderer) -> Iterator[World]:
    database = Database(f"sqlite:///{tmp_path / 'arrears.db'}")
    database.migrate()
    found = World(database, renderer)
    fill_world(found)
    yield found
    database.close()
