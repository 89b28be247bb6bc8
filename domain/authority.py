"""How far each role may decide, by action, amount and discount (B4.2.1); beyond it somebody else of the ask has to."""

from __future__ import annotations

from decimal import Decimal

from domain.affordability import HUNDRED, INSTALMENT
from domain.concessions import WAIVER, owed, penalty
from domain.errors import Refused
from domain.evidence import Figure
from domain.ladder import Asked, Limit, Step
from domain.money import ZERO
from domain.view import View

WAIVERS = ("penalty_waiver", "waiver")


def must_have_authority(view: View, step: Step, role: str, outcome: str, figures: tuple[Figure, ...]) -> None:
    """Only a yes needs it: to concede, to file, to place; a no is within everybody's authority. Refused: over_limit."""
    asked = step.asked
    if asked is None or role not in asked.limits or outcome != asked.outcomes[0]:
        return
    amount = _at_stake(view, step, figures) or ZERO
    if _within(view, asked.limits[role], amount):
        return
    others = who_may(view, asked, amount)
    remedy = f"Allowed: {', '.join(others)}." if others else "Nobody here may: ask for less."
    raise Refused("over_limit", f"{role} decides {_told(asked.limits[role])}; this is about {amount}.", remedy)


def who_may(view: View, asked: Asked, amount: Decimal) -> tuple[str, ...]:
    """Those of an ask who may say yes to that amount."""
    return tuple(role for role in asked.roles if role not in asked.limits or _within(view, asked.limits[role], amount))


def asked_first(view: View, step: Step, figures: tuple[Figure, ...] = ()) -> tuple[str, ...]:
    """Whom an ask goes to when it opens: where one decides for all, the first whose authority reaches so far."""
    asked = step.asked
    if asked is None:
        raise ValueError(f"step {step.id} asks nobody")
    if not asked.limits or asked.mode != "any":
        return asked.roles
    amount = _at_stake(view, step, figures)
    return (asked.roles if amount is None else who_may(view, asked, amount) or asked.roles)[:1]


def _at_stake(view: View, step: Step, figures: tuple[Figure, ...]) -> Decimal | None:
    """What is given up, what a plan spreads, else what is owed; None for a waiver whose amount is not said yet."""
    given = [figure.amount for figure in figures if figure.item == WAIVER]
    if step.rule.ask and step.rule.ask.figures in WAIVERS:
        return sum(given, ZERO) if given else None
    planned = [figure.amount for figure in figures if figure.item == INSTALMENT]
    return sum(planned, ZERO) if planned else owed(view)


def _within(view: View, limit: Limit, amount: Decimal) -> bool:
    share = limit.per_cent is None or amount * HUNDRED <= penalty(view) * limit.per_cent
    return share and (limit.amount is None or amount <= limit.amount)


def _told(limit: Limit) -> str:
    said = [f"up to {limit.amount}"] if limit.amount is not None else []
    said += [f"up to {limit.per_cent} per cent of the penalty interest"] if limit.per_cent is not None else []
    return " and ".join(said)
