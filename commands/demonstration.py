"""What a demonstration has beside the processes: logins, an example portfolio, postings that are complete."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from api.auth import hash_password
from commands.output import say
from commands.staff import take_in
from domain.base import local_date
from domain.clock import Clock
from domain.errors import Refused
from domain.policy import Role
from domain.staff_file import load_staff
from imports.batch import check, stage
from imports.portfolio import Loading
from imports.vocabulary import Words
from settings import ROOT
from store import staff
from store.batches import find_batch
from store.calendar import calendar, fill
from store.ledger import set_posted_through
from store.session import Database

STAFF = ROOT / "company" / "demo-staff.yaml"
EXAMPLES = tuple(ROOT / "examples" / name for name in ("leasing-portfolio.xlsx", "loans-portfolio.xlsx"))
PASSWORD = "arrears-demo"
POSTINGS_EVERY = 600  # seconds
TIME_ZONE = "Asia/Shanghai"


def prepare(database: Database, now: datetime) -> None:
    """Tables and calendar; safe to repeat."""
    database.migrate()
    with database.session() as session:
        try:
            known = calendar(session, "CN").official_through
        except Refused:
            known = None
        if known is None or known.year < now.year:
            fill(session, range(now.year - 1, now.year + 2), now)


def add_logins(database: Database, known: Mapping[str, Role]) -> None:
    """One login per role, and people who own cases, all with the documented password; safe to repeat.

    A login that stands for a role owns nothing: whoever shows the product is not the colleague of those people.
    """
    roles = (*known, "administrator", "auditor")
    people = load_staff(STAFF.read_text(encoding="utf-8"), STAFF.name, roles)
    with database.session() as session:
        missing = [role for role in roles if staff.find(session, role) is None]
        strangers = [one.id for one in people.staff if staff.find(session, one.id) is None]
    if strangers:
        take_in(database, people, PASSWORD)
    if not missing:
        return
    with database.session() as session:
        hashed = hash_password(PASSWORD)
        for role in missing:
            name = known[role].zh if role in known else role
            found = staff.StaffMember(id=role, login=role, name=name, password_hash=hashed, roles=(role,), capacity=0)
            staff.add(session, found)


def load_examples(database: Database, words: Words, now: datetime) -> int:
    """The example portfolios, each once; returns how many accounts were taken in now."""
    return sum(_load(database, example, words, now) for example in EXAMPLES)


def _load(database: Database, example: Path, words: Words, now: datetime) -> int:
    checked = check(example.read_bytes(), example.name, Loading(now, words))
    with database.session() as session:
        if find_batch(session, checked.portfolio.sha256, "accounts") is not None:
            return 0
        return stage(session, checked, "demo", now, hold=False).accounts


async def keep_postings(database: Database, clock: Clock) -> None:
    """The demonstration's core system: yesterday's postings are always complete (S9)."""
    while True:
        await asyncio.to_thread(_declare, database, clock.now())
        await asyncio.sleep(POSTINGS_EVERY)


def _declare(database: Database, now: datetime) -> None:
    with database.session() as session:
        set_posted_through(session, local_date(now, TIME_ZONE) - timedelta(days=1))


def tell(lines: list[tuple[str, str]], known: Mapping[str, Role]) -> None:
    """What to open and who to log in as."""
    say("")
    for what, where in lines:
        say(f"{what:28} {where}")
    say(f"log in as (password {PASSWORD}):")
    for name, role in known.items():
        say(f"  {name:28} {role.zh}")
    say("  administrator, auditor")
    say(f"or as one of the people of {STAFF.relative_to(ROOT)}, who own the cases, such as zhou.min")
    say("Ctrl-C ends everything; the next `make demo` goes on where this one stopped.")
