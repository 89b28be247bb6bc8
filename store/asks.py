"""What cases ask of people: kept with the record of each case, found by role, owner and case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, literal, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import at_local
from domain.case import Case, StepState
from domain.deadlines import waiting_roles
from domain.ledger import DEBTORS
from store.account_facts import split
from store.paging import behind, decode, encode
from store.tables import AskRow, CaseRow, KeyAccountRow, PartyRow, StaffRow
from store.views import AskLine, Page

END_OF_DAY = time(23, 59)
END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
Query = Select[*tuple[Any, ...]]


def asks_for_roles(
    session: Session, roles: tuple[str, ...], as_of: date, cursor: str | None = None, limit: int = 100,
    of: Sequence[str] | None = None,
) -> Page[AskLine]:  # fmt: skip
    """What waits for these roles, by day, key accounts first (Z3.1b), offers last; one row for each role that must
    answer. of: only what is the work of these owners, or of nobody in particular.
    """
    order, kinds = "ask", (date, int, datetime, str, str, str)
    columns = (
        col(AskRow.sort_day), col(AskRow.rank), col(AskRow.sort_at), col(AskRow.case_no), col(AskRow.step),
        col(AskRow.role),
    )  # fmt: skip
    query = _asks().where(col(AskRow.role).in_(roles))
    if of is not None:
        query = query.where(_work_of(of))
    if cursor is not None:
        query = query.where(behind(columns, decode(order, cursor, kinds)))
    rows = session.execute(query.order_by(*columns).limit(limit + 1)).mappings().all()
    lines = tuple(_ask(dict(row), as_of) for row in rows[:limit])
    if len(rows) <= limit:
        return Page(rows=lines, next=None)
    last, day = lines[-1], rows[limit - 1]["sort_day"]
    key = (day, last.rank, last.deadline or END_OF_TIME, last.case_no, last.step, last.role)
    return Page(rows=lines, next=encode(order, key))


def _work_of(owners: Sequence[str]) -> ColumnElement[bool]:
    """The case is theirs or nobody's, or its owner has not the role that is asked: then it is anybody's in it."""
    s = StaffRow
    role = literal(",") + col(AskRow.role) + literal(",")
    asked = exists().where(
        col(s.id) == col(CaseRow.owner), col(s.active), (literal(",") + col(s.roles) + literal(",")).contains(role)
    )
    return or_(col(CaseRow.owner).in_(owners), col(CaseRow.owner).is_(None), ~asked)


def asks_of_case(session: Session, case_no: str, as_of: date) -> tuple[AskLine, ...]:
    """Everything a case waits for people for."""
    query = (
        _asks().where(col(AskRow.case_no) == case_no).order_by(col(AskRow.sort_at), col(AskRow.step), col(AskRow.role))
    )
    return tuple(_ask(dict(row), as_of) for row in session.execute(query).mappings())


def due_by_role(session: Session, today: date) -> dict[str, int]:
    """How many open asks of each role are to be answered on that day."""
    return _counted(session, col(AskRow.sort_day) == today)


def escalated_by_role(session: Session) -> dict[str, int]:
    """How many open asks of each role have been escalated and are still unanswered."""
    return _counted(session, col(AskRow.level) > 0)


def _counted(session: Session, which: ColumnElement[bool]) -> dict[str, int]:
    a = AskRow
    query = select(col(a.role), func.count()).where(which, col(a.status) != "offered", col(a.frozen).is_(None))
    found: dict[str, int] = {}
    for role, count in session.execute(query.group_by(col(a.role)).order_by(col(a.role))):
        found[role] = count
    return found


def rank_of_account(session: Session, account_no: str) -> int:
    """Where the account stands among the key accounts; 0 for all others."""
    k = KeyAccountRow
    return session.scalar(select(col(k.rank)).where(col(k.account_no) == account_no)) or 0


def rebuild_asks(session: Session, case: Case, rank: int) -> None:
    """Keep what a case asks now, in the place of what it asked before."""
    session.execute(delete(AskRow).where(col(AskRow.case_no) == case.case_no))
    open_steps = {name: state for name, state in case.steps.items() if state.is_open}
    rows = [row for name, state in open_steps.items() for row in _ask_rows(case, rank, name, state)]
    if case.status != "closed":
        rows += [row for name, state in case.steps.items() for row in _conditions(case, rank, name, state)]
    if rows:
        session.connection().execute(insert(AskRow), rows)


def _ask_rows(case: Case, rank: int, step: str, state: StepState) -> list[dict[str, Any]]:
    answered = tuple(answer.role for answer in state.answers)
    return [
        {
            "case_no": case.case_no,
            "step": step,
            "role": role,
            "status": state.status,
            "outcomes": ",".join(state.outcomes),
            "preselected": state.preselected,
            "opened_at": state.opened_at,
            "deadline": state.deadline,
            "sort_at": state.deadline or END_OF_TIME,
            "sort_day": case.today(state.deadline) if state.deadline else date.max,
            "rank": rank,
            "start_by": state.start_by,
            "started": state.started,
            "level": state.level,
            "frozen": state.frozen,
            "document": state.document,
            "document_no": state.ref.number if state.ref else None,
        }
        for role in waiting_roles(state.asked, state.mode, answered)
    ]


def _conditions(case: Case, rank: int, step: str, state: StepState) -> Iterator[dict[str, Any]]:
    """Of each role the condition that is due first among those it has not confirmed."""
    if state.status != "completed" or not state.obligations:
        return
    waiting = [one for one in state.obligations if one.confirmed_at is None]
    for role in dict.fromkeys(one.condition.role for one in waiting):
        first = min((one for one in waiting if one.condition.role == role), key=lambda one: one.condition.by)
        deadline = at_local(first.condition.by, END_OF_DAY, case.time_zone)
        yield {
            "case_no": case.case_no, "step": step, "role": role, "status": "condition", "outcomes": "confirmed",
            "preselected": None, "opened_at": state.done_at, "deadline": deadline, "sort_at": deadline,
            "sort_day": first.condition.by, "rank": rank, "start_by": None, "started": False,
            "level": int(first.missed), "frozen": None, "document": state.document, "document_no": None,
        }  # fmt: skip


def lessee() -> ColumnElement[str]:
    """Name of the lessee or borrower in the party row that `of_lessee` joins."""
    return func.coalesce(col(PartyRow.name), "").label("lessee")


def of_lessee() -> ColumnElement[bool]:
    p = PartyRow
    others = select(func.min(col(p.ordinal))).where(col(p.role).in_([role.value for role in DEBTORS]))
    first = others.where(col(p.account_no) == col(CaseRow.account_no)).correlate(CaseRow).scalar_subquery()
    return and_(col(p.account_no) == col(CaseRow.account_no), col(p.ordinal) == first)


def days_past(anchor: date | None, as_of: date) -> int:
    """Days past due on a day, counted from the oldest unpaid due date (L2.3)."""
    return 0 if anchor is None else max(0, (as_of - anchor).days)


def _asks() -> Query:
    names = [name for name in AskLine.model_fields if name in AskRow.model_fields]
    columns = [getattr(AskRow, name) for name in names]
    return (
        select(
            *columns,
            col(AskRow.sort_day),
            col(CaseRow.account_no),
            col(CaseRow.bucket),
            col(CaseRow.anchor),
            col(CaseRow.owner),
            lessee(),
        )
        .select_from(AskRow)
        .join(CaseRow, col(CaseRow.case_no) == col(AskRow.case_no))
        .join(PartyRow, of_lessee(), isouter=True)
    )


def _ask(row: dict[str, Any], as_of: date) -> AskLine:
    anchor, _ = row.pop("anchor"), row.pop("sort_day")
    return AskLine(**{**row, "outcomes": split(row["outcomes"]), "dpd": days_past(anchor, as_of)})
