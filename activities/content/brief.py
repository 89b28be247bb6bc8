"""The figures that messages may name: texts to a borrower, what carries a letter, the reminder before the due date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from activities.content.material import Material
from activities.content.words import day, money
from domain.money import rounded
from domain.policy import Company
from letters.content import DocumentContent
from letters.kinds import DocumentKind
from letters.parts import Upcoming


def reminder_values(company: Company, contract_no: str, amount: Decimal, currency: str, due: date) -> dict[str, str]:
    """What the text may name; the amount is what is unpaid of this instalment."""
    return {
        "company": company.name["zh"],
        "phone": company.phone,
        "contract_no": contract_no,
        "upcoming_amount": f"人民币{amount:,.2f}元" if currency == "CNY" else f"{currency} {amount:,.2f}",
        "upcoming_due": f"{due.year}年{due.month}月{due.day}日",
        "currency": currency,
    }


def cover_values(kind: DocumentKind, number: str, material: Material) -> dict[str, str]:
    """What the message that carries a letter may name; number: of the letter."""
    return {
        "title": kind.title,
        "number": number,
        "contract": "借款合同" if material.is_loan else "租赁合同",
        "contract_no": material.account.contract_no,
        "phone": material.company.phone,
        "company": material.company.name["zh"],
    }


def short_values(content: DocumentContent) -> dict[str, str]:
    """The figures that a short message about a letter may name; no name of a person is among them."""
    found = {
        "company": content.issuer.company,
        "phone": content.issuer.phone,
        "contract_no": content.case.contract_no if content.case else "",
        "as_of": day(content.as_of),
    }
    if content.upcoming:
        return found | _upcoming(content.upcoming)
    return found | _overdue(content)


def _upcoming(upcoming: Upcoming) -> dict[str, str]:
    return {
        "upcoming_amount": money(upcoming.amount), "currency": upcoming.currency, "upcoming_due": day(upcoming.due),
    }  # fmt: skip


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
