"""Whether a step is for this account, what makes it needless, and what it still needs."""

from __future__ import annotations

from datetime import datetime

from domain.case import Case
from domain.ladder import Asked, Step
from domain.step_rule import Predicate
from domain.stops import stopping
from domain.view import View


def wanted(view: View, step: Step) -> bool:
    """Whether the step is for this account (`if`) and nothing has made it needless (`unless`)."""
    return made_needless(view, step) is None and all(_holds_true(view, condition) for condition in step.rule.if_)


def for_account(view: View, step: Step) -> bool:
    """The same for a step of an earlier bucket or cell: where the account stands by now does not count."""
    return made_needless(view, step) is None and all(
        (isinstance(condition, Predicate) and condition.by_place) or _holds_true(view, condition)
        for condition in step.rule.if_
    )


def made_needless(view: View, step: Step) -> tuple[str, datetime] | None:
    """What has made a step needless (`unless`), and when it did."""
    for name, outcome in step.rule.unless.items():
        if view.case.decided(name, outcome):
            return f"{name}: {outcome}", view.case.step(name).done_at or view.now
    return None


def _holds_true(view: View, condition: str | Predicate) -> bool:
    if isinstance(condition, Predicate):
        return _meets(view, condition)
    match condition:
        case "first_delinquency":
            return view.facts.delinquencies <= 1
        case "guarantor":
            return view.facts.guarantors > 0
        case "vendor":
            return view.facts.vendor
        case "buyback_guarantee":
            return view.facts.buyback_guarantee
        case "larger_lease":
            return view.facts.lease_amount >= view.ladder.money("larger_lease_amount")
        case "litigation_held":
            return bool(stopping(view, "litigation"))
        case _:
            return bool(view.ladder.settings[condition])


def outcome_since(case: Case, step: str, outcome: str, seq: int) -> bool:
    """Whether a step ended with this outcome at or after an event."""
    state = case.end_of(step, outcome)
    return state is not None and state.done >= seq


def proposed(view: View, asked: Asked) -> str | None:
    """The outcome that is preselected when it is asked now; silence never takes it."""
    fits = not asked.preselected_if or any(_meets(view, needed) for needed in asked.preselected_if)
    return asked.preselected if fits else None


def missing_needs(view: View, step: Step) -> tuple[str, ...]:
    """The steps it still waits for; a step that is not for this account is not waited for."""
    missing: list[str] = []
    for alternatives in step.rule.needs:
        if any(view.case.ended(name, outcome) for name, outcome in alternatives.items()):
            continue
        if not all(_needless(view, name) for name in alternatives):
            missing += alternatives
    return tuple(missing)


def _needless(view: View, name: str) -> bool:
    rule = view.ladder.by_id[name].rule
    return bool(rule.if_) and not all(_holds_true(view, condition) for condition in rule.if_)


def _meets(view: View, needed: Predicate) -> bool:
    """Every value given must fit: amounts above or from a setting, the last outcome of steps, bucket, occurrence."""
    facts, ladder = view.facts, view.ladder
    return (
        (needed.overdue_above is None or facts.total_overdue > ladder.money(needed.overdue_above))
        and (needed.overdue_from is None or facts.total_overdue >= ladder.money(needed.overdue_from))
        and all(view.case.step(name).outcome in outcomes for name, outcomes in needed.answered.items())
        and (not needed.bucket or view.case.bucket in needed.bucket)
        and (not needed.occurrence or view.occurrence in needed.occurrence)
        and (needed.setting is None or bool(ladder.settings[needed.setting]))
    )
