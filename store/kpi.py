"""The accounts behind the key figures, page by page: each with its life in the ledger, its case, its costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import local_date
from domain.events import OwnerChanged
from domain.kpi import Conduct
from domain.kpi_walk import History, history_of
from domain.ledger import AccountFacts
from domain.money import ZERO
from domain.write_off import recovered
from store.account_facts import account_facts_many
from store.assignment import subjects
from store.book import Book, terms_in
from store.customer_classes import customer_classes
from store.record import event_of
from store.recordings import conduct_heard
from store.tables import AccountRow, CaseEventRow, CaseRow, CostRow, ImportBatchRow
from store.violations import conduct_found

PAGE = 500
IN_BOOK = ("held", "released")  # batches whose accounts are in the ledger
Costs = dict[date, Decimal]


class ClosedCase(NamedTuple):
    """A case that was closed, by whom it was held."""

    on: date
    owner: str


@dataclass(frozen=True)
class MeasuredAccount:
    """One account with what its key figures need. case_no: of its newest case. costs: of actions, by day.

    owners: from which day on its cases were whose. conduct: how people collected from its customer. recovered: what
    came in after a write-off, by day.
    """

    account_no: str
    case_no: str | None
    policy: str
    customer_class: str
    product: str
    branch: str
    currency: str
    history: History
    costs: Costs
    owners: tuple[tuple[date, str], ...]
    closed: tuple[ClosedCase, ...]
    conduct: tuple[Conduct, ...] = ()
    recovered: Costs = field(default_factory=dict[date, Decimal])


def measured_accounts(
    session: Session, last: date, book: Book, policy: str | None = None, after: str = "", page: int = PAGE
) -> Iterator[MeasuredAccount]:
    """Every account of the book in order of its number, those of one policy or all, read a page at a time.

    last: the last day looked at. The policy of an account is that of its newest case opened by then, else the one
    that its next case would get. after: only accounts with a number behind this one. page: how
    many are in memory at once.
    """
    while rows := _page(session, after, page):
        cases, events = _cases(session, rows, last), _owners(session, rows)
        wanted = _policies(session, rows, cases, book)
        chosen = [row for row in rows if policy is None or wanted[row.account_no] == policy]
        numbers = [row.account_no for row in chosen]
        classes = customer_classes(session, numbers)
        facts, costs = account_facts_many(session, numbers), action_costs(session, numbers)
        heard, violated = conduct_heard(session, numbers), conduct_found(session, numbers)
        for row in chosen:
            no = row.account_no
            found = facts[no]
            lived = history_of(found, last, terms_in(book, wanted[no]), _over(found) if row.closed else None)
            yield MeasuredAccount(
                account_no=no,
                case_no=cases[no][-1].case_no if no in cases else None,
                policy=wanted[no],
                customer_class=classes.get(no, ""),
                product=row.product,
                branch=row.branch,
                currency=row.currency,
                history=lived,
                costs=costs.get((no, row.currency), {}),
                owners=tuple(events.get(no, ())),
                closed=tuple(_closed(cases.get(no, ()), row.time_zone)),
                recovered=recovered(found, last, lambda day, lived=lived: lived.at(day).balance),
                conduct=(*heard.get(no, ()), *violated.get(no, ())),
            )
        after = rows[-1].account_no


def action_costs(session: Session, account_nos: Sequence[str]) -> dict[tuple[str, str], Costs]:
    """What dispatches, contacts and whatever people entered cost, by (account, currency) and day (C6.1.3).

    Charges to the debtor are not among them: those are postings of the ledger.
    """
    c = CostRow
    query = (
        select(col(c.account_no), col(c.currency), col(c.day), func.sum(col(c.amount)))
        .where(col(c.account_no).in_(account_nos))
        .group_by(col(c.account_no), col(c.currency), col(c.day))
    )
    found: dict[tuple[str, str], Costs] = {}
    for account_no, currency, day, amount in session.execute(query):
        found.setdefault((account_no, currency), {})[day] = Decimal(amount)
    return found


def unassigned_costs(session: Session, first: date, last: date) -> dict[str, Decimal]:
    """Costs of a period that belong to no account of the book, by currency."""
    c, a = CostRow, AccountRow
    query = (
        select(col(c.currency), func.sum(col(c.amount)))
        .outerjoin(a, col(a.account_no) == col(c.account_no))
        .where(col(a.account_no).is_(None), col(c.day).between(first, last))
        .group_by(col(c.currency))
    )
    return {row[0]: Decimal(row[1] or ZERO) for row in session.execute(query)}


def _page(session: Session, after: str, page: int) -> Sequence[AccountRow]:
    a = AccountRow
    in_book = select(col(ImportBatchRow.id)).where(col(ImportBatchRow.state).in_(IN_BOOK))
    query = select(a).where(col(a.account_no) > after, col(a.batch_id).is_(None) | col(a.batch_id).in_(in_book))
    return session.scalars(query.order_by(col(a.account_no)).limit(page)).all()


def _cases(session: Session, rows: Sequence[AccountRow], last: date) -> dict[str, list[CaseRow]]:
    """The cases opened by the end of `last`, in order."""
    zones = {row.account_no: row.time_zone for row in rows}
    query = select(CaseRow).where(col(CaseRow.account_no).in_(list(zones))).order_by(col(CaseRow.ordinal))
    found: dict[str, list[CaseRow]] = {}
    for case in session.scalars(query):
        if case.opened_at is not None and local_date(case.opened_at, zones[case.account_no]) <= last:
            found.setdefault(case.account_no, []).append(case)
    return found


def _policies(
    session: Session, rows: Sequence[AccountRow], cases: dict[str, list[CaseRow]], book: Book
) -> dict[str, str]:
    asked = subjects(session, [row.account_no for row in rows if row.account_no not in cases])
    found = {account_no: book.policy_of(subject) for account_no, subject in asked.items()}
    return found | {account_no: known[-1].policy_id for account_no, known in cases.items()}


def _owners(session: Session, rows: Sequence[AccountRow]) -> dict[str, list[tuple[date, str]]]:
    zones = {row.account_no: row.time_zone for row in rows}
    e = CaseEventRow
    query = (
        select(e, col(CaseRow.account_no))
        .join(CaseRow, col(CaseRow.case_no) == col(e.case_no))
        .where(col(CaseRow.account_no).in_(list(zones)), col(e.kind) == "owner_changed")
        .order_by(col(CaseRow.account_no), col(e.at), col(e.seq))
    )
    found: dict[str, list[tuple[date, str]]] = {}
    for row, account_no in session.execute(query):
        body = event_of(row).body
        if isinstance(body, OwnerChanged):
            found.setdefault(account_no, []).append((local_date(row.at, zones[account_no]), body.owner or ""))
    return found


def _closed(cases: Sequence[CaseRow], time_zone: str) -> Iterator[ClosedCase]:
    for case in cases:
        if case.closed_at is not None:
            yield ClosedCase(local_date(case.closed_at, time_zone), case.owner or "")


def _over(account: AccountFacts) -> date:
    """Since when nothing more is owed on an account that is over: its last posting; without any, from the start."""
    return max((posting.value_date for posting in account.postings), default=date.min)
