"""Article 5: inspection, capacity report, checks, committee, fast track and the consent to the litigation letter."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.errors import Refused
from tests.builders.cases import Desk
from tests.builders.leases import LESSEE
from tests.rules.walk import answered, day, days_of, diligent, on, to, unpaid


def test_l5_1a_the_inspection_is_ordered_at_once_on_day_16() -> None:
    desk = unpaid(16)
    assert days_of(desk, "step_opened", "asset_inspection") == [16]
    state = desk.case.step("asset_inspection")
    assert state.start_by is not None and f"{state.start_by:%Y-%m-%d}" == day(16)  # 立即: the same day


def test_l5_1b_the_inspection_results_in_a_written_report() -> None:
    (done,) = diligent(16).of("step_completed", "asset_inspection")
    assert getattr(done.body, "document", None) == "asset_inspection_report"


def test_l5_1c_archived_only_when_every_department_has_countersigned() -> None:
    desk = diligent(17, leave=("asset_inspection_countersignature",))
    desk.answer("asset_inspection_countersignature", "signed", "head_of_business")
    assert desk.of("filed", "asset_inspection_archive") == []
    desk.answer("asset_inspection_countersignature", "signed", "head_of_risk_management")
    (filed,) = desk.of("filed", "asset_inspection_archive")
    assert getattr(filed.body, "document", "") == "asset_inspection_report"


def test_l5_2a_business_investigates_from_day_16() -> None:
    (opened,) = unpaid(16).of("step_opened", "capacity_investigation")
    assert (opened.dpd, getattr(opened.body, "asked", ())) == (16, ("business",))


def test_l5_2a_prompt_means_started_by_the_next_business_day() -> None:
    desk = to(unpaid(16), 18)
    (missed,) = desk.of("start_missed", "capacity_investigation")
    assert f"{missed.due_at:%Y-%m-%d}" == day(17)


def test_l5_2b_business_talks_to_the_vendor() -> None:
    assert days_of(unpaid(16), "step_opened", "vendor_contact") == [16]
    assert unpaid(16, parties=(LESSEE,)).of("step_opened", "vendor_contact") == []


def test_l5_2c_the_capacity_report_follows_the_investigation() -> None:
    desk = diligent(16, leave=("capacity_report",))
    assert desk.status("capacity_report") == "open"
    (done,) = answered(desk).of("step_completed", "capacity_report")
    assert getattr(done.body, "document", None) == "capacity_report"


def test_l5_2d_financial_reports_for_larger_leases_only() -> None:
    (opened,) = unpaid(16, amount="3000000.00").of("step_opened", "financial_reports")
    assert getattr(opened.body, "asked", ()) == ("salesperson",)
    assert unpaid(16, amount="2999999.99").of("step_opened", "financial_reports") == []


def test_l5_2e_the_capacity_report_waits_for_the_analysis() -> None:
    desk = diligent(17, leave=("financial_reports",), amount="3000000.00")
    assert desk.of("step_opened", "capacity_report") == []
    desk.answer("financial_reports", "analysed")
    assert len(desk.of("step_opened", "capacity_report")) == 1


def test_l5_2f_the_opinion_of_risk_comes_before_the_archive() -> None:
    desk = diligent(17, leave=("risk_opinion",))
    assert desk.of("filed", "capacity_report_archive") == []
    desk.answer("risk_opinion", "given", "risk_management")
    (filed,) = desk.of("filed", "capacity_report_archive")
    assert getattr(filed.body, "role", "") == "risk_management"


def test_l5_3_risk_management_checks_every_month() -> None:
    desk = Desk(None, "2026-03-02 09:00").to("2026-03-31 12:00")
    (opened,) = desk.of("step_opened", "risk_check")
    assert getattr(opened.body, "asked", ()) == ("risk_management",)


def test_l5_4a_the_month_end_report_goes_to_the_committee() -> None:
    reports = Desk(None, "2026-03-02 09:00").to("2026-04-30 12:00").of("report_issued", "committee_report")
    assert [f"{event.due_at:%m-%d}" for event in reports] == ["03-31", "04-30"]
    assert getattr(reports[0].body, "to", ()) == ("review_committee",)


FAST = c.OpenStep(step="fast_track", outcome="direct_disposal", present=4, in_favour=3, evidence="minutes")


def test_l5_4b_the_committee_may_send_it_directly_into_disposal() -> None:
    desk = diligent(22).tell("review_committee", FAST)
    (done,) = desk.of("step_completed", "fast_track")
    assert (done.dpd, getattr(done.body, "outcome", "")) == (22, "direct_disposal")


@pytest.mark.parametrize("missing", ["asset_inspection", "capacity_report"])
def test_l5_4b_not_before_both_reports_exist(missing: str) -> None:
    desk = diligent(22, leave=(missing,))
    with pytest.raises(Refused):
        desk.tell("review_committee", FAST)


def test_l5_4c_asset_management_then_disposes_before_day_46() -> None:
    desk = answered(diligent(22).tell("review_committee", FAST), "disposal")
    (opened,) = desk.of("step_opened", "disposal")
    assert (opened.dpd, getattr(opened.body, "asked", ())) == (22, ("asset_manager",))


def test_l5_5a_with_consent_legal_prepares_the_litigation_letter_on_day_30() -> None:
    desk = diligent(30)
    assert days_of(desk, "step_opened", "litigation_letter_consent") == [30]
    assert days_of(desk, "step_completed", "prepare_litigation_letter") == [30]


def test_l5_5a_one_refusal_is_enough_and_without_consent_nothing_is_prepared() -> None:
    desk = on(diligent(29), 30, "litigation_letter_consent")
    assert desk.of("step_opened", "prepare_litigation_letter") == []
    desk.answer("litigation_letter_consent", "refused", "head_of_business")
    assert desk.status("litigation_letter_consent") == "completed"
    assert on(desk, 31).of("message_sent", "litigation_letter") == []


def test_l5_5b_the_departments_may_demand_it_earlier() -> None:
    desk = on(diligent(24), 25).tell("head_of_business", c.OpenStep(step="early_demand", outcome="agreed"))
    answered(desk)
    assert days_of(desk, "message_sent", "litigation_letter") == [25]
    assert on(desk, 31).of("step_opened", "litigation_letter_consent") == []
