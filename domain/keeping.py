"""Whether agreements, promises and the stages of a recovery plan are kept: judged by the clock, never by who looks.

A verdict depends on the ledger and the time alone. A payment that is taken back, or one entered for the past, changes
it, and the change is recorded. Money is counted by the day it counts for, up to the end of the last day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

from domain import agreement_events as a, events as e
from domain.base import at_local, days
from domain.case import StepState
from domain.hold_rule import HoldRule
from domain.holding import in_force
from domain.instalment_plan import PlannedInstalment
from domain.ladder import Ladder, Step
from domain.outcome import Record, record
from domain.step_rule import Trigger
from domain.undertakings import (
    Agreement,
    AgreementState,
    Payments,
    fill_promises,
    last_broken,
    next_unfilled,
    nothing,
    promise_verdict,
    state_of,
    unkept_since,
    verdict,
)
from domain.view import Due, View

Broken = Literal["broken", "completed"]
INSTALMENT: dict[str, Literal["instalment_kept", "instalment_part_kept", "instalment_missed"]] = {
    "kept": "instalment_kept", "part_kept": "instalment_part_kept", "missed": "instalment_missed",
}  # fmt: skip
PROMISE: dict[str, Literal["promise_kept", "promise_part_kept", "promise_broken"]] = {
    "kept": "promise_kept", "part_kept": "promise_part_kept", "broken": "promise_broken",
}  # fmt: skip


def keeping(view: View) -> Record | None:
    """The next verdict that is due, or what follows from one."""
    if nothing(view.case.undertakings):
        return None
    return _promise(view) or _agreement(view) or _recovery(view)


def payments_of(view: View) -> Payments:
    """What the facts say was received."""
    return Payments(paid=view.facts.paid, received=view.facts.received)


def _over_at(view: View, last: date) -> datetime:
    """When the end of a day can be judged: at the hour of evaluation of the next, after its postings (S9)."""
    return at_local(last + days(1), view.ladder.evaluate_at, view.case.time_zone)


def _is_over(view: View, last: date) -> bool:
    if view.now < _over_at(view, last):
        return False
    through = view.facts.posted_through
    return through >= last or through >= view.facts.calendar.on_or_before(last)


def tolerance_of(ladder: Ladder) -> int:
    """Days a promise may be late; a policy without agreements allows none."""
    return ladder.integer("agreement_tolerance_days") if "agreement_tolerance_days" in ladder.settings else 0


# ── agreements ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _agreement(view: View) -> Record | None:
    agreement = view.case.undertakings.agreement
    if agreement is None or agreement.state == "ended":
        return None
    rule = _pause(view, agreement)
    return _ended_by_hand(view, agreement, rule) or _judged(view, agreement) or _moved(view, agreement, rule)


def _pause(view: View, agreement: Agreement) -> HoldRule | None:
    """The hold that the signature places; a policy in which an agreement pauses nothing has none (L, S4)."""
    return next((hold for hold in view.ladder.policy.holds if agreement.step in hold.placed_by), None)


def _judged(view: View, agreement: Agreement) -> Record | None:
    payments = payments_of(view)
    for index, one in enumerate(agreement.instalments):
        last = one.due + days(agreement.tolerance)
        if not _is_over(view, last):
            return None
        found, filled = verdict(agreement, index, last, payments)
        known = agreement.verdicts[index] if index < len(agreement.verdicts) else None
        if found != known:
            body = a.InstalmentJudged(
                kind=INSTALMENT[found], step=agreement.step, no=one.no, due=one.due, amount=one.amount, filled=filled
            )
            due = max(_over_at(view, last), agreement.concluded_at) if known is None else view.now
            return record(body, due, _rules(view, agreement), f"{filled} of {one.amount} by {last}")
    return None


def _moved(view: View, agreement: Agreement, rule: HoldRule | None) -> Record | None:
    """Broken: the pause ends and the ladder goes on like a take-over; caught up: it pauses again; paid: it is over."""
    state = state_of(agreement, payments_of(view))
    if state == agreement.state:
        return None
    why = {
        "broken": "an instalment was not paid in full",
        "live": "it is kept again",
        "completed": "everything is paid",
    }
    due = agreement.judged_at if state == "broken" and agreement.judged_at else view.now
    return Record(
        (_said(agreement, state), *_pausing(view, agreement, rule, state)), due, _rules(view, agreement), why[state]
    )


def _said(agreement: Agreement, state: AgreementState) -> e.Body:
    match state:
        case "broken":
            return a.AgreementBroken(step=agreement.step)
        case "completed":
            return a.AgreementCompleted(step=agreement.step)
        case "live" | "ended":
            return a.AgreementRevived(step=agreement.step)


def _pausing(view: View, agreement: Agreement, rule: HoldRule | None, state: AgreementState) -> tuple[e.Body, ...]:
    if rule is None:
        return ()
    placed = in_force(view, rule.id)
    if state in ("broken", "completed"):
        if placed is None:
            return ()
        reason: Broken = "broken" if state == "broken" else "completed"
        return (e.HoldEnded(hold=rule.id, reason=reason, role="system"), *_taken_over(view))
    if placed is not None:
        return ()
    return (e.HoldPlaced(hold=rule.id, source=agreement.source, placed_dpd=view.dpd, role="system"),)


def _taken_over(view: View) -> tuple[e.Body, ...]:
    """After the pause the present bucket's steps run; what it asked for meanwhile is made up, the rest listed."""
    if view.facts.cured or view.case.anchor is None:
        return ()
    floor = view.ladder.floor(view.dpd)
    return (e.LadderReanchored(anchor=view.case.anchor, floor=floor, upward=floor > 1),)


def _ended_by_hand(view: View, agreement: Agreement, rule: HoldRule | None) -> Record | None:
    """A person ended the pause with a document: the agreement is over, whatever is paid later."""
    if rule is None or agreement.state != "live" or in_force(view, rule.id):
        return None
    ended = [hold.ended_at for hold in view.case.holds if hold.source == agreement.source and hold.ended_at]
    if not ended:
        return None
    body = a.AgreementBroken(step=agreement.step, by_hand=True)
    return Record((body, *_taken_over(view)), max(ended), _rules(view, agreement), "ended by hand")


def _rules(view: View, agreement: Agreement) -> tuple[str, ...]:
    step = view.ladder.by_id.get(agreement.step)
    return step.rule.rules if step else ()


# ── promises and the recovery plan ─────────────────────────────────────────────────────────────────────────────────


def _promise(view: View) -> Record | None:
    promises, tolerance = view.case.undertakings.promises, tolerance_of(view.ladder)
    there = fill_promises(promises, tolerance, payments_of(view))
    for promise, filled in zip(promises, there, strict=True):
        last = promise.by + days(tolerance)
        if not _is_over(view, last):
            continue
        found = promise_verdict(promise, filled)
        if found != promise.verdict:
            body = a.PromiseJudged(
                kind=PROMISE[found], contact=promise.contact, amount=promise.amount, by=promise.by, filled=filled
            )
            due = _over_at(view, last) if promise.verdict is None else view.now
            return record(body, due, view.ladder.policy.contact_rules, f"{filled} of {promise.amount} by {last}")
    return None


def _recovery(view: View) -> Record | None:
    plan = view.case.undertakings.recovery
    for stage in plan.stages if plan else ():
        if plan is None or stage.day in plan.missed or not _is_over(view, stage.day):
            continue
        there = payments_of(view).since(plan.paid_before, stage.day)
        if there < stage.target:
            body = a.RecoveryStageMissed(
                day=stage.day, target=stage.target, received=there, responsible=plan.responsible
            )
            return record(body, _over_at(view, stage.day), (), f"{there} of {stage.target} by {stage.day}")
    return None


# ── what the policy hangs on them ──────────────────────────────────────────────────────────────────────────────────


def undertaking_due(view: View, state: StepState, trigger: Trigger) -> Due | None:
    """A reminder so many days before an instalment that is not yet paid; a task after a promise was not kept."""
    if trigger.promise:
        last = last_broken(view.case.undertakings)
        if last is None or last[0] <= state.fired:
            return None
        return Due(max(last[1], view.case.ladder_from or last[1]), None)
    one = _coming(view)
    if one is None or (state.status != "sending" and one.due.isoformat() in state.days):
        return None
    at = _remind_at(view, one, trigger)
    return Due(at, one.due.isoformat()) if view.now >= at else None


def call_needless(view: View, step: Step, state: StepState) -> tuple[str, datetime] | None:
    """Why a call after a broken promise is asked for no longer, and since when: money that came in time was entered
    late, or the promise was corrected."""
    promises_alone = bool(step.when) and all(trigger.promise for trigger in step.when)
    if not promises_alone or unkept_since(view.case.undertakings, state.done):
        return None
    return "the promise was kept", view.now


def _coming(view: View) -> PlannedInstalment | None:
    agreement = view.case.undertakings.agreement
    if agreement is None or agreement.state != "live":
        return None
    return next_unfilled(agreement, payments_of(view), view.today)


def _remind_at(view: View, one: PlannedInstalment, trigger: Trigger) -> datetime:
    before = trigger.days_before if isinstance(trigger.days_before, int) else 0
    agreement = view.case.undertakings.agreement
    at = at_local(one.due - days(before), view.ladder.evaluate_at, view.case.time_zone)
    return max(at, agreement.concluded_at) if agreement else at


def instants(view: View) -> Iterator[tuple[datetime | None, str]]:
    """When the next verdicts and reminders are due; past ones may be among them."""
    known = view.case.undertakings
    if nothing(known):
        return
    for last, why in _last_days(view):
        at = _over_at(view, last)
        yield (at if at > view.now or _is_over(view, last) else _over_at(view, view.today)), why
    one = _coming(view)
    if one is not None:
        for step in view.ladder.reminders:
            for trigger in (trigger for trigger in step.when if trigger.agreement):
                yield _remind_at(view, one, trigger), f"{step.id}: instalment of {one.due}"


def _last_days(view: View) -> Iterator[tuple[date, str]]:
    known, tolerance = view.case.undertakings, tolerance_of(view.ladder)
    agreement = known.agreement
    if agreement is not None and agreement.state != "ended":
        for one in agreement.instalments[len(agreement.verdicts) :]:
            yield one.due + days(agreement.tolerance), f"instalment {one.no}"
    for promise in known.promises:
        if promise.verdict is None:
            yield promise.by + days(tolerance), "a promise to pay"
    for stage in known.recovery.stages if known.recovery else ():
        yield stage.day, "a stage of the recovery plan"
