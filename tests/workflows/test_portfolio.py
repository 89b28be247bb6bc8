"""The portfolio's own case does its daily, weekly and monthly work, also when the worker was away."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from domain import events as e
from domain.base import days
from domain.simulate import Played
from tests.builders import golden
from tests.workflows.portfolios import autumn
from tests.workflows.rehearsal import Rehearsal

WRITTEN = Path(__file__).with_name("portfolio_2026.txt")
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


async def test_a_worker_that_was_away_for_four_days_makes_up_for_it(engine: WorkflowEnvironment) -> None:
    """From Tuesday 22 to Saturday 26 September: a weekly report and four intakes; then the month end as ever."""
    rehearsal = autumn(engine)
    local = rehearsal.scenario.local
    async with rehearsal.opened():
        await rehearsal.to(local(datetime.fromisoformat("2026-09-22T18:00")))
    back = local(datetime.fromisoformat("2026-09-26T18:00"))
    await rehearsal.jump(back)
    async with rehearsal.worker():
        await rehearsal.to(rehearsal.scenario.local(rehearsal.scenario.until))
    recorded = rehearsal.world.recorded
    assert shown(recorded) == expected()
    assert intake(rehearsal) == rehearsal.world.ran == EVERY_DAY
    late = [event for event in recorded if event.at >= back > event.due_at]
    reports = [event.body for event in late if isinstance(event.body, e.ReportIssued)]
    assert [(body.document.kind, body.period) for body in reports] == [("weekly_report", date(2026, 9, 24))]
    assert len([event for event in late if isinstance(event.body, e.RunFinished)]) == 4


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
