"""Which duties of a layer fall due for an account, a customer or all accounts together: pure, by the day alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from domain.base import Frozen, days
from domain.calendar import Calendar
from domain.layer import Duty, LayerInForce, Subject
from domain.money import ZERO

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
WEEK = 7


class Done(Frozen):
    """What was opened before: the duty, its period, and the answer if there is one. on: the day of the answer."""

    duty: str
    period: str
    outcome: str | None = None
    on: date | None = None


class DutyRun(Frozen):
    """One duty that falls due. planned: its day, also when it is made up later; grade: by days and amount."""

    duty: str
    period: str
    planned: date
    grade: str | None = None


@dataclass(frozen=True)
class SubjectFacts:
    """An account, the account of a customer, or all accounts together, as a layer sees it on a day.

    key: account number, or the name of customer or portfolio. opened: since when we know it. delinquency: which one.
    """

    kind: Subject
    key: str
    opened: date
    days_past_due: int = 0
    overdue: Decimal = ZERO
    delinquency: int = 0


def duties_due(
    layer: LayerInForce, facts: SubjectFacts, day: date, calendar: Calendar, done: Iterable[Done]
) -> list[DutyRun]:
    """What falls due by that day and was not opened before, in the order of the layer.

    Of a duty that recurs only the present period is made up; one that waits for an event is made up however late.
    """
    known = tuple(done)
    opened = {(one.duty, one.period) for one in known}
    found: list[DutyRun] = []
    for duty in layer.layer.duties:
        if duty.for_ == facts.kind and _applies(duty, facts):
            runs = _runs(layer, duty, facts, day, calendar, known)
            found += [run for run in runs if run.planned <= day and (run.duty, run.period) not in opened]
    return found


def may_be_due(layer: LayerInForce, kind: Subject, key: str, opened: date, day: date, calendar: Calendar,
               done: Iterable[Done]) -> bool:  # fmt: skip
    """False when nothing can fall due whatever the ledger says: so nobody has to read it."""
    known = tuple(done)
    had = {(one.duty, one.period) for one in known}
    for duty in (duty for duty in layer.layer.duties if duty.for_ == kind):
        if _by_ledger(duty):
            return True
        runs = _runs(layer, duty, SubjectFacts(kind, key, opened), day, calendar, known)
        if any(run.planned <= day and (run.duty, run.period) not in had for run in runs):
            return True
    return False


def period_of(period: str, day: date) -> tuple[str, date, date]:
    """(name, first day, first day of the next one) of the period in which a day lies; weeks begin on Monday."""
    if period == "day":
        return f"{day:%Y%m%d}", day, day + days(1)
    if period == "week":
        first = day - days(day.weekday())
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}", first, first + days(WEEK)
    months = MONTHS[period]
    number = (day.month - 1) // months
    after = (number + 1) * months
    name = {"month": f"{day:%Y-%m}", "quarter": f"{day.year}-Q{number + 1}", "half_year": f"{day.year}-H{number + 1}"}
    return (
        name.get(period, str(day.year)),
        date(day.year, number * months + 1, 1),
        date(day.year + after // 12, after % 12 + 1, 1),
    )


def planned_day(first: date, last: date, key: str, spread: int, calendar: Calendar) -> date | None:
    """The business day in [first, last) on which a subject has its turn, always the same one of the first `spread`.

    None when nobody works in the whole period.
    """
    found: list[date] = []
    day = first
    while day < last and len(found) < max(1, spread):
        if calendar.is_business_day(day):
            found.append(day)
        day += days(1)
    return found[place_of(key) % len(found)] if found else None


def place_of(key: str) -> int:
    """A number of a subject, evenly spread and always the same."""
    return int.from_bytes(sha256(key.encode()).digest()[:8])


def _by_ledger(duty: Duty) -> bool:
    """Whether only the ledger can tell if it is due."""
    return bool(duty.on and duty.on.dpd is not None) or (duty.ask is None and duty.grade is not None)


def _applies(duty: Duty, facts: SubjectFacts) -> bool:
    overdue = facts.days_past_due > 0
    return all(overdue if condition == "overdue" else not overdue for condition in duty.if_)


def _runs(
    layer: LayerInForce, duty: Duty, facts: SubjectFacts, day: date, calendar: Calendar, done: tuple[Done, ...]
) -> list[DutyRun]:
    begins = max(facts.opened, layer.since)
    grade = layer.grade_of(duty.grade, facts.days_past_due, facts.overdue) if duty.grade else None
    if duty.every is not None:
        return _recurring(layer, duty, facts, day, calendar, done, begins, grade)
    if duty.on is None:
        return []
    if duty.on.opening:
        planned = [("opening", calendar.business_day(begins, 0))]
    elif duty.on.dpd is not None:
        since = facts.days_past_due - layer.integer(duty.on.dpd)
        reached = since >= 0 and facts.days_past_due > 0
        planned = [(f"delinquency-{facts.delinquency}", max(begins, day - days(since)))] if reached else []
    else:
        planned = [
            (f"{one.duty}.{one.period}", one.on)
            for name, outcomes in duty.on.after.items()
            for one in done
            if one.duty == name and one.on is not None and one.outcome in layer.wanted(outcomes)
        ]
    return [DutyRun(duty=duty.id, period=name, planned=on, grade=grade) for name, on in planned]


def _recurring(
    layer: LayerInForce, duty: Duty, facts: SubjectFacts, day: date, calendar: Calendar, done: tuple[Done, ...],
    begins: date, grade: str | None,
) -> list[DutyRun]:  # fmt: skip
    """The run of the present period; what the system grades by itself only when the grade has changed."""
    period = layer.period(duty.every) if duty.every else "month"
    name, first, last = period_of(period, day)
    if duty.ask is None and duty.grade is not None:
        before = [one for one in done if one.duty == duty.id and one.on is not None]
        latest = max(before, key=lambda one: (one.on or date.min, one.period)).outcome if before else None
        scale = layer.names(duty.grade.scale)
        return [] if grade == (latest or scale[0]) else [_run(duty, name, first, grade)]
    spread = 1 if facts.kind == "portfolio" else layer.integer(layer.layer.spread)
    planned = first if period == "day" else planned_day(first, last, facts.key, spread, calendar)
    return [_run(duty, name, planned, grade)] if planned is not None and planned >= begins else []


def _run(duty: Duty, period: str, planned: date, grade: str | None) -> DutyRun:
    return DutyRun(duty=duty.id, period=period, planned=planned, grade=grade)
