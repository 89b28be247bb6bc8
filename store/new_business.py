"""Whether a customer may get new business: lists, stops and credit limits, each with its reason (MA5.3b, M8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime, Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.ledger import DEBTORS
from domain.money import ZERO
from store.account_facts import chunks
from store.book import Book
from store.customer_marks import CustomerMark, marks_of
from store.ratings import exposures_of
from store.tables import BlacklistRow, CaseEventRow, ErrandRow, PartyRow

Why = Literal["blacklisted", "trade_stopped", "stopped", "over_limit"]
BLACKLIST, TREATMENT = "blacklist", "treatment"  # registers of layers
TRADE_STOPPED = "trade_stopped"  # the treatment that ends the trade with a customer (M8.1)
DEBTOR_ROLES = [role.value for role in DEBTORS]


class Restriction(Frozen):
    """One reason against new business. reference: the case, errand or mark it rests on.

    over_by: how far a credit limit would be exceeded, in its currency; None where another currency is asked for.
    """

    why: Why
    rules: tuple[str, ...] = ()
    since: AwareDatetime
    reference: str
    reason: str = ""
    over_by: Decimal | None = Field(default=None, exclude_if=lambda value: value is None)


class NewBusiness(Frozen):
    """The answer for a customer; without a limit nothing is said of what is owed. Amounts in `currency`."""

    party_id: str
    permitted: bool
    restrictions: tuple[Restriction, ...]
    key_customer: bool = False
    credit_limit: Decimal | None = None
    owed: Decimal | None = None
    currency: str | None = None


def new_business(
    session: Session, party_id: str, as_of: date, book: Book, amount: Decimal = ZERO, currency: str = "CNY"
) -> NewBusiness:
    """May this customer get new business of that amount? Also somebody we do not know yet may be asked about."""
    found = list(restrictions(session, {party_id: None}, as_of)[party_id])
    marks = marks_of(session, [party_id])
    limit = _last(marks, "credit_limit")
    owed = None
    if limit is not None and limit.amount is not None:
        owed = owed_under(session, limit, as_of, book)
        over = owed + amount - limit.amount if currency == limit.currency else None
        if over is None or over > ZERO:
            reason = Restriction(
                why="over_limit", since=limit.at, reference=limit.key, reason=limit.reason, over_by=over
            )
            found.append(reason)
    key_customer = _last(marks, "key_customer")
    return NewBusiness(
        party_id=party_id,
        permitted=not found,
        restrictions=tuple(found),
        key_customer=key_customer is not None and key_customer.value == "yes",
        credit_limit=limit.amount if limit else None,
        owed=owed,
        currency=limit.currency if limit and limit.amount is not None else None,
    )


def credit_limits(session: Session, names: Iterable[str]) -> dict[str, CustomerMark]:
    """The limit in force of each of these customers who has one."""
    newest = {mark.party_id: mark for mark in marks_of(session, sorted(names)) if mark.kind == "credit_limit"}
    return {name: mark for name, mark in newest.items() if mark.amount is not None}


def owed_under(session: Session, limit: CustomerMark, as_of: date, book: Book) -> Decimal:
    """What a customer owes on all accounts in the currency of their limit, written off or not."""
    ours = [one for one in exposures_of(session, limit.party_id, as_of, book) if one.currency == limit.currency]
    return sum((one.balance + one.written_off for one in ours), ZERO)


def restrictions(
    session: Session, people: Mapping[str, str | None], as_of: date, lifted: bool = True
) -> dict[str, tuple[Restriction, ...]]:
    """For each of these customers (id -> identity number, where known) what stands against new business.

    Somebody with the identity number of a listed person is that person under another customer number.
    lifted: whether a permission of new business counts; without, it tells who is on a list all the same.
    """
    same = _same_people(session, people)
    everybody = sorted({name for names in same.values() for name in names})
    found = [*_of_cases(session, everybody), *_of_layers(session, everybody)]
    marks = marks_of(session, everybody)
    return {name: tuple(_standing(names, found, marks, as_of, lifted)) for name, names in same.items()}


def _standing(
    names: frozenset[str],
    found: Sequence[tuple[str, Restriction]],
    marks: Sequence[CustomerMark],
    as_of: date,
    lifted: bool,
) -> Iterable[Restriction]:
    """What was not lifted since by a person, what a person listed, and the stop that a person set last."""
    ours = [mark for mark in marks if mark.party_id in names]
    last, entry = _last(ours, "new_business"), _last(ours, "blacklist")
    permitted = last.at if lifted and last and last.value == "permitted" else None
    removed = max((m.at for m in ours if (m.kind, m.value) == ("blacklist", "removed")), default=None)
    listed = [one for name, one in found if name in names]
    if entry is not None and entry.value == "listed" and (entry.until is None or as_of <= entry.until):
        listed.append(Restriction(why="blacklisted", since=entry.at, reference=entry.key, reason=entry.reason))
    for one in listed:
        ends = [at for at in (permitted, removed if one.why == "blacklisted" else None) if at is not None]
        if all(one.since > at for at in ends):
            yield one
    if last is not None and last.value == "stopped":
        yield Restriction(why="stopped", since=last.at, reference=last.key, reason=last.reason)


def _last(marks: Sequence[CustomerMark], kind: str) -> CustomerMark | None:
    return next((mark for mark in reversed(marks) if mark.kind == kind), None)


def _same_people(session: Session, people: Mapping[str, str | None]) -> dict[str, frozenset[str]]:
    p = PartyRow
    own: dict[str, set[str]] = {name: {number} if number else set() for name, number in people.items()}
    for part in chunks(list(people)):
        query = select(col(p.party_id), col(p.id_number)).where(col(p.party_id).in_(part), col(p.id_number) != "")
        for name, number in session.execute(query):
            own[name].add(number or "")
    bearers: dict[str, set[str]] = {}
    for part in chunks(sorted({number for numbers in own.values() for number in numbers})):
        for name, number in session.execute(
            select(col(p.party_id), col(p.id_number)).where(col(p.id_number).in_(part))
        ):
            bearers.setdefault(number or "", set()).add(name)
    return {
        name: frozenset({name}.union(*(bearers.get(number, set()) for number in numbers)))
        for name, numbers in own.items()
    }


def _of_cases(session: Session, names: Sequence[str]) -> Iterable[tuple[str, Restriction]]:
    """The blacklist that cases lead to (L8)."""
    b, v = BlacklistRow, CaseEventRow
    for part in chunks(names):
        query = select(col(b.party_id), col(b.case_no), col(v.at)).where(col(b.party_id).in_(part))
        query = query.join(v, (col(v.case_no) == col(b.case_no)) & (col(v.seq) == col(b.seq)))
        for name, case_no, at in session.execute(query.order_by(col(v.at))):
            yield name, Restriction(why="blacklisted", rules=("L8.2",), since=at, reference=case_no)


def _of_layers(session: Session, names: Sequence[str]) -> Iterable[tuple[str, Restriction]]:
    """The blacklists of the layers, and accounts with which the trade was stopped, by the last decision on each."""
    e, p = ErrandRow, PartyRow
    for part in chunks(names):
        query = select(e, col(p.party_id)).join(p, col(p.account_no) == col(e.account_no)).where(
            col(p.party_id).in_(part), col(p.role).in_(DEBTOR_ROLES),
            col(e.document).in_([BLACKLIST, TREATMENT]), col(e.status) == "answered",
        )  # fmt: skip
        treated: dict[tuple[str, str], ErrandRow] = {}
        for row, name in session.execute(query.order_by(col(e.ended_at), col(e.id))):
            if row.document == TREATMENT:
                treated[name, row.account_no or ""] = row
            else:
                yield name, _entered(row, "blacklisted")
        for (name, _), row in treated.items():
            if row.outcome == TRADE_STOPPED:
                yield name, _entered(row, "trade_stopped")


def _entered(row: ErrandRow, why: Why) -> Restriction:
    return Restriction(
        why=why, rules=tuple(row.rules.split(",")), since=row.ended_at or row.opened_at, reference=row.id
    )
