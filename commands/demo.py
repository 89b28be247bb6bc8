"""`arrears demo`: the process tree with an example portfolio and one login per role."""

from __future__ import annotations

import asyncio

import typer

from api.auth import hash_password
from api.permissions import ADMINISTRATOR, AUDITOR
from commands.intake import POLICY, open_due, stage
from commands.output import complain, say
from commands.serve import run_stack, where_to_look
from commands.system import clock_of, policies_of
from domain.base import local_date
from settings import ROOT, Settings, load_settings
from store import cases, staff
from store.session import Database
from store.staff import StaffMember

PORTFOLIO = ROOT / "examples" / "leasing-portfolio.xlsx"
PASSWORD = "demo-2026"  # of every login of the demonstration, which listens on this machine only
OTHERS = {ADMINISTRATOR: "系统管理员", AUDITOR: "审计"}
TIME_ZONE = "Asia/Shanghai"
TURNS = 240
PAUSE = 0.5


def demo() -> None:
    """Everything in one process tree with 200 example accounts; Ctrl-C ends all, and the next demo goes on from there."""
    settings = load_settings(mode="demo")

    async def ready() -> None:
        await load(settings)
        where_to_look(settings)
        say(f"log in as any of: {', '.join(sorted(roles_of(settings)))}")
        say(f"password of each: {PASSWORD}")

    raise typer.Exit(run_stack(settings, ready))


async def load(settings: Settings) -> None:
    """Staff, example portfolio and its cases; what is there already is left alone."""
    database = Database(settings.database_url)
    try:
        say("demo: staff and example portfolio")
        await asyncio.to_thread(add_staff, settings, database)
        await asyncio.to_thread(import_example, settings, database)
        opened = await open_due(settings, database)
        say(f"demo: {opened} cases opened, {await _settled(settings, database, opened)} open")
    finally:
        database.close()


def roles_of(settings: Settings) -> dict[str, str]:
    """Every role of the policy and of the installation, with its Chinese name; the login is the role."""
    policy = policies_of(settings).current(POLICY).policy
    return {name: role.zh for name, role in policy.roles.items()} | OTHERS


def add_staff(settings: Settings, database: Database) -> int:
    """One login per role; returns how many are new."""
    with database.reading() as session:
        known = {member.login for member in staff.list_staff(session)}
    missing = {login: name for login, name in roles_of(settings).items() if login not in known}
    hashed = hash_password(PASSWORD) if missing else ""
    with database.session() as session:
        for login, name in missing.items():
            member = StaffMember(id=f"demo-{login}", login=login, name=name, password_hash=hashed, roles=(login,))
            staff.add(session, member)
    return len(missing)


def import_example(settings: Settings, database: Database) -> None:
    """The example portfolio, released at once; only into an empty ledger, for its days are relative to today."""
    staged = stage(database, settings, PORTFOLIO.name, PORTFOLIO.read_bytes(), f"demo-{ADMINISTRATOR}", hold=False)
    for problem in staged.problems:
        complain(f"demo: {problem}")
    say("demo: the portfolio was there already" if staged.repeated else f"demo: {staged.accounts} accounts taken in")


async def _settled(settings: Settings, database: Database, opened: int) -> int:
    """Wait until the new cases stand in the record; returns how many are open."""
    before = -1
    for _ in range(TURNS):
        found = await asyncio.to_thread(count_open, settings, database)
        if not opened or found == before:
            return found
        before = found
        say(f"demo: {found} cases recorded")
        await asyncio.sleep(PAUSE * 4)
    return before


def count_open(settings: Settings, database: Database) -> int:
    """How many cases are open in the record."""
    today = local_date(clock_of(settings).now(), TIME_ZONE)
    with database.reading() as session:
        return len(cases.list_cases(session, today, cases.CaseFilter(status="open"), limit=1000).rows)
