"""Surveys after a case: asked once per case, answered once, and how content the customers of each specialist are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from pydantic import AwareDatetime, Field
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen, at_local, days
from domain.errors import Refused
from domain.ledger import DEBTORS
from store.dialect import inserted
from store.paging import behind, decode, encode
from store.tables import CaseRow, PartyRow, SurveyRow
from store.views import Page

ORDER = "survey"
TENTH = Decimal("0.1")
Reached = Literal["claimed", "sent", "refused", "unknown", "unreachable"]


class Survey(Frozen):
    """The survey after one case. status: what became of the message. answered_by: a staff id, or "customer"."""

    case_no: str
    account_no: str
    policy_id: str
    specialist: str
    channel: str
    status: Reached
    asked_at: AwareDatetime
    score: int | None = None
    comment: str = ""
    answered_at: AwareDatetime | None = None
    answered_by: str = ""


class Opinion(Frozen):
    """What a customer says of the collection: 1 is bad, 5 is good."""

    score: int = Field(ge=1, le=5)
    comment: str = Field(default="", max_length=2000)


class Contentment(Frozen):
    """Mean score of the answers of a period; specialist "": of all together. asked: surveys that went out in it."""

    specialist: str
    asked: int
    answered: int
    score: Decimal | None


class ClosedCase(Frozen):
    """A closed case that nobody was asked about; personal."""

    case_no: str
    account_no: str
    specialist: str
    phone: str | None
    email: str | None


def closed_unasked(session: Session, policy_id: str, since: datetime, until: datetime) -> tuple[ClosedCase, ...]:
    """Cases of a policy closed from `since` to `until` without a survey, or with one still on its way."""
    c, p, s = CaseRow, PartyRow, SurveyRow
    query = (
        select(col(c.case_no), col(c.account_no), col(c.owner), col(p.phone), col(p.email))
        .join(p, (col(p.account_no) == col(c.account_no)) & col(p.role).in_([role.value for role in DEBTORS]))
        .outerjoin(s, col(s.case_no) == col(c.case_no))
        .where(col(c.policy_id) == policy_id, col(c.status) == "closed")
        .where(or_(col(s.case_no).is_(None), col(s.status) == "claimed"))
        .where(col(c.closed_at) > since, col(c.closed_at) <= until)
        .order_by(col(c.case_no), col(p.ordinal))
    )
    found: dict[str, ClosedCase] = {}
    for case_no, account_no, owner, phone, email in session.execute(query):
        known = ClosedCase(case_no=case_no, account_no=account_no, specialist=owner or "", phone=phone, email=email)
        found.setdefault(case_no, known)
    return tuple(found.values())


def claim_survey(session: Session, survey: Survey) -> bool:
    """Ask about a case; False when it was asked about before."""
    return inserted(session, SurveyRow, survey.model_dump())


def set_reached(session: Session, case_no: str, status: Reached) -> None:
    """What became of the message."""
    session.execute(update(SurveyRow).where(col(SurveyRow.case_no) == case_no).values(status=status))


def answer_survey(session: Session, case_no: str, opinion: Opinion, by: str, at: datetime) -> Survey:
    """Keep the answer, once per case; the same again changes nothing. Refused: unknown_survey, survey_answered."""
    row = session.get(SurveyRow, case_no, populate_existing=True, with_for_update=True)
    if row is None:
        raise Refused("unknown_survey", "There is no such survey.", "Use the link of the message.")
    known = (row.score, row.comment, row.answered_by)
    if row.answered_at is not None and known != (opinion.score, opinion.comment, by):
        raise Refused("survey_answered", "The survey was answered.", "It is answered once.")
    if row.answered_at is None:
        row.score, row.comment, row.answered_by, row.answered_at = opinion.score, opinion.comment, by, at
        session.flush()
    return _survey(row)


def list_surveys(session: Session, cursor: str | None = None, limit: int = 50) -> Page[Survey]:
    """The register, by number of the case."""
    s = SurveyRow
    wanted = [] if cursor is None else [behind((col(s.case_no),), decode(ORDER, cursor, (str,)))]
    rows = list(session.scalars(select(s).where(*wanted).order_by(col(s.case_no)).limit(limit + 1)))
    page = tuple(_survey(row) for row in rows[:limit])
    return Page(rows=page, next=encode(ORDER, (page[-1].case_no,)) if len(rows) > limit else None)


def contentment(session: Session, first: date, last: date, time_zone: str) -> tuple[Contentment, ...]:
    """How content customers are: of all first, then by specialist; both days included, by the day of the answer."""
    s = SurveyRow
    since, until = (at_local(day, datetime.min.time(), time_zone) for day in (first, last + days(1)))
    until -= timedelta(microseconds=1)
    asked = dict(_counted(session, col(s.asked_at).between(since, until)))
    query = select(col(s.specialist), func.count(), func.sum(col(s.score))).group_by(col(s.specialist))
    rows = session.execute(query.where(col(s.answered_at).between(since, until)))
    given = {row[0]: (int(row[1]), int(row[2] or 0)) for row in rows}
    names = sorted({*asked, *given} - {""})
    whole = Contentment(
        specialist="", asked=sum(asked.values()), answered=sum(count for count, _ in given.values()),
        score=_mean(sum(count for count, _ in given.values()), sum(total for _, total in given.values())),
    )  # fmt: skip
    return (whole, *(_of(name, asked, given) for name in names))


def _of(name: str, asked: dict[str, int], given: dict[str, tuple[int, int]]) -> Contentment:
    count, total = given.get(name, (0, 0))
    return Contentment(specialist=name, asked=asked.get(name, 0), answered=count, score=_mean(count, total))


def _counted(session: Session, wanted: ColumnElement[bool]) -> list[tuple[str, int]]:
    s = SurveyRow
    query = select(col(s.specialist), func.count()).where(wanted).group_by(col(s.specialist))
    return [(row[0], row[1]) for row in session.execute(query)]


def _mean(count: int, total: int) -> Decimal | None:
    return (Decimal(total) / count).quantize(TENTH, rounding=ROUND_HALF_UP) if count else None


def _survey(row: SurveyRow) -> Survey:
    return Survey.model_validate(row.model_dump())
