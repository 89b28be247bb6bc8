"""What a claim for the buyback, and the receipt and the answer of a dispute, say beyond the delinquency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from activities.content.material import Material
from activities.content.words import line
from domain import events as e
from domain.base import days, local_date
from domain.buyback import buyback_price, performance
from domain.errors import Permanent
from domain.money import ZERO
from letters.kinds import DocumentKind
from letters.parts import BankAccount, BuybackClaim, DisputeAnswer, DisputeReceipt

ANSWER: Final = "dispute_answer"
FOUNDED: Final = "founded"


class NothingToAnswer(Permanent):
    """The case has no dispute that the letter could be about."""


def special_parts(material: Material, kind: DocumentKind) -> dict[str, object]:
    """The parts that only a claim for the buyback, or a letter about a dispute, has."""
    match kind:
        case DocumentKind.buyback_claim:
            return {"buyback": buyback_claim(material), "demand": None}
        case DocumentKind.dispute_acknowledgement:
            return {"dispute": dispute_receipt(material), "demand": None}
        case DocumentKind.dispute_answer:
            return {"dispute_answer": dispute_answer(material), "demand": None}
        case _:
            return {}


def buyback_claim(material: Material) -> BuybackClaim:
    """The last claim: computed for its day, with the price that was claimed and what has been paid of it.

    Before anything is claimed: what would be claimed on the day of the draft.
    """
    made = next((one for one in reversed(material.events) if _price(one) is not None), None)
    day = local_date(made.at, material.account.time_zone) if made else material.as_of
    computed = buyback_price(material.facts, day, material.ladder.terms)
    price, paid = (made and _price(made)) or computed.total, performance(material.facts, material.as_of).paid
    account = material.company.bank_account
    note = made.body.note if made and isinstance(made.body, e.StepCompleted) else ""
    return BuybackClaim.model_validate({
        **computed.model_dump(exclude={"as_of"}),
        "currency": material.account.currency,
        "priced_on": day,
        "adjustment": price - computed.total,
        "reason": line(note) if note and price != computed.total else None,
        "price": price,
        "paid": paid,
        "open": max(price - paid, ZERO),
        "pay_by": _pay_by(material),
        "account": BankAccount(holder=line(account.name), bank=line(account.bank), number=line(account.number)),
    })  # fmt: skip


def dispute_receipt(material: Material) -> DisputeReceipt:
    """When the dispute came in, and until when it is answered."""
    zone = material.account.time_zone
    opened = {one.body.step: one for one in material.events if isinstance(one.body, e.StepOpened)}
    told, answer = opened.get("dispute"), opened.get(ANSWER)
    if told is None or answer is None or not isinstance(answer.body, e.StepOpened):
        raise NothingToAnswer(f"case {material.case_no} has no dispute")
    return DisputeReceipt(received=local_date(told.at, zone), reply_by=local_date(answer.body.deadline, zone))


def dispute_answer(material: Material) -> DisputeAnswer:
    """The last answer, with the reason as it was given."""
    told = [one for one in material.events if isinstance(one.body, e.StepOpened) and one.body.step == "dispute"]
    given = [one.body for one in material.events if isinstance(one.body, e.StepCompleted) and one.body.step == ANSWER]
    if not told or not given:
        raise NothingToAnswer(f"case {material.case_no} has no answered dispute")
    received = local_date(told[-1].at, material.account.time_zone)
    return DisputeAnswer(received=received, founded=given[-1].outcome == FOUNDED, reason=given[-1].note.strip() or None)


def _price(event: e.Event) -> Decimal | None:
    return event.body.claimed if isinstance(event.body, e.StepCompleted) else None


def _pay_by(material: Material) -> date:
    within = material.ladder.integer("buyback_payment_days")
    known = material.case.facts
    return known.calendar.business_day(material.as_of, within) if known else material.as_of + days(within)
