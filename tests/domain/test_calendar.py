"""Business days: make-up weekends, holidays, month ends, and the table of the tests against the public one."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from domain.calendar import month_end
from tests.builders.calendars import CHINA_2026, DAYS_OFF_2026, WORKING_WEEKENDS_2026


def test_the_calendar_of_the_tests_is_the_official_one_of_2026() -> None:
    china = holidays.country_holidays("CN", years=2026)
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert tuple(day for day in year if day in china and day.weekday() < 5) == DAYS_OFF_2026
    assert tuple(day for day in year if china.is_working_day(day) and day.weekday() >= 5) == WORKING_WEEKENDS_2026


@pytest.mark.parametrize(
    ("start", "count", "reached"),
    [
        (date(2026, 3, 2), 0, date(2026, 3, 2)),  # a Monday: 立即 is the same day
        (date(2026, 3, 7), 0, date(2026, 3, 9)),  # a Saturday: the next business day
        (date(2026, 2, 14), 0, date(2026, 2, 14)),  # a worked Saturday
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # after Spring Festival
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 10, 9), 1, date(2026, 10, 10)),  # a worked Saturday
        (date(2026, 4, 30), 3, date(2026, 5, 8)),
        (date(2026, 5, 8), 1, date(2026, 5, 9)),
    ],
)
def test_the_nth_business_day(start: date, count: int, reached: date) -> None:
    assert CHINA_2026.business_day(start, count) == reached


@pytest.mark.parametrize(
    ("of", "last"),
    [
        (date(2026, 1, 3), date(2026, 1, 30)),
        (date(2026, 2, 1), date(2026, 2, 28)),  # a worked Saturday
        (date(2026, 5, 31), date(2026, 5, 29)),
        (date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_the_last_business_day_of_a_month(of: date, last: date) -> None:
    assert CHINA_2026.last_business_day(of) == last


@pytest.mark.parametrize(
    ("of", "end"),
    [
        (date(2026, 12, 5), date(2026, 12, 31)),
        (date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 4, 30), date(2026, 4, 30)),
    ],
)
def test_month_end(of: date, end: date) -> None:
    assert month_end(of) == end


def test_a_slice_knows_the_same_days() -> None:
    part = CHINA_2026.slice(date(2026, 9, 1), date(2026, 10, 31))
    for number in range(61):
        day = date(2026, 9, 1) + timedelta(days=number)
        assert part.is_business_day(day) == CHINA_2026.is_business_day(day)
    assert len(part.days_off) < len(CHINA_2026.days_off)


def test_deadlines_after_the_official_notice_are_provisional() -> None:
    assert CHINA_2026.is_official(date(2026, 12, 31))
    assert not CHINA_2026.is_official(date(2027, 1, 1))
