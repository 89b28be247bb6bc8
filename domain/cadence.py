"""How often people are to be contacted: the windows of a cadence, counted from the entry into its part of the ladder.

Times per week count in blocks of seven days, on different days; times per day share the hours between evaluation and
close of business; "every 5 to 7 days" counts from the last contact made (B-Q7, C-Q2, C-Q3, Z2.1b, settled).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.base import at_local, days, zone
from domain.case import IDLE, StepState
from domain.ladder import Rhythm, Step
from domain.view import View

WEEK = 7
Part = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Window:
    """When the next contact may and must be made; `block` is the first day of what it is counted in."""

    opens: datetime
    closes: datetime
    block: date


def span(view: View, step: Step) -> Part | None:
    """(first day, last day) of the part of the ladder in which the cadence runs, while it runs."""
    part = bounds(view, step)
    if part is None:
        return None
    first, last = part
    return part if view.day >= first and (last is None or view.day <= last) else None


def bounds(view: View, step: Step) -> Part | None:
    """(first day, last day) of that part of the ladder, whether it lies ahead, runs or is over."""
    case, during = view.case, step.rule.cadence.during if step.rule.cadence else None
    if during is None or case.anchor is None or case.ladder_from is None:
        return None
    last: date | None
    if during.business_days is not None:
        calendar, part = view.facts.calendar, during.business_days
        first = calendar.business_day(case.anchor, part.from_)
        last = calendar.business_day(case.anchor, part.to) if part.to is not None else None
    else:
        bucket = next(bucket for bucket in view.ladder.policy.buckets.list if bucket.id == during.bucket)
        first = case.anchor + days(bucket.from_)
        last = case.anchor + days(bucket.to) if bucket.to is not None else None
    local = case.ladder_from.astimezone(zone(case.time_zone))
    begun = local.date() + days(1) if local.time() >= view.ladder.close else local.date()
    return max(first, begun), last


def next_window(view: View, step: Step, state: StepState, part: Part | None) -> Window | None:
    """The first window of the running part (`span`) that was not opened yet; it may have begun or lie ahead."""
    rhythm = step.rhythm
    if part is None or rhythm is None:
        return None
    if rhythm.earliest is not None and rhythm.latest is not None:
        coming = _every_days(view, rhythm.earliest, rhythm.latest, part[0], state)
    elif rhythm.per == "week":
        coming = _in_week(view, rhythm.times, part[0], state)
    else:
        coming = _in_day(view, rhythm, part[0], state)
    last = part[1]
    return coming if coming and (last is None or view.case.today(coming.opens) <= last) else None


def _window(view: View, opens: date, closes: date, block: date) -> Window:
    tz = view.case.time_zone
    return Window(at_local(opens, view.ladder.evaluate_at, tz), at_local(closes, view.ladder.close, tz), block)


def _every_days(view: View, earliest: int, latest: int, first: date, state: StepState) -> Window | None:
    if state.is_open:
        return None  # a late one stays until the contact is made
    base = max(first, view.case.today(state.done_at)) if state.done_at else first
    return _window(view, base + days(earliest), base + days(latest), base)


def _in_week(view: View, times: int, first: date, state: StepState) -> Window:
    block = first + days((view.day - first).days // WEEK * WEEK)
    made = state.made if state.period == block else 0
    opens = block
    if made and state.done_at:
        opens = view.case.today(state.done_at) + days(1)  # two contacts on one day count once
    asked = state.is_open and state.period == block
    if asked or made >= times or opens >= block + days(WEEK):
        block += days(WEEK)
        opens, made = block, 0
    closes = max(opens, block + days(WEEK - times + made))
    return _window(view, opens, closes, block)


def _in_day(view: View, rhythm: Rhythm, first: date, state: StepState) -> Window:
    block = max(first, view.day)
    while True:
        for window in _slots(view, rhythm, block):
            opened = state.opened_at is not None and state.opened_at >= window.opens
            if view.now < window.closes and not opened:
                return window
        block += days(1)


def _slots(view: View, rhythm: Rhythm, block: date) -> Iterator[Window]:
    """The equal parts of a working day; none on a day that is off, if only business days count."""
    if rhythm.per == "business_day" and not view.facts.calendar.is_business_day(block):
        return
    tz = view.case.time_zone
    opens = at_local(block, view.ladder.evaluate_at, tz)
    part: timedelta = (at_local(block, view.ladder.close, tz) - opens) / rhythm.times
    for number in range(rhythm.times):
        yield Window(opens + number * part, opens + (number + 1) * part, block)


def over_since(view: View, step: Step) -> datetime | None:
    """Since when an open contact of a cadence is asked for in vain, its part of the ladder being over; else None."""
    if step.rhythm is None or not view.case.steps.get(step.id, IDLE).is_open or span(view, step):
        return None
    part = bounds(view, step)
    if part is None or part[1] is None or view.day <= part[1]:
        return view.now
    return at_local(part[1] + days(1), view.ladder.evaluate_at, view.case.time_zone)
