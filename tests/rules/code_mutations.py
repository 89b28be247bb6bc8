"""Named changes of code that break a rule of calculation or of approval, for `make rules-mutate`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from domain import company_check, standing
from domain.base import days
from domain.ledger import HoldFact, Instalment
from domain.money import ZERO
from domain.policy import Approval, SettingValue
from domain.replay import Owed
from domain.terms import Terms


def count_from_the_due_date() -> None:
    """L2.3: the due date itself would be day 1."""
    counted = standing.days_past_due

    def days_past_due(oldest: date | None, as_of: date, terms: Terms, holds: Sequence[HoldFact]) -> tuple[int, int]:
        return counted(oldest - days(1) if oldest else None, as_of, terms, holds)

    standing.days_past_due = days_past_due


def earlier_penalty_left_out() -> None:
    """L2.2: penalty interest of an earlier delinquency would be forgotten."""
    fallen_due = Owed.fall_due

    def fall_due(self: Owed, instalment: Instalment) -> None:
        fallen_due(self, instalment)
        self.earlier, self.earlier_since = ZERO, None

    Owed.fall_due = fall_due


def approval_not_asked() -> None:
    """L10.1: every version would count as approved."""

    def approval_of(values: dict[str, SettingValue]) -> Approval | None:
        return Approval(by="general_manager", on=date(2026, 1, 5))

    company_check.approval_of = approval_of


CODE: dict[str, dict[str, Callable[[], None]]] = {
    "L2.2": {"earlier_penalty_left_out": earlier_penalty_left_out},
    "L2.3": {"count_from_the_due_date": count_from_the_due_date},
    "L10.1": {"approval_not_asked": approval_not_asked},
}
