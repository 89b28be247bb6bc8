"""Violations of the rules of conduct: who, what, the evidence, and the errand in which they are put right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from json import dumps
from typing import Any, Literal

from pydantic import AwareDatetime
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen, local_date
from domain.complaint import ViolationKind as Kind
from domain.events import Actor
from domain.kpi import Conduct
from store.account_facts import chunks
from store.dialect import inserted
from store.errands import Errand, errand_of
from store.paging import behind, decode, encode
from store.tables import AccountRow, CaseRow, ErrandRow, ViolationRow
from store.views import Page

Source = Literal["checker", "supervisor", "complaint"]
Severity = Literal["minor", "serious"]
Standing = Literal["open", "corrected", "rejected"]
ORDER = "violation"
KINDS = (datetime, str)


class NewViolation(Frozen):
    """Somebody did what the rules of conduct forbid. who: a staff id. correct_by: the day it is to be put right."""

    id: str
    found_by: Source
    kind: Kind
    severity: Severity
    who: str
    case_no: str | None = None
    evidence: str
    text: str
    correct_by: date
    errand: str
    actor: Actor
    at: AwareDatetime


class Violation(NewViolation):
    """A violation as it stands. measure: what was done about it, or why it was none, in the words of the supervisor."""

    standing: Standing
    roles: tuple[str, ...]
    escalated_to: str | None
    measure: str | None
    settled_by: str | None
    settled_at: AwareDatetime | None


def add_violation(session: Session, violation: NewViolation) -> bool:
    """Enter it once; False when that one is there already."""
    actor = violation.actor
    values = {
        **violation.model_dump(exclude={"actor"}),
        "actor_user": actor.user, "actor_role": actor.role, "authority": actor.authority,
    }  # fmt: skip
    return inserted(session, ViolationRow, values)


def confirm_violation(session: Session, violation_id: str, measure: str, actor: Actor, at: datetime) -> bool:
    """Somebody else than its errand saw to it that it was put right; False when it was settled before."""
    e = ErrandRow
    asked = select(col(ViolationRow.errand)).where(col(ViolationRow.id) == violation_id).scalar_subquery()
    answers = dumps({"measure": measure}, ensure_ascii=False)
    settled = {"status": "answered", "outcome": "corrected", "answers": answers, "deadline": None, "ended_at": at}
    open_one = update(e).where(col(e.id) == asked, col(e.status) == "open")
    values = {**settled, "answered_by": actor.user, "answered_role": actor.role}
    return session.connection().execute(open_one.values(**values)).rowcount == 1


def find_violation(session: Session, violation_id: str) -> Violation | None:
    """The violation with that id."""
    found = session.execute(_both().where(col(ViolationRow.id) == violation_id)).first()
    return _violation(*found) if found else None


def list_violations(
    session: Session,
    standing: Standing | None = None,
    who: str | None = None,
    found_by: Source | None = None,
    case_no: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Violation]:
    """Violations, the newest first. Refused "bad_cursor"."""
    v, e = ViolationRow, ErrandRow
    columns = (col(v.at), col(v.id))
    given = ((col(v.who), who), (col(v.found_by), found_by), (col(v.case_no), case_no))
    wanted = [column == value for column, value in given if value is not None]
    if standing is not None:
        wanted.append(col(e.status) == "open" if standing == "open" else col(e.outcome) == standing)
    if cursor is not None:
        wanted.append(behind(columns, decode(ORDER, cursor, KINDS), descending=True))
    query = _both().where(*wanted).order_by(*(column.desc() for column in columns)).limit(limit + 1)
    rows = [_violation(*found) for found in session.execute(query)]
    page = rows[:limit]
    more = encode(ORDER, (page[-1].at, page[-1].id)) if len(rows) > limit else None
    return Page(rows=tuple(page), next=more)


def conduct_found(session: Session, account_nos: Sequence[str]) -> dict[str, list[Conduct]]:
    """The violations in cases of accounts that were not rejected, each on the day it was found."""
    v, e, c, a = ViolationRow, ErrandRow, CaseRow, AccountRow
    found: dict[str, list[Conduct]] = {}
    for part in chunks(account_nos):
        query = (
            select(col(c.account_no), col(v.at), col(v.who), col(a.time_zone))
            .join(c, col(c.case_no) == col(v.case_no))
            .join(a, col(a.account_no) == col(c.account_no))
            .join(e, col(e.id) == col(v.errand))
            .where(col(c.account_no).in_(part), func.coalesce(col(e.outcome), "") != "rejected")
            .order_by(col(v.at), col(v.id))
        )
        for account_no, at, who, tz in session.execute(query):
            found.setdefault(account_no, []).append(Conduct(local_date(at, tz), who, violation=True))
    return found


def _both() -> Select[ViolationRow, ErrandRow]:
    return select(ViolationRow, ErrandRow).join(ErrandRow, col(ErrandRow.id) == col(ViolationRow.errand))


def _violation(row: ViolationRow, asked: ErrandRow) -> Violation:
    errand: Errand = errand_of(asked)
    values: dict[str, Any] = row.model_dump(exclude={"actor_user", "actor_role", "authority"})
    return Violation.model_validate({
        **values,
        "actor": Actor(user=row.actor_user, role=row.actor_role, authority=row.authority),
        "standing": errand.outcome or "open", "roles": errand.roles, "escalated_to": errand.escalated_to,
        "measure": errand.answers.get("measure"), "settled_by": errand.answered_by, "settled_at": errand.ended_at,
    })  # fmt: skip
