"""Articles 2 and 3: what is overdue, since when, how much, and in which class; who owns and who approves the policy."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.errors import Invalid
from domain.ledger import PostingKind
from domain.standing import standing
from tests.builders.cases import Desk
from tests.builders.ladders import leasing
from tests.builders.leases import lease, paid
from tests.rules.walk import day, days_of, on, to, unpaid


def test_l2_1_part_payment_leaves_the_account_overdue() -> None:
    desk = to(unpaid(3, paid(day(2), "10499.99")), 8)
    assert desk.case.status == "open"
    assert days_of(desk, "step_opened", "demand_notice_signature") == [8]


def test_l2_1_full_payment_ends_it() -> None:
    desk = to(unpaid(1, paid(day(2), "10500.00")), 3)
    assert desk.case.closed_for == "cured"


def test_l2_2_earlier_penalty_interest_is_part_of_what_must_be_paid() -> None:
    # Ten days late: 10500.00 x 0.0005 x 10 = 52.50, carried forward and owed with the next rent on 2 April.
    late, next_rent = paid("2026-03-12", "10500.00"), paid("2026-04-02", "10500.00")
    account = lease(late, next_rent)
    after = standing(account, date(2026, 4, 3), leasing().terms)
    assert (after.dpd, after.cured) == (1, False)
    assert after.earlier_penalty + after.overdue_rent == Decimal("52.50")
    rest = paid("2026-04-03", "52.50")
    assert standing(lease(late, next_rent, rest), date(2026, 4, 4), leasing().terms).earlier_penalty == 0


def test_l2_3_the_day_after_the_payment_date_is_day_one() -> None:
    terms = leasing().terms
    found = [standing(lease(), date(2026, 3, number), terms).dpd for number in (2, 3, 4)]
    assert found == [0, 1, 2]


def test_l2_3_the_ladder_counts_the_same_days() -> None:
    desk = Desk(lease(), "2026-03-03 09:00")
    assert days_of(desk, "case_opened") == [1]
    opened = to(desk, 8).of("step_opened", "demand_notice_signature")
    assert [f"{event.due_at:%Y-%m-%d}" for event in opened] == ["2026-03-10"]  # the eighth day after 2 March


def test_l2_4_rent_advanced_by_the_vendor_cures_nothing() -> None:
    desk = to(unpaid(3, paid(day(2), "10500.00", PostingKind.VENDOR_ADVANCE)), 8)
    assert desk.case.status == "open"
    assert days_of(desk, "step_opened", "demand_notice_signature") == [8]


@pytest.mark.parametrize(
    ("last", "bucket"), [(1, "I"), (15, "I"), (16, "II"), (30, "II"), (31, "III"), (45, "III"), (46, "IV"), (400, "IV")]
)
def test_l3_1_each_class_includes_its_last_day(last: int, bucket: str) -> None:
    found = leasing().bucket(last)
    assert found is not None and found.id == bucket


def test_l3_1_the_case_enters_its_classes_on_their_first_day() -> None:
    assert days_of(on(unpaid(1), 46), "bucket_entered") == [1, 16, 31, 46]


def test_l3_1_nothing_overdue_is_in_no_class() -> None:
    assert leasing().bucket(0) is None


def test_l3_2_the_measures_follow_the_days_past_due() -> None:
    desk = to(unpaid(1), 46)
    first_days = {event.dpd for event in desk.of("step_opened")}
    assert first_days >= {1, 8, 15, 16, 30, 31, 46}


def test_l9_1_risk_management_owns_the_policy() -> None:
    policy = leasing().policy
    assert policy.owner == "risk_management"
    assert policy.roles[policy.owner].zh == "风险管理部"


def test_l9_1_a_policy_without_a_known_owner_is_refused() -> None:
    with pytest.raises(Invalid, match="unknown role nobody"):
        leasing(("owner: risk_management", "owner: nobody"))


def test_l10_1_a_version_without_the_approval_of_the_general_manager_is_refused() -> None:
    with pytest.raises(Invalid, match="not in force"):
        leasing(("by: general_manager,", "by: head_of_business,"))


def test_l3_2_the_weekly_report_informs_the_departments() -> None:
    reports = Desk(None, "2026-03-02 09:00").to("2026-03-07 12:00").of("report_issued", "weekly_report")
    assert [getattr(event.body, "to", ()) for event in reports] == [
        ("head_of_business", "head_of_risk_management", "head_of_legal_compliance", "head_of_finance")
    ]


def test_l2_3_intake_looks_for_overdue_accounts_every_day() -> None:
    runs = Desk(None, "2026-03-02 09:00").to("2026-03-05 12:00").of("run_finished", "open_cases")
    assert [f"{event.due_at:%m-%d}" for event in runs] == ["03-02", "03-03", "03-04", "03-05"]
