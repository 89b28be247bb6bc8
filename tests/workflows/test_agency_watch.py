"""The golden timelines of agencies once more: what takes the case back is the daily watch over the register itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities.agencies import AgencyWork
from activities.registry import Policies
from domain.agency import AGENCY_WATCH, Mandate
from domain.base import zone
from domain.commands import Command
from domain.evidence import Actor
from domain.simulate import Played
from store import agencies, calendar, errands
from store.agencies import Agency, AgencyCheck
from store.session import Database
from tests.builders import golden
from tests.builders.ladders import ROOT
from tests.workflows.rehearsal import Rehearsal

RISK = Actor(user="r-1", role="risk_specialist", authority="permission:check_agency")
LICENCE = "bank/agency_licence_runs_out"
AUDIT = "bank/agency_audit_finding"
FIRST_WATCH = datetime(2026, 4, 7, 10, tzinfo=zone("Asia/Shanghai"))


@dataclass
class Desk:
    """Gives commands to the running case, as the worker does."""

    rehearsal: Rehearsal

    async def command(self, case_no: str, command: Command) -> bool:
        try:
            await self.rehearsal.command(command)
        except ApplicationError:
            return False
        return True


@dataclass
class Here:
    """The business instant that the case has reached."""

    rehearsal: Rehearsal

    def now(self) -> datetime:
        return self.rehearsal.here


@dataclass
class Register:
    """The register of agencies, beside a running case: it hears what the case records."""

    database: Database
    rehearsal: Rehearsal
    heard: int = 0

    def watch(self) -> AgencyWork:
        policies = Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")
        return AgencyWork(self.database, policies, Here(self.rehearsal), Desk(self.rehearsal))

    def enter(self, licence_until: date) -> None:
        with self.database.session() as session:
            agencies.put_agency(session, Agency(
                id="A-1", name="华信催收", licence_no="91310000", licence_until=licence_until, licence_document="att-1",
                nda_until=date(2026, 12, 31), nda_document="att-2", mandate=Mandate(policies=("bank",)),
                entered_by="u-1", changed_at=self.rehearsal.here,
            ))  # fmt: skip
        self.check("qualification", passed=True)

    def check(self, kind: str, passed: bool) -> None:
        with self.database.session() as session:
            agencies.add_check(session, AgencyCheck.model_validate({
                "id": kind, "agency": "A-1", "kind": kind, "day": self.rehearsal.here.date(), "passed": passed,
                "document": "att-3", "findings": "" if passed else "夜间上门", "actor": RISK, "at": self.rehearsal.here,
            }))  # fmt: skip

    def hear(self) -> None:
        recorded, case = self.rehearsal.world.recorded, self.rehearsal.world.snapshot
        assert case
        with self.database.session() as session:
            agencies.enter_placements(session, case, recorded[self.heard :])
        self.heard = len(recorded)

    def past(self) -> list[tuple[str, str, str]]:
        with self.database.reading() as session:
            return [
                (one.agency, f"{one.until:%Y-%m-%d %H:%M}", one.reason)
                for one in agencies.placements(session, now=False)
            ]

    def waiting(self) -> Mapping[str, tuple[tuple[str, ...], date]]:
        with self.database.reading() as session:
            return {one.rule: (one.roles, one.due) for one in errands.list_errands(session, None, "open").rows}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'register.db'}")
    made.migrate()
    with made.session() as session:
        calendar.fill(session, [2025, 2026, 2027], FIRST_WATCH)
    yield made
    made.close()


async def lived(register: Register, licence_until: date, audited: date | None = None) -> golden.Lines:
    """The case to its end, and each morning at ten the watch, as the portfolio runs it.

    audited: the day of an audit with a finding, at four in the afternoon.
    """
    rehearsal, watch = register.rehearsal, register.watch()
    until = rehearsal.scenario.local(rehearsal.scenario.until)
    async with rehearsal.opened():
        register.enter(licence_until)
        morning = FIRST_WATCH
        while morning <= until:
            await rehearsal.to(morning)
            register.hear()
            await watch.watch()
            if morning.date() == audited:
                await rehearsal.to(morning + timedelta(hours=6))
                register.check("audit", passed=False)
            morning += timedelta(days=1)
        await rehearsal.to(until)
        register.hear()
    return golden.shown(Played(events=rehearsal.world.recorded))


def register_of(engine: WorkflowEnvironment, database: Database, name: str) -> Register:
    """Its script without the command of the watch."""
    scenario = golden.scenario(name)
    by_people = tuple(one for one in scenario.given if one.command.actor != AGENCY_WATCH)
    assert len(by_people) == len(scenario.given) - 1
    return Register(
        database, Rehearsal(engine, scenario.model_copy(update={"given": by_people}), golden.ladder_of(name))
    )


async def test_a_case_is_taken_back_on_the_first_day_without_a_licence(
    engine: WorkflowEnvironment, database: Database
) -> None:
    register = register_of(engine, database, LICENCE)
    assert await lived(register, licence_until=date(2026, 4, 24)) == golden.expected(LICENCE)
    assert register.past() == [("A-1", "2026-04-25 02:00", "licence_expired")]
    # Whoever places cases was asked, until the last day, whether the licence is renewed.
    assert register.waiting() == {"agency_expiry": (("collection_supervisor",), date(2026, 4, 24))}


async def test_a_case_is_taken_back_the_morning_after_a_finding(
    engine: WorkflowEnvironment, database: Database
) -> None:
    register = register_of(engine, database, AUDIT)
    found = await lived(register, licence_until=date(2026, 12, 31), audited=date(2026, 4, 20))
    assert found == golden.expected(AUDIT)
    assert register.past() == [("A-1", "2026-04-21 02:00", "audit_finding")]
