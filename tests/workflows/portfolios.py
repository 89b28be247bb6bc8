"""The standing work of the leasing portfolio over September and October 2026."""

from __future__ import annotations

from datetime import date, datetime, time

from temporalio.testing import WorkflowEnvironment

from domain.case import Case
from domain.ladder import Ladder
from domain.scenario import Scenario, ScenarioAccount, StaffAnswer
from tests.builders.ladders import leasing, pin
from tests.workflows.rehearsal import Rehearsal
from workflows.options import portfolio_no

FIRST, LAST = date(2026, 9, 1), datetime.fromisoformat("2026-10-31T18:00")


def autumn(engine: WorkflowEnvironment, ladder: Ladder | None = None, first: date = FIRST) -> Rehearsal:
    """The portfolio's own case; everybody answers within the hour."""
    scenario = Scenario(
        title="the portfolio in autumn",
        until=LAST,
        account=ScenarioAccount(account_no="", schedule=(), first_seen=datetime.combine(first, time(9))),
        staff_answers=(StaffAnswer(step="*", outcome="first", after_minutes=60),),
    )
    case = Case(case_no=portfolio_no("leasing"), account_no="", policy=pin(leasing()))
    return Rehearsal(engine, scenario, ladder, case=case)
