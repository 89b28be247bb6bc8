"""Instalment plans: the worked examples by their numbers, and what holds for every plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel, ConfigDict

from domain.instalment_plan import (
    Debt,
    Frequency,
    dates_until,
    end_date,
    expected_balance,
    filled,
    in_portions,
    nth,
    plan_interest,
    schedule,
    split,
    state_on,
)
from domain.money import ZERO
from domain.policy_file import read_yaml


class Expected(BaseModel):
    """What must come out."""

    instalments: int = 0
    interest: Decimal = ZERO
    payable: Decimal = ZERO
    regular: Decimal = ZERO
    final: Decimal = ZERO
    end_date: date | None = None
    state: Literal["live", "completed", "breached"] | None = None


class Example(BaseModel):
    """One worked example."""

    model_config = ConfigDict(extra="forbid")

    about: str
    debts: tuple[Debt, ...] = ()
    start: date = date.min
    first: date
    last: date = date.min
    frequency: Frequency
    percent: Decimal = ZERO
    down_payment: Decimal = ZERO
    owed: Decimal = ZERO
    each: Decimal = ZERO
    tolerance: int = 0
    as_of: date = date.min
    balance: Decimal = ZERO
    expected: Expected


RAW = read_yaml(Path(__file__).with_name("instalment_plans.yaml").read_text(encoding="utf-8"))
EXAMPLES = {str(name): Example.model_validate(given) for name, given in dict(RAW).items()}
INTEREST = [name for name, one in EXAMPLES.items() if one.debts]
ENDS = [name for name, one in EXAMPLES.items() if one.expected.end_date]
STATES = [name for name, one in EXAMPLES.items() if one.expected.state]

CENTS = st.decimals(min_value="0.01", max_value="999999.99", places=2)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
NAMED: tuple[Frequency, ...] = ("weekly", "fortnightly", "monthly")
RHYTHMS: st.SearchStrategy[Frequency] = st.one_of(st.sampled_from(NAMED), st.integers(min_value=1, max_value=90))


@pytest.mark.parametrize("name", INTEREST)
def test_interest_of_a_plan(name: str) -> None:
    one = EXAMPLES[name]
    dates = dates_until(one.first, one.last, one.frequency)
    interest = plan_interest(one.debts, one.start, dates, one.percent, one.down_payment)
    owed = sum((debt.amount for debt in one.debts), ZERO)
    amounts = split(owed - one.down_payment, len(dates))
    expected = one.expected
    assert (len(dates), interest, owed + interest) == (expected.instalments, expected.interest, expected.payable)
    assert set(amounts[:-1]) == {expected.regular}
    assert amounts[-1] + interest == expected.final


@pytest.mark.parametrize("name", ENDS)
def test_end_of_a_plan(name: str) -> None:
    one = EXAMPLES[name]
    assert end_date(one.owed, one.each, one.first, one.frequency, one.down_payment) == one.expected.end_date


@pytest.mark.parametrize("name", STATES)
def test_state_of_a_plan(name: str) -> None:
    one = EXAMPLES[name]
    plan = schedule(in_portions(one.owed, one.each), one.first, one.frequency)
    assert state_on(one.owed, plan, one.tolerance, one.as_of, one.balance) == one.expected.state


def test_all_three_kinds_are_there() -> None:
    assert (len(INTEREST), len(ENDS), len(STATES)) == (2, 1, 3)


def test_the_31st_is_the_last_day_of_shorter_months_and_the_31st_again() -> None:
    found = [nth(date(2026, 1, 31), "monthly", number) for number in range(4)]
    assert found == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_the_remainder_of_a_division_goes_to_the_last_instalment() -> None:
    assert split(Decimal("100.00"), 3) == (Decimal("33.33"), Decimal("33.33"), Decimal("33.34"))


def test_the_down_payment_comes_first() -> None:
    plan = schedule(split(Decimal("90.00"), 2), date(2026, 6, 1), 10, (date(2026, 5, 20), Decimal("10.00")))
    shown = [(one.no, one.due.isoformat(), str(one.amount)) for one in plan]
    assert shown == [(1, "2026-05-20", "10.00"), (2, "2026-06-01", "45.00"), (3, "2026-06-11", "45.00")]


def test_an_extension_is_one_instalment_at_a_later_date() -> None:
    assert [one.due for one in schedule((Decimal(5),), date(2026, 6, 1), "once")] == [date(2026, 6, 1)]
    with pytest.raises(ValueError, match="one instalment"):
        schedule((Decimal(5), Decimal(5)), date(2026, 6, 1), "once")


@given(CENTS, st.integers(min_value=1, max_value=60), DAYS, RHYTHMS, CENTS)
def test_amounts_add_up_and_nothing_is_negative(
    owed: Decimal, number: int, first: date, frequency: Frequency, paid: Decimal
) -> None:
    plan = schedule(split(owed, number), first, frequency)
    assert sum(one.amount for one in plan) == owed
    assert all(one.amount >= ZERO for one in plan)
    assert all(earlier.due < later.due for earlier, later in pairwise(plan))
    there = filled(plan, paid)
    assert sum(there) == min(paid, owed)
    assert all(ZERO <= part <= one.amount for part, one in zip(there, plan, strict=True))


@given(CENTS, CENTS)
def test_portions_add_up_and_only_the_last_is_smaller(owed: Decimal, each: Decimal) -> None:
    portions = in_portions(owed, max(each, owed / 100))
    assert sum(portions) == owed
    assert all(part == portions[0] for part in portions[:-1])
    assert ZERO < portions[-1] <= portions[0]


@given(CENTS, st.integers(min_value=1, max_value=12), DAYS, RHYTHMS, DAYS)
def test_who_pays_what_is_expected_keeps_the_plan(
    owed: Decimal, number: int, first: date, frequency: Frequency, on: date
) -> None:
    plan = schedule(split(owed, number), first, frequency)
    balance = expected_balance(owed, plan, on)
    assert ZERO <= balance <= owed
    assert state_on(owed, plan, 0, on, balance) in ("live", "completed")
    assert state_on(owed, plan, 0, on, balance + Decimal("0.01")) == "breached"
