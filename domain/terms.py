"""How a policy reads a ledger: grace, holds, order of allocation, what counts as a cure."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from domain.base import Frozen
from domain.money import ZERO

MOST_MISSED = 9  # missed instalments of which the day is kept: more than any matrix tells apart
Allocation = Literal["costs", "earlier_penalty", "interest", "principal", "current_penalty"]


class Terms(Frozen):
    """How a policy reads a ledger (policy section `standing` and the settings of the company)."""

    grace_days: int = 0
    holds: Literal["run_on", "stop_clock"] = "run_on"
    allocation: tuple[Allocation, ...] = (
        "costs",
        "earlier_penalty",
        "interest",
        "principal",
        "current_penalty",
    )
    vendor_advance_cures: bool = False
    cure_includes_current_penalty: bool = False
    tolerance: Decimal = ZERO
    returned_payment: Literal["original_due", "return_date"] = "original_due"
    counted_per: Literal["account", "borrower"] = "account"  # delinquencies (rules 14.8)
