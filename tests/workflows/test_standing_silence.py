"""Under time skipping nobody decides what the layer of trade asks about a customer: it goes up, and nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from activities.messages import RunRequest, RunResult
from domain.case import Case
from domain.scenario import Scenario, ScenarioAccount
from store import calendar
from store.customer_marks import marks_of
from tests.activities.layered import Lessor
from tests.activities.reminded import database_in
from tests.builders.ladders import pin
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.world import PureWorld
from workflows.options import portfolio_no

BEGIN = date(2026, 3, 16)  # a Monday


@dataclass
class StandingWorld(PureWorld):
    """The pure world, but for the daily run over the layers, which is the real one over a real database."""

    lessor: Lessor | None = None

    @activity.defn
    async def run_work(self, request: RunRequest) -> RunResult:
        """At the business instant of the server."""
        if request.work == "open_cases" and self.lessor:
            self.lessor.clock.at = self.now()
            await self.lessor.work.run(request)
        return RunResult(opened=0)


@pytest.fixture
def lessor(tmp_path: Path) -> Iterator[Lessor]:
    database = database_in(tmp_path)
    database.migrate()
    made = Lessor(database, "lender", "business_loan")
    with database.session() as session:
        calendar.fill(session, [2025, 2026], made.clock.now())
    yield made
    database.close()


def rehearsed(env: WorkflowEnvironment, lessor: Lessor) -> Rehearsal:
    """The standing work of the lender's portfolio from 09:00 of the first day on."""
    ladder = lessor.policies.current("lender")
    account = ScenarioAccount(account_no="", schedule=(), first_seen=datetime.combine(BEGIN, time(9)))
    scenario = Scenario(until=datetime.combine(date(2026, 3, 25), time(18)), account=account, staff_answers=())
    found = Rehearsal(
        env, scenario, ladder, case=Case(case_no=portfolio_no("lender"), account_no="", policy=pin(ladder))
    )
    pure = found.world
    found.world = StandingWorld(pure.ladder, pure.account, pure.calendar, pure.now, lessor=lessor)
    return found


async def test_m6_1b_m8_1_a_limit_and_a_stop_of_trade_are_decided_by_nobody_but_people(
    engine: WorkflowEnvironment, lessor: Lessor
) -> None:
    """1,000,000.00 are overdue: severe. The assessment is answered on Monday; from then on nobody says anything.

    M6.1b 及时: by Tuesday 18:00, then the head has until Thursday. M8.1: three business days, Thursday 18:00, then
    the head until Monday. The general manager is the last.
    """
    lessor.account("C-1", amount="1000000.00")
    rehearsal = rehearsed(engine, lessor)
    local, seen = rehearsal.scenario.local, dict[int, list[tuple[str, int, str | None]]]()
    async with rehearsal.opened():
        for day in (16, 17, 18, 19, 20, 23, 24, 25):
            await rehearsal.to(local(datetime.combine(BEGIN.replace(day=day), time(12))))
            if day == BEGIN.day:
                lessor.answer(lessor.one("trade", "assessment"), "severe", "2026-03-16")
            asked = [*lessor.duties("trade", "credit_adjustment"), *lessor.duties("trade", "treatment")]
            seen[day] = [(one.rule, one.level, one.escalated_to) for one in asked]
            assert {one.status for one in asked} <= {"open"}
    head, last = "head_of_operations", "general_manager"
    assert seen[17] == [("credit_adjustment", 0, None), ("treatment", 0, None)]
    assert seen[18] == seen[19] == [("credit_adjustment", 1, head), ("treatment", 0, None)]
    assert seen[20] == seen[23] == [("credit_adjustment", 2, last), ("treatment", 1, head)]
    assert seen[24] == seen[25] == [("credit_adjustment", 2, last), ("treatment", 2, last)]
    with lessor.database.reading() as session:
        assert marks_of(session, ("承租人甲",)) == ()  # neither a limit nor a stop
