"""What a customer has undertaken, as a case remembers it, and how far payments fill it: pure, from ledger and time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime, Field

from domain.agreement_events import RecoveryStage
from domain.base import Frozen, absent, empty
from domain.instalment_plan import PlannedInstalment, Schedule
from domain.money import ZERO
from domain.received import Received

Verdict = Literal["kept", "part_kept", "missed"]
AgreementState = Literal["live", "broken", "completed", "ended"]
PromiseVerdict = Literal["kept", "part_kept", "broken"]
MOST_PROMISES = 12  # so many are remembered, the oldest forgotten first; the record keeps all


class Agreement(Frozen):
    """An agreement of a case. verdicts: of the first instalments, as far as judged, the last at `judged_at`.

    step: that in which it was signed; source: seq of the signature. ended: by hand, or with the step.
    """

    step: str
    source: int
    as_of: date
    concluded_at: AwareDatetime
    owed: Decimal
    paid_before: Decimal
    instalments: Schedule
    tolerance: int
    revive: bool
    state: AgreementState = "live"
    verdicts: tuple[Verdict, ...] = ()
    judged_at: AwareDatetime | None = None


class Promise(Frozen):
    """A promise to pay. contact: seq of the contact entry; judged: seq of the last verdict, given at `judged_at`.

    paid_that_day: what had already come in on the day on which it was made.
    """

    contact: int
    made_on: date
    amount: Decimal
    by: date
    paid_before: Decimal
    paid_that_day: Decimal = Field(default=ZERO, exclude_if=empty)
    verdict: PromiseVerdict | None = None
    judged: int = 0
    judged_at: AwareDatetime | None = None


class RecoveryPlan(Frozen):
    """The plan to recover the debt. missed: days of the stages whose lateness is in the record."""

    responsible: str
    as_of: date
    set_at: AwareDatetime
    paid_before: Decimal
    stages: tuple[RecoveryStage, ...]
    missed: tuple[date, ...] = ()


class Undertakings(Frozen):
    """Everything of that kind in a case."""

    agreement: Agreement | None = Field(default=None, exclude_if=absent)
    promises: tuple[Promise, ...] = ()
    recovery: RecoveryPlan | None = Field(default=None, exclude_if=absent)

    @property
    def watched_since(self) -> date | None:
        """From which day on payments have to be known one by one."""
        found = [promise.made_on for promise in self.promises]
        found += [one.as_of for one in (self.agreement, self.recovery) if one is not None]
        return min(found, default=None)


NOTHING = Undertakings()


def nothing(undertakings: Undertakings) -> bool:
    """Most cases have none: their snapshots say nothing of it."""
    return undertakings is NOTHING or undertakings == NOTHING


class Payments(Frozen):
    """What a case knows of payments: everything ever received, and the payments of the days it watches."""

    paid: Decimal
    received: tuple[Received, ...]

    def since(self, paid_before: Decimal, until: date | None = None) -> Decimal:
        """What came in since so much had been paid, by the end of a day; a payment taken back is as if never made."""
        later = (one.amount for one in self.received if until is not None and one.day > until)
        return max(ZERO, self.paid - sum(later, ZERO) - paid_before)


def verdict(agreement: Agreement, index: int, cutoff: date, payments: Payments) -> tuple[Verdict, Decimal]:
    """How an instalment was kept by the end of its last day, the oldest filled first; and what there was of it."""
    earlier = sum((one.amount for one in agreement.instalments[:index]), ZERO)
    amount = agreement.instalments[index].amount
    filled = min(amount, max(ZERO, payments.since(agreement.paid_before, cutoff) - earlier))
    return ("kept" if filled >= amount else "part_kept" if filled else "missed"), filled


def state_of(agreement: Agreement, payments: Payments) -> AgreementState:
    """What follows from the verdicts and from what is paid now."""
    paid = payments.since(agreement.paid_before)
    if paid >= sum((one.amount for one in agreement.instalments), ZERO):
        return "completed"
    judged = agreement.instalments[: len(agreement.verdicts)]
    caught_up = agreement.revive and paid >= sum((one.amount for one in judged), ZERO)
    return "live" if caught_up or all(one == "kept" for one in agreement.verdicts) else "broken"


def fill_promises(promises: Sequence[Promise], tolerance: int, payments: Payments) -> tuple[Decimal, ...]:
    """What is there of each promise: money that counts for the days from its making to its last, first in first out.

    When it was entered does not matter, but for the day of the making: what had come in by then is not promised.
    No money fills two promises; what no promise takes is left over.
    """
    left = [promise.amount for promise in promises]
    for payment in payments.received:
        taken = ZERO
        for index, promise in enumerate(promises):
            if payment.day < promise.made_on or (payment.day - promise.by).days > tolerance:
                continue
            if payment.day == promise.made_on:
                taken = max(taken, min(payment.amount, promise.paid_that_day))
            part = min(left[index], payment.amount - taken)
            left[index] -= part
            taken += part
    return tuple(promise.amount - rest for promise, rest in zip(promises, left, strict=True))


def promise_verdict(promise: Promise, filled: Decimal) -> PromiseVerdict:
    """Of a promise whose last day is over."""
    return "kept" if filled >= promise.amount else "part_kept" if filled else "broken"


def next_unfilled(agreement: Agreement, payments: Payments, today: date) -> PlannedInstalment | None:
    """The first instalment from today on that is not yet there in full."""
    paid = payments.since(agreement.paid_before)
    reached = ZERO
    for one in agreement.instalments:
        reached += one.amount
        if one.due >= today and paid < reached:
            return one
    return None


def unkept_since(undertakings: Undertakings, seq: int) -> bool:
    """Whether a promise that was judged after that entry is, by now, not kept in full."""
    return any(one.verdict in ("broken", "part_kept") and one.judged > seq for one in undertakings.promises)


def last_broken(undertakings: Undertakings) -> tuple[int, datetime] | None:
    """(seq, instant) of the last verdict that a promise was not kept in full; None while all are."""
    found = [(one.judged, one.judged_at) for one in undertakings.promises if one.verdict in ("broken", "part_kept")]
    return max(((seq, at) for seq, at in found if at is not None), default=None)
