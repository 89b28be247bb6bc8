"""Business days as data: versions of a calendar, filled from public holidays or edited by an administrator."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import holidays
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.calendar import SATURDAY, Calendar
from domain.errors import Refused
from store.tables import CalendarDayRow, CalendarRow


def fill(session: Session, years: Iterable[int], at: datetime, calendar_id: str = "CN", by: str = "system") -> Calendar:
    """Bring a calendar to what the package of public holidays says of these years; no new version if nothing changed.

    A year is official only when it lists working weekends: before the notice is out the package only guesses.
    """
    days_off, worked, official = public_holidays(calendar_id, sorted(set(years)))
    present = _newest(session, calendar_id)
    if present is not None:
        known = _read(session, calendar_id, present)
        if (known.days_off, known.working_weekends, known.official_through) == (days_off, worked, official):
            return known
    return replace(session, calendar_id, days_off, worked, official, at, by)


def public_holidays(country: str, years: list[int]) -> tuple[tuple[date, ...], tuple[date, ...], date]:
    """(holidays on weekdays, working weekends, last official day) of a country, in order of days."""
    try:
        found = holidays.country_holidays(country, years=years)
    except NotImplementedError:
        raise Refused("unknown_calendar", f"No holidays are known for {country}.", "Use a country code.") from None
    worked = tuple(sorted(day for day in getattr(found, "weekend_workdays", ()) if day.year in years))
    days_off = tuple(sorted(day for day in found if day.weekday() < SATURDAY))
    official = date(years[0] - 1, 12, 31)
    for year in years:
        if year != official.year + 1 or all(day.year != year for day in worked):
            break
        official = date(year, 12, 31)
    return days_off, worked, official


def replace(
    session: Session,
    calendar_id: str,
    days_off: Iterable[date],
    working_weekends: Iterable[date],
    official_through: date,
    at: datetime,
    by: str,
) -> Calendar:
    """A new version of a calendar; the old ones stay."""
    version = (_newest(session, calendar_id) or 0) + 1
    head = {"official_through": official_through, "created_at": at, "created_by": by}
    connection = session.connection()
    connection.execute(insert(CalendarRow), [{"calendar": calendar_id, "version": version, **head}])
    kinds = {**dict.fromkeys(days_off, "off"), **dict.fromkeys(working_weekends, "worked")}
    rows = [
        {"calendar": calendar_id, "version": version, "day": day, "kind": kind, "official": day <= official_through}
        for day, kind in sorted(kinds.items())
    ]
    if rows:
        connection.execute(insert(CalendarDayRow), rows)
    return _read(session, calendar_id, version)


def calendar(session: Session, calendar_id: str) -> Calendar:
    """The newest version of a calendar; Refused "unknown_calendar"."""
    version = _newest(session, calendar_id)
    if version is None:
        raise Refused("unknown_calendar", f"There is no calendar {calendar_id}.", "Fill it first.")
    return _read(session, calendar_id, version)


def _newest(session: Session, calendar_id: str) -> int | None:
    return session.scalar(select(func.max(col(CalendarRow.version))).where(col(CalendarRow.calendar) == calendar_id))


def _read(session: Session, calendar_id: str, version: int) -> Calendar:
    head = session.get_one(CalendarRow, (calendar_id, version))
    c = CalendarDayRow
    query = select(col(c.kind), col(c.day)).where(col(c.calendar) == calendar_id, col(c.version) == version)
    days = session.execute(query.order_by(col(c.day))).all()
    return Calendar(
        version=f"{calendar_id}.{version}",
        days_off=tuple(day for kind, day in days if kind == "off"),
        working_weekends=tuple(day for kind, day in days if kind == "worked"),
        official_through=head.official_through,
    )
