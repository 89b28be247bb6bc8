"""What commands that talk to a running arrears need: its settings, its database, its engine."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import make_url
from temporalio.client import Client

from activities.registry import Policies
from api.serve import business_clock
from domain.clock import SystemClock
from domain.errors import Refused, Transient
from settings import Settings, load_settings, variable
from store.calendar import fill
from store.session import Database
from workflows.engine import connect

T = TypeVar("T")
CALENDAR_YEARS = (-1, 3)  # from last year to the year after next
NOT_THERE = "Start it with `make up` or `make demo`."


def running_settings() -> Settings:
    """The settings of what runs here: of the demonstration, when that runs and nobody chose a mode."""
    settings = load_settings()
    if variable("mode") not in os.environ and not settings.database:
        demo = load_settings(mode="demo")
        if _is_locked(demo.var_dir) and not _is_locked(settings.var_dir):
            return demo
    return settings


def _is_locked(folder: Path) -> bool:
    """Whether an instance runs in that folder (operate/single.py)."""
    file = folder / "instance.lock"
    if not file.exists():
        return False
    with file.open("r", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database of the settings; Refused "no_database" when nothing was ever started here."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise Refused("no_database", f"There is no database in {settings.var_dir.name}.", NOT_THERE)
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        database.close()


def prepare(settings: Settings) -> None:
    """Bring the database to the newest tables, with a calendar of the years that matter now."""
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        database.migrate()
        now = clock_of(settings).now()
        years = range(now.year + CALENDAR_YEARS[0], now.year + CALENDAR_YEARS[1])
        with database.session() as session:
            for country in sorted(_calendars(settings)):
                fill(session, years, now, country)
    finally:
        database.close()


def _calendars(settings: Settings) -> set[str]:
    policies = policies_of(settings)
    return {policies.current(name).policy.calendar for name in policies.ids}


def policies_of(settings: Settings) -> Policies:
    """The policies with the company settings. Raises Invalid."""
    return Policies.from_files(settings.policies_path, settings.company_path)


def clock_of(settings: Settings) -> SystemClock:
    """The business clock of this installation."""
    return SystemClock(business_clock(settings))


def real_now() -> datetime:
    """Real time, for the eyes of a person."""
    return datetime.now(UTC)


async def engine(settings: Settings) -> Client:
    """A connection to the workflow engine. Raises Transient with what to do."""
    try:
        return await connect(settings.temporal_address, settings.temporal_namespace)
    except RuntimeError as error:
        raise Transient(f"No workflow engine answers at {settings.temporal_address}. {NOT_THERE}") from error


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run what talks to the engine."""
    return asyncio.run(work)
