"""What holds for every layer on every day: each duty once per subject and period whatever was away; nothing early."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from domain.base import days
from domain.duties import Done, SubjectFacts, duties_due, may_be_due, period_of, planned_day
from domain.layer import Subject
from tests.builders.calendars import CHINA_2026
from tests.builders.effort import examples
from tests.builders.layers import LAYERS, Life, layer, lived

FIRST, LAST = date(2026, 1, 5), date(2026, 12, 31)
ORDINARY = settings(max_examples=examples(40), deadline=None)
kinds = st.sampled_from(["account", "customer", "portfolio"])
year = st.dates(FIRST, LAST)


@ORDINARY
@given(
    name=st.sampled_from(LAYERS), kind=kinds, key=st.text("ABC123", min_size=1),
    due=st.none() | year, paid=st.none() | year,
    away=st.lists(st.tuples(year, st.integers(1, 60)), max_size=4), outcome=st.integers(0, 3),
)  # fmt: skip
def test_each_duty_once_per_subject_and_period_whatever_the_outages(
    name: str, kind: Subject, key: str, due: date | None, paid: date | None, away: list[tuple[date, int]], outcome: int
) -> None:
    rules = layer(name)
    gone = {start + days(number) for start, length in away for number in range(length)}
    answers = {
        duty.id: rules.outcomes(duty)[min(outcome, len(rules.outcomes(duty)) - 1)]
        for duty in rules.layer.duties
        if duty.ask
    }
    life = Life(key=key, kind=kind, due=due, paid=paid if due and paid and paid > due else None)
    found = lived(rules, life, FIRST, LAST, answers, gone.__contains__)
    assert max(Counter((run.duty, run.period) for _, run in found).values(), default=1) == 1
    assert all(run.planned <= day and day not in gone for day, run in found)
    for duty in rules.layer.duties:
        if duty.every and duty.ask and duty.for_ == kind and not duty.if_:
            opened = {run.period for _, run in found if run.duty == duty.id}
            assert opened == expected(rules.period(duty.every), key, kind, rules.integer(rules.layer.spread), gone)


def expected(period: str, key: str, kind: Subject, spread: int, gone: set[date]) -> set[str]:
    """The periods in which the system ran on the planned day or on a later one of the same period."""
    found: set[str] = set()
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + days(number)
        name, first, last = period_of(period, day)
        planned = planned_day(first, last, key, 1 if kind == "portfolio" else spread, CHINA_2026)
        if planned is not None and FIRST <= planned <= day and day not in gone:
            found.add(name)
    return found


@pytest.mark.parametrize(
    ("period", "day", "name", "first", "after"),
    [
        ("day", "2026-03-31", "20260331", "2026-03-31", "2026-04-01"),
        ("week", "2026-01-01", "2026-W01", "2025-12-29", "2026-01-05"),
        ("month", "2026-12-31", "2026-12", "2026-12-01", "2027-01-01"),
        ("quarter", "2026-05-15", "2026-Q2", "2026-04-01", "2026-07-01"),
        ("half_year", "2026-07-01", "2026-H2", "2026-07-01", "2027-01-01"),
        ("year", "2026-07-01", "2026", "2026-01-01", "2027-01-01"),
    ],
)
def test_periods(period: str, day: str, name: str, first: str, after: str) -> None:
    expected = (name, date.fromisoformat(first), date.fromisoformat(after))
    assert period_of(period, date.fromisoformat(day)) == expected


def test_a_week_without_business_days_has_no_turn() -> None:
    """Spring Festival: Monday 16 to Sunday 22 February 2026."""
    assert planned_day(date(2026, 2, 16), date(2026, 2, 23), "C-1", 10, CHINA_2026) is None


@pytest.mark.parametrize(
    ("past_due", "overdue", "grade"),
    [
        (0, "0.00", "one"),
        (1, "100.00", "two"),
        (1, "99999.99", "two"),
        (1, "100000.00", "three"),
        (61, "1.00", "three"),
    ],
)
def test_the_grade_is_the_worse_of_days_and_amount(past_due: int, overdue: str, grade: str) -> None:
    """MB2.1a, with the limits of the demonstration: 1 and 61 days, 20,000 and 100,000 yuan."""
    rules = layer("collection_2")
    grading = rules.duty("grade").grade
    assert grading is not None
    assert rules.grade_of(grading, past_due, Decimal(overdue)) == grade


def test_a_second_delinquency_asks_again() -> None:
    rules = layer("trade")
    done = [Done(duty="means", period="delinquency-1", outcome="letter", on=date(2026, 3, 17))]
    facts = SubjectFacts("account", "C-1", FIRST, days_past_due=5, overdue=Decimal(10), delinquency=2)
    runs = {run.duty: run for run in duties_due(rules, facts, date(2026, 6, 20), CHINA_2026, done)}
    assert (runs["means"].period, runs["means"].planned) == ("delinquency-2", date(2026, 6, 16))


def test_nothing_happens_before_the_layer_is_in_force() -> None:
    """In force since 5 January: what began before is registered then, and no turn of an earlier day is made up."""
    rules = layer("servicing")
    facts = SubjectFacts("account", "C-1", date(2024, 5, 1))
    runs = duties_due(rules, facts, date(2026, 1, 6), CHINA_2026, [])
    assert [(run.duty, run.planned) for run in runs if run.duty == "registration"] == [("registration", FIRST)]
    assert duties_due(rules, facts, date(2026, 1, 4), CHINA_2026, []) == []


@ORDINARY
@given(name=st.sampled_from(LAYERS), kind=kinds, day=year, past_due=st.integers(0, 400), key=st.text("ABC", min_size=1))
def test_accounts_that_are_not_looked_at_have_nothing_due(
    name: str, kind: Subject, day: date, past_due: int, key: str
) -> None:
    rules = layer(name)
    if not may_be_due(rules, kind, key, FIRST, day, CHINA_2026, []):
        facts = SubjectFacts(kind, key, FIRST, days_past_due=past_due, overdue=Decimal(past_due), delinquency=1)
        assert duties_due(rules, facts, day, CHINA_2026, []) == []
