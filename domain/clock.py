"""The business clock: one day can last a day, or ten seconds in a rehearsal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

from pydantic import AwareDatetime

from domain.base import Frozen


class BusinessClock(Frozen):
    """business = epoch + (real - started) x speed; in production epoch equals started and speed is 1.

    The only place where real and business time are converted.
    """

    epoch: AwareDatetime = datetime(2026, 1, 1, tzinfo=UTC)
    started: AwareDatetime = datetime(2026, 1, 1, tzinfo=UTC)
    speed: float = 1.0

    def business(self, real: datetime) -> datetime:
        """The business instant at a real one."""
        return self.epoch + (real - self.started) * self.speed

    def real(self, business: datetime) -> datetime:
        """The real instant at which the business clock shows that."""
        return self.started + (business - self.epoch) / self.speed

    def lasting(self, business: timedelta) -> timedelta:
        """How long a stretch of business time lasts really."""
        return business / self.speed


class Clock(Protocol):
    """Who may be asked for the business time outside workflows."""

    def now(self) -> datetime:
        """The aware business instant."""
        ...


class SystemClock:
    """The business time by the machine's clock."""

    def __init__(self, clock: BusinessClock | None = None) -> None:
        self._clock = clock or BusinessClock()

    def now(self) -> datetime:
        return self._clock.business(datetime.now(UTC))
