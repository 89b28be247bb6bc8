"""What letters and reports need to read across tables: overdue leases, collection actions of a period, their papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.case import Case
from domain.events import Event
from domain.ledger import DEBTORS, PostingKind
from domain.standing import Standing
from domain.terms import Terms
from store.account_facts import chunks
from store.assignment import subjects
from store.book import Book
from store.documents import DocumentLine
from store.facts import read_standings
from store.record import event_of
from store.tables import (
    AccountRow,
    AttachmentRow,
    CaseEventRow,
    CaseRow,
    DeliveryRow,
    DocumentRow,
    ImportBatchRow,
    InstalmentRow,
    PartyRow,
    PostingRow,
    ReportRow,
    StaffRow,
)

REPORTED_BATCHES = ("held", "released")  # their leases are in the ledger, with or without a case
IN_HAND = ("claimed", "sent", "unknown", "delivered", "failed", "returned")  # a gateway has it, or may have it
PORTFOLIO = ""


class Lease(Frozen):
    """How a lease is named in lists; personal."""

    account_no: str
    contract_no: str
    currency: str
    lessee: str


class OverdueLease(Frozen):
    """A lease that is overdue on a day, with its newest case if it has one."""

    lease: Lease
    standing: Standing
    case: Case | None = None


class Happening(Frozen):
    """An event with the case it belongs to."""

    case_no: str
    account_no: str
    event: Event


def overdue_leases(
    session: Session, as_of: date, terms: Terms, policy_id: str | None = None, book: Book | None = None
) -> tuple[OverdueLease, ...]:
    """All leases overdue at the end of `as_of` with what is known now, the longest overdue first.

    policy_id: only those whose open case runs under that policy or, without one, that `book` assigns to it.
    """
    found: list[OverdueLease] = []
    for names in chunks(_may_owe(session, as_of)):
        part = names if policy_id is None else _under(session, names, policy_id, book)
        standings = read_standings(session, part, as_of, terms)
        late = {no: now for no, now in standings.items() if now.dpd >= 1 and not now.bought_back}
        named, cases = leases(session, list(late)), newest_cases(session, list(late))
        found += [OverdueLease(lease=named[no], standing=now, case=cases.get(no)) for no, now in late.items()]
    return tuple(sorted(found, key=lambda line: (-line.standing.dpd, line.lease.account_no)))


def _under(session: Session, names: Sequence[str], policy_id: str, book: Book | None) -> list[str]:
    c = CaseRow
    running = select(col(c.account_no), col(c.policy_id)).where(col(c.account_no).in_(names), col(c.status) != "closed")
    policies = {row.account_no: row.policy_id for row in session.execute(running) if row.policy_id}
    if book is not None:
        left = [no for no in names if no not in policies]
        policies |= {no: book.policy_of(subject) for no, subject in subjects(session, left).items()}
    return [no for no in names if policies.get(no, policy_id) == policy_id]


def leases(session: Session, account_nos: Sequence[str]) -> dict[str, Lease]:
    """Contract number and lessee (of a loan: the borrower) by account number."""
    a, found = AccountRow, dict[str, Lease]()
    for part in chunks(account_nos):
        names = _lessees(session, part)
        query = select(col(a.account_no), col(a.contract_no), col(a.currency)).where(col(a.account_no).in_(part))
        for no, contract, currency in session.execute(query):
            found[no] = Lease(account_no=no, contract_no=contract, currency=currency, lessee=names.get(no, ""))
    return found


def cases_of(session: Session, account_no: str) -> tuple[str, ...]:
    """The numbers of all cases of an account, the first one first."""
    query = select(col(CaseRow.case_no)).where(col(CaseRow.account_no) == account_no)
    return tuple(session.scalars(query.order_by(col(CaseRow.ordinal))))


def newest_cases(session: Session, account_nos: Sequence[str]) -> dict[str, Case]:
    """The state of the newest case by account number."""
    found: dict[str, Case] = {}
    for part in chunks(account_nos):
        query = select(col(CaseRow.account_no), col(CaseRow.snapshot)).where(col(CaseRow.account_no).in_(part))
        for account_no, snapshot in session.execute(query.order_by(col(CaseRow.ordinal))):
            if snapshot:
                found[account_no] = Case.model_validate_json(snapshot)
    return found


def happenings(
    session: Session, since: datetime, until: datetime, kinds: Iterable[str], policy_id: str
) -> tuple[Happening, ...]:
    """Events of these kinds with since <= at < until in the cases that run under a policy now, in order of time."""
    e = CaseEventRow
    query = (
        select(CaseEventRow, col(CaseRow.account_no))
        .join(CaseRow, col(CaseRow.case_no) == col(e.case_no))
        .where(col(e.at) >= since, col(e.at) < until, col(e.kind).in_(tuple(kinds)))
        .where(col(CaseRow.account_no) != PORTFOLIO, col(CaseRow.policy_id) == policy_id)
        .order_by(col(e.at), col(e.case_no), col(e.seq))
    )
    return tuple(
        Happening(case_no=row.case_no, account_no=account_no, event=event_of(row))
        for row, account_no in session.execute(query)
    )


def case_documents(session: Session, case_nos: Sequence[str], kinds: Sequence[str]) -> dict[tuple[str, str], str]:
    """Number of the newest document by case and kind."""
    d, found = DocumentRow, dict[tuple[str, str], str]()
    for part in chunks(case_nos):
        query = select(col(d.case_no), col(d.kind), col(d.number))
        wanted = query.where(col(d.case_no).in_(part), col(d.kind).in_(kinds))
        for case_no, kind, number in session.execute(wanted.order_by(col(d.created_at), col(d.number))):
            found[case_no, kind] = number
    return found


def documents_between(session: Session, since: datetime, until: datetime) -> tuple[DocumentLine, ...]:
    """Documents made with since <= created < until, in order."""
    d = DocumentRow
    columns = [getattr(d, name) for name in DocumentLine.model_fields]
    query = select(*columns).where(col(d.created_at) >= since, col(d.created_at) < until)
    rows = session.execute(query.order_by(col(d.created_at), col(d.number))).mappings()
    return tuple(DocumentLine(**row) for row in rows)


def sent_number(session: Session, case_no: str, step: str, occurrence: int, target: str) -> str | None:
    """Number of the letter of that occurrence that a gateway has or may have for a party, by any channel."""
    d = DocumentRow
    query = (
        select(col(d.number))
        .join(DeliveryRow, col(DeliveryRow.number) == col(d.number))
        .where(col(d.case_no) == case_no, col(d.step) == step)
        .where(col(d.occurrence) == occurrence, col(d.target) == target, col(DeliveryRow.status).in_(IN_HAND))
        .order_by(col(DeliveryRow.claimed_at).desc())
    )
    return session.scalar(query.limit(1))


def last_report(session: Session, case_no: str, step: str, before: date) -> tuple[date, str] | None:
    """Period and number of the newest report of a step with a period earlier than `before`."""
    r = ReportRow
    query = select(col(r.period), col(r.number)).where(col(r.case_no) == case_no, col(r.step) == step)
    row = session.execute(query.where(col(r.period) < before).order_by(col(r.period).desc()).limit(1)).first()
    return (row[0], row[1]) if row else None


def staff_names(session: Session, users: Iterable[str]) -> dict[str, str]:
    """Names of members of staff by id; unknown ids are left out."""
    query = select(col(StaffRow.id), col(StaffRow.name)).where(col(StaffRow.id).in_(set(users)))
    return {row[0]: row[1] for row in session.execute(query)}


def file_names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Names of uploaded files by id; unknown ids are left out."""
    query = select(col(AttachmentRow.id), col(AttachmentRow.name)).where(col(AttachmentRow.id).in_(set(ids)))
    return {row[0]: row[1] for row in session.execute(query)}


def _lessees(session: Session, part: Sequence[str]) -> dict[str, str]:
    p = PartyRow
    query = select(col(p.account_no), col(p.name)).where(col(p.account_no).in_(part))
    lessees = query.where(col(p.role).in_([role.value for role in DEBTORS])).order_by(col(p.ordinal).desc())
    return {row[0]: row[1] for row in session.execute(lessees)}


def _may_owe(session: Session, as_of: date) -> list[str]:
    """Running leases of which something fell due or was charged; only a replay tells whether it is unpaid."""
    a, i, p = AccountRow, InstalmentRow, PostingRow
    released = select(col(ImportBatchRow.id)).where(col(ImportBatchRow.state).in_(REPORTED_BATCHES))
    due = exists().where(col(i.account_no) == col(a.account_no), col(i.due) < as_of)
    added = (PostingKind.COST, PostingKind.REVERSAL)
    charged = exists().where(col(p.account_no) == col(a.account_no), col(p.kind).in_(added))
    query = select(col(a.account_no)).where(~col(a.closed), due | charged)
    reported = col(a.batch_id).is_(None) | col(a.batch_id).in_(released)
    return list(session.scalars(query.where(reported).order_by(col(a.account_no))))
