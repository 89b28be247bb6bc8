"""What somebody who applies for something has to bring, above all for a hold; all that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain import commands as c
from domain.base import days
from domain.case import Hold
from domain.errors import Refused
from domain.hold_rule import HoldRule
from domain.holding import in_force
from domain.ladder import Step
from domain.step_rule import OnDemand
from domain.view import View


def faults(view: View, step: Step, body: c.OpenStep) -> list[Refused]:
    """hold_in_force, document_missing, end_date_missing, end_date_past, end_date_too_late, since_not_taken,
    since_in_future, since_before_case, since_without_reason.
    """
    demand = step.rule.on_demand
    if demand is None:
        return []
    found = [*_in_force(view, step)]
    if demand.document and not body.evidence:
        found.append(Refused("document_missing", f"{step.id} needs a document.", f"Attach the {demand.document}."))
    if demand.end_date:
        found += _end(view, demand, body)
    if not demand.opens_case_until:
        found += _since(view, step, demand, body)
    return found


def refuse(found: list[Refused]) -> None:
    """Raises the fault there is; several as application_unfit, each with its code. Nothing when there is none."""
    if len(found) == 1:
        raise found[0]
    if found:
        said = " ".join(f"{fault.code}: {fault.message}" for fault in found)
        raise Refused("application_unfit", said, " ".join(fault.remedy for fault in found))


def starts(demand: OnDemand, body: c.OpenStep, today: date) -> date | None:
    """The first day of what is applied for; None for what has none."""
    return (body.since or today) if demand.since or demand.opens_case_until else None


def _in_force(view: View, step: Step) -> Iterator[Refused]:
    for rule in view.ladder.policy.holds:
        placed = in_force(view, rule.id)
        if placed is not None and step.id in _applied_by(view, rule):
            yield Refused("hold_in_force", f"{rule.id} is in force already.", _renewal(rule, placed))


def _applied_by(view: View, rule: HoldRule) -> set[str]:
    """The steps by which a hold is applied for: those that place it, and those these come after."""
    before = {name for step in rule.placed_by for trigger in view.ladder.by_id[step].when for name in trigger.after}
    return {*rule.placed_by, *before, *((rule.end_date_from,) if rule.end_date_from else ())}


def _renewal(rule: HoldRule, placed: Hold) -> str:
    """A hold is not prolonged; a new application is made after it has ended (L-Q14)."""
    if placed.until is not None:
        return f"It ends on {placed.until}; apply anew after that."
    return f"End it first, with the {rule.ended_by.document}." if rule.ended_by else "Wait for its end."


def _end(view: View, demand: OnDemand, body: c.OpenStep) -> Iterator[Refused]:
    end = body.end_date
    if end is None:
        yield Refused("end_date_missing", "An end date is mandatory.", "Name the last day.")
        return
    if end < view.today:
        yield Refused("end_date_past", f"{end} is in the past.", "Name a day from today on.")
    if demand.longest is None:
        return
    longest = view.ladder.integer(demand.longest) if isinstance(demand.longest, str) else demand.longest
    last = (body.since or view.today) + days(longest)
    if end > last:
        yield Refused("end_date_too_late", f"It lasts {longest} days at most.", f"Name a day up to {last}.")


def _since(view: View, step: Step, demand: OnDemand, body: c.OpenStep) -> Iterator[Refused]:
    since = body.since
    if since is None:
        return
    if not demand.since:
        yield Refused("since_not_taken", f"{step.id} begins when it is opened.", "Leave out since.")
        return
    opened = view.case.today(view.case.opened_at) if view.case.opened_at else since
    if since > view.today:
        yield Refused("since_in_future", f"{since} is in the future.", "Apply on the day, or name an earlier one.")
    elif since < opened:
        yield Refused("since_before_case", f"The case was opened on {opened}.", "Name that day or a later one.")
    if since < view.today and not body.note.strip():
        yield Refused("since_without_reason", "An earlier beginning needs a reason.", "Give it in note.")
