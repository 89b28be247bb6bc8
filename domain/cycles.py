"""The days on which the standing work of a portfolio falls: weekly, at month end, daily."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.base import days
from domain.calendar import Calendar, month_end
from domain.ladder import WEEKDAYS
from domain.step_rule import Every

WEEK = 7


def next_cycle(every: Every | Literal["day"], after: date, calendar: Calendar) -> date:
    """The first day of this cycle later than `after`; a report day on a holiday moves to the business day before."""
    if isinstance(every, str):
        return after + days(1)
    if every.weekday is not None:
        return _weekly(WEEKDAYS.index(every.weekday), after, calendar)
    if every.month_end is not None:
        return _month_end(every.month_end == "last_calendar_day", after, calendar)
    if every.period == "week":
        return _weekly(WEEKDAYS.index("friday"), after, calendar)
    return _month_end(False, after, calendar)


def _weekly(weekday: int, after: date, calendar: Calendar) -> date:
    nominal = after + days((weekday - after.weekday()) % WEEK)
    while True:
        actual = calendar.on_or_before(nominal)
        if actual > after:
            return actual
        nominal += days(WEEK)


def _month_end(calendar_day: bool, after: date, calendar: Calendar) -> date:
    day = after
    while True:
        end = month_end(day)
        actual = end if calendar_day else calendar.on_or_before(end)
        if actual > after:
            return actual
        day = end + days(1)
