"""`arrears up` and `arrears demo`: everything on one machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
from datetime import date

from activities.moving import left_behind
from activities.registry import Policies
from api.temporal_cases import TemporalCases
from commands import demonstration
from commands.output import complain, say
from commands.processes import children
from commands.serving import OnDemand
from domain.base import local_date
from domain.clock import SystemClock
from imports.vocabulary import Vocabularies
from operate.single import AlreadyRunning, single_instance
from operate.stack import Stack
from settings import Settings, business_clock, load_settings
from store.cases import CaseFilter, list_cases
from store.session import Database
from worker import known_policies
from workflows.engine import connect

POLL = 0.5  # seconds between two looks at how many cases are open
STANDSTILL = 30  # looks after which no more are expected


def up() -> None:
    """Start engine, stand-ins, worker and API without data; ends with Ctrl-C."""
    raise SystemExit(asyncio.run(run(load_settings(mode="up"), example=False)))


def demo() -> None:
    """The same with the example portfolio and one login per role; a second start finds everything again."""
    raise SystemExit(asyncio.run(run(load_settings(mode="demo"), example=True)))


async def run(settings: Settings, example: bool) -> int:
    """Until Ctrl-C or until a process dies; the exit code."""
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    try:
        with single_instance(settings.var_dir):
            return await _supervise(settings, example)
    except AlreadyRunning as other:
        complain(str(other))
        return 1


async def _supervise(settings: Settings, example: bool) -> int:
    database = Database(settings.database_url, audit_key=settings.audit_key())
    clock = SystemClock(business_clock(settings))
    say("database: tables and calendar")
    demonstration.prepare(database, clock.now())
    policies = known_policies(settings, database)
    for line in left_behind(database, policies):
        say(line)
    settings.token_key()
    settings.gateway_key()
    settings.audit_key()  # all made here, once, for all processes
    if example:
        _take_in(database, policies, clock)

    async def ready() -> None:
        if not example:
            _tell_up(settings)
            return
        today = local_date(clock.now(), demonstration.TIME_ZONE)
        started = await intake_now(settings, database, today)
        say(f"cases: {await _opened(database, today, started)} open")
        demonstration.tell(places(settings), policies.roles)
        await demonstration.keep_postings(database, clock)

    return await Stack(children(settings), say, ready).run()


async def intake_now(settings: Settings, database: Database, today: date) -> int:
    """Open what is due without waiting for the hour of the daily intake; returns how many cases were started."""
    engine = TemporalCases(lambda: connect(*settings.engine()))
    policies = known_policies(settings, database)
    return await OnDemand(database, policies, engine, business_clock(settings), settings.task_queue).run(today)


def _take_in(database: Database, policies: Policies, clock: SystemClock) -> None:
    demonstration.add_logins(database, policies.roles)
    taken = demonstration.load_examples(database, Vocabularies(policies.ladder_of), clock.now())
    say(f"portfolio: {taken} accounts taken in" if taken else "portfolio: already there")


async def _opened(database: Database, today: date, started: int) -> int:
    """How many cases are open once all that were started are, or their number has long stood still."""
    now, still = 0, 0
    while still < STANDSTILL and (now < started or not still):
        before, now = now, await asyncio.to_thread(_count, database, today)
        still = still + 1 if now == before and now else 0
        await asyncio.sleep(POLL)
    return now


def _count(database: Database, today: date) -> int:
    with database.reading() as session:
        page = list_cases(session, today, CaseFilter(status="open"), limit=10_000)
    return len(page.rows)


def places(settings: Settings) -> list[tuple[str, str]]:
    """What can be opened in a browser."""
    return [
        ("open", f"{settings.api_url}/docs"),
        ("what was sent", settings.standin_url),
        ("the workflows", f"http://127.0.0.1:{settings.temporal_ui_port}"),
    ]


def _tell_up(settings: Settings) -> None:
    for what, where in places(settings):
        say(f"{what:28} {where}")
    say("add a login: .venv/bin/arrears staff add LOGIN --role administrator")
