"""Messages that speak of several accounts of one person: which they name, and for which dispatches they stand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.events import PolicyPin
from store.contacts import cases_of_customer
from store.deliveries import Delivery, find_delivery
from store.dialect import inserted
from store.tables import CaseRow, DeliveryRow, DocumentRow, NamedAccountRow

COUNT: Final = ("claimed", "sent", "delivered")  # one that was refused, failed or is unknown stands for nothing


class OtherCase(Frozen):
    """Another open case of the person who owes."""

    case_no: str
    account_no: str
    policy: PolicyPin
    settings: str


class Named(Frozen):
    """An account that a message names with the figures of a ledger version. case_no: "" before the due date.

    taken: the key of the dispatch of this account for which the message stands as well.
    """

    account_no: str
    case_no: str = ""
    ledger_version: int
    taken: str | None = None


class Shared(Frozen):
    """A delivery that stands for dispatches of several cases or accounts; own: the key of one of those dispatches."""

    case_no: str
    own: str


def other_cases(session: Session, account_no: str, policy_id: str) -> tuple[OtherCase, ...]:
    """The person's other open cases under a policy, in the order of their numbers; none that rests."""
    c = CaseRow
    query = (
        select(col(c.case_no), col(c.account_no), col(c.policy_id), col(c.policy_version), col(c.policy_sha256),
               col(c.settings))
        .where(col(c.case_no).in_(cases_of_customer(session, account_no)))
        .where(col(c.policy_id) == policy_id, ~col(c.held))
        .order_by(col(c.case_no))
    )  # fmt: skip
    return tuple(
        OtherCase(
            case_no=case_no, account_no=other, settings=settings,
            policy=PolicyPin(id=name, version=version, sha256=sha256),
        )
        for case_no, other, name, version, sha256, settings in session.execute(query)
    )  # fmt: skip


def name_accounts(session: Session, key: str, named: Iterable[Named]) -> None:
    """The accounts that the message under a claimed key names, instead of those it named before it was given back."""
    session.execute(delete(NamedAccountRow).where(col(NamedAccountRow.delivery) == key))
    for one in named:
        inserted(session, NamedAccountRow, {**one.model_dump(), "delivery": key})


def named_in(session: Session, key: str) -> tuple[Named, ...]:
    """The other accounts that a message names."""
    n = NamedAccountRow
    rows = session.scalars(select(n).where(col(n.delivery) == key).order_by(col(n.account_no)))
    return tuple(Named.model_validate(row.model_dump(include=set(Named.model_fields))) for row in rows)


def naming(
    session: Session, named: Named, document: str, target: str, as_of: date, policy_id: str
) -> tuple[Delivery, ...]:
    """Letters of that day under that policy that name a case with just these figures, and stand for none of its own."""
    query = _naming(named, document, target).join(DocumentRow, col(DocumentRow.number) == col(DeliveryRow.number))
    query = query.join(CaseRow, col(CaseRow.case_no) == col(DeliveryRow.case_no))
    query = query.where(col(DocumentRow.as_of) == as_of, col(CaseRow.policy_id) == policy_id)
    return _found(session, session.scalars(query))


def reminding(session: Session, named: Named, number: str, target: str) -> tuple[Delivery, ...]:
    """Reminders of the same rule, due date and day that name an account with just these figures.

    number: what all their names end with.
    """
    query = _naming(named, "reminder", target).where(col(DeliveryRow.number).endswith(number, autoescape=True))
    return _found(session, session.scalars(query))


def take(session: Session, key: str, account_no: str, own: str) -> None:
    """The message under `key` stands for the dispatch `own` of one of the accounts it names."""
    n = NamedAccountRow
    query = update(n).where(col(n.delivery) == key, col(n.account_no) == account_no)
    session.execute(query.values(taken=own))


def give_back(session: Session, own: str) -> None:
    """The message that stood for a dispatch did not go out: it stands for it no more."""
    n = NamedAccountRow
    session.execute(update(n).where(col(n.taken) == own).values(taken=None))


def taken_for(session: Session, own: str) -> Delivery | None:
    """The message that stands for a dispatch."""
    key = session.scalar(select(col(NamedAccountRow.delivery)).where(col(NamedAccountRow.taken) == own))
    return find_delivery(session, key) if key is not None else None


def shared(session: Session, key: str) -> tuple[Shared, ...]:
    """The dispatches for which a message stands besides its own."""
    n = NamedAccountRow
    query = select(col(n.case_no), col(n.taken)).where(col(n.delivery) == key).order_by(col(n.taken))
    return tuple(Shared(case_no=case_no, own=own) for case_no, own in session.execute(query) if own)


def shared_with(session: Session, case_no: str) -> tuple[Delivery, ...]:
    """The messages of other cases that stand for a dispatch of this one, in the order they were claimed."""
    n, d = NamedAccountRow, DeliveryRow
    query = select(col(d.key)).join(n, col(n.delivery) == col(d.key)).where(col(n.case_no) == case_no)
    query = query.where(col(n.taken).is_not(None)).order_by(col(d.claimed_at), col(d.key))
    return _found(session, session.scalars(query))


def _naming(named: Named, document: str, target: str) -> Select[str]:
    n, d = NamedAccountRow, DeliveryRow
    return (
        select(col(d.key))
        .join(n, col(n.delivery) == col(d.key))
        .where(col(n.account_no) == named.account_no, col(n.case_no) == named.case_no, col(n.taken).is_(None))
        .where(col(n.ledger_version) == named.ledger_version, col(d.document) == document, col(d.target) == target)
        .where(col(d.status).in_(COUNT))
        .order_by(col(d.claimed_at), col(d.key))
    )


def _found(session: Session, keys: Iterable[str]) -> tuple[Delivery, ...]:
    return tuple(found for key in keys if (found := find_delivery(session, key)))
