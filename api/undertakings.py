"""What a customer has undertaken, as the case view shows it: planned against received, computed at read."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel

from domain.case import Case
from domain.instalment_plan import expected_balance, filled
from domain.money import ZERO
from domain.received import Received, total
from domain.undertakings import (
    Agreement,
    AgreementState,
    Payments,
    PromiseVerdict,
    RecoveryPlan,
    Verdict,
    fill_promises,
)


class InstalmentView(BaseModel):
    """An instalment of the agreement. paid: what is there of it now, the oldest filled first. verdict: once judged."""

    no: int
    due: date
    amount: Decimal
    paid: Decimal
    verdict: Verdict | None


class AgreementView(BaseModel):
    """The agreement of a case. expected: what may still be unpaid today; unpaid: what is. tolerance: days."""

    step: str
    state: AgreementState
    concluded_at: datetime
    owed: Decimal
    expected: Decimal
    unpaid: Decimal
    tolerance: int
    revive: bool
    instalments: tuple[InstalmentView, ...]


class PromiseView(BaseModel):
    """A promise to pay. contact: seq of the entry that says so. paid: what fills it so far."""

    contact: int
    made_on: date
    amount: Decimal
    by: date
    paid: Decimal
    verdict: PromiseVerdict | None


class StageView(BaseModel):
    """A stage of the recovery plan. received: since the plan was set, by the end of its day or until now."""

    day: date
    target: Decimal
    received: Decimal
    over: bool
    missed: bool


class RecoveryPlanView(BaseModel):
    """Who is responsible (a staff id), planned against actual (C2.2.1b, MB1.2a, MA1.2)."""

    responsible: str
    set_at: datetime
    stages: tuple[StageView, ...]


class UndertakingsView(BaseModel):
    """The agreement, the latest promises and the recovery plan of a case."""

    agreement: AgreementView | None
    promises: tuple[PromiseView, ...]
    recovery: RecoveryPlanView | None


def undertakings_view(case: Case, payments: tuple[Received, ...], tolerance: int, today: date) -> UndertakingsView:
    """payments: all that the account received, by day. tolerance: days, of the policy's promises."""
    known = case.undertakings
    paid = Payments(paid=total(payments), received=payments)
    there = fill_promises(known.promises, tolerance, paid)
    promises = tuple(
        PromiseView(**one.model_dump(exclude={"paid_before", "paid_that_day", "judged", "judged_at"}), paid=part)
        for one, part in zip(known.promises, there, strict=True)
    )
    return UndertakingsView(
        agreement=_agreement(known.agreement, paid, today) if known.agreement else None,
        promises=promises,
        recovery=_recovery(known.recovery, paid, today) if known.recovery else None,
    )


def _agreement(agreement: Agreement, paid: Payments, today: date) -> AgreementView:
    since = paid.since(agreement.paid_before)
    parts = filled(agreement.instalments, since)
    rows = tuple(
        InstalmentView(
            **one.model_dump(), paid=part, verdict=agreement.verdicts[no] if no < len(agreement.verdicts) else None
        )
        for no, (one, part) in enumerate(zip(agreement.instalments, parts, strict=True))
    )
    return AgreementView(
        **agreement.model_dump(include={"step", "state", "concluded_at", "owed", "tolerance", "revive"}),
        expected=expected_balance(agreement.owed, agreement.instalments, today),
        unpaid=max(ZERO, agreement.owed - since),
        instalments=rows,
    )


def _recovery(plan: RecoveryPlan, paid: Payments, today: date) -> RecoveryPlanView:
    stages = tuple(
        StageView(
            day=stage.day, target=stage.target, received=paid.since(plan.paid_before, stage.day),
            over=stage.day < today, missed=stage.day in plan.missed,
        )
        for stage in plan.stages
    )  # fmt: skip
    return RecoveryPlanView(responsible=plan.responsible, set_at=plan.set_at, stages=stages)
