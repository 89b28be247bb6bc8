"""What can happen to what a customer has undertaken: agreements, promises to pay, and the plan to recover the debt."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from domain.agreement_terms import AgreementTerms, Amount
from domain.base import Frozen, PlannedDay, empty
from domain.instalment_plan import PlannedInstalment
from domain.money import ZERO


class SignatureRequested(Frozen):
    """The customer is asked to sign these terms electronically. document: id of the uploaded paper."""

    kind: Literal["signature_requested"] = "signature_requested"
    step: str
    document: str
    agreement: AgreementTerms


class AgreementConcluded(Frozen):
    """The customer signed: these instalments, watched from now on.

    owed: what the agreement covers. paid_before: all payments of the account until now. tolerance: days.
    revive: catching up makes a broken one live again.
    """

    kind: Literal["agreement_concluded"] = "agreement_concluded"
    step: str
    as_of: date
    owed: Decimal
    paid_before: Decimal
    instalments: tuple[PlannedInstalment, ...] = Field(min_length=1)
    tolerance: int = 0
    revive: bool = False


class InstalmentJudged(Frozen):
    """At the end of its tolerance, or anew when the ledger was changed for the past. filled: what was there of it."""

    kind: Literal["instalment_kept", "instalment_part_kept", "instalment_missed"]
    step: str
    no: int
    due: date
    amount: Decimal
    filled: Decimal


class AgreementBroken(Frozen):
    """An instalment was not paid in full, or (by_hand) a person ended the agreement."""

    kind: Literal["agreement_broken"] = "agreement_broken"
    step: str
    by_hand: bool = False


class AgreementRevived(Frozen):
    """It is kept again: caught up (`revive`), or the ledger now shows that it was kept."""

    kind: Literal["agreement_revived"] = "agreement_revived"
    step: str


class AgreementCompleted(Frozen):
    """Everything agreed is paid."""

    kind: Literal["agreement_completed"] = "agreement_completed"
    step: str


class PromiseMade(Frozen):
    """The customer promised to pay an amount by the end of a day. contact: seq of the entry that says so.

    paid_before: all payments of the account until then; paid_that_day: those of them that count for the same day.
    """

    kind: Literal["promise_made"] = "promise_made"
    contact: int
    amount: Decimal
    by: date
    paid_before: Decimal
    paid_that_day: Decimal = Field(default=ZERO, exclude_if=empty)


class PromiseWithdrawn(Frozen):
    """A correcting entry says that nothing was promised."""

    kind: Literal["promise_withdrawn"] = "promise_withdrawn"
    contact: int


class PromiseJudged(Frozen):
    """At the end of its tolerance, or anew when the ledger was changed for the past."""

    kind: Literal["promise_kept", "promise_part_kept", "promise_broken"]
    contact: int
    amount: Decimal
    by: date
    filled: Decimal


class RecoveryStage(Frozen):
    """So much is to have been received since the plan was set, by the end of a day."""

    day: PlannedDay
    target: Amount


class RecoveryPlanSet(Frozen):
    """Who is responsible for recovering the debt (a staff id), in which stages; it replaces an earlier one."""

    kind: Literal["recovery_plan_set"] = "recovery_plan_set"
    responsible: str
    stages: tuple[RecoveryStage, ...] = Field(min_length=1)
    paid_before: Decimal
    as_of: date


class RecoveryStageMissed(Frozen):
    """By the end of that day less was received than planned. responsible: staff id of who follows the plan."""

    kind: Literal["recovery_stage_missed"] = "recovery_stage_missed"
    day: date
    target: Decimal
    received: Decimal
    responsible: str = Field(default="", exclude_if=empty)


Undertaking = (
    AgreementConcluded | InstalmentJudged | AgreementBroken | AgreementRevived | AgreementCompleted | PromiseMade
    | PromiseWithdrawn | PromiseJudged | RecoveryPlanSet | RecoveryStageMissed
)  # fmt: skip
