"""Every step of the policy happens in a golden timeline, or names the test that makes it happen."""

from __future__ import annotations

from importlib import import_module

import pytest

from tests.builders.golden import LEASING, NAMES, ladder_of, played
from tests.builders.ladders import leasing

HOLDS, BUYBACK = "tests.domain.test_standard_holds", "tests.domain.test_buyback"
# Steps that no golden timeline shows, with the test that does.
COVERED_ELSEWHERE = {
    "waiver": ("tests.domain.test_conditions_and_limits", "test_over_ones_amount_somebody_above_decides"),
    "vendor_notice": ("tests.domain.test_decide", "test_vendor_notice_goes_out_where_the_setting_says_so"),
    "delivery_check": ("tests.domain.test_decide", "test_a_refused_delivery_becomes_a_task"),
    "open_cases": ("tests.domain.test_portfolio", "test_intake_runs_every_day"),
    "weekly_report": ("tests.domain.test_portfolio", "test_a_report_day_on_a_holiday_moves_to_the_business_day_before"),
    "committee_report": ("tests.domain.test_portfolio", "test_committee_report_is_issued_on_the_last_business_day"),
    "master_table_signature": ("tests.domain.test_portfolio", "test_master_table_is_signed_twice_then_archived"),
    "master_table_archive": ("tests.domain.test_portfolio", "test_master_table_is_signed_twice_then_archived"),
    "collection_records_archive": ("tests.domain.test_portfolio", "test_month_end_work_is_done_once_a_month"),
    "risk_check": ("tests.domain.test_portfolio", "test_month_end_work_is_done_once_a_month"),
    "vendor_default": (BUYBACK, "test_a_vendor_who_does_not_perform_is_a_decision_and_may_be_claimed_from_again"),
    "dispute": (HOLDS, "test_a_dispute_stops_dunning_is_acknowledged_and_ends_with_its_answer"),
    "dispute_answer": (HOLDS, "test_a_dispute_stops_dunning_is_acknowledged_and_ends_with_its_answer"),
    "dispute_acknowledgement": (HOLDS, "test_a_dispute_stops_dunning_is_acknowledged_and_ends_with_its_answer"),
    "dispute_reply": (HOLDS, "test_a_dispute_stops_dunning_is_acknowledged_and_ends_with_its_answer"),
    "death": (HOLDS, "test_death_stops_what_goes_to_the_debtor_but_not_the_guarantors"),
    "estate_inquiry": (HOLDS, "test_death_stops_what_goes_to_the_debtor_but_not_the_guarantors"),
    "insolvency": (HOLDS, "test_insolvency_stays_enforcement_and_asks_legal_to_file_the_claim"),
    "claim_filing": (HOLDS, "test_insolvency_stays_enforcement_and_asks_legal_to_file_the_claim"),
    "disaster": (HOLDS, "test_a_disaster_hold_ends_after_its_last_day_or_earlier_with_a_document"),
    "insolvency_review": (HOLDS, "test_a_hold_without_a_last_day_is_reviewed_again_and_again"),
    "dispute_review": (HOLDS, "test_the_other_holds_without_a_last_day_are_reviewed_too"),
    "death_review": (HOLDS, "test_the_other_holds_without_a_last_day_are_reviewed_too"),
    "vendor_objection_review": (HOLDS, "test_the_other_holds_without_a_last_day_are_reviewed_too"),
}
HAPPENED = {"step_opened", "step_completed", "message_sent", "filed"}


def _shown() -> set[str]:
    return {
        step
        for name in LEASING
        for event in played(name).events
        if event.body.kind in HAPPENED and (step := getattr(event.body, "step", None))
    }


def test_every_step_happens_in_a_golden_timeline_or_in_a_named_test() -> None:
    steps = {step.id for step in (*leasing().steps, *leasing().portfolio)}
    assert steps - _shown() == set(COVERED_ELSEWHERE)


def test_the_named_tests_exist() -> None:
    for module, test in COVERED_ELSEWHERE.values():
        assert callable(getattr(import_module(module), test)), f"{module} has no {test}"


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_of_a_golden_line_stands_in_the_policy(name: str) -> None:
    policy = ladder_of(name).policy
    known = {rule for step in (*policy.steps, *policy.portfolio) for rule in step.rules}
    known |= {rule for hold in policy.holds for rule in hold.rules}
    known |= {*policy.standing.rules, *policy.buckets.rules, *policy.opening, *policy.contact_rules, "S9"}
    known |= {rule for closing in policy.closing.values() for rule in closing.rules}
    for event in played(name).events:
        assert set(event.rules) <= known, f"{event.body.kind} cites {event.rules}"
