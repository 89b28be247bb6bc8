"""Days past due and amounts, on examples that a lawyer can check with a pencil (L2.1 to L2.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain.ledger import Posting, PostingKind
from domain.standing import Standing, as_known, standing
from domain.terms import Terms
from tests.builders.leases import lease, paid, taken_back

LEASING = Terms()


def on(day: str, *postings: Posting, terms: Terms = LEASING) -> Standing:
    """The standing of the usual lease on a day."""
    return standing(lease(*postings), date.fromisoformat(day), terms)


def test_days_count_from_the_day_after_the_due_date() -> None:  # L2.3
    assert [on(day).dpd for day in ("2026-03-01", "2026-03-02", "2026-03-03", "2026-03-10", "2026-04-17")] == [
        0, 0, 1, 8, 46,
    ]  # fmt: skip


def test_on_the_due_date_itself_nothing_is_overdue_yet() -> None:
    due = on("2026-03-02")
    assert (due.dpd, due.overdue_rent, due.open_instalments) == (0, Decimal("0.00"), ())
    assert (due.oldest_due, due.cured) == (date(2026, 3, 2), False)


@pytest.mark.parametrize("part", ["0.01", "10499.99"])
def test_part_payment_leaves_the_account_overdue(part: str) -> None:  # L2.1
    after = on("2026-03-10", paid("2026-03-05", part))
    assert (after.dpd, after.cured) == (8, False)
    assert after.overdue_rent == Decimal("10500.00") - Decimal(part)


def test_a_waiver_rounded_up_to_the_cent_pays_no_rent() -> None:
    """10,010.00 x 0.0005 = 5.005 a day: what is waived, 5.01, is half a cent more, and no cent goes on to the rent."""
    at = datetime(2026, 3, 3, 4, tzinfo=UTC)
    given = Posting(id="W1", kind=PostingKind.WAIVER, value_date=date(2026, 3, 3), at=at, amount=Decimal("5.01"))
    after = on("2026-03-04", paid("2026-03-02", "490.00"), given)
    assert (after.overdue_rent, after.allocated, after.unallocated) == (
        Decimal("10010.00"), Decimal("490.00"), Decimal("0.00"),
    )  # fmt: skip


def test_full_payment_of_the_rents_cures_and_the_penalty_is_carried_forward() -> None:  # settled: cure
    # 10,500 x 0.0005 x 12 days = 63.00
    cured = on("2026-03-14", paid("2026-03-14", "10500.00"))
    assert (cured.cured, cured.dpd, cured.overdue_rent) == (True, 0, Decimal("0.00"))
    assert (cured.carried_penalty, cured.current_penalty) == (Decimal("63.00"), Decimal("0"))


def test_penalty_carried_forward_falls_due_with_the_next_instalment() -> None:  # L2.2
    before = [paid("2026-03-14", "10500.00")]
    assert on("2026-04-01", *before).earlier_penalty == 0
    due = on("2026-04-03", *before)
    assert (due.earlier_penalty, due.carried_penalty, due.dpd) == (Decimal("63.00"), Decimal("0.00"), 1)
    rent_only = on("2026-04-03", *before, paid("2026-04-03", "10500.00"))
    assert (rent_only.cured, rent_only.dpd) == (False, 1)
    both = on("2026-04-03", *before, paid("2026-04-03", "10563.00"))
    assert (both.cured, both.dpd) == (True, 0)


def test_with_the_setting_a_cure_needs_the_current_penalty_too() -> None:
    terms = Terms(cure_includes_current_penalty=True)
    assert not on("2026-03-14", paid("2026-03-14", "10500.00"), terms=terms).cured
    assert on("2026-03-14", paid("2026-03-14", "10563.00"), terms=terms).cured


def test_money_goes_to_costs_then_interest_then_principal_of_the_oldest() -> None:  # L-Q19
    cost = paid("2026-03-10", "200.00", PostingKind.COST)
    first = on("2026-04-10", cost, paid("2026-04-10", "500.00"))
    assert (first.costs, first.overdue_rent) == (Decimal("0.00"), Decimal("20700.00"))
    assert first.oldest_due == date(2026, 3, 2)
    oldest = on("2026-04-10", cost, paid("2026-04-10", "10700.00"))
    assert (oldest.oldest_due, oldest.dpd, oldest.overdue_rent) == (date(2026, 4, 2), 8, Decimal("10500.00"))


def test_each_instalment_is_paid_off_before_the_next_one_gets_anything() -> None:
    rows = on("2026-05-03", paid("2026-05-03", "15000.00")).open_instalments
    assert [(row.no, row.paid, row.unpaid) for row in rows] == [
        (2, Decimal("4500.00"), Decimal("6000.00")),
        (3, Decimal("0.00"), Decimal("10500.00")),
    ]


def test_penalty_runs_on_what_is_unpaid_day_by_day() -> None:
    # 5 days on 10,500 = 26.25, then 5 days on 5,500 = 13.75
    after = on("2026-03-12", paid("2026-03-07", "5000.00"))
    assert after.current_penalty == Decimal("40.00")
    assert after.total_overdue == Decimal("5540.00")


def test_an_advance_of_the_vendor_never_cures() -> None:  # L2.4
    advanced = on("2026-03-20", paid("2026-03-05", "10500.00", PostingKind.VENDOR_ADVANCE))
    assert (advanced.dpd, advanced.cured) == (18, False)
    assert (advanced.overdue_rent, advanced.vendor_advance) == (Decimal("10500.00"), Decimal("10500.00"))


def test_the_buyback_price_ends_the_case_without_curing() -> None:
    bought = on("2026-03-20", paid("2026-03-20", "480000.00", PostingKind.BUYBACK_PRICE))
    assert (bought.bought_back, bought.cured) == (True, False)


def test_a_reversal_on_the_same_day_leaves_everything_as_it_was() -> None:
    payment = paid("2026-03-10", "10500.00")
    assert on("2026-03-10", payment, taken_back(payment, "2026-03-10")) == on("2026-03-10")


def test_a_returned_payment_counts_from_the_original_due_date() -> None:  # settled: returned_payment
    payment = paid("2026-03-14", "10500.00")
    back = taken_back(payment, "2026-03-22")
    assert on("2026-03-21", payment, back).dpd == 0
    assert (on("2026-03-22", payment, back).dpd, on("2026-03-22", payment, back).cured) == (20, False)


def test_a_payment_entered_late_counts_for_its_value_date() -> None:
    late = paid("2026-03-05", "10500.00", known="2026-03-12")
    assert on("2026-03-06", late).cured
    assert on("2026-03-06", late).carried_penalty == Decimal("15.75")  # three days, not ten


def test_what_was_known_at_an_instant_can_be_asked_later() -> None:
    account = lease(paid("2026-03-05", "10500.00", known="2026-03-12"))
    known = as_known(account, datetime(2026, 3, 10, tzinfo=UTC), date(2026, 3, 10), LEASING)
    assert (known.dpd, known.cured) == (8, False)


def test_a_residue_within_the_tolerance_does_not_keep_an_account_overdue() -> None:  # settled: tolerance
    payment = paid("2026-03-05", "10499.00")
    assert on("2026-03-10", payment).dpd == 8
    assert on("2026-03-10", payment, terms=Terms(tolerance=Decimal("1.00"))).dpd == 0
    assert on("2026-03-10", payment, terms=Terms(tolerance=Decimal("0.99"))).dpd == 8


def test_overpayment_stays_as_credit_and_pays_the_next_rent() -> None:
    payment = paid("2026-03-02", "12000.00")
    assert on("2026-03-10", payment).unallocated == Decimal("1500.00")
    assert on("2026-04-03", payment).overdue_rent == Decimal("9000.00")


def test_costs_alone_keep_an_account_overdue_since_they_were_charged() -> None:
    after = on("2026-03-20", paid("2026-03-02", "10500.00"), paid("2026-03-12", "80.00", PostingKind.COST))
    assert (after.cured, after.oldest_due, after.dpd) == (False, date(2026, 3, 12), 8)


def test_the_next_due_date_is_told() -> None:
    assert on("2026-03-20").next_due == date(2026, 4, 2)
    assert on("2026-06-01").next_due is None
