"""Key figures against their targets, and roll rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain.kpi import BY_ID, Tally, on_the_right_side
from domain.kpi_report import line_of, months, period_before, planned, rolls_of, target_of
from domain.kpi_walk import Level
from tests.builders.figures import FIRST, LAST
from tests.domain.test_kpi import book, by_bucket

SETTINGS = {
    "target_success_rate_mild": 80, "target_success_rate_severe": 40, "target_cost_rate": 5, "target_recovery_rate": 60,
    "target_collected": "1600.00", "target_npl_fall": "0.50", "improvement_days": 30,
}  # fmt: skip


def test_targets_are_compared_strictly_where_the_text_says_more_or_less() -> None:
    found = by_bucket()
    lines = {
        bucket: {value.figure: (value.target, value.met) for value in line.values}
        for bucket, tally in found.items()
        if (line := line_of(("bank", bucket, "CNY"), "bucket", tally, Tally(), SETTINGS, FIRST, LAST))
    }
    assert lines["mild"]["success_rate"] == (Decimal("0.8"), False)
    assert lines["moderate_1"]["success_rate"] == (None, None)  # the text sets none (B-Q13)
    assert lines["severe"]["success_rate"] == (Decimal("0.4"), True)
    assert on_the_right_side(Decimal("0.8"), Decimal("0.8"), BY_ID["success_rate"].aim) is False
    assert on_the_right_side(Decimal("0.05"), Decimal("0.05"), BY_ID["cost_rate"].aim) is False
    assert on_the_right_side(Decimal("0.6"), Decimal("0.6"), BY_ID["recovery_rate"].aim) is True


def test_the_line_of_a_policy_has_attainment_and_an_order_to_improve() -> None:
    tally = book()
    tally.planned = planned(SETTINGS, FIRST, LAST)
    line = line_of(("bank", "", "CNY"), None, tally, Tally(), SETTINGS, FIRST, LAST)
    values = {value.figure: value for value in line.values}
    assert (values["attainment"].value, values["attainment"].met) == (Decimal("1.2500"), True)
    assert (values["cost_rate"].value, values["cost_rate"].met) == (Decimal("0.0600"), False)
    assert values["recovery_rate"].met is False
    assert line.improve_by == date(2026, 5, 30)
    fine = line_of(("bank", "", "CNY"), None, tally, Tally(), {"target_recovery_rate": 40}, FIRST, LAST)
    assert fine.improve_by is None


def test_fewer_accounts_and_a_faster_reduction_than_before() -> None:
    """Where the text says only which way: the period before is the target (Z0.1, D6.3b)."""
    wanted = {"target_overdue_accounts": "falling", "target_reduction_rate": "rising"}
    before = Tally(overdue=10, start=Level(principal=Decimal(100)), end=Level(principal=Decimal(80)))  # by a fifth
    better = Tally(overdue=9, start=Level(principal=Decimal(80)), end=Level(principal=Decimal(60)))  # by a quarter
    worse = Tally(overdue=10, start=Level(principal=Decimal(80)), end=Level(principal=Decimal(64)))  # by a fifth again
    for tally, met in ((better, True), (worse, False)):
        line = line_of(("consumer", "", "CNY"), None, tally, before, wanted, FIRST, LAST)
        found = {value.figure: (str(value.target), value.met) for value in line.values if value.target is not None}
        assert found == {"overdue_accounts": ("10", met), "reduction_rate": ("0.2000", met)}


def test_the_npl_ratio_and_its_fall_in_a_quarter() -> None:
    tally = Tally(bad=Decimal(27), book=Decimal(1000), bad_before=Decimal(32), book_before=Decimal(1000))
    assert BY_ID["npl_ratio"].of(tally) == Decimal("0.0270")
    change = BY_ID["npl_change"]
    target = target_of(change, "", SETTINGS, date(2026, 1, 1), date(2026, 3, 31), tally, None)
    assert (change.of(tally), target) == (Decimal("-0.0050"), Decimal("-0.0050"))
    assert on_the_right_side(Decimal("-0.0050"), Decimal("-0.0050"), change.aim) is True
    assert change.of(Tally(bad=Decimal(1), book=Decimal(2))) is None
    relative = {**SETTINGS, "npl_target": "relative", "target_npl_fall": "25.00"}  # a quarter of 3.2 % in a quarter
    assert target_of(change, "", relative, date(2026, 1, 1), date(2026, 3, 31), tally, None) == Decimal("-0.0080")


def test_cases_closed_per_person() -> None:
    both = Tally(closed_cases=3, handlers=frozenset({"u-1"}))
    both.add(Tally(closed_cases=2, handlers=frozenset({"u-1", "u-2"})))
    assert BY_ID["case_efficiency"].of(both) == Decimal("2.5")


def test_roll_rates_by_accounts_and_by_amount() -> None:
    counted = {
        ("bank", "CNY", "mild", "moderate_1"): (1, Decimal(300)),
        ("bank", "CNY", "mild", "current"): (3, Decimal(100)),
        ("bank", "CNY", "current", "mild"): (1, Decimal(0)),
        ("bank", "CNY", "current", "current"): (9, Decimal(0)),
    }
    found = {(roll.start, roll.end): (roll.share, roll.share_amount) for roll in rolls_of(counted)}
    assert found == {
        ("mild", "moderate_1"): (Decimal("0.25"), Decimal("0.75")),
        ("mild", "current"): (Decimal("0.75"), Decimal("0.25")),
        ("current", "mild"): (Decimal("0.1"), None),
    }


def test_the_period_to_compare_with() -> None:
    assert period_before(date(2026, 3, 1), date(2026, 3, 31)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert period_before(date(2026, 1, 1), date(2026, 3, 31)) == (date(2025, 10, 1), date(2025, 12, 31))
    assert period_before(date(2026, 3, 5), date(2026, 3, 11)) == (date(2026, 2, 26), date(2026, 3, 4))
    assert months(date(2026, 3, 1), date(2026, 4, 30)) == 2
    assert months(date(2026, 4, 1), date(2026, 4, 15)) == Decimal("0.5")
