"""Which policy speaks for an account or a case."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from activities.registry import Policies, UnknownPolicy
from domain.evidence import PolicyPin
from domain.ladder import Ladder
from domain.step_rule import StepRule
from store import cases
from store.assignment import subject_of


def ladder_of_account(session: Session, policies: Policies, account_no: str) -> Ladder:
    """The policy of the open case of an account, else the one it is assigned to. Refused: unknown_account."""
    assigned = policies.ladder_of(subject_of(session, account_no))
    running = cases.open_case_of(session, account_no)
    case = cases.snapshot_of(session, running) if running else None
    return ladder_of_pin(policies, case.policy) or assigned if case and case.policy else assigned


def ladder_of_pin(policies: Policies, pin: PolicyPin) -> Ladder | None:
    """A policy by its content with the settings in force; None when it is not here or not in use any more."""
    try:
        return policies.ladder(pin, "") if pin.id in policies else None
    except UnknownPolicy:
        return None


def rules_under(policies: Policies, pins: Iterable[PolicyPin]) -> dict[str, StepRule]:
    """The steps of several policies by id; a later policy speaks for a step that both have."""
    found: dict[str, StepRule] = {}
    for pin in pins:
        ladder = ladder_of_pin(policies, pin)
        found |= {name: step.rule for name, step in ladder.by_id.items()} if ladder else {}
    return found
