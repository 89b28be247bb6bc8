"""The figures that messages may name: texts to a borrower, what carries a letter, the reminder before the due date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from activities.content.material import Material
from activities.content.words import day, money
from domain.money import ZERO, rounded
from domain.policy import Company
from letters.content import DocumentContent
from letters.kinds import DocumentKind
from letters.parts import Owed, Upcoming

MOST_NUMBERS: Final = 10  # contracts that a short text names by their numbers; it counts and sums all


@dataclass(frozen=True)
class Due:
    """What is unpaid of an instalment that falls due."""

    contract_no: str
    amount: Decimal
    currency: str


def reminder_values(company: Company, dues: Sequence[Due], on: date) -> dict[str, str]:
    """What the text may name; of several contracts all numbers, and the total in each currency."""
    totals = _totals((one.currency, one.amount) for one in dues)
    amounts = "和".join(
        f"人民币{amount:,.2f}元" if currency == "CNY" else f"{currency} {amount:,.2f}"
        for currency, amount in totals.items()
    )
    return {
        "company": company.name["zh"],
        "phone": company.phone,
        "contract_no": _numbers([one.contract_no for one in dues]),
        "upcoming_amount": f"合计{amounts}" if len(dues) > 1 else amounts,
        "upcoming_due": day(on),
        "currency": "、".join(totals),
    }


def cover_values(kind: DocumentKind, number: str, material: Material, contracts: Sequence[Owed]) -> dict[str, str]:
    """What the message that carries a letter may name; number: of the letter. contracts: where it speaks of several."""
    return {
        "title": kind.title,
        "number": number,
        "contract": "借款合同" if material.is_loan else "租赁合同",
        "contract_no": _numbers([one.contract_no for one in contracts]) if contracts else material.account.contract_no,
        "phone": material.company.phone,
        "company": material.company.name["zh"],
    }


def short_values(content: DocumentContent) -> dict[str, str]:
    """The figures that a short message about a letter may name; no name of a person is among them."""
    found = {
        "company": content.issuer.company,
        "phone": content.issuer.phone,
        "as_of": day(content.as_of),
    }
    if content.contracts and content.demand:
        return found | {"pay_by": day(content.demand.deadline)} | _of_several(content.contracts)
    found["contract_no"] = content.case.contract_no if content.case else ""
    if content.upcoming:
        return found | _upcoming(content.upcoming)
    return found | _overdue(content)


def _upcoming(upcoming: Upcoming) -> dict[str, str]:
    return {
        "upcoming_amount": money(upcoming.amount), "currency": upcoming.currency, "upcoming_due": day(upcoming.due),
    }  # fmt: skip


def _of_several(contracts: Sequence[Owed]) -> dict[str, str]:
    """What is owed on all contracts together; currencies are never added up."""
    amounts = [one.amounts for one in contracts]
    found = {
        "contracts": str(len(contracts)),
        "contract_nos": _numbers([one.contract_no for one in contracts]),
        "longest": str(max(one.dpd for one in contracts)),
        "totals": _sums((a.currency, a.total) for a in amounts),
        "penalties": _sums((a.currency, a.earlier_penalty + a.current_penalty) for a in amounts),
        "all_costs": _sums((a.currency, a.costs) for a in amounts),
    }
    growing = [(one.amounts.currency, one.daily) for one in contracts if one.daily]
    return found | ({"daily_penalties": _sums(growing)} if growing else {})


def _numbers(names: Sequence[str]) -> str:
    return "、".join(names[:MOST_NUMBERS]) + ("等" if len(names) > MOST_NUMBERS else "")


def _sums(amounts: Iterable[tuple[str, Decimal]]) -> str:
    """62,300.00元（CNY）和50.00元（USD）."""
    return "和".join(f"{money(total)}元（{currency}）" for currency, total in _totals(amounts).items())


def _totals(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for currency, amount in amounts:
        totals[currency] = totals.get(currency, ZERO) + amount
    return totals


def _overdue(content: DocumentContent) -> dict[str, str]:
    """What is owed with its penalty interest and costs, until when, and how it grows (H2.1.1b)."""
    claim, demand = content.claim, content.demand
    if claim is None or demand is None:
        raise ValueError(f"a {content.kind.value} without a claim has no text")
    amounts = claim.amounts
    found = {
        "dpd": str(claim.dpd),
        "total": money(amounts.total),
        "overdue": money(amounts.overdue_rent),
        "currency": amounts.currency,
        "penalty": money(amounts.earlier_penalty + amounts.current_penalty),
        "costs": money(amounts.costs),
        "pay_by": day(demand.deadline),
    }
    rate = content.penalty[-1].rate if content.penalty else None
    daily = rounded(amounts.overdue_rent * rate) if rate else None
    if daily:
        found["daily_penalty"] = money(daily)
    if content.appointment:
        found["appointment_day"] = day(content.appointment.on)
        found["appointment_hours"] = content.appointment.hours
        found["appointment_place"] = content.appointment.place
    return found
