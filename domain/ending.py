"""How a case ends: cured or bought back, or because the last thing the policy names has happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain import events as e
from domain.by_hand import alone, kept_open
from domain.fire import fire
from domain.ladder import Step
from domain.outcome import Decision, Record, record
from domain.view import Due, View


def ending(view: View) -> Decision | None:
    """Cured or bought back: closes, after what must still be settled (a pending suit) is settled."""
    case = view.case
    cured = view.facts.cured and not kept_open(view)
    reason = "bought_back" if view.facts.bought_back else "cured" if cured else None
    if reason is None:
        return record(e.EndingRevoked(), view.now, view.ladder.policy.opening[:1], "the payment was taken back")
    closes = view.ladder.policy.closing.get(reason)
    rules = closes.rules if closes else ()
    settling = [(step, due) for step in view.ladder.steps if (due := _settles(view, step, reason))]
    if case.status != "ending" and settling:
        return record(e.DelinquencyEnded(reason=reason), view.now, rules, reason)
    for step, due in settling:
        state = case.step(step.id)
        if not state.is_open and state.status != "completed":
            return fire(view, step, due)
    if any(case.step(step.id).is_open for step, _ in settling):
        return None
    due = _last_done(view, [step.id for step, _ in settling]) if settling else view.now
    return record(e.CaseClosed(reason=reason), due, rules, reason)


def delinquency_over(view: View) -> Decision | None:
    """The arrears are paid while a breach goes on: what is pending is settled, then their steps are over."""
    if not alone(view) or all(name in view.ladder.by_hand for name in view.case.steps):
        return None
    settling = [(step, due) for step in view.ladder.steps if (due := _settles(view, step, "cured"))]
    for step, due in settling:
        state = view.case.step(step.id)
        if not state.is_open and state.status != "completed":
            return fire(view, step, due)
    if any(view.case.step(step.id).is_open for step, _ in settling):
        return None
    body = e.DelinquencyEnded(reason="cured", kept=tuple(sorted(view.ladder.by_hand)))
    closes = view.ladder.policy.closing.get("cured")
    return record(body, view.now, closes.rules if closes else (), "the arrears are paid, the breach goes on")


def _settles(view: View, step: Step, reason: str) -> Due | None:
    for trigger in step.when:
        if reason in trigger.ending and all(view.case.ended(s, o) for s, o in trigger.after.items()):
            return Due(view.now, None)
    return None


def _last_done(view: View, names: Iterable[str]) -> datetime:
    """When the last of these steps ended: the case is due to close at that instant, whenever we get to it."""
    return max((at for name in names if (at := view.case.step(name).done_at)), default=view.now)


def closing(view: View) -> Record | None:
    """A case ends when what the policy names has happened and nothing is open any more."""
    for reason, closing in view.ladder.policy.closing.items():
        if closing.after and all(view.case.ended(step, outcome) for step, outcome in closing.after.items()):
            unfinished = any(s.status in ("open", "sending") for s in view.case.steps.values())
            if not unfinished:
                return record(e.CaseClosed(reason=reason), _last_done(view, view.case.steps), closing.rules, reason)
    return None
