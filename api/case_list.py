"""One page of the case list with amounts as of a day, which are computed from the ledger and never stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy.orm import Session

from api.views import CaseRow
from domain.money import CENT, ZERO
from store import cases
from store.book import Book, terms_in
from store.facts import standings_by_terms
from store.paging import decode, encode
from store.views import CaseLine, Page

Sort = Literal["dpd", "amount", "next", "opened"]
ORDERS: dict[str, cases.CaseOrder] = {"dpd": "anchor", "next": "next_at", "opened": "opened_at"}
ALL = 100_000  # cases of one installation, far above what is open at once


def case_page(
    session: Session,
    book: Book,
    today: date,
    wanted: cases.CaseFilter,
    sort: Sort,
    cursor: str | None,
    limit: int,
) -> Page[CaseRow]:
    """Cases in an order, those behind the cursor, what each owes by the terms of its policy. Refused: bad_cursor."""
    if sort == "amount":
        return _by_amount(session, book, today, wanted, cursor, limit)
    page = cases.list_cases(session, today, wanted, ORDERS[sort], cursor, limit)
    return Page(rows=tuple(_with_amounts(session, book, today, page.rows)), next=page.next)


def _by_amount(
    session: Session, book: Book, today: date, wanted: cases.CaseFilter, cursor: str | None, limit: int
) -> Page[CaseRow]:
    """The highest amount first. Every case asked for is computed: an amount of yesterday would sort wrongly."""
    seen = decode("amount", cursor, (int, str)) if cursor is not None else None
    lines = cases.list_cases(session, today, wanted, limit=ALL).rows
    rows = sorted(_with_amounts(session, book, today, lines), key=_key)
    left = [row for row in rows if seen is None or _key(row) > seen]
    following = encode("amount", _key(left[limit - 1])) if len(left) > limit else None
    return Page(rows=tuple(left[:limit]), next=following)


def _key(row: CaseRow) -> tuple[int, str]:
    return -int(row.total_overdue / CENT), row.case_no


def _with_amounts(session: Session, book: Book, today: date, lines: Sequence[CaseLine]) -> list[CaseRow]:
    owed = standings_by_terms(session, {line.account_no: terms_in(book, line.policy_id) for line in lines}, today)
    return [_row(line, owed[line.account_no].overdue_rent, owed[line.account_no].total_overdue)
            if line.account_no in owed else _row(line, ZERO, ZERO) for line in lines]  # fmt: skip


def _row(line: CaseLine, rent: Decimal, total: Decimal) -> CaseRow:
    return CaseRow(**dict(line), overdue_rent=rent, total_overdue=total)
