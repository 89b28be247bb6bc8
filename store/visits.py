"""Visits as they were planned and reported."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.visits import Member, VisitPlan, VisitStatus
from store.account_facts import split
from store.dialect import inserted
from store.paging import behind, decode, encode
from store.tables import VisitRow
from store.views import Page

ORDER = "visit"
KINDS = (date, str)
TEAM: TypeAdapter[tuple[Member, ...]] = TypeAdapter(tuple[Member, ...])


class NewVisit(Frozen):
    """A visit of a step of a case that is planned."""

    id: str
    case_no: str
    account_no: str
    step: str
    plan: VisitPlan
    planned_by: str
    planned_role: str
    planned_at: AwareDatetime


class Visit(NewVisit):
    """A visit and its report. participants: staff ids of those who went."""

    status: VisitStatus
    outcome: str | None = None
    participants: tuple[str, ...] = ()
    note: str = ""
    evidence: str | None = None
    reported_by: str | None = None
    reported_at: AwareDatetime | None = None


class Report(Frozen):
    """What came of a visit; evidence: id of an uploaded document."""

    outcome: str
    participants: tuple[str, ...]
    note: str = ""
    evidence: str | None = None
    by: str
    at: AwareDatetime


def plan_visit(session: Session, visit: NewVisit) -> bool:
    """Enter a plan; one that was planned for the same step gives way. False when that plan is there already."""
    v = VisitRow
    new = inserted(session, v, {
        **visit.model_dump(exclude={"plan"}), **_columns(visit.plan), "status": "planned", "participants": "",
        "note": "",
    })  # fmt: skip
    if new:
        older = (col(v.case_no) == visit.case_no, col(v.step) == visit.step, col(v.status) == "planned")
        session.execute(update(v).where(*older, col(v.id) != visit.id).values(status="cancelled"))
    return new


def change_plan(session: Session, visit_id: str, plan: VisitPlan) -> None:
    """Keep a changed plan."""
    session.execute(update(VisitRow).where(col(VisitRow.id) == visit_id).values(**_columns(plan)))


def report_visit(session: Session, visit_id: str, report: Report) -> None:
    """Keep the report of a visit."""
    values = {
        "status": "reported", "outcome": report.outcome, "participants": ",".join(report.participants),
        "note": report.note, "evidence": report.evidence, "reported_by": report.by, "reported_at": report.at,
    }  # fmt: skip
    session.execute(update(VisitRow).where(col(VisitRow.id) == visit_id).values(**values))


def find_visit(session: Session, visit_id: str) -> Visit | None:
    """The visit with that id."""
    row = session.get(VisitRow, visit_id, populate_existing=True)
    return _visit(row) if row else None


def list_visits(
    session: Session, case_no: str | None = None, status: VisitStatus | None = None, day: date | None = None,
    cursor: str | None = None, limit: int = 50,
) -> Page[Visit]:  # fmt: skip
    """Visits by their day, the first one first. Refused "bad_cursor"."""
    v = VisitRow
    columns = (col(v.day), col(v.id))
    given = ((col(v.case_no), case_no), (col(v.status), status), (col(v.day), day))
    wanted = [column == value for column, value in given if value is not None]
    if cursor is not None:
        wanted.append(behind(columns, decode(ORDER, cursor, KINDS)))
    rows = [_visit(row) for row in session.scalars(select(v).where(*wanted).order_by(*columns).limit(limit + 1))]
    page = rows[:limit]
    more = encode(ORDER, (page[-1].plan.day, page[-1].id)) if len(rows) > limit else None
    return Page(rows=tuple(page), next=more)


def _columns(plan: VisitPlan) -> dict[str, object]:
    return {**plan.model_dump(exclude={"team"}), "team": TEAM.dump_json(plan.team).decode()}


def _visit(row: VisitRow) -> Visit:
    plan = VisitPlan(
        day=row.day, team=TEAM.validate_json(row.team), credentials=row.credentials, papers=row.papers,
        safety=row.safety,
    )  # fmt: skip
    parts = {"day", "team", "credentials", "papers", "safety"}
    went = split(row.participants)
    return Visit.model_validate({**row.model_dump(exclude=parts), "plan": plan, "participants": went})
