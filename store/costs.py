"""What collection costs: every dispatch and contact at the company's tariff, once, and actual costs people enter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import AwareDatetime, Field
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen, local_date
from domain.errors import Refused
from domain.money import ZERO
from store.dialect import inserted, take_turns
from store.tables import AccountRow, CaseRow, ContactRow, CostRow, DeliveryRow

NOT_OUT = ("claimed", "released", "refused")  # deliveries that cost nothing, or not yet
HOME = "Asia/Shanghai"  # where a day is a day when the account is not known
ROWS_AT_ONCE = 500


class CostLine(Frozen):
    """Costs of one kind and item in a period: how many and how much."""

    kind: str
    item: str
    count: int
    amount: Decimal


class CostOfCollection(Frozen):
    """Costs of a period, both days included, in one currency (C6.1.3); B3.1.1.2 sets the total against what came in."""

    first: date
    last: date
    currency: str
    lines: tuple[CostLine, ...]
    total: Decimal


class ActualCost(Frozen):
    """A cost that was paid, such as a court fee; a minus corrects an earlier one. id: chosen by the caller."""

    id: str
    case_no: str
    item: str = Field(min_length=1)
    day: date
    amount: Decimal
    currency: str = "CNY"
    user: str
    at: AwareDatetime


def book_costs(session: Session, tariff: Mapping[str, Decimal], currency: str, at: datetime) -> int:
    """Book every dispatch and recorded contact that has no cost yet, at the tariff of now; how many.

    A contact is one action and is booked once, whether as a delivery or as an entry of staff; a channel without a
    tariff is left for later.
    """
    take_turns(session, "cost")
    actions = [*_dispatches(session), *_contacts(session)]
    rows = [
        _values(one["id"], one["case_no"], one["account_no"], currency, at)
        | {"kind": "tariff", "item": one["channel"], "day": one["day"], "amount": tariff[one["channel"]]}
        for one in actions
        if one["channel"] in tariff
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        session.connection().execute(insert(CostRow), rows[start : start + ROWS_AT_ONCE])
    return len(rows)


def enter_cost(session: Session, cost: ActualCost) -> bool:
    """Enter an actual cost; False when it is here already, word for word. Refused: unknown_case, cost_differs."""
    account_no = session.scalar(select(col(CaseRow.account_no)).where(col(CaseRow.case_no) == cost.case_no))
    if account_no is None:
        raise Refused("unknown_case", f"There is no case {cost.case_no}.", "Check the case number.")
    values = _values(cost.id, cost.case_no, account_no, cost.currency, cost.at) | {
        "kind": "actual", "item": cost.item, "day": cost.day, "amount": cost.amount, "actor_user": cost.user,
    }  # fmt: skip
    if inserted(session, CostRow, values):
        return True
    known = session.scalars(select(CostRow).where(col(CostRow.id) == cost.id)).one().model_dump(exclude={"at"})
    if known != {name: value for name, value in values.items() if name != "at"}:
        raise Refused("cost_differs", f"The id {cost.id} belongs to another cost.", "Use a new id.")
    return False


def cost_of_collection(session: Session, first: date, last: date, currency: str = "CNY") -> CostOfCollection:
    """What collection cost from `first` to `last`, by kind and item, the dearest first."""
    c = CostRow
    query = (
        select(col(c.kind), col(c.item), func.count().label("count"), func.sum(col(c.amount)).label("amount"))
        .where(col(c.day).between(first, last), col(c.currency) == currency)
        .group_by(col(c.kind), col(c.item))
    )
    found = [CostLine(**dict(row)) for row in session.execute(query).mappings()]
    lines = tuple(sorted(found, key=lambda line: (-line.amount, line.kind, line.item)))
    total = sum((line.amount for line in lines), ZERO)
    return CostOfCollection(first=first, last=last, currency=currency, lines=lines, total=total)


def _dispatches(session: Session) -> list[dict[str, Any]]:
    """What a gateway took or may have taken, by the day it went out where the account is."""
    d = DeliveryRow
    query = (
        select(col(d.key).label("id"), col(d.case_no), col(d.target), col(d.sent_at), col(d.claimed_at),
               func.coalesce(col(CaseRow.account_no), "").label("account_no"), col(AccountRow.time_zone))
        .outerjoin(CaseRow, col(CaseRow.case_no) == col(d.case_no))
        .outerjoin(AccountRow, col(AccountRow.account_no) == col(CaseRow.account_no))
        .outerjoin(CostRow, col(CostRow.id) == col(d.key))
        .where(col(d.status).not_in(NOT_OUT), col(CostRow.id).is_(None))
        .order_by(col(d.key))
    )  # fmt: skip
    return [
        {**row, "channel": row["target"].rpartition("/")[2],
         "day": local_date(row["sent_at"] or row["claimed_at"], row["time_zone"] or HOME)}
        for row in session.execute(query).mappings()
    ]  # fmt: skip


def _contacts(session: Session) -> list[dict[str, Any]]:
    """What staff recorded; the contacts that are deliveries are booked as those."""
    t = ContactRow
    query = (
        select(col(t.id), col(t.case_no), col(t.account_no), col(t.channel), col(t.at), col(AccountRow.time_zone))
        .outerjoin(AccountRow, col(AccountRow.account_no) == col(t.account_no))
        .outerjoin(DeliveryRow, col(DeliveryRow.key) == col(t.id))
        .outerjoin(CostRow, col(CostRow.id) == col(t.id))
        .where(col(DeliveryRow.key).is_(None), col(CostRow.id).is_(None))
        .order_by(col(t.id))
    )
    return [
        {**row, "day": local_date(row["at"], row["time_zone"] or HOME)} for row in session.execute(query).mappings()
    ]


def _values(cost_id: str, case_no: str, account_no: str, currency: str, at: datetime) -> dict[str, Any]:
    return {
        "id": cost_id, "case_no": case_no, "account_no": account_no, "currency": currency, "actor_user": "system",
        "at": at,
    }  # fmt: skip
