"""What a person laid down for a customer: key customer, credit limit, stop of new business; rows are only added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Refused
from domain.words import Said
from store.account_facts import chunks
from store.dialect import inserted
from store.tables import CustomerMarkRow

Kind = Literal["key_customer", "credit_limit", "new_business", "blacklist"]
VALUES: dict[Kind, tuple[str, ...]] = {
    "key_customer": ("yes", "no"),
    "credit_limit": ("limited", "unlimited"),
    "new_business": ("stopped", "permitted"),
    "blacklist": ("listed", "removed"),
}


class CustomerMark(Frozen):
    """One entry; the last one of its kind counts. amount: of a limit, in `currency`. key: chosen by the caller.

    until: the last day of an entry on the blacklist, None: until it is removed. case_no: what it comes from.
    """

    key: str
    party_id: str
    kind: Kind
    value: str
    amount: Decimal | None = None
    currency: str = "CNY"
    until: date | None = None
    case_no: str | None = None
    reason: Said
    actor_user: str
    actor_role: str
    at: AwareDatetime


def add_mark(session: Session, mark: CustomerMark) -> CustomerMark:
    """Enter a mark once. Refused: unknown_mark, amount_unfit, command_differs."""
    if mark.value not in VALUES[mark.kind]:
        raise Refused(
            "unknown_mark", f"{mark.kind} cannot be {mark.value}.", f"Use one of: {', '.join(VALUES[mark.kind])}."
        )
    if (mark.amount is not None) != (mark.value == "limited"):
        raise Refused("amount_unfit", "A limit has an amount, nothing else has.", "Give or leave out the amount.")
    inserted(session, CustomerMarkRow, mark.model_dump())
    row = session.get(CustomerMarkRow, mark.key)
    known = CustomerMark.model_validate(row.model_dump()) if row else mark
    if known.model_copy(update={"at": mark.at}) != mark:
        raise Refused("command_differs", "This key was used for another entry.", "Use a new Idempotency-Key.")
    return known


def remove_key_customer(session: Session, mark: CustomerMark) -> CustomerMark:
    """Take a customer off the register, whatever put them there. Refused: not_listed, command_differs."""
    if session.get(CustomerMarkRow, mark.key) is None:
        known = [one for one in marks_of(session, [mark.party_id]) if one.kind == "key_customer"]
        if not known or known[-1].value != "yes":
            message = f"{mark.party_id} is not on the register of key customers."
            raise Refused("not_listed", message, "See GET /registers/key-customers.")
    return add_mark(session, mark)


def marks_of(session: Session, names: Sequence[str]) -> tuple[CustomerMark, ...]:
    """Every mark of these customers, the first one first."""
    m = CustomerMarkRow
    found: list[CustomerMark] = []
    for part in chunks(names):
        rows = session.scalars(select(m).where(col(m.party_id).in_(part)))
        found += [CustomerMark.model_validate(row.model_dump()) for row in rows]
    return tuple(sorted(found, key=lambda mark: (mark.at, mark.key)))


def key_customers(session: Session, after: str = "", limit: int = 50) -> tuple[CustomerMark, ...]:
    """The register of key customers in the order of their numbers: the entry that counts for each."""
    m = CustomerMarkRow
    ranked = (
        select(
            m,
            func.row_number()
            .over(partition_by=col(m.party_id), order_by=(col(m.at).desc(), col(m.key).desc()))
            .label("n"),
        )
        .where(col(m.kind) == "key_customer", col(m.party_id) > after)
        .subquery()
    )
    query = select(ranked.c.key).where(ranked.c.n == 1, ranked.c.value == "yes")
    rows = session.scalars(select(m).where(col(m.key).in_(query)).order_by(col(m.party_id)).limit(limit))
    return tuple(CustomerMark.model_validate(row.model_dump()) for row in rows)
