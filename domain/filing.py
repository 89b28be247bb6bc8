"""What the filing of a lawsuit has to say: in a lease, all rent or termination (民法典第752条)."""

from __future__ import annotations

from domain import commands as c
from domain.errors import Refused
from domain.ladder import Asked, Step


def favourable(step: Step, body: c.AnswerStep) -> bool:
    """Whether the answer is the one that was asked for."""
    return step.asked is not None and body.outcome == step.asked.outcomes[0]


def must_choose(step: Step, body: c.AnswerStep) -> None:
    """The favourable answer says which of the choices it takes, and no other answer says any, or whom it sues.

    Raises Refused choice_missing, choice_not_allowed.
    """
    choices = step.asked.choices if step.asked and favourable(step, body) else ()
    if body.choice is None and choices:
        raise Refused("choice_missing", f"{body.step} says which way is taken.", f"Choose one: {', '.join(choices)}.")
    if body.choice is not None and body.choice not in choices:
        allowed = f"Choose one: {', '.join(choices)}." if choices else "Leave the choice out."
        raise Refused("choice_not_allowed", f"{body.choice} is no choice of {body.step}.", allowed)
    if body.defendants and not (step.rule.suit == "filing" and favourable(step, body)):
        raise Refused("choice_not_allowed", f"{body.step} names no defendants.", "Name them where the suit is filed.")


def first_choice(asked: Asked | None, outcome: str) -> str | None:
    """The choice of a scripted answer."""
    return asked.choices[0] if asked and asked.choices and outcome == asked.outcomes[0] else None
