"""Moving a live case to another policy or version: what is kept, what is asked anew, what is laid aside."""

from __future__ import annotations

from datetime import datetime

from domain import commands as c, events as e
from domain.apply_step import unfinished
from domain.case import Case, StepState
from domain.errors import Refused
from domain.ladder import Ladder, Step
from domain.outcome import Record, record
from domain.policy import Policy
from domain.view import is_portfolio, steps_for


def movers(policy: Policy) -> tuple[str, ...]:
    """Who may move the cases of a policy: the role that owns it, and the head of that role."""
    head = policy.roles[policy.owner].head
    return (policy.owner, head) if head else (policy.owner,)


def move(ladder: Ladder, target: Ladder | None, case: Case, body: c.MovePolicy, role: str, now: datetime) -> Record:
    """The event that moves a case. Refused: not_entitled, unknown_policy, not_movable, already_there."""
    allowed = movers(ladder.policy)
    if role not in allowed:
        raise Refused("not_entitled", f"{role} may not move this case.", f"Allowed: {', '.join(allowed)}.")
    if target is None:
        raise Refused("unknown_policy", f"There is no policy {body.policy.id} here.", "Use one with company settings.")
    return moved(ladder, target, case, body.reason, now)


def moved(ladder: Ladder, target: Ladder, case: Case, reason: str, now: datetime) -> Record:
    """The same for somebody who may. A step is the same when its id is, and it asks, sends, files or runs as before."""
    if case.status != "open":
        raise Refused("not_movable", "Only an open case is moved.", "Let this one come to its end.")
    if is_portfolio(case) and target.policy.id != ladder.policy.id:
        remedy = f"Name a version of {ladder.policy.id}."
        raise Refused("not_movable", "The standing work of a portfolio stays under its policy.", remedy)
    if (ladder.sha256, ladder.settings_id) == (target.sha256, target.settings_id):
        raise Refused("already_there", f"It runs under {target.policy.id} already.", "Name another policy or version.")
    known = {step.id: step for step in steps_for(target, case)}
    of_case = {step.id for step in steps_for(ladder, case)} | set(case.steps) | set(case.elsewhere.gone)
    holds = {hold.hold for hold in (*case.holds, *case.elsewhere.holds)}
    body = e.PolicyMoved(
        policy=e.PolicyPin(id=target.policy.id, version=target.policy.version, sha256=target.sha256),
        settings=target.settings_id,
        reason=reason,
        gone=tuple(sorted(name for name in of_case if name not in known)),
        anew=tuple(name for name, state in case.steps.items() if name in known and _anew(state, known[name])),
        lifted=tuple(sorted(name for name in holds if _lifted(name, ladder, target))),
    )
    return record(body, now, target.policy.opening, f"moved from {ladder.policy.id}.v{ladder.policy.version}")


def _lifted(hold: str, before: Ladder, target: Ladder) -> bool:
    """Whether nothing in the new policy would place, watch or end it: its agreement or application is another step."""
    if hold not in target.holds:
        return True
    return hold in before.holds and not before.holds[hold].placed_by.keys() & target.holds[hold].placed_by.keys()


def _anew(state: StepState, step: Step) -> bool:
    """Whether what hangs in the air is not what the new policy would ask or send."""
    if not unfinished(state):
        return False
    if state.status in ("blocked", "sending"):
        return state.status == "blocked" or step.rule.send is None
    return asks_otherwise(state, step)


def asks_otherwise(state: StepState, step: Step) -> bool:
    """Whether the policy in force asks others, or for something else, than it was put to people."""
    asked = step.asked
    if asked is None or (state.outcomes, state.mode, state.needed) != (asked.outcomes, asked.mode, asked.needed):
        return True
    return not set(state.asked) <= set(asked.roles) if asked.limits else state.asked != asked.roles
