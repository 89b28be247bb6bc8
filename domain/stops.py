"""What holds stop: scopes, never step names (5.5); since when, and when it was lifted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from domain.base import at_local
from domain.case import Hold, StepState
from domain.hold_rule import HoldRule, Stop
from domain.ladder import Step
from domain.view import View


def stopped_by(view: View, step: Step) -> tuple[str, datetime] | None:
    """(hold, since when) if a hold stops the scope of this step now (5.5: scopes, never step names)."""
    if step.rule.scope is None or not view.case.holds:
        return None
    found = stopping(view, step.rule.scope)
    return found[0] if found else None


def held(view: View, scopes: Iterable[str]) -> str | None:
    """The hold that stops one of these kinds of action now, whether or not a step of that kind is open."""
    return next((hold for scope in scopes for hold, _ in stopping(view, scope)), None)


def stopping(view: View, scope: str) -> list[tuple[str, datetime]]:
    found: list[tuple[str, datetime]] = []
    for placed, rule, stop in _stops(view, scope):
        if placed.ended_at is None and view.dpd in stop.dpd and not _answered(view, stop):
            found.append((rule.id, _stop_start(view, placed, stop)))
    return found


def _stops(view: View, scope: str) -> Iterator[tuple[Hold, HoldRule, Stop]]:
    for placed in view.case.holds:
        rule = view.ladder.holds[placed.hold]
        for stop in rule.stops:
            if scope in stop.scopes and placed.placed_dpd in stop.placed:
                yield placed, rule, stop


def _stop_start(view: View, placed: Hold, stop: Stop) -> datetime:
    return max(placed.placed_at, view.on_dpd(stop.dpd.from_)) if stop.dpd.from_ > 1 else placed.placed_at


def _answered(view: View, stop: Stop) -> bool:
    return any(view.case.ended(name, outcome) for name, outcome in stop.until.items())


def review_at(view: View, state: StepState, hold: str) -> datetime | None:
    """When the review of a hold is due: counted from its beginning, or from the last review.

    None: not in force, or its own instalments end it, since each of them is judged when its day is over.
    """
    rule = view.ladder.holds[hold]
    placed = next((one for one in view.case.holds if one.hold == hold and one.ended_at is None), None)
    if placed is None or rule.review is None or _is_watched(view, placed):
        return None
    after = view.ladder.integer(rule.review.after) if isinstance(rule.review.after, str) else rule.review.after
    reviewed = state.done_at if state.done > placed.source and state.done_at else placed.placed_at
    day = view.facts.calendar.business_day(view.case.today(reviewed), after)
    return at_local(day, view.ladder.evaluate_at, view.case.time_zone)


def _is_watched(view: View, placed: Hold) -> bool:
    agreement = view.case.undertakings.agreement
    return agreement is not None and agreement.source == placed.source


def released_at(view: View, step: Step) -> datetime | None:
    """When the last stop of this step's scope was lifted."""
    if step.rule.scope is None:
        return None
    lifted = [
        at
        for placed, _, stop in _stops(view, step.rule.scope)
        if (at := _lifted(view, placed, stop)) and at > max(placed.placed_at, _stop_start(view, placed, stop))
    ]
    return max(lifted, default=None)


def _lifted(view: View, placed: Hold, stop: Stop) -> datetime | None:
    ends = [placed.ended_at] if placed.ended_at else []
    if stop.dpd.to is not None and view.dpd > stop.dpd.to:
        ends.append(view.on_dpd(stop.dpd.to + 1))
    ends += [
        at
        for name, outcome in stop.until.items()
        if view.case.ended(name, outcome) and (at := view.case.step(name).done_at)
    ]
    return min(ends, default=None)
