"""What commands that talk to a running arrears need: its settings, its database, its engine."""

from __future__ import annotations

import fcntl
import getpass
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from domain.base import local_date
from domain.clock import SystemClock
from domain.errors import Refused, Transient
from settings import Settings, business_clock, load_settings, variable
from store.acts import Act
from store.session import Database

if TYPE_CHECKING:
    from temporalio.client import Client

TIME_ZONE = "Asia/Shanghai"  # of the ledger; accounts may have their own
GROUPS = frozenset({"policy", "staff", "case", "complaint", "audit", "agency", "register"})  # commands of two words
START_IT = "Start it with `make up` or `make demo`."


def running_settings() -> Settings:
    """The settings of what runs here: of the demonstration, when that runs and nobody chose a mode."""
    settings = load_settings()
    if variable("mode") not in os.environ and not settings.database:
        demo = load_settings(mode="demo")
        if _is_held(demo.var_dir) and not _is_held(settings.var_dir):
            return demo
    return settings


def _is_held(folder: Path) -> bool:
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
        raise Refused("no_database", f"There is no database for `{settings.mode}` yet.", START_IT)
    database = Database(settings.database_url, audit_key=settings.audit_key())
    try:
        yield database.acting(act_at_terminal(settings))
    finally:
        database.close()


def act_at_terminal(settings: Settings) -> Act:
    """What is done at a terminal is entered in the audit log under the login of whoever sits there."""
    return Act(
        what=" ".join(("arrears", *_command(sys.argv[1:]))), subject="", clock=clock_of(settings),
        user=getpass.getuser(), role="administrator", authority="terminal",
    )  # fmt: skip


def _command(words: Sequence[str]) -> Sequence[str]:
    """The command among the words of the command line; what follows it may name people."""
    return words[: 2 if words and words[0] in GROUPS else 1]


def clock_of(settings: Settings) -> SystemClock:
    """The business clock of this installation."""
    return SystemClock(business_clock(settings))


def today_of(settings: Settings) -> date:
    """The business day of this installation."""
    return local_date(clock_of(settings).now(), TIME_ZONE)


async def engine(settings: Settings) -> Client:
    """A connection to the workflow engine. Raises Transient with what to do."""
    from workflows.engine import connect  # takes a second to import, and few commands need it

    try:
        return await connect(*settings.engine())
    except RuntimeError as error:
        raise Transient(f"No workflow engine answers at {settings.temporal_address}. {START_IT}") from error
