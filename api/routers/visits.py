"""Visits: planned with a whole team, changed by a substitute, reported by those who went."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session

from api.auth import Person, Reader, RoleHeader, acting_role, may
from api.commanding import Commanding
from api.deps import Deps, Needs
from api.problems import EngineUnavailable, problems
from api.schemas import NO, Body, Cursor, IdempotencyKey, Limit, Number
from domain.case import Case
from domain.commands import AnswerStep, OpenStep
from domain.errors import Refused
from domain.ladder import Ladder
from domain.visits import (
    Held,
    Member,
    VisitPlan,
    VisitStatus,
    check_report,
    check_visit,
    must_be_located,
    substituted,
    visit_asked,
)
from domain.words import Said
from store import staff, visits
from store.cases import snapshot_of
from store.views import Page
from store.visits import NewVisit, Report, Visit

router = APIRouter(tags=["上门 visits"])
VisitId = Annotated[str, Path(pattern=r"^visit-[0-9a-f]{24}$")]
Planner = Annotated[Person, may("plan_visit")]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=NO)]
Note = Annotated[str, Field(max_length=1000)]
RULES = (
    "unknown_case", "unknown_step", "not_a_visit", "locality_unverified", "not_open", "held", "visit_day_past",
    "team_unfit", "team_too_small", "team_incomplete", "credentials_missing", "papers_missing", "safety_missing",
    "not_entitled", "role_not_yours", "role_ambiguous",
)  # fmt: skip


class MemberBody(Body):
    """user: a staff id; role: the one under which they go."""

    user: Name
    role: Name


class PlanBody(Body):
    """Who goes when. credentials, papers, safety: what is taken along and done to be safe, where the policy asks."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{
                "day": "2026-03-12", "credentials": "工作证", "papers": "催收函",
                "team": [{"user": "u-1", "role": "collector"}, {"user": "u-2", "role": "collector"}],
            }]
        }
    )  # fmt: skip

    day: Annotated[date, Field(lt=date(2100, 1, 1))]
    team: Annotated[tuple[MemberBody, ...], Field(min_length=1, max_length=10)]
    credentials: Note = ""
    papers: Note = ""
    safety: Note = ""


class SubstituteBody(Body):
    """Who cannot go, and who goes instead under which role."""

    absent: Name
    user: Name
    role: Name
    reason: Annotated[Said, Field(max_length=1000)]


class ReportBody(Body):
    """What came of it. participants: who went; absent: the whole team. evidence: id of an uploaded document."""

    outcome: Annotated[str, Field(min_length=1, max_length=64)]
    participants: Annotated[tuple[Name, ...], Field(max_length=10)] | None = None
    note: Annotated[str, Field(max_length=4000)] = ""
    evidence: Name | None = None


@router.post("/cases/{case_no}/steps/{step}/visits", status_code=201, responses=problems(*RULES))
def plan_visit(
    case_no: Number, step: Number, body: PlanBody, key: IdempotencyKey, person: Planner, deps: Needs,
    role: RoleHeader = None,
) -> Visit:  # fmt: skip
    """Plan the visit of an open task; an earlier plan of the same task gives way. The same key again: the same plan."""
    visit_id = f"visit-{sha256(f'{person.user}/{case_no}/{step}/{key}'.encode()).hexdigest()[:24]}"
    plan = VisitPlan(
        day=body.day, team=tuple(Member(user=one.user, role=one.role) for one in body.team),
        credentials=body.credentials, papers=body.papers, safety=body.safety,
    )  # fmt: skip
    with deps.database.session() as session:
        known = visits.find_visit(session, visit_id)
        if known is not None:
            return known
        case, ladder = _case(deps, session, case_no)
        acting = _planner(person, ladder, step, role)
        check_visit(ladder, case, step, plan, _held(session), deps.today())
        new = NewVisit(
            id=visit_id, case_no=case_no, account_no=case.account_no, step=step, plan=plan, planned_by=person.user,
            planned_role=acting, planned_at=deps.clock.now(),
        )  # fmt: skip
        visits.plan_visit(session, new)
        return _existing(session, visit_id)


@router.post(
    "/visits/{visit_id}/substitute",
    responses=problems(
        "unknown_visit", "visit_over", "not_in_team", "not_entitled", "substitute_unfit", "team_unfit", "no_substitute",
        "role_ambiguous", "role_not_yours", "case_closed", "engine_unavailable",
    ),
)  # fmt: skip
async def name_substitute(
    visit_id: VisitId, body: SubstituteBody, key: IdempotencyKey, person: Planner, deps: Needs, role: RoleHeader = None
) -> Visit:
    """Somebody else goes in the place of who cannot: named by the head of that role, recorded in the case (Z4.2b)."""
    acting = acting_role(person, "plan_visit", role)
    visit, case, step, plan = await run_in_threadpool(_substituted, deps, visit_id, body, acting)
    command = OpenStep(step=step, note=body.reason)
    if case.step(step).is_open:
        command = AnswerStep(step=step, outcome=case.step(step).outcomes[0], note=body.reason)
    await _must_be_done(Commanding(deps, person), case.case_no, command, key, acting)
    return await run_in_threadpool(_keep_plan, deps, visit.id, plan)


@router.post(
    "/visits/{visit_id}/report",
    responses=problems(
        "unknown_visit", "visit_over", "visit_ahead", "outcome_not_allowed", "not_in_team", "team_too_small",
        "team_incomplete", "locality_unverified", "not_entitled", "not_open", "held", "unknown_attachment",
        "case_closed", "engine_unavailable",
    ),
)  # fmt: skip
async def report_visit(
    visit_id: VisitId, body: ReportBody, key: IdempotencyKey, person: Planner, deps: Needs, role: RoleHeader = None
) -> Visit:
    """Report a planned visit; this answers its task in the case. The same report again changes nothing."""
    visit, went = await run_in_threadpool(_reportable, deps, visit_id, body, person.user)
    if visit.status == "reported":
        return visit  # the same report again
    answer = AnswerStep(
        step=visit.step, outcome=body.outcome, note=body.note, evidence=body.evidence, participants=went
    )
    await _must_be_done(Commanding(deps, person, by_visit=True), visit.case_no, answer, key, role)
    report = Report(
        outcome=body.outcome, participants=went, note=body.note, evidence=body.evidence, by=person.user,
        at=deps.clock.now(),
    )  # fmt: skip
    return await run_in_threadpool(_keep_report, deps, visit.id, report)


@router.get("/visits", responses=problems("bad_cursor"))
def list_visits(
    person: Reader,
    deps: Needs,
    case_no: Annotated[str | None, Query(max_length=64)] = None,
    status: VisitStatus | None = None,
    day: date | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Visit]:
    """Visits by their day."""
    with deps.database.reading() as session:
        return visits.list_visits(session, case_no, status, day, cursor, limit)


async def _must_be_done(
    commanding: Commanding, case_no: str, command: AnswerStep | OpenStep, key: str, role: str | None
) -> None:
    """A command that the case has not answered yet is sent again with the same key."""
    state = await commanding.give(case_no, command, key, role)
    if state.state == "running":
        raise EngineUnavailable("the case has not answered yet")


def _substituted(deps: Deps, visit_id: str, body: SubstituteBody, acting: str) -> tuple[Visit, Case, str, VisitPlan]:
    with deps.database.reading() as session:
        visit = _planned(session, visit_id)
        case, ladder = _case(deps, session, visit.case_no)
        _, ask = visit_asked(ladder, visit.step)
        if ask.substitute is None:
            raise Refused("no_substitute", f"Nobody stands in for others in {visit.step}.", "Plan the visit anew.")
        instead = Member(user=body.user, role=body.role)
        plan = substituted(ladder, visit.plan, body.absent, instead, acting, _held(session))
        return visit, case, ask.substitute, plan


def _reportable(deps: Deps, visit_id: str, body: ReportBody, user: str) -> tuple[Visit, tuple[str, ...]]:
    with deps.database.reading() as session:
        visit = _existing(session, visit_id)
        case, ladder = _case(deps, session, visit.case_no)
    went = body.participants or tuple(member.user for member in visit.plan.team)
    if visit.status == "reported" and (visit.outcome, visit.participants, visit.reported_by) == (
        body.outcome, went, user
    ):  # fmt: skip
        return visit, went
    _must_be_planned(visit)
    if visit.plan.day > deps.today():
        raise Refused("visit_ahead", f"It is planned for {visit.plan.day}.", "Report it when it was made.")
    asked, ask = visit_asked(ladder, visit.step)
    must_be_located(case, ask)
    check_report(asked, visit.step, visit.plan, went, body.outcome)
    return visit, went


def _keep_plan(deps: Deps, visit_id: str, plan: VisitPlan) -> Visit:
    with deps.database.session() as session:
        visits.change_plan(session, visit_id, plan)
        return _existing(session, visit_id)


def _keep_report(deps: Deps, visit_id: str, report: Report) -> Visit:
    with deps.database.session() as session:
        visits.report_visit(session, visit_id, report)
        return _existing(session, visit_id)


def _case(deps: Deps, session: Session, case_no: str) -> tuple[Case, Ladder]:
    case = snapshot_of(session, case_no)
    if case is None or case.policy is None:
        raise Refused("unknown_case", f"There is no case {case_no}.", "Check the case number.")
    return case, deps.policies.ladder(case.policy, case.settings)


def _planner(person: Person, ladder: Ladder, step: str, role: str | None) -> str:
    """A visit is planned by those who are asked for it, or by their head."""
    asked, _ = visit_asked(ladder, step)
    heads = tuple(head for one in asked.roles if (head := ladder.head_of(one)))
    entitled = (*asked.roles, *heads)
    acting = acting_role(person, "plan_visit", role, entitled)
    if acting not in entitled:
        raise Refused("not_entitled", f"{acting} does not plan {step}.", f"Entitled: {', '.join(entitled)}.")
    return acting


def _held(session: Session) -> Held:
    return {member.id: member.roles for member in staff.list_staff(session) if member.active}


def _planned(session: Session, visit_id: str) -> Visit:
    return _must_be_planned(_existing(session, visit_id))


def _must_be_planned(visit: Visit) -> Visit:
    if visit.status != "planned":
        raise Refused("visit_over", f"{visit.id} is {visit.status}.", "See GET /visits.")
    return visit


def _existing(session: Session, visit_id: str) -> Visit:
    found = visits.find_visit(session, visit_id)
    if found is None:
        raise Refused("unknown_visit", f"There is no visit {visit_id}.", "See GET /visits.")
    return found
