"""The lines of a penalty calculation: checked by hand, and always the sum that the standing states."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import get_args

from hypothesis import given, settings, strategies as st

from domain.ledger import AccountFacts, Instalment, Posting, PostingKind
from domain.money import rounded
from domain.penalty import penalty_lines
from domain.standing import standing
from domain.terms import Allocation, Terms
from tests.builders.effort import examples
from tests.domain.test_standing_properties import accounts, days_on

ORDER: tuple[Allocation, ...] = ("costs", "earlier_penalty", "interest", "principal", "current_penalty")
PENALTY_FIRST: tuple[Allocation, ...] = ("current_penalty", "costs", "earlier_penalty", "interest", "principal")


def account(*payments: tuple[str, date]) -> AccountFacts:
    """Two instalments of 1,000.00, on 1 January and 1 February 2026, at 0.05 % per day."""
    schedule = tuple(
        Instalment(no=no, due=date(2026, no, 1), principal=Decimal("900.00"), interest=Decimal("100.00"))
        for no in (1, 2)
    )
    postings = tuple(
        Posting(id=f"R{number}", kind=PostingKind.PAYMENT, value_date=day, amount=Decimal(amount),
                at=datetime(day.year, day.month, day.day, tzinfo=UTC))
        for number, (amount, day) in enumerate(payments)
    )  # fmt: skip
    rate = Decimal("0.0005")
    return AccountFacts(account_no="D-1", schedule=schedule, postings=postings, penalty_rate_per_day=rate)


def lines(found: AccountFacts, as_of: date, allocation: tuple[Allocation, ...] = ORDER) -> list[tuple[str, ...]]:
    return [
        (f"{one.since:%m-%d}", f"{one.until:%m-%d}", f"{one.days}", f"{one.owed}", f"{one.amount.normalize():f}")
        for one in penalty_lines(found, as_of, Terms(allocation=allocation))
    ]


def test_each_change_of_what_is_owed_begins_a_line() -> None:
    assert lines(account(("400.00", date(2026, 1, 11))), date(2026, 2, 6)) == [
        ("01-01", "01-11", "10", "1000.00", "5"),
        ("01-11", "02-01", "21", "600.00", "6.3"),
        ("02-01", "02-06", "5", "1600.00", "4"),
    ]


def test_days_of_one_amount_are_one_line_whatever_happened_between() -> None:
    costs = Posting(id="K", kind=PostingKind.COST, value_date=date(2026, 1, 9), at=datetime(2026, 1, 9, tzinfo=UTC),
                    amount=Decimal("30.00"))  # fmt: skip
    found = account().model_copy(update={"postings": (costs,)})
    assert lines(found, date(2026, 1, 21)) == [("01-01", "01-21", "20", "1000.00", "10")]


def test_penalty_interest_that_was_paid_is_a_line_with_a_minus() -> None:
    found = account(("2.00", date(2026, 1, 11)))
    assert lines(found, date(2026, 1, 21), PENALTY_FIRST) == [
        ("01-01", "01-11", "10", "1000.00", "5"),
        ("01-11", "01-11", "0", "0.00", "-2"),
        ("01-11", "01-21", "10", "1000.00", "5"),
    ]


def test_an_earlier_delinquency_leaves_no_line() -> None:
    found = account(("1000.00", date(2026, 1, 11)))
    assert lines(found, date(2026, 1, 31)) == []
    assert lines(found, date(2026, 2, 3)) == [("02-01", "02-03", "2", "1000.00", "1")]


@settings(max_examples=examples(70), deadline=None)
@given(accounts(), days_on, st.permutations(get_args(Allocation)))
def test_the_lines_always_add_up_to_what_is_stated(
    found: AccountFacts, as_of: date, allocation: list[Allocation]
) -> None:
    terms = Terms(allocation=tuple(allocation))
    shown = penalty_lines(found, as_of, terms)
    assert rounded(sum((one.amount for one in shown), Decimal(0))) == standing(found, as_of, terms).current_penalty
    assert all(one.amount == one.owed * one.rate * one.days for one in shown if one.days)
    assert all(one.until <= as_of for one in shown)
