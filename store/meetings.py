"""Records of meetings, reviews, audits and trainings, with their decisions, each entered once."""

from __future__ import annotations

from datetime import date
from json import dumps, loads

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Refused
from domain.meeting import DecisionStatus, Meeting, MeetingDecision, MeetingKind, Trained
from store.account_facts import split
from store.asks import asks_for_roles
from store.dialect import inserted, take_turns
from store.documents import claim_number
from store.paging import behind, decode, encode
from store.portfolio import reports
from store.tables import CaseRow, MeetingDecisionRow, MeetingRow, TrainingRow
from store.views import AskLine, Page, Report

ORDER = "meeting"
ALL_OF_A_DAY = 200


class Training(Frozen):
    """What one member of staff was trained in, or assessed for."""

    meeting: str
    user: str
    topic: str
    day: date
    passed: bool
    result: str


def add_meeting(session: Session, meeting: Meeting) -> Meeting:
    """Enter a meeting once per key; its id is the next number. Refused "command_differs"."""
    known = session.scalar(select(MeetingRow).where(col(MeetingRow.key) == meeting.key))
    if known is not None:
        found = _meeting(session, known)
        if (found.kind, found.policy, found.day, found.title) != (
            meeting.kind, meeting.policy, meeting.day, meeting.title,
        ):  # fmt: skip
            raise Refused("command_differs", f"The id {meeting.key} belongs to another meeting.", "Use a new id.")
        return found
    number = claim_number(session, "meeting", meeting.at.year).text
    values = meeting.model_dump(exclude={"trained", "policy", "agenda", "id"}) | {
        "id": number, "policy_id": meeting.policy, "participants": ",".join(meeting.participants),
        "agenda": dumps([item.model_dump() for item in meeting.agenda], ensure_ascii=False),
    }  # fmt: skip
    session.execute(insert(MeetingRow).values(**values))
    for one in meeting.trained:
        known_as = {"meeting": number, "topic": meeting.title, "day": meeting.day}
        session.execute(insert(TrainingRow).values(**one.model_dump(), **known_as))
    return meeting.model_copy(update={"id": number})


def get_meeting(session: Session, meeting_id: str) -> Meeting:
    """One meeting. Refused "unknown_meeting"."""
    row = session.get(MeetingRow, meeting_id, populate_existing=True)
    if row is None:
        raise Refused("unknown_meeting", f"There is no meeting {meeting_id}.", "See GET /meetings.")
    return _meeting(session, row)


def keep_minutes(session: Session, meeting_id: str, document: str) -> Meeting:
    """The minutes, once. Refused: unknown_meeting, already_answered."""
    found = get_meeting(session, meeting_id)
    if found.minutes not in (None, document):
        raise Refused("already_answered", f"{meeting_id} has its minutes.", "Correct them in the next meeting.")
    session.execute(update(MeetingRow).where(col(MeetingRow.id) == meeting_id).values(minutes=document))
    return found.model_copy(update={"minutes": document})


def list_meetings(
    session: Session, kind: MeetingKind | None = None, policy: str | None = None, cursor: str | None = None,
    limit: int = 50,
) -> Page[Meeting]:  # fmt: skip
    """Meetings by their number."""
    m = MeetingRow
    query = select(m).order_by(col(m.id)).limit(limit + 1)
    if kind is not None:
        query = query.where(col(m.kind) == kind)
    if policy is not None:
        query = query.where(col(m.policy_id) == policy)
    if cursor is not None:
        query = query.where(behind((col(m.id),), decode(ORDER, cursor, (str,))))
    rows = list(session.scalars(query))
    page = tuple(_meeting(session, row) for row in rows[:limit])
    return Page(rows=page, next=encode(ORDER, (page[-1].id,)) if len(rows) > limit else None)


def enter_decision(session: Session, decision: MeetingDecision) -> MeetingDecision:
    """Enter a decision once per key and give it the next number of its meeting. Refused "command_differs"."""
    d = MeetingDecisionRow
    take_turns(session, f"meeting {decision.meeting}")
    known = session.scalar(select(d).where(col(d.key) == decision.key))
    if known is not None:
        found = _decision(known)
        if (found.meeting, found.body) != (decision.meeting, decision.body):
            raise Refused("command_differs", f"The id {decision.key} belongs to another decision.", "Use a new id.")
        return found
    last = session.scalar(select(func.max(col(d.no))).where(col(d.meeting) == decision.meeting)) or 0
    entered = decision.model_copy(update={"no": last + 1})
    inserted(session, d, entered.model_dump(exclude={"body"}) | {"body": entered.body.model_dump_json()})
    return entered


def decided(
    session: Session, decision: MeetingDecision, status: DecisionStatus, code: str = "", seq: int | None = None,
    errand: str | None = None,
) -> MeetingDecision:  # fmt: skip
    """What became of a decision that was still open; what is settled stays as it is."""
    d = MeetingDecisionRow
    values = {"status": status, "code": code, "seq": seq, "errand": errand}
    still = (col(d.meeting) == decision.meeting, col(d.no) == decision.no, col(d.status) == "open")
    session.execute(update(d).where(*still).values(**values))
    return _decision(session.get_one(d, (decision.meeting, decision.no), populate_existing=True))


def decisions_of(session: Session, meeting_id: str) -> tuple[MeetingDecision, ...]:
    """Everything that was decided, in order."""
    d = MeetingDecisionRow
    rows = session.scalars(select(d).where(col(d.meeting) == meeting_id).order_by(col(d.no)))
    return tuple(_decision(row) for row in rows)


def trainings(session: Session, user: str | None = None) -> tuple[Training, ...]:
    """Who was trained, by day; of one person, or of all."""
    t = TrainingRow
    query = select(t).order_by(col(t.day), col(t.meeting), col(t.user))
    rows = session.scalars(query if user is None else query.where(col(t.user) == user))
    return tuple(Training.model_validate(row.model_dump()) for row in rows)


def waiting_for(session: Session, policy: str, role: str, as_of: date) -> tuple[tuple[AskLine, ...], Report | None]:
    """What cases of a policy ask of a role now, and the last report that was issued to it."""
    asked = asks_for_roles(session, (role,), as_of, limit=ALL_OF_A_DAY).rows
    names = {line.case_no for line in asked}
    query = select(col(CaseRow.case_no)).where(col(CaseRow.case_no).in_(names), col(CaseRow.policy_id) == policy)
    ours = set(session.scalars(query))
    last = next((one for one in reports(session, 500) if role in (*one.to, *one.copy_to)), None)
    return tuple(line for line in asked if line.case_no in ours), last


def _meeting(session: Session, row: MeetingRow) -> Meeting:
    t = TrainingRow
    found = session.scalars(select(t).where(col(t.meeting) == row.id).order_by(col(t.user)))
    trained = tuple(Trained(user=one.user, passed=one.passed, result=one.result) for one in found)
    lists = {"agenda": loads(row.agenda), "participants": split(row.participants), "trained": trained}
    return Meeting.model_validate({**row.model_dump(exclude={"policy_id"}), **lists, "policy": row.policy_id})


def _decision(row: MeetingDecisionRow) -> MeetingDecision:
    return MeetingDecision.model_validate({**row.model_dump(), "body": loads(row.body)})
