"""A migrated SQLite database with a small portfolio in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from activities.classification import classification_of
from activities.key_figures import KeyFigures
from activities.registry import Policies
from letters.glyphs import FontSet
from letters.render import Renderer
from store.session import Database
from tests.activities.reminded import Lender, database_in
from tests.activities.world import ROOT, World, fill_world
from tests.builders.figures import LAST
from tests.builders.measured import fill_book


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(FontSet.bundled())


@pytest.fixture(scope="session")
def policies() -> Policies:
    return Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, renderer: Renderer, policies: Policies) -> Path:
    """The file of a database that every test gets a copy of."""
    path = tmp_path_factory.mktemp("filled") / "arrears.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    fill_world(World(database, renderer, policies))
    database.close()
    return path


@pytest.fixture
def world(tmp_path: Path, filled: Path, renderer: Renderer, policies: Policies) -> Iterator[World]:
    shutil.copy(filled, tmp_path / "arrears.db")
    database = Database(f"sqlite:///{tmp_path / 'arrears.db'}")
    yield World(database, renderer, policies)
    database.close()


@pytest.fixture(scope="session")
def empty_lender(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A migrated database with its calendar; every test gets a copy."""
    folder = tmp_path_factory.mktemp("lender")
    lender = Lender(database_in(folder))
    lender.prepare()
    lender.database.close()
    return (folder / "lender.db").read_bytes()


@pytest.fixture
def lender(tmp_path: Path, empty_lender: bytes) -> Iterator[Lender]:
    (tmp_path / "lender.db").write_bytes(empty_lender)
    made = Lender(database_in(tmp_path))
    yield made
    made.database.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Five accounts whose key figures are known by hand."""
    found = Database(f"sqlite:///{tmp_path / 'arrears.db'}")
    found.migrate()
    with found.session() as session:
        fill_book(session)
    yield found
    found.close()


@pytest.fixture
def figures(policies: Policies) -> KeyFigures:
    """What reads them, with the classification of the last day."""
    pack = classification_of(ROOT / "policies" / "classification", "cn", LAST)
    return KeyFigures(policies, pack)
