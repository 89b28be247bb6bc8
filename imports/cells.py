"""Reads single cells: texts, amounts, dates, numbers, choices; what is doubtful is refused, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.base import days
from domain.money import CENT, rounded
from imports.source import Cell

LARGEST_AMOUNT = Decimal(10) ** 13
EXACT_FLOAT = 2**53  # whole numbers above are no longer exact in a spreadsheet
EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 1, 1)
SERIAL_START = date(1899, 12, 30)  # the 1900 system: day 1 is 1900-01-01, with the leap day that never was
SERIAL_START_1904 = date(1904, 1, 1)
WRITTEN_DATE = re.compile(
    r"(\d{4})\s*(?:-|/|\.|年)\s*(\d{1,2})\s*(?:-|/|\.|月)\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?"
)
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
RELATIVE_DATE = re.compile(r"D\s*(?:([+-])\s*(\d{1,5}))?")
NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[,，]\d{3})+)(?:\.\d+)?")
DAMAGED = ("\ufffd", "锟斤拷", "烫烫烫")
YES = frozenset({"yes", "y", "true", "1", "是", "有"})
NO = frozenset({"no", "n", "false", "0", "否", "无"})


class Unreadable(ValueError):
    """A cell that cannot be taken: what is expected instead, and what to do."""

    def __init__(self, expected: str, remedy: str) -> None:
        super().__init__(expected)
        self.expected = expected
        self.remedy = remedy


Reader = Callable[[Cell], object]


def text(cell: Cell) -> str:
    """A text; whole numbers lose the .0 that spreadsheets add. Identifiers that a spreadsheet shortened are refused."""
    if isinstance(cell, str):
        found = cell.strip()
        if any(mark in found for mark in DAMAGED):
            raise Unreadable(
                "readable text", "the text was damaged by a wrong encoding before: export it again as UTF-8"
            )
        return found
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT_FLOAT:
            raise Unreadable(
                "text", "the number lost digits in the spreadsheet: format the column as text and enter it again"
            )
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, date):
        raise Unreadable("text", "the spreadsheet turned it into a date: format the column as text and enter it again")
    return str(cell)


@lru_cache(maxsize=16384, typed=True)  # rents repeat
def amount(cell: Cell) -> Decimal:
    """An amount of at least 0 in whole cents. Noise of binary fractions is refused, not rounded away."""
    found = _number(cell, "an amount such as 1234.56")
    if found < 0:
        raise Unreadable(
            "an amount of at least 0.00", "enter it without sign; a payment taken back is a row of its own (reversal)"
        )
    if found >= LARGEST_AMOUNT:
        raise Unreadable("an amount below 10 trillion", "check the amount")
    cents = rounded(found)
    if cents != found:
        raise Unreadable(
            "an amount with at most two decimals", f"if {cents} is meant, write {cents} (in a formula: ROUND(…, 2))"
        )
    return cents


def rate(cell: Cell) -> Decimal:
    """A rate per day between 0 and 1 %: 0.0005 or 0.05%."""
    expected = "a rate per day such as 0.0005 or 0.05%"
    if isinstance(cell, str) and cell.strip().endswith(("%", "％")):
        found = _number(cell.strip()[:-1], expected) / 100
    else:
        found = _number(cell, expected)
    if not 0 <= found <= CENT:
        raise Unreadable(
            "a rate per day between 0 and 0.01 (1 %)", "enter the rate per day, not per year and not in per mille"
        )
    return found


def count(cell: Cell) -> int:
    """A whole number from 0."""
    found = _number(cell, "a whole number")
    if found != int(found) or found < 0:
        raise Unreadable("a whole number", "enter 1, 2, 3 …")
    return int(found)


def _number(cell: Cell, expected: str) -> Decimal:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _finite(repr(cell), expected)
    if isinstance(cell, str):
        written = cell.strip()
        if NUMBER.fullmatch(written):
            return _finite(written.replace(",", "").replace("，", ""), expected)
    raise Unreadable(expected, "digits and a decimal point only; no currency sign, no unit")


def _finite(written: str, expected: str) -> Decimal:
    try:
        found = Decimal(written)
    except InvalidOperation:
        raise Unreadable(expected, "enter a number") from None
    if not found.is_finite():
        raise Unreadable(expected, "enter a number")
    return found


def yes_no(cell: Cell) -> bool:
    """yes/no, 是/否, true/false, 1/0."""
    written = text(cell).lower()
    if written in YES:
        return True
    if written in NO:
        return False
    raise Unreadable("yes (是) or no (否)", "enter yes or no")


def time_zone(cell: Cell) -> str:
    """An IANA name of a time zone."""
    name = text(cell)
    try:
        ZoneInfo(name)
    except (ValueError, OSError):
        raise Unreadable("a time zone such as Asia/Shanghai", "use the IANA name") from None
    return name


def choice(spellings: dict[str, str]) -> Reader:
    """A reader of one of several words; `spellings` maps each accepted one to its meaning."""
    expected = "one of " + ", ".join(sorted(spellings))

    def read(cell: Cell) -> str:
        found = spellings.get(text(cell).lower())
        if found is None:
            raise Unreadable(expected, "use one of these words")
        return found

    return read


def day(relative_to: date | None) -> Callable[[Cell], date]:
    """A reader of dates. With `relative_to`, D-38 is allowed and means 38 days before that day."""

    @lru_cache(maxsize=4096)
    def written(cell: str) -> date:
        return _in_range(_written_day(cell.strip(), relative_to))

    def read(cell: Cell) -> date:
        if isinstance(cell, str):
            return written(cell)
        if isinstance(cell, datetime):
            if (cell.hour, cell.minute, cell.second) != (0, 0, 0):
                raise Unreadable("a date without time of day", "enter the day only")
            return _in_range(cell.date())
        if isinstance(cell, date):
            return _in_range(cell)
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return _number_as_day(cell)
        raise Unreadable(
            "a date such as 2026-03-31", "the cell holds 0 or a time of day (1900 format): enter the date again"
        )

    return read


def _written_day(written: str, relative_to: date | None) -> date:
    found = WRITTEN_DATE.fullmatch(written) or COMPACT_DATE.fullmatch(written)
    try:
        if found:
            return date(*(int(part) for part in found.groups()))
        if relative := RELATIVE_DATE.fullmatch(written):
            return _relative_day(relative, relative_to)
        if re.fullmatch(r"\d{3,6}(\.0*)?", written):
            return _number_as_day(float(written))
    except (ValueError, OverflowError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("a day that exists, such as 2026-02-28", "correct the date") from None
    raise Unreadable("a date such as 2026-03-31", "write year-month-day; other orders are ambiguous")


def _relative_day(found: re.Match[str], relative_to: date | None) -> date:
    if relative_to is None:
        raise Unreadable(
            "a date such as 2026-03-31", 'D-38 needs the row "relative_dates: yes" (相对日期: 是) in the control sheet'
        )
    sign, number = found.groups()
    distance = days(int(number or 0))
    return relative_to - distance if sign == "-" else relative_to + distance


def _number_as_day(number: float) -> date:
    """Never answers: a bare number may be 20260331, or a serial of the 1900 or the 1904 system, four years apart."""
    if number == int(number) and (found := COMPACT_DATE.fullmatch(str(int(number)))):
        try:
            return _in_range(date(*(int(part) for part in found.groups())))
        except ValueError as error:
            if isinstance(error, Unreadable):
                raise
    remedy = "format the column as date, or write the date as text"
    if 0 < number < 100_000:
        first, second = (start + timedelta(days=int(number)) for start in (SERIAL_START, SERIAL_START_1904))
        remedy = f"it looks like a serial number ({first} in the 1900 system, {second} in the 1904 system): {remedy}"
    raise Unreadable("a date such as 2026-03-31", remedy)


def _in_range(found: date) -> date:
    if not EARLIEST <= found < LATEST:
        raise Unreadable(
            "a date between 1990 and 2099",
            f"{found} comes from a wrongly formatted cell (1900 format) or a typing error: enter the date again",
        )
    return found
