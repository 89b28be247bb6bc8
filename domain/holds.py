"""Whether a new hold of the day count is possible beside those there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.errors import Refused
from domain.ledger import HoldFact


def check_hold(new: HoldFact, existing: Sequence[HoldFact], activated_on: date) -> None:
    """Passes a hold [start, end) that may be entered, also a backdated one; holds may touch but not overlap.

    Raises Refused: hold_ends_before_start, hold_before_activation, hold_overlaps.
    """
    if new.end <= new.start:
        raise Refused("hold_ends_before_start", f"{new.end} is not after {new.start}.", "Let it last at least a day.")
    if new.start < activated_on:
        raise Refused(
            "hold_before_activation", f"The lease began on {activated_on}.", "Begin the hold on that day or later."
        )
    for other in existing:
        if new.start < other.end and other.start < new.end:
            raise Refused(
                "hold_overlaps",
                f"There is a hold from {other.start} to {other.end}.",
                "Begin it when that one ends, or end it when that one begins.",
            )
