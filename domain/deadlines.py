"""When people must have answered, and to whom it goes when they have not."""

from __future__ import annotations

from datetime import date, datetime

from domain.base import at_local, days, local_date
from domain.calendar import Calendar
from domain.case import Case
from domain.ladder import Asked, Deadline, Ladder

MANAGER = "general_manager"


def business_deadline(ladder: Ladder, calendar: Calendar, opened: datetime, count: int, tz: str) -> datetime:
    """Close of business on the `count`-th business day after opening; 0 = the same or the next business day."""
    day = calendar.business_day(local_date(opened, tz), count)
    return at_local(day, ladder.close, tz)


def next_meeting(calendar: Calendar, on: date) -> date:
    """The next ordinary committee meeting, not before `on`: the last business day of a month (L-Q8)."""
    meeting = calendar.last_business_day(on)
    return meeting if meeting >= on else calendar.last_business_day(meeting.replace(day=28) + days(7))


def deadline_of(ladder: Ladder, case: Case, asked: Asked, opened: datetime, turn: str) -> tuple[datetime, bool]:
    """(deadline, whether an extraordinary committee session must be asked for) for the person whose turn it is."""
    if case.facts is None:
        raise ValueError("a deadline needs the calendar of the facts")
    calendar, tz, rule = case.facts.calendar, case.time_zone, asked.within
    plain = business_deadline(ladder, calendar, opened, rule.business_days, tz)
    if rule.meeting is not None:
        return _by_meeting(ladder, case, calendar, opened, rule, plain)
    if rule.dpd is not None and case.anchor is not None:
        return max(plain, at_local(case.anchor + days(rule.dpd), ladder.close, tz)), False
    if any(ladder.policy.roles[role].committee for role in (asked.roles if asked.mode == "all" else (turn,))):
        return at_local(next_meeting(calendar, local_date(opened, tz)), ladder.close, tz), False
    return plain, False


def _by_meeting(
    ladder: Ladder, case: Case, calendar: Calendar, opened: datetime, rule: Deadline, plain: datetime
) -> tuple[datetime, bool]:
    meeting = next_meeting(calendar, local_date(opened, case.time_zone))
    if case.anchor is None or rule.meeting is None:
        return at_local(meeting, ladder.close, case.time_zone), False
    latest = case.anchor + days(rule.meeting)
    if meeting <= latest:
        return at_local(meeting, ladder.close, case.time_zone), False
    return max(plain, at_local(latest, ladder.close, case.time_zone)), True


def escalation_chain(ladder: Ladder, roles: tuple[str, ...]) -> tuple[str, ...]:
    """Whom an overdue ask goes to, one after the other: head of the department, then the general manager."""
    head = ladder.head_of(roles[0]) if len(roles) == 1 else None
    return (head, MANAGER) if head and head != MANAGER else (MANAGER,)


def waiting_roles(asked: tuple[str, ...], mode: str, answered: tuple[str, ...]) -> tuple[str, ...]:
    """Whose answer is awaited now."""
    left = tuple(role for role in asked if role not in answered)
    return left[:1] if mode == "sequence" else left
