"""Steps that people open by hand: an objection, an application, an early demand, a fast track."""

from __future__ import annotations

from datetime import date

from domain import commands as c, events as e
from domain.answering import answered, must_carry, step_named
from domain.by_hand import alone, must_have_begun
from domain.case import StepState
from domain.conditions import missing_needs, wanted
from domain.errors import Refused
from domain.fire import open_ask
from domain.ladder import Step
from domain.view import Due, View


def open_by_hand(view: View, body: c.OpenStep, role: str) -> tuple[e.Body, ...]:
    step = step_named(view, body.step)
    demand = step.rule.on_demand
    if demand is None or step.asked is None:
        raise Refused("not_on_demand", f"{body.step} falls due by rule.", "It cannot be opened by hand.")
    if role not in step.opened_by:
        raise Refused("not_entitled", f"{role} may not open {body.step}.", f"Allowed: {', '.join(step.opened_by)}.")
    if view.case.step(body.step).is_open:
        raise Refused("already_open", f"{body.step} is open already.", "Answer it, or wait for its answer.")
    _must_be_possible(view, step, body)
    report = bool(demand.opens_case_until)
    opened = open_ask(view, step, Due(view.now, None)).bodies[0]
    if not isinstance(opened, e.StepOpened):
        raise TypeError("an ask opens with step_opened")
    since = body.since if report else None
    opened = opened.model_copy(update={"end_date": body.end_date, "evidence": body.evidence, "since": since})
    if report:  # whoever reports a breach has not put it right by that
        return (opened, e.NoteAdded(text=body.note)) if body.note else (opened,)
    if role not in step.asked.roles:
        return (opened,)
    outcome = body.outcome or step.asked.outcomes[0]
    given = c.AnswerStep(
        step=body.step, outcome=outcome, note=body.note, evidence=body.evidence, present=body.present,
        in_favour=body.in_favour, sections=body.sections, figures=body.figures,
    )  # fmt: skip
    if outcome not in step.asked.outcomes:
        raise Refused(
            "outcome_not_allowed",
            f"{outcome} is not an outcome.",
            f"Allowed: {', '.join(step.asked.outcomes)}.",
        )
    must_carry(view, role, outcome, step.asked.outcomes, body.present, body.in_favour)
    state = StepState(status="open", asked=step.asked.roles, mode=opened.mode, outcomes=step.asked.outcomes)
    return (opened, answered(view, step, state, role, given))


def _must_be_possible(view: View, step: Step, body: c.OpenStep) -> None:
    demand = step.rule.on_demand
    if demand is None:
        return
    if demand.opens_case_until:
        must_have_begun(body.since, view.today)
    elif alone(view) and step.id not in view.ladder.by_hand:
        raise Refused(
            "not_for_this_account", "Nothing is overdue.", "The steps of the arrears rest until there are some."
        )
    early = any(view.case.ended(name, outcome) for name, outcome in demand.or_after.items())
    if view.dpd not in demand.dpd and not early:
        upper = demand.dpd.to or "…"
        raise Refused("outside_days", f"{view.dpd} days past due.", f"Possible from {demand.dpd.from_} to {upper}.")
    for name, outcome in step.rule.unless.items():
        if view.case.ended(name, outcome):
            raise Refused("already_decided", f"{name}: {outcome}.", "It is decided once in a case.")
    for follower in view.steps:
        if view.case.step(follower.id).is_open and any(step.id in trigger.after for trigger in follower.when):
            raise Refused("already_open", f"{follower.id} is still open.", "Wait for its answer first.")
    if not wanted(view, step):
        raise Refused(
            "not_for_this_account",
            f"{step.id} does not apply here.",
            f"It needs: {', '.join(str(condition) for condition in step.rule.if_)}.",
        )
    missing = missing_needs(view, step)
    if missing:
        raise Refused("needs_missing", f"{step.id} needs other steps first.", f"Missing: {', '.join(missing)}.")
    if demand.document and not body.evidence:
        raise Refused("document_missing", f"{step.id} needs a document.", f"Attach the {demand.document}.")
    if demand.end_date:
        _must_end(view.today, body.end_date)


def _must_end(today: date, end: date | None) -> None:
    if end is None:
        raise Refused("end_date_missing", "An end date is mandatory.", "Name the last day.")
    if end < today:
        raise Refused("end_date_past", f"{end} is in the past.", "Name a day from today on.")
