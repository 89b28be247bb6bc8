"""Which accounts need a case: overdue without an open one, or closed on money that was taken back since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.case import Case
from domain.ledger import AccountFacts, PostingKind
from domain.standing import Standing, Terms, standing
from store.account_facts import account_facts_many
from store.assignment import subjects
from store.book import Book
from store.tables import AccountRow, CaseRow, ImportBatchRow, InstalmentRow, PostingRow
from store.views import Candidate, Page

ENDED_BY_MONEY = ("cured", "bought_back")


def open_cases_due(
    session: Session, today: date, book: Book, after: str = "", limit: int = 500, policy_id: str | None = None
) -> Page[Candidate]:
    """Accounts that need a case at the end of `today`, in the order of their numbers, those behind `after`.

    Each is judged by the terms of its policy: that of the case that goes on, else the one it is assigned to.
    policy_id: only those whose case runs under it. Looks at `limit` accounts at a time: a page may be empty and still
    have a `next`. Accounts of an import that is not released and closed leases are left alone, and so are leases
    whose last case ended with the recourse.
    """
    names = _without_open_case(session, today, after, limit + 1)
    page = names[:limit]
    found = _candidates(session, page, today, book, policy_id)
    return Page(rows=tuple(found), next=page[-1] if len(names) > limit else None)


def candidate_of(session: Session, account_no: str, today: date, book: Book) -> Candidate | None:
    """The same for one account: whether and how it needs a case."""
    names = _without_open_case(session, today, "", 1, account_no)
    return next(iter(_candidates(session, names, today, book, None)), None)


def _candidates(
    session: Session, names: Sequence[str], today: date, book: Book, policy_id: str | None
) -> list[Candidate]:
    last = _last_cases(session, names)
    assigned = {name: book.policy_of(subject) for name, subject in subjects(session, names).items()}
    possible = {name: {assigned[name]} | ({last[name].policy_id} if name in last else set()) for name in names}
    wanted = [name for name in names if policy_id is None or policy_id in possible[name]]
    accounts = account_facts_many(session, wanted)
    found = (_candidate(accounts[name], last.get(name), today, book, assigned[name]) for name in wanted)
    return [one for one in found if one is not None and policy_id in (None, one.policy_id)]


def _without_open_case(session: Session, today: date, after: str, limit: int, only: str | None = None) -> list[str]:
    a = AccountRow
    wanted = col(a.account_no) > after if only is None else col(a.account_no) == only
    query = (
        select(col(a.account_no))
        .where(wanted, ~col(a.closed), released(), _may_owe(today))
        .where(~exists().where(col(CaseRow.account_no) == col(a.account_no), col(CaseRow.status) != "closed"))
        .order_by(col(a.account_no))
        .limit(limit)
    )
    return list(session.scalars(query))


def may_have_a_case(session: Session, account_no: str) -> bool:
    """Whether the account is neither closed nor part of an import that waits for its release."""
    a = AccountRow
    query = select(col(a.account_no)).where(col(a.account_no) == account_no, ~col(a.closed), released())
    return session.scalar(query) is not None


def next_ordinal(session: Session, account_no: str) -> int:
    """The ordinal of the next case of an account."""
    query = select(func.max(col(CaseRow.ordinal))).where(col(CaseRow.account_no) == account_no)
    return (session.scalar(query) or 0) + 1


def released() -> ColumnElement[bool]:
    """The account came with no import, or with one that a person released."""
    released = select(col(ImportBatchRow.id)).where(col(ImportBatchRow.state) == "released")
    return col(AccountRow.batch_id).is_(None) | col(AccountRow.batch_id).in_(released)


def _may_owe(today: date) -> ColumnElement[bool]:
    """Something fell due or was charged before today; whether it is paid only a replay of the ledger can tell."""
    i, p = InstalmentRow, PostingRow
    due = exists().where(col(i.account_no) == col(AccountRow.account_no), col(i.due) < today)
    added = (PostingKind.COST, PostingKind.REVERSAL)
    charged = exists().where(col(p.account_no) == col(AccountRow.account_no), col(p.kind).in_(added))
    return due | charged


def _last_cases(session: Session, names: Sequence[str]) -> dict[str, CaseRow]:
    query = select(CaseRow).where(col(CaseRow.account_no).in_(names)).order_by(col(CaseRow.ordinal))
    return {row.account_no: row for row in session.scalars(query)}


def _candidate(account: AccountFacts, last: CaseRow | None, today: date, book: Book, assigned: str) -> Candidate | None:
    """The closed case goes on when its own policy says that it ended too early; else a new one is due, or none."""
    ended = last is not None and last.closed_for in ENDED_BY_MONEY
    if last is not None and not ended:
        return None
    if last is not None and last.policy_id in book:
        terms = book.terms(last.policy_id)
        now = _overdue(account, today, terms)
        if now is not None and _ended_too_early(account, last, today, terms):
            return _case(account, now, last.policy_id, last.ordinal, reopens=True)
    now = _overdue(account, today, book.terms(assigned))
    return None if now is None else _case(account, now, assigned, last.ordinal + 1 if last else 1, reopens=False)


def _overdue(account: AccountFacts, today: date, terms: Terms) -> Standing | None:
    now = standing(account, today, terms)
    return None if now.oldest_due is None or now.dpd < 1 or now.bought_back else now


def _ended_too_early(account: AccountFacts, last: CaseRow, today: date, terms: Terms) -> bool:
    """Whether the account, as known today, was neither cured nor bought back on the day its case closed (S2)."""
    closed_on = Case.model_validate_json(last.snapshot).facts
    if closed_on is None:
        return False
    if terms.returned_payment == "original_due":
        account = _without_reversed(account, today)
    then = standing(account, closed_on.as_of, terms)
    return not then.cured and not then.bought_back


def _without_reversed(account: AccountFacts, today: date) -> AccountFacts:
    """The account as if payments taken back by today had never come, whatever the day they were taken back."""
    taken = {p.reverses for p in account.postings if p.kind is PostingKind.REVERSAL and p.value_date <= today}
    kept = (p for p in account.postings if p.kind is not PostingKind.REVERSAL and p.id not in taken)
    return account.model_copy(update={"postings": tuple(kept)})


def _case(account: AccountFacts, now: Standing, policy_id: str, ordinal: int, reopens: bool) -> Candidate:
    if now.oldest_due is None:
        raise ValueError(f"{account.account_no} owes nothing")
    return Candidate(
        account_no=account.account_no,
        case_no=f"{account.account_no}-{ordinal}",
        policy_id=policy_id,
        ordinal=ordinal,
        time_zone=account.time_zone,
        reopens=reopens,
        oldest_due=now.oldest_due,
        dpd=now.dpd,
        history=account.history if ordinal == 1 and not reopens else (),
    )
