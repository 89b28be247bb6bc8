"""The portfolio works before the due dates on the business clock, through an outage and a payment in between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from activities.messages import RunRequest, RunResult
from domain import events as e
from domain.base import days, local_date, zone
from domain.case import Case
from domain.scenario import Scenario, ScenarioAccount
from store import ledger
from tests.activities.reminded import TZ, Lender, database_in
from tests.builders.ladders import pin
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.server import real_engine
from tests.workflows.world import PureWorld
from workflows.options import portfolio_no

DAY = 86_400


@dataclass
class RemindingWorld(PureWorld):
    """The pure world, but for the work before due dates, which is the real one over a real database."""

    lender: Lender | None = None
    rehearsal: Rehearsal | None = None
    runs: list[tuple[date, datetime]] = field(default_factory=list[tuple[date, datetime]])

    @activity.defn
    async def run_work(self, request: RunRequest) -> RunResult:
        """What the worker does, at the business instant of the server."""
        if request.work != "before_due":
            return RunResult(opened=0)
        assert self.lender
        assert self.rehearsal
        now = self.rehearsal.clock.business(await self.rehearsal.env.get_current_time())
        self.lender.clock.at = now
        with self.lender.database.session() as session:
            ledger.set_posted_through(session, local_date(now, TZ) - days(1))
        self.runs.append((request.period, now))
        return await self.lender.work.run(request)


@pytest.fixture
def lender(tmp_path: Path) -> Iterator[Lender]:
    """A lender whose hours never close: on a fast clock an hour is less than a moment."""
    made = Lender(database_in(tmp_path), always_open=True)
    made.prepare()
    yield made
    made.database.close()


def rehearsed(env: WorkflowEnvironment, lender: Lender, first: date, until: str) -> Rehearsal:
    """The portfolio's own case of the consumer policy from 09:00 of a day on."""
    ladder = lender.policies.current("consumer")
    scenario = Scenario(
        title="before the due dates",
        until=datetime.fromisoformat(until),
        account=ScenarioAccount(account_no="", schedule=(), first_seen=datetime.combine(first, time(9))),
        staff_answers=(),
    )
    case = Case(case_no=portfolio_no("consumer"), account_no="", policy=pin(ladder))
    found = Rehearsal(env, scenario, ladder, case=case)
    pure = found.world
    found.world = RemindingWorld(pure.ladder, pure.account, pure.calendar, pure.now, lender=lender, rehearsal=found)
    return found


def messages(lender: Lender, account_no: str) -> list[tuple[str, date]]:
    found = [one for one in lender.reminders(account_no) if one.act == "send"]
    return [(one.status, one.occurrence) for one in found]


async def test_a_week_before_two_due_dates(engine: WorkflowEnvironment, lender: Lender) -> None:
    """Each rule at its hour, each message inside its window, each run once; one paid before gets nothing."""
    for number in range(1, 9):
        lender.loan(f"C-{number}", "2026-09-21", "2026-10-21")
    lender.pay("C-8", "2026-09-11")
    rehearsal = rehearsed(engine, lender, date(2026, 9, 14), "2026-09-16T23:00")
    recorded = await rehearsal.play()
    for number in range(1, 8):
        assert messages(lender, f"C-{number}") == [("sent", date(2026, 9, 14))]
    assert messages(lender, "C-8") == []
    assert lender.sms.takings == 7
    world = rehearsal.world
    assert isinstance(world, RemindingWorld)
    finished = [
        event.body for event in recorded if isinstance(event.body, e.RunFinished) and event.body.step == "before_due"
    ]
    assert [body.period for body in finished] == [period for period, _ in world.runs]
    assert {body.period for body in finished} == {date(2026, 9, day) for day in (14, 15, 16)}
    hours = {at.astimezone(zone(TZ)).strftime("%d %H:%M") for _, at in world.runs}
    assert {"14 09:00", "14 10:00", "14 16:00", "15 09:00", "15 10:00", "15 16:00"} <= hours
    sent = [one.at.astimezone(zone(TZ)) for n in range(1, 8) for one in lender.reminders(f"C-{n}") if one.act == "send"]
    assert time(9) <= min(sent).time() <= max(sent).time() <= time(10, 5)
    lists = lender.errands("customer_list")
    assert len(lists) == 7 * 3
    assert {one.escalated_to for one in lists if one.occurrence == date(2026, 9, 16)} == {"team_leader"}


async def test_an_outage_of_two_days_with_a_payment_in_between(temporal_binary: str, lender: Lender) -> None:
    """A worker is away from the 13th to the 15th of September; a day of this clock lasts two seconds."""
    lender.loan("C-1", "2026-09-21")  # its SMS was due on the 14th, while nobody was there
    lender.loan("C-2", "2026-09-21")  # the same, but paid on the 15th
    lender.loan("C-3", "2026-09-19")  # its SMS went out on the 12th, before
    async with real_engine(temporal_binary) as env:
        rehearsal = rehearsed(env, lender, date(2026, 9, 12), "2026-09-22T12:00")
        rehearsal.speed = DAY / 2
        local = rehearsal.scenario.local
        async with rehearsal.opened():
            await rehearsal.to(local(datetime.fromisoformat("2026-09-13T12:00")))
        before = dict(lender.sms.sent)
        lender.pay("C-2", "2026-09-15")
        back = local(datetime.fromisoformat("2026-09-15T21:00"))
        while rehearsal.clock.business(await env.get_current_time()) < back:
            await asyncio.sleep(0.1)
        rehearsal.here = rehearsal.clock.business(await env.get_current_time())
        async with rehearsal.worker():
            await rehearsal.to(local(datetime.fromisoformat("2026-09-22T12:00")))
    assert messages(lender, "C-3") == [("sent", date(2026, 9, 12))]
    assert list(before) == [one.key("sms") for one in lender.reminders("C-3") if one.act == "send"]
    assert messages(lender, "C-1") == [("sent", date(2026, 9, 14))]
    assert messages(lender, "C-2") == []
    assert lender.sms.takings == 2
    [late] = [one for one in lender.reminders("C-1") if one.act == "send"]
    assert late.at >= back
    assert late.at - late.planned_at < timedelta(days=1)  # planned anew for the day of the run
    recorded = rehearsal.world.recorded
    periods = [event.body.period for event in recorded if isinstance(event.body, e.RunFinished)]
    assert {date(2026, 9, day) for day in range(12, 22)} <= set(periods)  # no day is left out
