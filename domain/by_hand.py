"""A breach that is no debt: a person reports it, it opens a case or joins the open one, and a person ends it (M2.1)."""

from __future__ import annotations

from datetime import date

from domain import events as e
from domain.base import days
from domain.case import Case
from domain.conditions import outcome_since
from domain.errors import Refused
from domain.fire import open_ask
from domain.ladder import Ladder, Step
from domain.outcome import Record
from domain.view import Due, View

LONGEST = days(3660)  # a breach longer ago is a slip of the pen


def kept_open(view: View) -> bool:
    """Whether a breach that was reported is not ended yet: the case lives on, whatever the ledger says."""
    return any(_lasts(view.case, step) for step in view.ladder.openers)


def alone(view: View) -> bool:
    """Whether the breach is all there is: nothing is overdue, and the steps of the arrears rest."""
    return view.facts.oldest_due is None and kept_open(view)


def ladder_day(view: View) -> date | None:
    """The day from which the ladder counts: that of the arrears, else that of the oldest breach not ended."""
    if view.facts.oldest_due is not None:
        return view.facts.oldest_due
    breaches = [view.case.step(step.id).since for step in view.ladder.openers if _lasts(view.case, step)]
    return min((since for since in breaches if since), default=None)


def _lasts(case: Case, step: Step) -> bool:
    state, demand = case.step(step.id), step.rule.on_demand
    if demand is None or state.since is None or not state.fired:
        return False
    return not any(outcome_since(case, name, outcome, state.fired) for name, outcome in demand.opens_case_until.items())


def opening_by_hand(view: View, opened: e.CaseOpened) -> Record:
    """The case and what it was opened for, in one turn and by whoever reported it."""
    told = view.case.by_hand
    if told is None:
        raise ValueError("nobody opens this case")
    step = view.ladder.by_id[told.step]
    asked = open_ask(view, step, Due(view.now, None)).bodies[0]
    if not isinstance(asked, e.StepOpened):
        raise TypeError("an ask opens with step_opened")
    given = {"since": told.since, "evidence": told.evidence, "on_behalf_of": told.on_behalf_of}
    asked = asked.model_copy(update=given)
    return Record(
        bodies=(opened, asked, e.NoteAdded(text=told.reason)),
        due_at=view.now,
        rules=step.rule.rules,
        why=f"opened by hand by {told.actor.role}",
        actor=told.actor,
        command_id=told.command_id,
    )


def must_be_reportable(ladder: Ladder, told: e.ByHand, today: date) -> Step:
    """The step that a report opens. Refused: not_on_demand, not_entitled, document_missing, since_impossible."""
    step = ladder.by_id.get(told.step)
    if step is None or step not in ladder.openers:
        known = ", ".join(one.id for one in ladder.openers) or "none"
        raise Refused("not_on_demand", f"{told.step} opens no case under {ladder.policy.id}.", f"What does: {known}.")
    if told.actor.role not in step.opened_by:
        allowed = ", ".join(step.opened_by)
        raise Refused("not_entitled", f"{told.actor.role} may not open {step.id}.", f"Allowed: {allowed}.")
    demand = step.rule.on_demand
    if demand is not None and demand.document and not told.evidence:
        raise Refused("document_missing", f"{step.id} needs a document.", f"Attach the {demand.document}.")
    must_have_begun(told.since, today)
    return step


def must_have_begun(since: date | None, today: date) -> None:
    """A breach has a day, and it is not in the future."""
    if since is None or not today - LONGEST <= since <= today:
        said = f"{since} is no day of a breach." if since else "The day of the breach is missing."
        raise Refused("since_impossible", said, "Name the day on which the duty was not performed, today or before.")
