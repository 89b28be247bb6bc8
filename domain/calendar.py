"""Business days as data: which days are off, which weekends are worked, and until when that is official."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache

from pydantic import ConfigDict

from domain.base import Frozen, days

SATURDAY = 5
A_DAY = days(1)
REMEMBERED = 50_000  # deadlines: every decision counts the same few days again


def _works(off: frozenset[date], worked: frozenset[date], day: date) -> bool:
    return day in worked if day.weekday() >= SATURDAY else day not in off


@lru_cache(REMEMBERED)
def _counted(off: frozenset[date], worked: frozenset[date], start: date, count: int) -> date:
    day = start if count else start - A_DAY
    for _ in range(count or 1):
        day += A_DAY
        while not _works(off, worked, day):
            day += A_DAY
    return day


class Calendar(Frozen):
    """The exceptions to "Monday to Friday are business days" of one country.

    days_off: holidays on weekdays. working_weekends: make-up working days (调休).
    official_through: last day covered by an official notice; later deadlines are provisional.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    days_off: tuple[date, ...] = ()
    working_weekends: tuple[date, ...] = ()
    official_through: date

    @cached_property
    def _off(self) -> frozenset[date]:
        return frozenset(self.days_off)

    @cached_property
    def _worked(self) -> frozenset[date]:
        return frozenset(self.working_weekends)

    def is_business_day(self, day: date) -> bool:
        """Whether people work on that day."""
        return _works(self._off, self._worked, day)

    def business_day(self, start: date, count: int) -> date:
        """The `count`-th business day after `start`; 0 means `start` itself or the next business day."""
        return _counted(self._off, self._worked, start, count)

    def business_day_before(self, end: date, count: int) -> date:
        """The `count`-th business day before `end`."""
        day = end
        for _ in range(count):
            day = self.on_or_before(day - days(1))
        return day

    def on_or_before(self, day: date) -> date:
        """The last business day that is not after `day`."""
        while not self.is_business_day(day):
            day -= days(1)
        return day

    def last_business_day(self, of: date) -> date:
        """The last business day of the month of `of` (L-Q8)."""
        return self.on_or_before(month_end(of))

    def is_official(self, day: date) -> bool:
        """False for a deadline that may move when the official notice of that year comes out."""
        return day <= self.official_through

    def slice(self, first: date, last: date) -> Calendar:
        """The same calendar with only the exceptions between two days, both included."""
        return Calendar(
            version=self.version,
            days_off=tuple(d for d in self.days_off if first <= d <= last),
            working_weekends=tuple(d for d in self.working_weekends if first <= d <= last),
            official_through=self.official_through,
        )


def month_end(of: date) -> date:
    """The last calendar day of a month."""
    first_of_next = date(of.year + of.month // 12, of.month % 12 + 1, 1)
    return first_of_next - days(1)
