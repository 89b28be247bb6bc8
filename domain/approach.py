"""How a step approaches the customer: by which way, and what the contact gate holds back."""

from __future__ import annotations

from typing import Final

from domain.case import StepState
from domain.ladder import Step
from domain.step_rule import Way, What
from domain.view import View

WAYS: Final[dict[What, Way]] = {"contact": "call", "visit": "visit", "interview": "other"}
"""What is asked of people that brings them before the customer, with the channel that the contact gate is asked for."""


def way_of(step: Step) -> Way | None:
    """By which way those who are asked reach the customer; None when they do not."""
    return WAYS.get(step.asked.what) if step.asked else None


def target_of(way: Way) -> str:
    """Whom and how, as in a dispatch."""
    return f"customer/{way}"


def held_back(view: View, state: StepState, target: str) -> bool:
    """The contact gate has said not now, and nothing has moved since: asked again it would only say so again."""
    return any(
        held.target == target
        and held.ledger_version == view.facts.ledger_version
        and (held.until is None or view.now < held.until)
        for held in state.held
    )
