"""Errands: what people are asked to do before a due date, outside of any case; answered once, escalated when missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from json import dumps, loads
from typing import Literal

from pydantic import AwareDatetime, Field
from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, func, literal, or_, select, true, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Refused
from store.account_facts import chunks, split
from store.dialect import insert_into
from store.paging import behind, decode, encode
from store.tables import AccountManagerRow, ErrandRow
from store.views import Page

Status = Literal["open", "answered", "paid", "missed"]
LISTS = ("rules", "roles", "outcomes", "report", "chain")
TEXTS = ("items", "answers")  # by name, kept as JSON
ORDER = "errand"
KINDS = (date, int, str)  # of the sort key


class Answer(Frozen):
    """What somebody found out; which parts are needed is said by the errand (Z1.2d, Z4.1d). answers: to its items."""

    outcome: str
    willingness: Literal["willing", "unwilling", "unclear"] | None = None
    ability: Literal["able", "partly", "unable", "unclear"] | None = None
    deposits: str | None = None
    note: str | None = None
    answers: dict[str, str] = Field(default_factory=dict[str, str])


class Errand(Frozen):
    """One errand. say: what the person must be told (Z1.2c). rank: key accounts first (Z3.1).

    answer_by: the hour it was wanted; deadline: of the next escalation. status: open, answered, paid (the customer paid
    first), missed (the due date came or a newer one took its place).
    """

    id: str
    policy_id: str
    rule: str
    rules: tuple[str, ...]
    account_no: str
    due: date
    occurrence: date
    rank: int = 0
    kind: str
    title: str
    say: str = ""
    roles: tuple[str, ...]
    assignee: str | None = None
    outcomes: tuple[str, ...]
    report: tuple[str, ...] = ()
    amount: Decimal
    status: Status = "open"
    opened_at: AwareDatetime
    deadline: AwareDatetime | None = None
    answer_by: AwareDatetime
    chain: tuple[str, ...] = ()
    level: int = 0
    escalated_to: str | None = None
    outcome: str | None = None
    willingness: str | None = None
    ability: str | None = None
    deposits: str | None = None
    note: str | None = None
    ended_at: AwareDatetime | None = None
    answered_by: str | None = None
    answered_role: str | None = None
    command_id: str | None = None
    subject: str = ""
    period: str = ""
    document: str = ""
    items: dict[str, str] = Field(default_factory=dict[str, str])
    answers: dict[str, str] = Field(default_factory=dict[str, str])

    def asks(self, role: str, *users: str) -> bool:
        """Whether somebody in that role may answer. users: they themselves and those they stand in for."""
        if role in self.chain[: self.level]:
            return True
        return role in self.roles and self.assignee in (None, *users)


class Who(Frozen):
    """Whose errands are looked for: those of these roles and this person, and of those they stand in for today."""

    user: str
    roles: tuple[str, ...]
    stands_in_for: tuple[str, ...] = ()


def open_errand(session: Session, errand: Errand) -> None:
    """Ask somebody; an older run of the same rule for the same instalment that is still open gives way."""
    e = ErrandRow
    older = update(e).where(
        col(e.account_no) == errand.account_no, col(e.due) == errand.due, col(e.policy_id) == errand.policy_id,
        col(e.rule) == errand.rule, col(e.status) == "open", col(e.id) != errand.id,
    )  # fmt: skip
    session.execute(older.values(status="missed", ended_at=errand.opened_at, deadline=None))
    session.connection().execute(insert_into(session, e).values(**values_of(errand)).on_conflict_do_nothing())


def values_of(errand: Errand) -> dict[str, object]:
    """The columns of an errand."""
    joined = {name: ",".join(getattr(errand, name)) for name in LISTS}
    texts = {name: dumps(found, ensure_ascii=False) if (found := getattr(errand, name)) else "" for name in TEXTS}
    return {**errand.model_dump(), **joined, **texts, "account_no": errand.account_no or None}


def get_errand(session: Session, errand_id: str) -> Errand:
    """One errand; Refused "unknown_errand"."""
    row = session.get(ErrandRow, errand_id, populate_existing=True)
    if row is None:
        raise _unknown(errand_id)
    return errand_of(row)


def answer(
    session: Session, errand_id: str, given: Answer, command_id: str, user: str, role: str, at: datetime,
    stands_in_for: Sequence[str] = (),
) -> Errand:  # fmt: skip
    """Answer an open errand once; the same command again gives the first answer.

    Refused: unknown_errand, command_differs, already_answered, not_open, not_entitled, outcome_not_allowed,
    answer_incomplete. Nothing is changed by a refusal.
    """
    row = session.get(ErrandRow, errand_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise _unknown(errand_id)
    found = errand_of(row)
    if found.command_id == command_id and found.answered_by == user and _same(found, given):
        return found
    if found.command_id == command_id or _taken(session, command_id):
        raise Refused("command_differs", f"The id {command_id} belongs to another answer.", "Use a new id.")
    _allowed(found, given, role, (user, *stands_in_for))
    values = {**given.model_dump(), "status": "answered", "deadline": None, "ended_at": at.astimezone(UTC)}
    values["answers"] = dumps(given.answers, ensure_ascii=False) if given.answers else ""
    for name, value in {**values, "answered_by": user, "answered_role": role, "command_id": command_id}.items():
        setattr(row, name, value)
    session.flush()
    return errand_of(row)


def _allowed(found: Errand, given: Answer, role: str, users: Sequence[str]) -> None:
    if found.status == "answered":
        raise Refused("already_answered", f"{found.id} was answered.", "Nothing was changed.")
    if found.status != "open":
        raise Refused("not_open", f"{found.id} is over: {found.status}.", "See the open errands.")
    if not found.asks(role, *users):
        waits = found.escalated_to or ", ".join(found.roles)
        raise Refused("not_entitled", f"{found.id} does not wait for you as {role}.", f"It waits for: {waits}.")
    if given.outcome not in found.outcomes:
        allowed = ", ".join(found.outcomes)
        raise Refused("outcome_not_allowed", f"{given.outcome} is no outcome of {found.id}.", f"Allowed: {allowed}.")
    missing = [name for name in found.report if not getattr(given, name) and given.outcome == found.outcomes[0]]
    missing += [name for name in found.items if not given.answers.get(name, "").strip()]
    if missing:
        raise Refused("answer_incomplete", f"Missing: {', '.join(missing)}.", "Report what was learned.")


def _same(found: Errand, given: Answer) -> bool:
    return all(getattr(found, name) == value for name, value in given.model_dump().items())


def _taken(session: Session, command_id: str) -> bool:
    query = select(func.count()).select_from(ErrandRow).where(col(ErrandRow.command_id) == command_id)
    return bool(session.scalar(query))


def list_errands(
    session: Session,
    who: Who | None,
    status: Status | None = "open",
    escalated: bool | None = None,
    account_no: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Errand]:
    """Errands by planned day, key accounts first; those one may answer, or all when `who` is None."""
    e = ErrandRow
    columns = (col(e.occurrence), col(e.rank), col(e.id))
    wanted = [_seen_by(who)]
    if status is not None:
        wanted.append(col(e.status) == status)
    if escalated is not None:
        wanted.append(col(e.level) > 0 if escalated else col(e.level) == 0)
    if account_no is not None:
        wanted.append(col(e.account_no) == account_no)
    if cursor is not None:
        wanted.append(behind(columns, decode(ORDER, cursor, KINDS)))
    rows = [errand_of(row) for row in session.scalars(select(e).where(*wanted).order_by(*columns).limit(limit + 1))]
    page = rows[:limit]
    more = len(rows) > limit
    return Page(
        rows=tuple(page),
        next=encode(ORDER, (page[-1].occurrence, page[-1].rank, page[-1].id)) if more else None,
    )


def _seen_by(who: Who | None) -> ColumnElement[bool]:
    """Their own, and what was escalated to one of their roles: the first `level` names of the chain."""
    if who is None:
        return true()
    e = ErrandRow
    asked = or_(false(), *(_lists(col(e.roles), role) for role in who.roles))
    mine = and_(asked, or_(col(e.assignee).is_(None), col(e.assignee).in_((who.user, *who.stands_in_for))))
    first = [and_(col(e.level) > 0, or_(col(e.chain) == r, col(e.chain).startswith(f"{r},"))) for r in who.roles]
    return or_(mine, col(e.escalated_to).in_(who.roles), *first)


def _lists(column: SQLColumnExpression[str], role: str) -> ColumnElement[bool]:
    """Whether a column of names joined by commas has this one."""
    return (literal(",") + column + literal(",")).contains(f",{role},", autoescape=True)


def decided(
    session: Session, policy_id: str, names: Sequence[str], after: date
) -> dict[tuple[str, date], dict[str, str]]:
    """The decisions taken for these accounts and due dates after a day: rule -> outcome."""
    e = ErrandRow
    found: dict[tuple[str, date], dict[str, str]] = {}
    for part in chunks(names):
        query = select(col(e.account_no), col(e.due), col(e.rule), col(e.outcome)).where(
            col(e.account_no).in_(part), col(e.due) > after, col(e.policy_id) == policy_id,
            col(e.kind) == "decide", col(e.status) == "answered",
        )  # fmt: skip
        for account_no, due, rule, outcome in session.execute(query):
            found.setdefault((account_no or "", due), {})[rule] = outcome or ""
    return found


def late_errands(session: Session, policy_id: str, now: datetime, today: date, limit: int = 200) -> tuple[Errand, ...]:
    """Open errands whose deadline has passed, or whose due date has come; the most overdue first."""
    e = ErrandRow
    late = or_(col(e.deadline) <= now, col(e.due) <= today)
    query = select(e).where(col(e.policy_id) == policy_id, col(e.status) == "open", late)
    return tuple(errand_of(row) for row in session.scalars(query.order_by(col(e.deadline), col(e.id)).limit(limit)))


def escalate(session: Session, errand: Errand, following: datetime | None) -> bool:
    """Nobody answered: it is shown to the next one in the chain; False when it was answered meanwhile."""
    level = min(errand.level + 1, len(errand.chain))
    to = errand.chain[level - 1] if level else None
    return _change(session, errand, level=level, escalated_to=to, deadline=following)


def end(session: Session, errand: Errand, status: Status, at: datetime) -> bool:
    """It is over without an answer; False when it was answered meanwhile."""
    return _change(session, errand, status=status, ended_at=at, deadline=None)


def _change(session: Session, errand: Errand, **values: object) -> bool:
    e = ErrandRow
    same = (col(e.id) == errand.id, col(e.status) == "open", col(e.level) == errand.level)
    return session.connection().execute(update(e).where(*same).values(**values)).rowcount == 1


def next_deadline(session: Session, policy_id: str) -> datetime | None:
    """The earliest deadline of an open errand."""
    e = ErrandRow
    return session.scalar(
        select(func.min(col(e.deadline))).where(col(e.policy_id) == policy_id, col(e.status) == "open")
    )


def assign_manager(session: Session, account_no: str, manager: str, at: datetime, by: str) -> None:
    """From now on this member of staff gets the account on their lists."""
    values = {"account_no": account_no, "manager": manager, "at": at, "by": by}
    statement = insert_into(session, AccountManagerRow).values(**values)
    session.execute(statement.on_conflict_do_update(index_elements=["account_no"], set_=values))


def managers_of(session: Session, names: Sequence[str]) -> dict[str, str]:
    """Who manages these accounts; those that nobody manages are left out."""
    found: dict[str, str] = {}
    m = AccountManagerRow
    for part in chunks(names):
        query = select(col(m.account_no), col(m.manager)).where(col(m.account_no).in_(part))
        found.update((account_no, manager) for account_no, manager in session.execute(query))
    return found


def _unknown(errand_id: str) -> Refused:
    return Refused("unknown_errand", f"There is no errand {errand_id}.", "See the open errands.")


def errand_of(row: ErrandRow) -> Errand:
    lists = {name: split(getattr(row, name)) for name in LISTS}
    texts = {name: loads(found) if (found := getattr(row, name)) else {} for name in TEXTS}
    return Errand.model_validate({**row.model_dump(), **lists, **texts, "account_no": row.account_no or ""})
