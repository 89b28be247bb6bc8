"""What agencies earn: a share of each payment during a placement, a cost of collection; taken back with the payment."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from domain.base import local_date
from domain.ledger import PostingKind
from domain.money import rounded
from store.dialect import take_turns
from store.tables import AccountRow, AgencyPlacementRow, CostRow, PostingRow

COMMISSION = "commission"  # the kind of such costs


def book_commissions(session: Session, at: datetime) -> int:
    """Book the commission of every payment that has none yet, and take it back where the payment was; how many.

    A payment counts when its value date is after the day of the placement, up to the day on which it ended.
    """
    take_turns(session, "cost")
    known = set(session.scalars(select(col(CostRow.id)).where(col(CostRow.kind) == COMMISSION)))
    paid = [row for row in _paid(session, at) if row["id"] not in known]
    known |= {row["id"] for row in paid}
    taken = [row for row in _reversed(session, at) if row["id"] not in known and row.pop("of") in known]
    rows = [*paid, *taken]
    if rows:
        session.connection().execute(insert(CostRow), rows)
    return len(rows)


def _paid(session: Session, at: datetime) -> list[dict[str, Any]]:
    p, m, a = AgencyPlacementRow, PostingRow, AccountRow
    query = (
        select(p, col(m.id), col(m.value_date), col(m.amount), col(a.time_zone), col(a.currency))
        .join(m, col(m.account_no) == col(p.account_no))
        .join(a, col(a.account_no) == col(p.account_no))
        .where(col(m.kind) == PostingKind.PAYMENT.value)
        .order_by(col(m.id))
    )
    return [
        _row(_id(place, posting), place, day, rounded(amount * place.commission_rate), currency, at)
        for place, posting, day, amount, zone, currency in session.execute(query)
        if place.commission_rate and _during(place, day, zone)
    ]


def _reversed(session: Session, at: datetime) -> list[dict[str, Any]]:
    p, back, a = AgencyPlacementRow, PostingRow, AccountRow
    m = aliased(PostingRow)
    query = (
        select(p, col(back.id), col(back.value_date), col(m.id), col(m.value_date), col(m.amount), col(a.time_zone),
               col(a.currency))
        .join(m, col(m.account_no) == col(p.account_no))
        .join(back, col(back.reverses) == col(m.id))
        .join(a, col(a.account_no) == col(p.account_no))
        .where(col(m.kind) == PostingKind.PAYMENT.value)
        .order_by(col(back.id))
    )  # fmt: skip
    return [
        {**_row(_id(place, reversal), place, day, -rounded(amount * place.commission_rate), currency, at),
         "of": _id(place, posting)}
        for place, reversal, day, posting, paid_on, amount, zone, currency in session.execute(query)
        if place.commission_rate and _during(place, paid_on, zone)
    ]  # fmt: skip


def _during(place: AgencyPlacementRow, day: date, zone: str) -> bool:
    return local_date(place.since, zone) < day and (place.until is None or day <= local_date(place.until, zone))


def _id(place: AgencyPlacementRow, posting: str) -> str:
    return f"{COMMISSION}/{place.id}/{posting}"


def _row(
    cost_id: str, place: AgencyPlacementRow, day: date, amount: Decimal, currency: str, at: datetime
) -> dict[str, Any]:
    return {
        "id": cost_id, "case_no": place.case_no, "account_no": place.account_no, "kind": COMMISSION,
        "item": f"agency:{place.agency}", "day": day, "amount": amount, "currency": currency, "actor_user": "system",
        "at": at,
    }  # fmt: skip
