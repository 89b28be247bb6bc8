"""Duties of layers in the store: whom they are for, which were opened, what was answered, which are late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen, local_date
from domain.duties import Done
from domain.layer import Duty
from domain.ledger import DEBTORS
from store.account_facts import chunks
from store.assignment import subjects
from store.book import Book
from store.dialect import inserted
from store.errands import Errand, errand_of, values_of
from store.intake import released
from store.paging import behind, decode, encode
from store.tables import AccountRow, ErrandRow, PartyRow
from store.views import Page

ORDER = "record"
KINDS = (datetime, str)  # of the sort key
DEBTOR_ROLES = [role.value for role in DEBTORS]


class Covered(Frozen):
    """An account that a layer covers, since when it is known here, and its debtor, "" for none."""

    account_no: str
    opened: date
    debtor: str = ""

    @property
    def customer(self) -> str:
        """The name of the debtor in keys; nothing personal in it."""
        return customer_key(self.debtor or self.account_no)


def customer_key(party_id: str) -> str:
    """The name of a customer in keys, the same for all their accounts."""
    return f"customer-{sha256(party_id.encode()).hexdigest()[:16]}"


def covered(session: Session, book: Book, policy_id: str, after: str = "", limit: int = 1000) -> Page[Covered]:
    """Running accounts of a policy in the order of their numbers; a page may be empty and still have a `next`."""
    a = AccountRow
    query = select(col(a.account_no), col(a.created_at), col(a.time_zone)).where(
        col(a.account_no) > after, ~col(a.closed), released()
    )
    found = list(session.execute(query.order_by(col(a.account_no)).limit(limit + 1)))
    page = {account_no: local_date(at, tz) for account_no, at, tz in found[:limit]}
    ours = [name for name, subject in subjects(session, list(page)).items() if book.policy_of(subject) == policy_id]
    debtors = _debtors(session, ours)
    rows = tuple(Covered(account_no=name, opened=page[name], debtor=debtors.get(name, "")) for name in sorted(ours))
    return Page(rows=rows, next=found[limit - 1][0] if len(found) > limit else None)


def accounts_of_debtors(session: Session, names: Sequence[str]) -> dict[str, list[str]]:
    """The running accounts of these debtors."""
    p, a = PartyRow, AccountRow
    found: dict[str, list[str]] = {}
    for part in chunks(names):
        query = select(col(p.party_id), col(p.account_no)).join(a, col(a.account_no) == col(p.account_no))
        query = query.where(col(p.party_id).in_(part), col(p.role).in_(DEBTOR_ROLES), ~col(a.closed), released())
        for party_id, account_no in session.execute(query.order_by(col(p.account_no))):
            found.setdefault(party_id, []).append(account_no)
    return found


def opened(
    session: Session, layer_id: str, names: Sequence[str], since: date, lasting: Sequence[str], tz: str
) -> dict[str, list[Done]]:
    """What was opened for these subjects since a day; of the `lasting` duties also what was opened before."""
    e = ErrandRow
    found: dict[str, list[Done]] = {}
    columns = (col(e.subject), col(e.rule), col(e.period), col(e.status), col(e.outcome), col(e.ended_at))
    for part in chunks(names):
        query = select(*columns).where(col(e.policy_id) == layer_id, col(e.subject).in_(part))
        for subject, rule, period, status, outcome, at in session.execute(
            query.where(or_(col(e.occurrence) >= since, col(e.rule).in_(lasting)))
        ):
            on = local_date(at, tz) if status == "answered" and at is not None else None
            answer = outcome if on else None
            found.setdefault(subject, []).append(Done(duty=rule, period=period, outcome=answer, on=on))
    return found


def open_duty(session: Session, errand: Errand, supersedes: bool) -> bool:
    """Ask once per subject, duty and period; whether it is new. supersedes: an earlier one still open gives way."""
    if not inserted(session, ErrandRow, values_of(errand)):
        return False
    if supersedes:
        e = ErrandRow
        older = update(e).where(
            col(e.policy_id) == errand.policy_id, col(e.subject) == errand.subject, col(e.rule) == errand.rule,
            col(e.status) == "open", col(e.id) != errand.id,
        )  # fmt: skip
        session.execute(older.values(status="missed", ended_at=errand.opened_at, deadline=None))
    return True


def late_duties(session: Session, layer_id: str, now: datetime, limit: int = 200) -> tuple[Errand, ...]:
    """Open duties whose deadline has passed, the oldest first."""
    e = ErrandRow
    query = select(e).where(col(e.policy_id) == layer_id, col(e.status) == "open", col(e.deadline) <= now)
    rows = session.scalars(query.order_by(col(e.deadline), col(e.id)).limit(limit))
    return tuple(errand_of(row) for row in rows)


def answered_since(session: Session, layer_id: str, duty: Duty, outcome: str, since: datetime) -> tuple[Errand, ...]:
    """What was answered so since an instant, the first answer first; looked up by the register it is kept in."""
    e = ErrandRow
    query = select(e).where(col(e.policy_id) == layer_id, col(e.status) == "answered", col(e.rule) == duty.id)
    query = query.where(col(e.document) == (duty.writes or ""), col(e.outcome) == outcome, col(e.ended_at) >= since)
    return tuple(errand_of(row) for row in session.scalars(query.order_by(col(e.ended_at), col(e.id))))


def end_of_closed(session: Session, layer_id: str, at: datetime) -> int:
    """Duties of accounts that are closed are over; how many."""
    e, a = ErrandRow, AccountRow
    closed = select(col(a.account_no)).where(col(a.closed))
    ended = update(e).where(and_(col(e.policy_id) == layer_id, col(e.status) == "open", col(e.account_no).in_(closed)))
    return session.connection().execute(ended.values(status="missed", ended_at=at, deadline=None)).rowcount


def records(session: Session, document: str, cursor: str | None = None, limit: int = 50) -> Page[Errand]:
    """A register: the answers kept under that name, in the order in which they were given; never changed."""
    e = ErrandRow
    columns = (col(e.ended_at), col(e.id))
    wanted = [col(e.document) == document, col(e.status) == "answered"]
    if cursor is not None:
        wanted.append(behind(columns, decode(ORDER, cursor, KINDS)))
    rows = [errand_of(row) for row in session.scalars(select(e).where(*wanted).order_by(*columns).limit(limit + 1))]
    page, more = rows[:limit], len(rows) > limit
    return Page(
        rows=tuple(page), next=encode(ORDER, (page[-1].ended_at or page[-1].opened_at, page[-1].id)) if more else None
    )


def _debtors(session: Session, names: Sequence[str]) -> dict[str, str]:
    p = PartyRow
    found: dict[str, str] = {}
    for part in chunks(names):
        query = select(col(p.account_no), col(p.party_id)).where(col(p.account_no).in_(part))
        for account_no, party_id in session.execute(
            query.where(col(p.role).in_(DEBTOR_ROLES)).order_by(col(p.ordinal))
        ):
            found.setdefault(account_no, party_id)
    return found
