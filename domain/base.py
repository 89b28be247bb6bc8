"""The frozen base of all domain facts, and the places and instants they share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any, Final, Self, TypeVar, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")
LATEST: Final = date(2100, 1, 1)  # as in imported files: later days are slips of the pen, and calendars end
PlannedDay = Annotated[date, Field(lt=LATEST)]  # a day somebody names ahead: clocks are computed from it
NOTHING_GIVEN: set[str] = set()  # pydantic copies it before it adds to it


class Frozen(BaseModel):
    """An immutable fact. Unknown fields are refused, so that a misspelt name never passes silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with changes. It does not remember which fields were given: that would take more room than they do."""
        copied = super().model_copy(update=update, deep=deep)
        copied.forget_given()
        return copied

    def forget_given(self) -> None:
        """Share one empty set of given fields with all others that forgot theirs."""
        object.__setattr__(self, "__pydantic_fields_set__", NOTHING_GIVEN)


def absent(value: object) -> bool:
    """For fields that most facts have not: then their texts say nothing of them."""
    return value is None


def empty(value: object) -> bool:
    """The same for lists and counts that most facts have empty."""
    return not value


@lru_cache(maxsize=4096)
def _first(value: object) -> object:
    return value


def shared(value: T) -> T:
    """One object for all that are equal: thousands of sleeping cases know the same calendar and policy."""
    return cast(T, _first(value))


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name."""
    return ZoneInfo(name)


def local_date(instant: datetime, tz: str) -> date:
    """The calendar day of an aware instant in the account's time zone."""
    return instant.astimezone(zone(tz)).date()


def at_local(day: date, clock: time, tz: str) -> datetime:
    """The instant at which the wall clock of that time zone shows `clock` on `day`."""
    return datetime.combine(day, clock, zone(tz))


def days(count: int) -> timedelta:
    """`count` calendar days."""
    return timedelta(days=count)
