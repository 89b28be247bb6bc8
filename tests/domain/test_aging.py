"""Worked examples of aging with grace and held days, as other systems publish them; ours give the same answers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.aging import aged_by_bucket, held_days
from domain.ledger import AccountFacts, HoldFact, Posting
from domain.standing import Standing, standing
from domain.terms import Terms
from tests.builders.leases import paid, rents, taken_back

# Four instalments of 250.
INSTALMENTS = rents("2023-10-01", "2023-10-16", "2023-10-31", "2023-11-15", principal="250", interest="0")
RANGES: dict[str, tuple[int, int | None]] = {
    "RANGE_1": (1, 3),
    "RANGE_3": (4, 30),
    "RANGE_30": (31, 60),
    "RANGE_60": (61, None),
}


def on(day: str, *postings: Posting, hold: tuple[str, str] | None = None, grace: int = 3) -> Standing:
    """The standing of those four instalments with a stopping clock."""
    holds = (HoldFact(start=date.fromisoformat(hold[0]), end=date.fromisoformat(hold[1])),) if hold else ()
    account = AccountFacts(account_no="V", schedule=INSTALMENTS, postings=postings, holds=holds)
    return standing(account, date.fromisoformat(day), Terms(grace_days=grace, holds="stop_clock"))


def bucket(dpd: int) -> str | None:
    return next((name for name, (low, high) in RANGES.items() if dpd >= low and (high is None or dpd <= high)), None)


PREPAID = (paid("2023-10-16", "250"),)


@pytest.mark.parametrize(
    ("vector", "day", "postings", "hold", "past_due", "dpd", "delinquent", "overdue", "range_"),
    [
        ("V001", "2023-10-02", (), None, 1, 0, "2023-10-04", 250, None),
        ("V006", "2023-10-30", (), ("2023-10-06", "2023-10-30"), 29, 2, "2023-10-04", 500, "RANGE_1"),
        ("V014", "2023-10-27", (), ("2023-10-25", "2023-11-15"), 26, 21, "2023-10-04", 500, "RANGE_3"),
        ("V021", "2023-11-15", PREPAID, ("2023-10-06", "2023-10-25"), 30, 18, "2023-10-19", 500, "RANGE_3"),
    ],
)
def test_grace_and_held_days(
    vector: str, day: str, postings: tuple[Posting, ...], hold: tuple[str, str] | None, past_due: int, dpd: int,
    delinquent: str, overdue: int, range_: str | None,
) -> None:  # fmt: skip
    found = on(day, *postings, hold=hold)
    assert (found.past_due_days, found.dpd) == (past_due, dpd), vector
    assert found.delinquent_date == date.fromisoformat(delinquent), vector
    assert found.overdue_rent == Decimal(overdue), vector
    assert bucket(found.dpd) == range_, vector


def test_holds_do_not_stop_the_clock_where_the_policy_lets_it_run_on() -> None:
    account = AccountFacts(
        account_no="V", schedule=INSTALMENTS, holds=(HoldFact(start=date(2023, 10, 6), end=date(2023, 10, 30)),)
    )
    assert standing(account, date(2023, 10, 30), Terms()).dpd == 29


def test_a_returned_payment_counts_from_its_return_where_the_setting_says_so() -> None:  # V025
    schedule = rents("2022-02-01", "2022-03-01", "2022-04-01", principal="1000", interest="0")
    second = paid("2022-03-01", "1000")
    postings = (paid("2022-02-01", "1000"), second, taken_back(second, "2022-03-15"))
    account = AccountFacts(account_no="V", schedule=schedule, postings=postings)
    terms = Terms(grace_days=3, returned_payment="return_date")
    found = standing(account, date(2022, 4, 7), terms)
    assert (found.delinquent_date, found.dpd, bucket(found.dpd)) == (date(2022, 3, 18), 20, "RANGE_3")
    original = standing(account, date(2022, 4, 7), Terms(grace_days=3))
    assert (original.delinquent_date, original.dpd) == (date(2022, 3, 4), 34)


def test_the_aged_balance_is_split_by_the_age_of_each_instalment() -> None:  # V028
    found = on("2023-11-16", grace=0)
    assert aged_by_bucket(found.open_instalments, found.as_of, RANGES) == {
        "RANGE_1": Decimal(250),
        "RANGE_3": Decimal(250),
        "RANGE_30": Decimal(500),
    }


def test_the_oldest_unpaid_instalment_is_the_next_to_be_paid() -> None:  # V045
    assert on("2023-10-21").oldest_due == date(2023, 10, 1)


def test_days_in_two_holds_count_once() -> None:
    holds = [
        HoldFact(start=date(2023, 10, 5), end=date(2023, 10, 10)),
        HoldFact(start=date(2023, 10, 8), end=date(2023, 10, 12)),
    ]
    assert held_days(holds, date(2023, 10, 1), date(2023, 10, 31)) == 7
    assert held_days(holds, date(2023, 10, 9), date(2023, 10, 11)) == 2


def test_a_hold_moves_an_open_deadline_by_the_held_days() -> None:  # V070
    """The period that ends 30 days after 15 February, 16 March, ends on the 30th after a hold of 1 to 15 March."""

    def end_of_period(*holds: HoldFact) -> date:
        account = AccountFacts(account_no="V", schedule=rents("2024-02-15"), holds=holds)
        following = (date(2024, 2, 15) + timedelta(days=number) for number in range(60))
        return next(day for day in following if standing(account, day, Terms(holds="stop_clock")).dpd == 30)

    assert end_of_period() == date(2024, 3, 16)
    assert end_of_period(HoldFact(start=date(2024, 3, 1), end=date(2024, 3, 15))) == date(2024, 3, 30)
