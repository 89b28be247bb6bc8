"""One rehearsal: load the book, let days pass, let money and people come, then compare."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from activities.registry import Policies
from domain import commands as c, events as e
from domain.base import at_local
from domain.case import Case
from domain.clock import SystemClock
from domain.cycles import next_cycle
from domain.step_rule import Every
from settings import Settings, business_clock
from store.account_facts import account_facts
from store.accounts import add_accounts
from store.calendar import calendar, fill
from store.cases import open_case_of, timeline
from store.ledger import post, set_posted_through
from store.session import Database
from tests.soak.book import Act, Lease, book
from tests.soak.compare import differences, gapless, lateness, replayed, shown, too_late
from tests.soak.staff import Staff, habits, person
from workflows.engine import connect
from workflows.options import portfolio_no

TZ = "Asia/Shanghai"
FIRST_DAY = date(2026, 6, 1)
EPOCH = at_local(FIRST_DAY, time(8), TZ)
SPEED = 8640.0  # a day in ten seconds
LOOK = 0.25  # seconds between two looks at the work list
MOST_LATE = 2  # business days


@dataclass
class Rehearsal:
    """What the rehearsal has in hand."""

    settings: Settings
    database: Database
    policies: Policies
    clock: SystemClock
    staff: Staff
    leases: list[Lease]
    done: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])

    async def acts(self) -> None:
        """Whatever the scripts of the leases say has come due."""
        now = self.clock.now()
        for lease in self.leases:
            for number, act in enumerate(lease.acts):
                at = at_local(lease.first_due + timedelta(days=act.dpd), time(11), TZ)
                if now >= at and (lease.account.account_no, number) not in self.done:
                    self.done.add((lease.account.account_no, number))
                    await self._act(lease, act, number, now)

    async def _act(self, lease: Lease, act: Act, number: int, now: datetime) -> None:
        posting = lease.posting(act, number, now)
        if posting is not None:
            with self.database.session() as session:
                post(session, posting, lease.account.account_no, "soak")
            return
        with self.database.reading() as session:
            case_no = open_case_of(session, lease.account.account_no)
        if case_no is not None:
            command = c.Command(
                id=f"{case_no}/{act.kind}/{number}", actor=person(WHO[act.kind]), body=self._body(act, now)
            )
            await self.staff.give(case_no, command)

    def _body(self, act: Act, now: datetime) -> c.CommandBody:
        match act.kind:
            case "vendor_objection":
                return c.OpenStep(step="vendor_objection", evidence="notice")
            case "vendor_withdrawal":
                return c.EndHold(hold="vendor_objection", evidence="notice")
            case "suspension":
                end = now.date() + timedelta(days=6)
                return c.OpenStep(step="suspension_application", evidence="application", end_date=end)
            case _:
                return c.OpenStep(step="early_demand")


WHO = {
    "vendor_objection": "asset_manager",
    "vendor_withdrawal": "asset_manager",
    "suspension": "business",
    "early_demand": "head_of_business",
}


async def play(settings: Settings, days: int, staff_file: Path) -> int:
    """Let `days` business-clock days pass; 0 when nothing differs."""
    database = Database(settings.database_url)
    leases = book(FIRST_DAY - timedelta(days=1))
    policies = Policies.from_files(settings.policies_path, settings.company_path, always_open=True)
    clock = SystemClock(business_clock(settings))
    client = await connect(*settings.engine())
    staff = Staff(database, client, clock, policies.current("leasing"), habits(staff_file))
    rehearsal = Rehearsal(settings, database, policies, clock, staff, leases)
    end = at_local(FIRST_DAY + timedelta(days=days), time(4), TZ)
    day = None
    while clock.now() < end:
        if clock.now().date() != day:
            day = clock.now().date()
            say(f"{day}: {len(staff.given)} commands given, {len(staff.refused)} refused")
        await rehearsal.acts()
        await staff.work()
        await asyncio.sleep(LOOK)
    return report(rehearsal, end)


def load(database: Database, days: int) -> None:
    """The tables, the calendar and the leases, before anything runs."""
    leases = book(FIRST_DAY - timedelta(days=1))
    database.migrate()
    with database.session() as session:
        fill(session, range(2025, 2028), EPOCH)
        add_accounts(session, [lease.account for lease in leases])
        set_posted_through(session, FIRST_DAY + timedelta(days=days + 5))


def report(rehearsal: Rehearsal, end: datetime) -> int:
    """Compare every case with the simulator and print what was seen."""
    ladder = rehearsal.policies.current("leasing")
    bad = 0
    late: list[timedelta] = []
    closed: Counter[str] = Counter()
    with rehearsal.database.reading() as session:
        days = calendar(session, ladder.policy.calendar)
        for lease in rehearsal.leases:
            account = account_facts(session, lease.account.account_no)
            for ordinal in (1, 2, 3):
                events = timeline(session, f"{account.account_no}-{ordinal}")
                if not events:
                    break
                start = Case(
                    case_no=f"{account.account_no}-{ordinal}", account_no=account.account_no, time_zone=TZ,
                    policy=rehearsal.policies.pin("leasing"), settings=rehearsal.policies.company_sha,
                )  # fmt: skip
                simulated = replayed(ladder, account, days, events, dict(rehearsal.staff.given), start)
                found = differences(events, simulated, TZ)
                slow = too_late(events, days, TZ, MOST_LATE)
                late += lateness(events)
                closed[_ending(events)] += 1
                if found or slow or not gapless(events):
                    bad += 1
                    say(f"{start.case_no}: {len(found)} differences, {len(slow)} too late, gapless {gapless(events)}")
                    for line in found[:12]:
                        say(line)
        missing = _missing_cycles(timeline(session, portfolio_no("leasing")), rehearsal, end.date())
    say(f"cases: {sum(closed.values())}, by ending: {dict(closed)}; commands {len(rehearsal.staff.given)}")
    say(f"refused commands: {rehearsal.staff.refused[:5]}")
    say(f"lateness without people's part: {shown(late, SPEED)}")
    say(f"portfolio cycles missing: {missing or 'none'}")
    say(f"cases that differ from the simulator: {bad}")
    return 1 if bad or missing else 0


def _ending(events: tuple[e.Event, ...]) -> str:
    last = events[-1].body
    return last.reason if isinstance(last, e.CaseClosed) else "open"


def _missing_cycles(events: tuple[e.Event, ...], rehearsal: Rehearsal, end: date) -> list[str]:
    """Weekly and month-end work that ought to have happened and did not."""
    with rehearsal.database.reading() as session:
        days = calendar(session, "CN")
    happened = {(event.body.step, event.body.period) for event in events if isinstance(event.body, e.ReportIssued)}
    wanted: set[tuple[str, date]] = set()
    cycles = {"weekly_report": Every(weekday="friday"), "committee_report": Every(month_end="last_business_day")}
    for step, every in cycles.items():
        day = next_cycle(every, FIRST_DAY, days)
        while day < end - timedelta(days=1):
            wanted.add((step, day))
            day = next_cycle(every, day, days)
    signed = any(isinstance(ev.body, e.Filed) and ev.body.step == "master_table_archive" for ev in events)
    month_ended = any(step == "committee_report" for step, _ in wanted)
    unsigned = ["master_table"] if month_ended and not signed else []
    return sorted(f"{step} {day}" for step, day in wanted - happened) + unsigned


def say(line: str) -> None:
    """Progress for the person at the terminal."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
