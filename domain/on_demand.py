"""Steps that people open by hand: an objection, an application, an early demand, a fast track."""

from __future__ import annotations

from domain import commands as c, events as e
from domain.answering import answered, must_be_fit, must_be_outcome, step_named
from domain.applications import faults, refuse, starts
from domain.authority import asked_first
from domain.by_hand import alone, must_have_begun
from domain.case import Opener, StepState
from domain.conditions import missing_needs, wanted
from domain.errors import Refused
from domain.fire import open_ask
from domain.ladder import Step
from domain.proposals import proposers
from domain.stops import stopped_by
from domain.view import Due, View


def open_by_hand(view: View, body: c.OpenStep, command: c.Command) -> tuple[e.Body, ...]:
    """The opening, and the answer of whoever is asked it themselves and did not propose it."""
    step, role = step_named(view, body.step), command.actor.role
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
    since = starts(demand, body, view.today)
    asked = asked_first(view, step, body.figures)
    changes = {"end_date": body.end_date, "evidence": body.evidence, "since": since, "asked": asked}
    opened = opened.model_copy(update=changes)
    if report:  # whoever reports a breach has not put it right by that
        return (opened, e.NoteAdded(text=body.note)) if body.note.strip() else (opened,)
    by = Opener(user=command.actor.user, role=role, on_behalf_of=command.on_behalf_of)
    state = StepState(
        status="open", asked=asked, mode=opened.mode, outcomes=step.asked.outcomes, needed=opened.needed, opener=by
    )
    decides = step.asked.roles if body.outcome else asked  # beyond their authority they only put it to who may
    if role not in decides or proposers(view, step, state):
        return (opened,)
    outcome = body.outcome or step.asked.outcomes[0]
    given = c.AnswerStep(
        step=body.step, outcome=outcome, note=body.note, evidence=body.evidence, present=body.present,
        in_favour=body.in_favour, sections=body.sections, figures=body.figures,
    )  # fmt: skip
    must_be_outcome(step.id, outcome, step.asked.outcomes)
    must_be_fit(view, step, state, given, command)
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
    unfit = faults(view, step, body)
    if any(fault.code == "hold_in_force" for fault in unfit):
        refuse(unfit)
    early = any(view.case.ended(name, outcome) for name, outcome in demand.or_after.items())
    if view.dpd not in demand.dpd and not early:
        upper = demand.dpd.to or "…"
        raise Refused("outside_days", f"{view.dpd} days past due.", f"Possible from {demand.dpd.from_} to {upper}.")
    for name, outcome in step.rule.unless.items():
        if view.case.decided(name, outcome):
            raise Refused("already_decided", f"{name}: {outcome}.", "It is decided once in a case.")
    for follower in view.steps:
        if view.case.step(follower.id).is_open and any(step.id in trigger.after for trigger in follower.when):
            raise Refused("already_open", f"{follower.id} is still open.", "Wait for its answer first.")
    stopped = stopped_by(view, step)
    if stopped:
        raise Refused("held", f"{step.id} is stopped by {stopped[0]}.", "Wait until the hold ends.")
    if not wanted(view, step):
        raise Refused(
            "not_for_this_account",
            f"{step.id} does not apply here.",
            f"It needs: {', '.join(str(condition) for condition in step.rule.if_)}.",
        )
    missing = missing_needs(view, step)
    if missing:
        raise Refused("needs_missing", f"{step.id} needs other steps first.", f"Missing: {', '.join(missing)}.")
    refuse(unfit)
