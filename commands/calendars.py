"""Business days for commands that run without a server."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import make_url

from domain.calendar import Calendar
from domain.errors import Refused
from settings import Settings
from store.calendar import calendar, public_holidays
from store.session import Database


def business_calendar(country: str, years: Iterable[int], settings: Settings) -> Calendar:
    """The calendar of the running system where there is one here; public holidays for the years it does not know."""
    public = package_calendar(country, years)
    stored = _stored(country, settings) if _has_database(settings) else None
    return public if stored is None else completed(stored, public)


def completed(stored: Calendar, public: Calendar) -> Calendar:
    """A calendar with the years it lacks from another one."""
    known = {day.year for day in stored.days_off}
    return stored.model_copy(
        update={
            "days_off": (*stored.days_off, *(day for day in public.days_off if day.year not in known)),
            "working_weekends": (
                *stored.working_weekends, *(day for day in public.working_weekends if day.year not in known),
            ),
        }
    )  # fmt: skip


def package_calendar(country: str, years: Iterable[int]) -> Calendar:
    """Public holidays with make-up working weekends, from the package of public holidays."""
    days_off, worked, official = public_holidays(country, sorted(set(years)))
    return Calendar(version=f"{country} public", days_off=days_off, working_weekends=worked, official_through=official)


def _has_database(settings: Settings) -> bool:
    """Whether there is a database to read: looking must not create one."""
    url = make_url(settings.database_url)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


def _stored(country: str, settings: Settings) -> Calendar | None:
    database = Database(settings.database_url)
    try:
        with database.reading() as session:
            return calendar(session, country)
    except Refused:  # a database that was never filled
        return None
    finally:
        database.close()
