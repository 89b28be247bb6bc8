"""Business days for commands that run without a server."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import chain

import holidays

from domain.base import days
from domain.calendar import Calendar
from settings import Settings

SATURDAY = 5


def package_calendar(country: str, years: Iterable[int]) -> Calendar:
    """The calendar of a country from the `holidays` package.

    A year is official when it has make-up working weekends: they are known only from the official notice.
    """
    wanted = sorted(set(years))
    found = [_year(country, year) for year in wanted]
    official = [year for year, (_, worked) in zip(wanted, found, strict=True) if worked]
    return Calendar(
        version=f"holidays {holidays.__version__}",
        days_off=tuple(chain.from_iterable(off for off, _ in found)),
        working_weekends=tuple(chain.from_iterable(worked for _, worked in found)),
        official_through=date(max(official, default=wanted[0] - 1), 12, 31),
    )


def _year(country: str, year: int) -> tuple[list[date], list[date]]:
    """Weekdays off and weekends worked of one year."""
    known = holidays.country_holidays(country, years=year)
    first = date(year, 1, 1)
    all_days = [first + days(n) for n in range((date(year + 1, 1, 1) - first).days)]
    off = [day for day in all_days if day.weekday() < SATURDAY and not known.is_working_day(day)]
    worked = [day for day in all_days if day.weekday() >= SATURDAY and known.is_working_day(day)]
    return off, worked


def business_calendar(country: str, years: Iterable[int], settings: Settings) -> Calendar:
    """The calendar that the running system uses when there is one here, else that of the package."""
    stored = _stored(country, settings)
    return stored if stored is not None else package_calendar(country, years)


def _stored(country: str, settings: Settings) -> Calendar | None:
    return None
