"""The portfolio on a day: counts and amounts by bucket, registers and reports."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.money import ZERO
from domain.standing import Standing
from store.account_facts import split
from store.book import Book, terms_in
from store.facts import standings_by_terms
from store.tables import AccountRow, AskRow, CaseRow, RegisterRow, ReportRow
from store.views import BucketLine, PortfolioSummary, RegisterEntry, Report


def portfolio_summary(session: Session, as_of: date, now: datetime, book: Book) -> PortfolioSummary:
    """Open cases by policy and the bucket they entered last, with what is overdue on `as_of`; asks overdue at `now`."""
    cases = select(col(CaseRow.account_no), col(CaseRow.policy_id), col(CaseRow.bucket), col(CaseRow.held)).where(
        col(CaseRow.account_no) != "", col(CaseRow.status) != "closed"
    )
    rows = session.execute(cases).all()
    terms = {account_no: terms_in(book, policy_id) for account_no, policy_id, _, _ in rows}
    owed = standings_by_terms(session, terms, as_of)
    by_bucket: dict[tuple[str, str | None], list[Standing | None]] = {}
    for account_no, policy_id, bucket, _ in rows:
        by_bucket.setdefault((policy_id, bucket), []).append(owed.get(account_no))
    lines = [_bucket_line(policy_id, bucket, owing) for (policy_id, bucket), owing in by_bucket.items()]
    open_asks, overdue = _asks(session, now)
    return PortfolioSummary(
        as_of=as_of,
        accounts=session.scalar(select(func.count()).select_from(AccountRow).where(~col(AccountRow.closed))) or 0,
        open_cases=len(rows),
        held_cases=sum(held for *_, held in rows),
        buckets=tuple(sorted(lines, key=lambda line: (line.policy_id, line.bucket or ""))),
        closed=_closed(session),
        open_asks=open_asks,
        overdue_asks=overdue,
    )


def register_entries(
    session: Session, register_name: str, case_no: str | None = None, limit: int = 500
) -> tuple[RegisterEntry, ...]:
    """The newest lines of a register, or those of one case."""
    r = RegisterRow
    query = select(r).where(col(r.register_name) == register_name)
    if case_no is not None:
        query = query.where(col(r.case_no) == case_no)
    rows = session.scalars(query.order_by(col(r.at).desc(), col(r.case_no), col(r.seq)).limit(limit))
    return tuple(RegisterEntry(**row.model_dump()) for row in rows)


def reports(session: Session, limit: int = 100) -> tuple[Report, ...]:
    """The newest reports that were issued."""
    rows = session.scalars(select(ReportRow).order_by(col(ReportRow.at).desc(), col(ReportRow.seq).desc()).limit(limit))
    return tuple(
        Report(**{**row.model_dump(exclude={"case_no", "seq"}), "to": split(row.to), "copy_to": split(row.copy_to)})
        for row in rows
    )


def _bucket_line(policy_id: str, bucket: str | None, standings: list[Standing | None]) -> BucketLine:
    known = [standing for standing in standings if standing]
    return BucketLine(
        policy_id=policy_id,
        bucket=bucket,
        cases=len(standings),
        overdue_rent=sum((standing.overdue_rent for standing in known), ZERO),
        total_overdue=sum((standing.total_overdue for standing in known), ZERO),
    )


def _asks(session: Session, now: datetime) -> tuple[int, int]:
    """(asks that are open, asks whose deadline has passed); an ask of several roles counts once."""
    distinct = select(col(AskRow.case_no), col(AskRow.step)).where(col(AskRow.status) == "open").distinct()
    late = distinct.where(col(AskRow.sort_at) < now, col(AskRow.frozen).is_(None))
    totals = [session.scalar(select(func.count()).select_from(query.subquery())) or 0 for query in (distinct, late)]
    return totals[0], totals[1]


def _closed(session: Session) -> dict[str, int]:
    query = select(func.coalesce(col(CaseRow.closed_for), ""), func.count()).where(col(CaseRow.status) == "closed")
    return {row[0]: row[1] for row in session.execute(query.group_by(col(CaseRow.closed_for)))}
