"""The standing work of a portfolio: intake every day, the weekly report, month end."""

from __future__ import annotations

from datetime import date

import pytest

from domain.base import days
from domain.cycles import next_cycle
from domain.step_rule import Every
from tests.builders.calendars import CHINA_2026
from tests.builders.cases import Desk
from tests.builders.ladders import leasing


def portfolio(opened: str, *changes: tuple[str, str]) -> Desk:
    return Desk(None, opened, leasing(*changes))


def issued(desk: Desk, step: str) -> list[tuple[str, str]]:
    """(day it came out, period) of a report."""
    return [
        (f"{event.due_at:%m-%d}", str(getattr(event.body, "period", ""))) for event in desk.of("report_issued", step)
    ]


def test_intake_runs_every_day() -> None:
    desk = portfolio("2026-03-02 09:00").to("2026-03-08 12:00")
    periods = [getattr(event.body, "period", None) for event in desk.of("run_finished", "open_cases")]
    assert periods == [date(2026, 3, 2) + days(n) for n in range(7)]  # also on Saturday and Sunday


def test_the_weekly_report_goes_to_its_receivers_and_the_general_manager() -> None:
    desk = portfolio("2026-03-02 09:00").to("2026-03-14 12:00")
    reports = desk.of("report_issued", "weekly_report")
    assert [str(getattr(report.body, "period", "")) for report in reports] == ["2026-03-06", "2026-03-13"]
    body = reports[0].body
    assert body.kind == "report_issued"
    assert body.copy_to == ("general_manager",)
    assert body.to == ("head_of_business", "head_of_risk_management", "head_of_legal_compliance", "head_of_finance")


def test_a_report_day_on_a_holiday_moves_to_the_business_day_before() -> None:  # settled: report days literally
    autumn = portfolio("2026-09-21 09:00").to("2026-10-17 12:00")
    assert issued(autumn, "weekly_report") == [
        ("09-24", "2026-09-24"),  # Mid-Autumn on Friday 25 September
        ("09-30", "2026-09-30"),  # Friday 2 October
        ("10-09", "2026-10-09"),
        ("10-16", "2026-10-16"),
    ]
    spring = portfolio("2026-02-09 09:00").to("2026-02-28 12:00")
    # Friday 20 February moves to Saturday 14 February, a make-up working day
    assert issued(spring, "weekly_report") == [
        ("02-13", "2026-02-13"),
        ("02-14", "2026-02-14"),
        ("02-27", "2026-02-27"),
    ]


def test_committee_report_is_issued_on_the_last_business_day() -> None:
    autumn = portfolio("2026-09-21 09:00").to("2026-11-01 12:00")
    assert issued(autumn, "committee_report") == [("09-30", "2026-09-30"), ("10-30", "2026-10-30")]
    february = portfolio("2026-02-02 09:00").to("2026-03-01 12:00")
    assert issued(february, "committee_report") == [("02-28", "2026-02-28")]  # a worked Saturday


def test_the_month_end_may_be_the_calendar_day() -> None:
    desk = portfolio(
        "2026-05-18 09:00",
        ("committee_members: 5", "committee_members: 5\n    month_end: last_calendar_day"),
    ).to("2026-06-01 12:00")
    assert issued(desk, "committee_report") == [("05-31", "2026-05-31")]


def test_master_table_is_signed_twice_then_archived() -> None:  # L4.5c, L4.5d
    desk = portfolio("2026-03-30 09:00").to("2026-03-31 10:00")
    assert desk.status("master_table_signature") == "open"
    desk.answer("master_table_signature", "signed", "head_of_asset_management")
    assert not desk.of("filed", "master_table_archive")
    desk.answer("master_table_signature", "signed", "head_of_risk_management")
    assert len(desk.of("document_prepared", "master_table_signature")) == 1
    assert len(desk.of("filed", "master_table_archive")) == 1
    # and again a month later
    desk.to("2026-04-30 10:00").answer("master_table_signature", "signed")
    assert len(desk.of("filed", "master_table_archive")) == 2


def test_month_end_work_is_done_once_a_month() -> None:
    desk = portfolio("2026-03-23 09:00").to("2026-05-10 12:00")
    assert [f"{event.due_at:%m-%d}" for event in desk.of("filed", "collection_records_archive")] == ["03-31", "04-30"]
    assert [f"{event.due_at:%m-%d}" for event in desk.of("step_opened", "risk_check")] == ["03-31"]  # still open
    desk.answer("risk_check", "checked")
    assert [f"{event.due_at:%m-%d}" for event in desk.of("step_opened", "risk_check")] == ["03-31", "04-30"]


def test_the_risk_check_may_be_weekly() -> None:
    desk = portfolio(
        "2026-03-02 09:00", ("committee_members: 5", "committee_members: 5\n    risk_check_every: week")
    ).to("2026-03-06 12:00")
    assert [f"{event.due_at:%m-%d}" for event in desk.of("step_opened", "risk_check")] == ["03-06"]


def test_after_an_outage_each_missed_cycle_is_made_up_for_its_own_day() -> None:
    desk = portfolio("2026-03-02 09:00")
    desk.wait = None  # nobody wakes it for two weeks
    desk.to("2026-03-16 12:00")
    assert issued(desk, "weekly_report") == [("03-06", "2026-03-06"), ("03-13", "2026-03-13")]
    assert len(desk.of("run_finished", "open_cases")) == 15


@pytest.mark.parametrize("after", [date(2026, 1, 1) + days(n) for n in range(0, 364, 13)])
def test_cycles_go_forward_and_end_on_business_days(after: date) -> None:
    for every in (Every(weekday="friday"), Every(month_end="last_business_day"), Every(period="month")):
        following = next_cycle(every, after, CHINA_2026)
        assert following > after
        assert CHINA_2026.is_business_day(following)
    assert next_cycle("day", after, CHINA_2026) == after + days(1)
