"""The portfolio's own case does its daily, weekly and monthly work, also when the worker was away."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, datetime
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from domain import events as e
from domain.base import days
from domain.simulate import Played
from tests.builders import golden
from tests.workflows.portfolios import autumn
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.server import real_engine

WRITTEN = Path(__file__).with_name("portfolio_2026.txt")
DAY = 86_400
EVERY_DAY = [date(2026, 9, 1) + days(n) for n in range(61)]


def expected() -> golden.Lines:
    """The timeline written by hand."""
    lines = WRITTEN.read_text(encoding="utf-8").splitlines()
    return golden.by_instant(line for line in lines if not line.startswith("#"))


def shown(recorded: list[e.Event]) -> golden.Lines:
    """What was recorded, but for the daily intake."""
    return golden.shown(Played(events=[event for event in recorded if not isinstance(event.body, e.RunFinished)]))


def intake(rehearsal: Rehearsal) -> list[date]:
    """The days of the intake in the record."""
    return [event.body.period for event in rehearsal.world.recorded if isinstance(event.body, e.RunFinished)]


async def test_two_months(engine: WorkflowEnvironment) -> None:
    rehearsal = autumn(engine)
    recorded = await rehearsal.play()
    assert shown(recorded) == expected()
    assert intake(rehearsal) == rehearsal.world.ran == EVERY_DAY


async def test_a_worker_that_was_away_for_four_days_makes_up_for_it(temporal_binary: str) -> None:
    """From Tuesday 22 September on; a day of this clock lasts half a second, on the real server."""
    first = date(2026, 9, 20)
    async with real_engine(temporal_binary) as env:
        rehearsal = autumn(env, first=first)
        rehearsal.speed = 2 * DAY
        local = rehearsal.scenario.local
        async with rehearsal.opened():
            await rehearsal.to(local(datetime.fromisoformat("2026-09-22T12:00")))
        await asyncio.sleep(2)
        rehearsal.here = back = rehearsal.clock.business(await env.get_current_time())
        assert back >= local(datetime.fromisoformat("2026-09-26T12:00"))
        async with rehearsal.worker():
            await rehearsal.to(local(datetime.fromisoformat("2026-10-11T12:00")))
    recorded = rehearsal.world.recorded
    assert reports(shown(recorded)) == reports(expected(), "2026-09-20", "2026-10-11")
    assert intake(rehearsal) == rehearsal.world.ran
    assert intake(rehearsal)[:22] == [first + days(n) for n in range(22)]
    late = [event.body for event in recorded if event.at >= back > event.due_at]
    assert date(2026, 9, 24) in [body.period for body in late if isinstance(body, e.ReportIssued)]
    assert len([body for body in late if isinstance(body, e.RunFinished)]) >= 4


def reports(lines: golden.Lines, first: str = "", last: str = "9") -> golden.Lines:
    """Only what does not wait for people, whose minutes mean nothing on so fast a clock."""
    alone = ("report_issued", "collection_records_archive")
    found = {
        at: Counter({line: n for line, n in of.items() if any(word in line for word in alone)})
        for at, of in lines.items()
        if first <= at <= last
    }
    return {at: of for at, of in found.items() if of}


async def test_escalation_signs_nothing(engine: WorkflowEnvironment) -> None:
    """L4.5c: the table waits for both signatures, however late."""
    rehearsal = autumn(engine)
    rehearsal.staff.answers = ()
    async with rehearsal.opened():
        case = await rehearsal.to(rehearsal.scenario.local(datetime.fromisoformat("2026-10-20T18:00")))
    late = [event.body for event in rehearsal.world.recorded if isinstance(event.body, e.Escalated)]
    assert [body.to for body in late if body.step == "master_table_signature"] == ["general_manager"]
    assert case.step("master_table_signature").is_open
    assert not case.ended("master_table_archive", "done")
