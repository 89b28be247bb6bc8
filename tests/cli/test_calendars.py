"""Business days of commands without a server: the stored calendar first, public holidays for other years."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from commands.calendars import business_calendar, completed, package_calendar
from domain.calendar import Calendar
from settings import Settings
from tests.builders.calendars import CHINA_2026


def test_public_holidays_with_make_up_days() -> None:
    found = package_calendar("CN", [2025, 2026])
    of_2026 = [day for day in found.days_off if day.year == 2026]
    assert sorted(of_2026) == sorted(CHINA_2026.days_off)
    assert found.is_business_day(date(2026, 2, 14)) and not found.is_business_day(date(2025, 10, 8))


def test_what_is_stored_goes_before_public_holidays() -> None:
    bank_day = date(2026, 7, 1)
    stored = Calendar(version="CN.2", days_off=(bank_day,), official_through=date(2026, 12, 31))
    found = completed(stored, package_calendar("CN", [2025, 2026]))
    assert not found.is_business_day(bank_day)
    assert found.is_business_day(date(2026, 10, 1))  # the stored year says nothing of it
    assert not found.is_business_day(date(2025, 10, 1))
    assert found.version == "CN.2"


def test_looking_for_a_calendar_creates_no_database(tmp_path: Path) -> None:
    file = tmp_path / "arrears.db"
    settings = Settings(database=f"sqlite:///{file}")
    assert not business_calendar("CN", [2026], settings).is_business_day(date(2026, 10, 1))
    assert not file.exists()
