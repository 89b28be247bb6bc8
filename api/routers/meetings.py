"""Meetings, reviews, audits and trainings: agenda, minutes, and decisions that act on cases or ask somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from activities.meetings import agenda_for, carry_out, faults_of
from api.auth import Person, may
from api.commanding import Commanding
from api.deps import Deps, Needs
from api.permissions import Action
from api.problems import problems
from api.schemas import NO, Body, Cursor, IdempotencyKey, Limit
from domain.commands import AnswerStep, OpenStep
from domain.errors import Invalid, Problem, Refused
from domain.events import Actor
from domain.meeting import (
    REVIEWS,
    AgendaItem,
    CaseDecision,
    DecisionBody,
    Meeting,
    MeetingDecision,
    MeetingKind,
    Trained,
    authority_of,
)
from domain.words import Said
from store import documents, meetings, staff, surveys
from store.meetings import Training
from store.surveys import Contentment
from store.views import Page

router = APIRouter(tags=["会议与检查 meetings"])
MeetingId = Annotated[str, Path(max_length=64, pattern=r"^meeting-[0-9]{4}-[0-9]+$")]
Seer = Annotated[Person, may("see_meetings")]
Member = Annotated[Person, may("hold_meeting")]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=NO)]
NameQuery = Annotated[str, Query(max_length=64)]
Day = Annotated[date, Field(lt=date(2100, 1, 1))]
AHEAD: Final = timedelta(days=366)  # so long before it a meeting may be called
BACK: Final = timedelta(days=3660)  # so long ago it may have been


class MeetingBody(Body):
    """A meeting as it is entered. agenda: absent: what is asked of the role now, and the last report to it.

    role: under which it decides; yours. first, last: the period that a review or an audit looks at.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{
                "kind": "committee", "policy": "leasing", "role": "review_committee", "day": "2026-03-31",
                "title": "三月评审会", "participants": ["u-1", "u-2", "u-3"],
            }]
        }
    )  # fmt: skip

    kind: MeetingKind
    policy: Name
    role: Name
    day: Day
    title: Annotated[Said, Field(max_length=200)]
    agenda: Annotated[tuple[AgendaItem, ...], Field(max_length=200)] | None = None
    participants: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    minutes: Name | None = None
    first: Day | None = None
    last: Day | None = None
    trained: Annotated[tuple[Trained, ...], Field(max_length=100)] = ()


class MinutesBody(Body):
    """Id of the uploaded minutes."""

    document: Name


class DecideBody(Body):
    """One decision: `case` acts on a case, `propose` a change of policy or text, `resolve` and `find` ask somebody."""

    decision: Annotated[DecisionBody, Field(discriminator="do")]


class MeetingView(BaseModel):
    """A meeting with what was decided. satisfaction: of the customers in the period of a review (U4.2b)."""

    meeting: Meeting
    decisions: tuple[MeetingDecision, ...]
    satisfaction: tuple[Contentment, ...]


@dataclass(frozen=True)
class InSession(Person):
    """A person who speaks for a meeting: what they give to a case is done under its authority."""

    meeting: str = ""

    def actor(self, role: str, action: Action) -> Actor:
        authority = authority_of(self.meeting)
        self.under(role, action)
        if self.act is not None:
            self.act.authority = authority
        return Actor(user=self.user, role=role, authority=authority)


@router.get("/meetings/agenda")
def get_agenda(policy: NameQuery, role: NameQuery, person: Seer, deps: Needs) -> tuple[AgendaItem, ...]:
    """What a meeting of this role would have to talk about now."""
    with deps.database.reading() as session:
        return agenda_for(session, policy, role, deps.today())


@router.post("/meetings", status_code=201, responses=problems("invalid", "not_a_member", "command_differs"))
def enter_meeting(body: MeetingBody, key: IdempotencyKey, person: Member, deps: Needs) -> Meeting:
    """Enter a meeting, review, audit or training once per key; every fault at once."""
    with deps.database.session() as session:
        found = list(_faults(deps, session, body))
        if found:
            raise Invalid(found)
        _must_be_of_it(person, body.role)
        agenda = agenda_for(session, body.policy, body.role, deps.today()) if body.agenda is None else body.agenda
        known = {name: getattr(body, name) for name in MeetingBody.model_fields if name != "agenda"}
        attended = tuple(dict.fromkeys((*body.participants, *(one.user for one in body.trained))))
        wanted = Meeting(
            **{**known, "participants": attended}, id="", key=f"{person.user}/{key}", agenda=agenda,
            entered_by=person.user, at=deps.clock.now(),
        )  # fmt: skip
        return meetings.add_meeting(session, wanted)


@router.get("/meetings", responses=problems("bad_cursor"))
def list_meetings(
    person: Seer, deps: Needs, kind: MeetingKind | None = None,
    policy: Annotated[str | None, Query(max_length=64)] = None, cursor: Cursor = None, limit: Limit = 50,
) -> Page[Meeting]:  # fmt: skip
    """Meetings by their number."""
    with deps.database.reading() as session:
        return meetings.list_meetings(session, kind, policy, cursor, limit)


@router.get("/meetings/{meeting_id}", responses=problems("unknown_meeting"))
def get_meeting(meeting_id: MeetingId, person: Seer, deps: Needs) -> MeetingView:
    """A meeting, what it decided and what became of that."""
    with deps.database.reading() as session:
        found = meetings.get_meeting(session, meeting_id)
        content: tuple[Contentment, ...] = ()
        if found.kind in REVIEWS and found.first is not None and found.last is not None:
            content = surveys.contentment(session, found.first, found.last, deps.time_zone)
        return MeetingView(meeting=found, decisions=meetings.decisions_of(session, meeting_id), satisfaction=content)


@router.put(
    "/meetings/{meeting_id}/minutes",
    responses=problems("unknown_meeting", "unknown_attachment", "not_a_member", "already_answered", "meeting_ahead"),
)
def keep_minutes(meeting_id: MeetingId, body: MinutesBody, person: Member, deps: Needs) -> Meeting:
    """The minutes of a meeting that took place, once."""
    with deps.database.session() as session:
        meeting = meetings.get_meeting(session, meeting_id)
        _must_be_of_it(person, meeting.role)
        if meeting.day > deps.today():
            raise Refused("meeting_ahead", f"{meeting_id} is on {meeting.day}.", "Enter its minutes when it was held.")
        if documents.get_attachment(session, body.document) is None:
            raise Refused("unknown_attachment", f"There is no attachment {body.document}.", "")
        return meetings.keep_minutes(session, meeting_id, body.document)


@router.post(
    "/meetings/{meeting_id}/decisions", status_code=201,
    responses=problems(
        "unknown_meeting", "not_a_member", "meeting_ahead", "command_differs", "invalid", "engine_unavailable",
    ),
)  # fmt: skip
async def decide(
    meeting_id: MeetingId, body: DecideBody, key: IdempotencyKey, person: Member, deps: Needs
) -> MeetingDecision:
    """Enter a decision once per key. What the case refuses is shown as refused with its code; nothing is half done."""
    meeting, entered = await run_in_threadpool(_entered, deps, person, meeting_id, body.decision, key)
    if not isinstance(entered.body, CaseDecision) or entered.status != "open":
        return entered
    return await _given(deps, person, meeting, entered, entered.body)


@router.get("/trainings")
def list_trainings(
    person: Seer, deps: Needs, user: Annotated[str | None, Query(max_length=64)] = None
) -> tuple[Training, ...]:
    """Who was trained or assessed, in what, when and with which result (MA4.3, MB4.1b)."""
    with deps.database.reading() as session:
        return meetings.trainings(session, user)


def _entered(
    deps: Deps, person: Person, meeting_id: str, body: DecisionBody, key: str
) -> tuple[Meeting, MeetingDecision]:
    with deps.database.session() as session:
        meeting = meetings.get_meeting(session, meeting_id)
        _must_be_of_it(person, meeting.role)
        if meeting.day > deps.today():
            raise Refused("meeting_ahead", f"{meeting_id} is on {meeting.day}.", "Enter its decisions on the day.")
        if not isinstance(body, CaseDecision):
            found = list(faults_of(session, deps.policies, body, deps.today()))
            if found:
                raise Invalid(found)
        wanted = MeetingDecision(
            meeting=meeting_id, no=0, key=f"{person.user}/{key}", body=body, status="open", actor_user=person.user,
            actor_role=meeting.role, at=deps.clock.now(),
        )  # fmt: skip
        entered = meetings.enter_decision(session, wanted)
        return meeting, carry_out(session, deps.policies, meeting, entered)


async def _given(
    deps: Deps, person: Person, meeting: Meeting, entered: MeetingDecision, body: CaseDecision
) -> MeetingDecision:
    """The command of the decision; its id is that of the decision, so that it is carried out once."""
    speaker = InSession(
        user=person.user, roles=person.roles, name=person.name, login=person.login, act=person.act,
        deputy=person.deputy, meeting=meeting.id,
    )  # fmt: skip
    command = body.command
    if not isinstance(command, OpenStep | AnswerStep):
        pass
    elif command.present is not None and command.present > len(meeting.participants):
        return await run_in_threadpool(_settled, deps, entered, "vote_impossible", None)
    elif command.evidence is None and meeting.minutes is not None:
        command = command.model_copy(update={"evidence": meeting.minutes})
    try:
        name = f"{meeting.id}:{entered.no}"
        state = await Commanding(deps, speaker).give(body.case_no, command, name, meeting.role)
    except Refused as refusal:
        return await run_in_threadpool(_settled, deps, entered, refusal.code, None)
    if state.state == "running":
        return entered  # sent again with the same key it is found out
    return await run_in_threadpool(_settled, deps, entered, state.code or "", state.first_seq)


def _settled(deps: Deps, entered: MeetingDecision, code: str, seq: int | None) -> MeetingDecision:
    with deps.database.session() as session:
        return meetings.decided(session, entered, "refused" if code else "applied", code, seq)


def _must_be_of_it(person: Person, role: str) -> None:
    if role not in person.roles:
        raise Refused("not_a_member", f"This meeting decides as {role}.", "Somebody in that role enters it.")


def _faults(deps: Deps, session: Session, body: MeetingBody) -> Iterator[Problem]:
    known = (*deps.policies.ids, *deps.policies.layers)
    if body.policy not in known:
        yield Problem("policy", f"there is no policy {body.policy}", f"one of: {', '.join(known)}")
    if body.role not in deps.policies.roles:
        yield Problem("role", f"there is no role {body.role}", "name a role of a policy or layer in use")
    working = {one.id for one in staff.list_staff(session) if one.active and not one.agency}
    named = [("participants", one) for one in body.participants] + [("trained", one.user) for one in body.trained]
    for place, user in named:
        if user not in working:
            yield Problem(place, f"there is no member of staff {user}", "name staff ids")
    if len({one.user for one in body.trained}) != len(body.trained):
        yield Problem("trained", "somebody stands twice", "name each once")
    if (body.kind == "training") != bool(body.trained):
        yield Problem("trained", "a training says who was trained, no other meeting does", "correct kind or trained")
    if (body.first is None) != (body.last is None) or (body.first and body.last and body.last < body.first):
        yield Problem("last", "the period has no first and last day in order", "give both, or neither")
    yield from _faults_of_days(body, deps.today())
    if body.minutes is not None and documents.get_attachment(session, body.minutes) is None:
        yield Problem("minutes", f"there is no attachment {body.minutes}", "upload it with POST /attachments first")


def _faults_of_days(body: MeetingBody, today: date) -> Iterator[Problem]:
    if not today - BACK <= body.day <= today + AHEAD:
        yield Problem("day", f"{body.day} is a slip of the pen", f"from {today - BACK} to {today + AHEAD}")
    if body.day > today and (body.minutes is not None or body.trained):
        yield Problem("day", f"{body.day} is to come, and there is a result already", "name the day it was held")
