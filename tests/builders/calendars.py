"""The business days of China in 2026 as plain data, with the days around the year that scenarios touch."""

from __future__ import annotations

from datetime import date

from domain.calendar import Calendar


def _days(year: int, listed: str) -> tuple[date, ...]:
    return tuple(date(year, int(day[:2]), int(day[3:])) for day in listed.split())


# Weekdays without work: New Year, Spring Festival, Qingming, Labour Day, Dragon Boat, Mid-Autumn, National Day.
DAYS_OFF_2026 = _days(
    2026,
    "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06 10-07",
)
# Saturdays and Sundays on which everybody works instead (调休).
WORKING_WEEKENDS_2026 = _days(2026, "01-04 02-14 02-28 05-09 09-20 10-10")

CHINA_2026 = Calendar(
    version="CN-2026",
    days_off=DAYS_OFF_2026,
    working_weekends=WORKING_WEEKENDS_2026,
    official_through=date(2026, 12, 31),
)
