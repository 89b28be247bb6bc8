"""Cases as people look for them: lists, one case, its timeline, what waits for whom, and the portfolio on a day."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.case import Case
from domain.events import Event, PolicyPin
from store.asks import END_OF_TIME, asks_for_roles, asks_of_case, days_past, lessee, of_lessee
from store.intake import open_cases_due
from store.paging import Column, behind as behind_key, decode, encode
from store.portfolio import portfolio_summary
from store.record import event_of
from store.tables import AccountRow, CaseEventRow, CaseRow, PartyRow
from store.views import CaseLine, CaseRecord, Page

__all__ = [
    "CaseFilter",
    "CaseOrder",
    "asks_for_roles",
    "asks_of_case",
    "behind",
    "events_of_command",
    "get_case",
    "list_cases",
    "open_case_of",
    "open_cases_due",
    "pins_of",
    "portfolio_summary",
    "snapshot_of",
    "timeline",
]

CaseOrder = Literal["case_no", "-case_no", "opened_at", "-opened_at", "anchor", "-anchor", "next_at", "-next_at"]
Query = Select[*tuple[Any, ...]]
LAST_DAY = date(9999, 12, 31)
PORTFOLIO = ""


class CaseFilter(Frozen):
    """Which cases; None asks for nothing. `text` is the beginning of a case or contract number.

    anchor_from / anchor_to: bounds of the oldest unpaid due date, both included.
    """

    status: Literal["open", "closed"] | None = None
    bucket: str | None = None
    owner: str | None = None
    held: bool | None = None
    branch: str | None = None
    product: str | None = None
    policy_id: str | None = None
    account_no: str | None = None
    closed_for: str | None = None
    text: str | None = None
    anchor_from: date | None = None
    anchor_to: date | None = None


def list_cases(
    session: Session,
    as_of: date,
    filter: CaseFilter | None = None,
    sort: CaseOrder = "case_no",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[CaseLine]:
    """One page of cases with their days past due on `as_of`; the portfolio's own case is not among them.

    "anchor" sorts the longest overdue first. Cases without the sorted value come last. Refused "bad_cursor".
    """
    name = sort.removeprefix("-")
    descending = sort.startswith("-")
    columns, kinds = _order(name)
    query = _lines().where(col(CaseRow.account_no) != PORTFOLIO, *_conditions(filter or CaseFilter()))
    if cursor is not None:
        query = query.where(behind_key(columns, decode(sort, cursor, kinds), descending))
    ordered = query.order_by(*(column.desc() if descending else column for column in columns))
    rows = [dict(row) for row in session.execute(ordered.limit(limit + 1)).mappings()]
    lines = tuple(_line(row, as_of) for row in rows[:limit])
    more = len(rows) > limit
    return Page(rows=lines, next=encode(sort, _key(name, lines[-1])) if more else None)


def get_case(session: Session, case_no: str, as_of: date) -> CaseRecord | None:
    """A case with its recorded snapshot, None if there is no such case."""
    row = session.execute(_lines().where(col(CaseRow.case_no) == case_no)).mappings().one_or_none()
    snapshot = snapshot_of(session, case_no)
    if row is None or snapshot is None:
        return None
    return CaseRecord(line=_line(dict(row), as_of), snapshot=snapshot)


def snapshot_of(session: Session, case_no: str) -> Case | None:
    """The recorded state of a case, for example to continue it."""
    text = session.scalar(select(col(CaseRow.snapshot)).where(col(CaseRow.case_no) == case_no))
    return Case.model_validate_json(text) if text else None


def open_case_of(session: Session, account_no: str) -> str | None:
    """Number of the open case of an account."""
    query = select(col(CaseRow.case_no)).where(col(CaseRow.account_no) == account_no)
    return session.scalar(query.where(col(CaseRow.status) != "closed"))


def pins_of(session: Session, case_no: str) -> tuple[PolicyPin, ...]:
    """The policies a case ran under, the present one last; () before it is recorded."""
    e = CaseEventRow
    moves = select(col(e.body)).where(col(e.case_no) == case_no, col(e.kind).in_(("case_opened", "policy_moved")))
    texts = session.scalars(moves.order_by(col(e.seq)))
    return tuple(PolicyPin.model_validate(json.loads(text)["policy"]) for text in texts)


def timeline(session: Session, case_no: str, after: int = 0, limit: int | None = None) -> tuple[Event, ...]:
    """The recorded events of a case in order, those behind number `after`."""
    query = select(CaseEventRow).where(col(CaseEventRow.case_no) == case_no, col(CaseEventRow.seq) > after)
    rows = session.scalars(query.order_by(col(CaseEventRow.seq)).limit(limit))
    return tuple(event_of(row) for row in rows)


def events_of_command(session: Session, command_id: str) -> dict[str, tuple[Event, ...]]:
    """What a command recorded, by case; empty while it has recorded nothing."""
    query = select(CaseEventRow).where(col(CaseEventRow.command_id) == command_id)
    found: dict[str, tuple[Event, ...]] = {}
    for row in session.scalars(query.order_by(col(CaseEventRow.case_no), col(CaseEventRow.seq))):
        found[row.case_no] = (*found.get(row.case_no, ()), event_of(row))
    return found


def behind(session: Session, after: str = "", limit: int = 500) -> list[str]:
    """Open cases that do not know of the last change of their ledger, in the order of their numbers."""
    query = (
        select(col(CaseRow.case_no))
        .join(AccountRow, col(AccountRow.account_no) == col(CaseRow.account_no))
        .where(col(CaseRow.status) != "closed", col(CaseRow.ledger_version) < col(AccountRow.ledger_version))
        .where(col(CaseRow.case_no) > after)
        .order_by(col(CaseRow.case_no))
    )
    return list(session.scalars(query.limit(limit)))


def _lines() -> Query:
    own = [name for name in CaseLine.model_fields if name in CaseRow.model_fields]
    columns = [getattr(CaseRow, name) for name in own]
    contract = [
        func.coalesce(getattr(AccountRow, name), "").label(name) for name in ("contract_no", "product", "branch")
    ]
    return (
        select(*columns, *contract, lessee())
        .select_from(CaseRow)
        .join(AccountRow, col(AccountRow.account_no) == col(CaseRow.account_no), isouter=True)
        .join(PartyRow, of_lessee(), isouter=True)
    )


def _conditions(asked: CaseFilter) -> list[ColumnElement[bool]]:
    own = {"bucket", "owner", "held", "policy_id", "account_no", "closed_for"}
    found = [
        col(getattr(CaseRow, name)) == value for name, value in asked.model_dump(include=own, exclude_none=True).items()
    ]
    of_account = asked.model_dump(include={"branch", "product"}, exclude_none=True)
    found += [col(getattr(AccountRow, name)) == value for name, value in of_account.items()]
    if asked.status is not None:
        closed = col(CaseRow.status) == "closed"
        found.append(closed if asked.status == "closed" else ~closed)
    if asked.text:
        numbers = (col(CaseRow.case_no), col(AccountRow.contract_no))
        found.append(
            numbers[0].startswith(asked.text, autoescape=True) | numbers[1].startswith(asked.text, autoescape=True)
        )
    if asked.anchor_from:
        found.append(col(CaseRow.anchor) >= asked.anchor_from)
    if asked.anchor_to:
        found.append(col(CaseRow.anchor) <= asked.anchor_to)
    return found


def _order(name: str) -> tuple[tuple[Column, ...], tuple[type, ...]]:
    last = col(CaseRow.case_no)
    match name:
        case "anchor":
            return (func.coalesce(col(CaseRow.anchor), literal(LAST_DAY)), last), (date, str)
        case "opened_at":
            return (_or_end(col(CaseRow.opened_at)), last), (datetime, str)
        case "next_at":
            return (_or_end(col(CaseRow.next_at)), last), (datetime, str)
        case _:
            return (last,), (str,)


def _or_end(column: Any) -> ColumnElement[Any]:
    return func.coalesce(column, literal(END_OF_TIME, column.type))


def _key(name: str, line: CaseLine) -> tuple[str | date, ...]:
    match name:
        case "anchor":
            return (line.anchor or LAST_DAY, line.case_no)
        case "opened_at":
            return (line.opened_at or END_OF_TIME, line.case_no)
        case "next_at":
            return (line.next_at or END_OF_TIME, line.case_no)
        case _:
            return (line.case_no,)


def _line(row: dict[str, Any], as_of: date) -> CaseLine:
    return CaseLine(**row, dpd=days_past(row["anchor"], as_of))
