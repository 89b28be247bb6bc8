"""What is done for all accounts together: intake and the work before the due date every day, the rest once a month."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c
from domain.base import days
from domain.errors import Refused
from tests.builders.cases import Desk
from tests.rules.loan import portfolio
from tests.rules.walk import answered

MONTH_ENDS = ("2026-03-31", "2026-04-30")


@pytest.mark.parametrize("policy", ["consumer", "bank", "credit", "union", "lender", "treatment"])
def test_delinquent_accounts_become_cases_every_day(policy: str) -> None:
    """Also on Saturday 7 and Sunday 8 March."""
    assert periods(portfolio(policy, "2026-03-08 12:00"), "open_cases") == [
        date(2026, 3, 2) + days(n) for n in range(7)
    ]


@pytest.mark.parametrize("policy", ["consumer", "bank"])
def test_accounts_still_current_are_looked_at_every_day(policy: str) -> None:
    assert periods(portfolio(policy, "2026-03-08 12:00"), "before_due") == [
        date(2026, 3, 2) + days(n) for n in range(7)
    ]


@pytest.mark.parametrize(
    ("policy", "step", "asked", "document"),
    [
        ("bank", "agency_audit", ("collection_supervisor",), "audit_record"),
        ("bank", "analysis_meeting", ("collection_supervisor", "risk_specialist"), None),
        ("credit", "risk_review", ("risk_management",), "risk_assessment"),
        ("union", "data_update", ("recovery_group",), None),
        ("union", "group_meeting", ("recovery_group",), "meeting_minutes"),
        ("union", "monthly_evaluation", ("recovery_group",), "evaluation_report"),
        ("consumer", "long_running_review", ("head_of_risk_control",), None),
    ],
)
def test_it_is_asked_for_on_the_last_business_day_of_each_month(
    policy: str, step: str, asked: tuple[str, ...], document: str | None
) -> None:
    """B2.3.2.1d, B3.2.1a, C4.4.1, U3.2.1a, U4.2a, U3.2.3a: "at intervals" is monthly unless the company says weekly."""
    desk = portfolio(policy, f"{MONTH_ENDS[0]} 08:59")
    assert desk.of("step_opened", step) == []
    for month_end in MONTH_ENDS:
        answered(desk.to(f"{month_end} 10:00"))
    assert [f"{event.due_at:%Y-%m-%d}" for event in desk.of("step_opened", step)] == list(MONTH_ENDS)
    assert [getattr(event.body, "asked", ()) for event in desk.of("step_opened", step)] == [asked, asked]
    assert [getattr(event.body, "document", None) for event in desk.of("step_completed", step)] == [document] * 2


def test_the_analysis_meeting_is_held_when_supervisor_and_risk_specialist_say_so() -> None:
    """B3.2.1a: one of the two does not make it a meeting."""
    desk = portfolio("bank", "2026-03-31 10:00").answer("analysis_meeting", "held", "collection_supervisor")
    assert desk.status("analysis_meeting") == "open"
    desk.answer("analysis_meeting", "held", "risk_specialist")
    assert desk.status("analysis_meeting") == "completed"


def test_the_meeting_speaks_of_typical_cases_and_decides_on_the_strategy() -> None:
    """B3.2.1b: cases that went well and badly and a summary, in the minutes; B3.2.1s: then the strategy is decided."""
    desk = portfolio("bank", "2026-03-31 10:00").answer("analysis_meeting", "held")
    with pytest.raises(Refused) as refused:
        desk.tell("collection_supervisor", c.AnswerStep(step="case_discussion", outcome="written"))
    assert refused.value.code == "report_incomplete"
    assert desk.of("step_opened", "strategy_adjustment") == []
    desk.answer("case_discussion", "written")
    assert getattr(desk.of("step_completed", "case_discussion")[0].body, "document", None) == "meeting_minutes"
    assert desk.case.step("strategy_adjustment").outcomes == ("kept", "adjusted")
    desk.answer("strategy_adjustment", "adjusted", "collection_supervisor")
    assert desk.status("strategy_adjustment") == "completed"


@pytest.mark.parametrize(
    ("policy", "receivers"),
    [
        ("bank", ("collection_supervisor", "risk_specialist")),
        ("credit", ("management_group",)),
        ("union", ("recovery_group", "head_of_recovery_group")),
    ],
)
def test_the_key_figures_are_issued_each_month_to_those_who_work_by_them(
    policy: str, receivers: tuple[str, ...]
) -> None:
    """B3.1.1, C6.1 and C6.3.1, U3.3: success, cost and NPL with their targets."""
    reports = portfolio(policy, "2026-04-30 20:00").of("report_issued", "kpi_report")
    assert [f"{event.due_at:%Y-%m-%d}" for event in reports] == list(MONTH_ENDS)
    assert {event.body.document.kind for event in reports if event.body.kind == "report_issued"} == {"kpi_report"}
    assert {getattr(event.body, "to", ()) for event in reports} == {receivers}


def test_credit_archives_the_customer_files_each_month() -> None:
    """C5.1: what is known about customer, credit and collection goes into the archive."""
    filed = portfolio("credit", "2026-04-30 20:00").of("filed", "customer_files")
    assert [f"{event.due_at:%Y-%m-%d}" for event in filed] == list(MONTH_ENDS)
    assert {(getattr(event.body, "role", ""), getattr(event.body, "document", "")) for event in filed} == {
        ("credit_department", "customer_file")
    }


def test_the_strategy_is_decided_on_after_the_monthly_evaluation() -> None:
    """U3.2.3b: no feedback, no decision; with it the group keeps or adjusts the strategy."""
    desk = portfolio("union", "2026-03-31 10:00")
    assert desk.of("step_opened", "strategy_adjustment") == []
    desk.answer("monthly_evaluation", "evaluated")
    assert desk.status("strategy_adjustment") == "open"
    assert desk.case.step("strategy_adjustment").outcomes == ("kept", "adjusted")
    desk.answer("strategy_adjustment", "adjusted")
    assert desk.status("strategy_adjustment") == "completed"


def periods(desk: Desk, step: str) -> list[date | None]:
    """The days for which such a run was made."""
    return [getattr(event.body, "period", None) for event in desk.of("run_finished", step)]
