"""The day on which a letter reached its addressee: that of the signed receipt, which nobody may date at will."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.errors import Problem


def day_of_receipt(place: str, received_on: date, sent_on: date | None, today: date) -> Iterator[Problem]:
    """The faults of a day of receipt. sent_on: the day the letter went out, None when we do not know it."""
    if received_on > today:
        yield Problem(place, f"{received_on} has not come yet", f"a day up to {today}")
    if sent_on is not None and received_on < sent_on:
        yield Problem(place, f"{received_on} is before the letter was sent", f"a day from {sent_on} on")
