"""The database of one installation: engine, one transaction per `session()`, and migration to the newest tables."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from domain.errors import Transient
from store.acts import WRITES, Act, Writes, follow, watch
from store.audit import enter

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
TURN = 5.0  # seconds a writer waits for the others of this process
MIGRATION_LOCK = 7_206_141  # any number that no other program of this database uses
AWAY = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY,
})  # fmt: skip


class Database:
    """SQLite (WAL) or PostgreSQL behind one URL. Thread-safe; make one per process and close it at the end.

    Failures of the database itself arrive as `domain.errors.Transient`; parameters never appear in errors.
    audit_key: seals the entries of the audit chain; without one they are only hashed.
    """

    def __init__(self, url: str, pool_size: int = 10, audit_key: bytes = b"") -> None:
        self.url = _driver(make_url(url))
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = _engine(self.url, pool_size)
        self._writing = sessionmaker(self.engine, expire_on_commit=False)
        readers = self.engine.execution_options(read_only=True, postgresql_readonly=True)
        self._reading = sessionmaker(readers, expire_on_commit=False)
        self._turn = Lock()
        self._audit_key = audit_key
        self._act: Act | None = None
        follow(self._writing)
        watch(self.engine)

    def acting(self, act: Act) -> Database:
        """The same database for one act of one person: what is written here is entered as theirs."""
        mine = copy.copy(self)
        mine._act = act
        return mine

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One writing transaction: entered in the audit chain and committed at the end, rolled back on any error."""
        with self._in_turn(), _translated(), self._writing() as session, session.begin():
            writes = session.info[WRITES] = Writes(self._act)
            try:
                yield session
                enter(session, writes, self._audit_key)
            finally:
                writes.open = False

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One transaction that only reads; on SQLite it waits for no writer."""
        with _translated(), self._reading.begin() as session:
            yield session

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """SQLite lets one write at a time and makes the others sleep and retry; in one process they queue instead."""
        if not self.is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=TURN):
            raise Transient("The database is busy: another transaction does not end.")
        try:
            yield
        finally:
            self._turn.release()

    def migrate(self) -> None:
        """Bring the tables to the newest version; safe when several processes start at once."""
        with _translated(), self.engine.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            command.upgrade(alembic_config(connection), "head")

    def ping(self) -> None:
        """Return if the database answers; raise Transient otherwise."""
        with self.reading() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        self.engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration without a file, bound to an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _driver(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _engine(url: URL, pool_size: int) -> Engine:
    shared = {"hide_parameters": True, "pool_size": pool_size, "max_overflow": 2 * pool_size}
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 3}, **shared)
    engine = create_engine(url, **shared)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail at once when another one wrote in between.
    only_reads = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolTimeout:
        raise Transient("The database is busy: no connection was free.") from None
    except DBAPIError as error:
        if _is_away(error):
            raise Transient("The database does not answer.") from error
        raise


def _is_away(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        return (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) in AWAY
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
