"""The next instants that depend on the calendar or on what people did, beside the fixed days of the ladder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.base import at_local, days
from domain.cadence import bounds, next_window
from domain.case import IDLE
from domain.conditions import wanted
from domain.due import business_day_at, lead_at
from domain.findings import lost_at
from domain.keeping import instants
from domain.ladder import Step
from domain.stops import review_at, stopped_by
from domain.view import View


def upcoming(view: View) -> Iterator[tuple[datetime | None, str]]:
    """(instant, why) of everything that may fall due by itself; past ones may be among them."""
    case = view.case
    if case.status in ("open", "ending"):
        yield from instants(view)
    if case.anchor is None or case.status != "open":
        return
    if view.ladder.counts_instalments:
        yield view.missed_at, "the last instalment counts as missed"
    if view.ladder.counts_instalments and view.facts.next_due:
        yield at_local(view.facts.next_due + days(1), view.ladder.evaluate_at, case.time_zone), "the next instalment"
    for step in view.ladder.moving:
        yield from _of(view, step)


def _of(view: View, step: Step) -> Iterator[tuple[datetime | None, str]]:
    if step.rule.cadence is not None:
        yield from _contacts(view, step, step.rule.cadence.during.business_days is not None)
    for trigger in step.when:
        for number in trigger.business_day or ():
            yield business_day_at(view, number), f"business day {number}"
        if trigger.lead and trigger.dpd:
            yield lead_at(view, trigger.dpd[0], trigger.lead), step.id
        if trigger.held:
            yield review_at(view, view.case.steps.get(step.id, IDLE), trigger.held), f"review of {trigger.held}"
        if "lost_contact" in trigger.finding:
            yield lost_at(view), "contact counts as lost"


def _contacts(view: View, step: Step, counted: bool) -> Iterator[tuple[datetime | None, str]]:
    """counted: whether its part of the ladder is counted in business days, so that no day past due ends it."""
    part = bounds(view, step)
    if part is None:
        return
    first, last = part
    if view.day < first:
        yield at_local(first, view.ladder.evaluate_at, view.case.time_zone), f"{step.id}: first contact"
    elif last is None or view.day <= last:
        if wanted(view, step) and not stopped_by(view, step):
            window = next_window(view, step, view.case.steps.get(step.id, IDLE), part)
            yield (window.opens if window else None), f"{step.id}: next contact"
        if counted and last is not None:
            end = at_local(last + days(1), view.ladder.evaluate_at, view.case.time_zone)
            yield end, f"{step.id}: its last day is over"
