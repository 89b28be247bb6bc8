"""Who owns which case: the queue of what nobody owns, staff with what they can and have, absences, key accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session

from activities.distribution import Decided, judged
from api.auth import Me, Person, Reader, RoleHeader, acting_role, may
from api.commanding import Commanding, CommandState
from api.deps import Deps, Needs
from api.problems import problems
from api.schemas import Body, ChangeOwnerBody, Cursor, IdempotencyKey, Limit, Number
from domain.base import Frozen
from domain.distribution import Why
from domain.errors import Refused
from domain.words import Said
from store import absences, owners, staff
from store.absences import Absence
from store.owners import KeyAccount
from store.views import Page

router = APIRouter(tags=["责任人 owners"])
User = Annotated[str, Path(min_length=1, max_length=64)]
Name = Annotated[str, Field(max_length=64)]
WORKS = problems("unknown_staff", "not_entitled")


class QueueLine(Frozen):
    """A case that nobody owns. role: who is to hold it; why: what is missing. rank: below 0 for a key account."""

    case_no: str
    account_no: str
    policy_id: str
    bucket: str | None
    branch: str
    rank: int
    role: str | None
    why: Why | None


class StaffView(Frozen):
    """Somebody who works here. load: open cases they own; away: until when, and who stands in."""

    user: str
    name: str
    roles: tuple[str, ...]
    branch: str
    region: str
    skills: tuple[str, ...]
    capacity: int | None
    load: int
    away_until: date | None = None
    substitute: str | None = None


class ProfileBody(Body):
    """Where somebody works and what they can; "" or null: anywhere, any number of cases."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"branch": "上海分公司", "skills": ["negotiation"], "capacity": 40}]}
    )

    branch: Name = ""
    region: Name = ""
    skills: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")], ...], Field(max_length=20)] = ()
    capacity: Annotated[int, Field(ge=0, le=100_000)] | None = None


class AbsenceBody(Body):
    """From the first to the last day, both included, the substitute does the work."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"first": "2026-03-16", "last": "2026-03-20", "substitute": "li.na", "reason": "年假"}]
        }
    )

    first: date
    last: date
    substitute: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Annotated[Said, Field(max_length=400)]


class EndBody(Body):
    """last: the last day of the absence, earlier or later than planned."""

    last: date


@router.get("/queue", responses=problems("bad_cursor"))
def list_queue(person: Reader, deps: Needs, cursor: Cursor = None, limit: Limit = 50) -> Page[QueueLine]:
    """Open cases that nobody owns, key accounts first (Z3.1b), with the role that is to hold each, and what lacks."""
    with deps.database.reading() as session:
        page = owners.open_cases(session, False, None, cursor, limit)
        return Page(rows=tuple(_lines(session, deps, page.rows)), next=page.next)


@router.post(
    "/queue/{case_no}/take", responses=problems("unknown_case", "not_in_queue", "not_entitled", "owner_differs")
)
async def take_case(
    case_no: Number, key: IdempotencyKey, person: Annotated[Person, may("take_case")], deps: Needs, response: Response,
    role: RoleHeader = None,
) -> CommandState:  # fmt: skip
    """Take a case that nobody owns; for those in the role that the policy wants for it."""
    acting = await run_in_threadpool(_taking_role, deps, case_no, person, role)
    body = ChangeOwnerBody(owner=person.user, reason="taken from the queue", expected="")
    state = await Commanding(deps, person).take(case_no, body, key, acting)
    if state.state == "running":
        response.status_code = 202
        response.headers["Location"] = f"/commands/{key}?case_no={case_no}"
    return state


@router.get("/staff")
def list_staff(person: Reader, deps: Needs) -> list[StaffView]:
    """Everybody who works here, with the cases they own and whether they are away today."""
    with deps.database.reading() as session:
        today = deps.today()
        away = {one.user: one for one in absences.absences_of(session, since=today) if one.first <= today}
        load = {one.user: one.load for one in owners.candidates(session, today)}
        return [_view(one, load, away) for one in staff.list_staff(session) if one.active]


@router.put("/staff/{user}/profile", responses=WORKS)
def change_profile(
    user: User, body: ProfileBody, person: Annotated[Person, may("manage_staff")], deps: Needs
) -> ProfileBody:
    """Where somebody works, what they can, and how many cases they are given at most; for new cases from now on."""
    with deps.database.session() as session:
        member = staff.working(session, user)
        staff.change(session, member.model_copy(update=dict(body)))
    return body


@router.get("/absences")
def list_absences(
    person: Reader, deps: Needs, user: Annotated[str | None, Query(max_length=64)] = None,
    since: Annotated[date | None, Query(description="Those that end then or later; today when absent.")] = None,
) -> list[Absence]:  # fmt: skip
    """Who is away or will be, and who stands in."""
    with deps.database.reading() as session:
        return list(absences.absences_of(session, user, since or deps.today()))


@router.post("/staff/{user}/absences", responses=problems("unknown_staff", "substitute_unfit", "absence_backwards"))
def record_absence(user: User, body: AbsenceBody, key: IdempotencyKey, person: Me, deps: Needs) -> Absence:
    """Somebody is away for a time: entered by themselves or by those who lead; their work comes back afterwards."""
    _may_enter(person, user)
    if body.last < body.first:
        raise Refused("absence_backwards", f"{body.last} is before {body.first}.", "Swap the two days.")
    wanted = Absence(**dict(body), id=key, user=user, by=person.user, at=deps.clock.now())
    with deps.database.session() as session:
        return absences.record_absence(session, wanted)


@router.post("/absences/{absence_id}/end", responses=problems("unknown_absence", "absence_backwards", "not_entitled"))
def end_absence(
    absence_id: Annotated[str, Path(min_length=1, max_length=100)], body: EndBody, person: Me, deps: Needs
) -> Absence:
    """Somebody is back earlier or later than planned."""
    with deps.database.session() as session:
        _may_enter(person, absences.absence(session, absence_id).user)
        return absences.end_absence(session, absence_id, body.last)


@router.get("/key-accounts", responses=problems("bad_cursor"))
def list_key_accounts(person: Reader, deps: Needs, cursor: Cursor = None, limit: Limit = 50) -> Page[KeyAccount]:
    """Accounts that come first in the work: those with the most delinquencies, then the most overdue days (Z3.1a)."""
    with deps.database.reading() as session:
        return owners.key_accounts(session, cursor, limit)


def _may_enter(person: Person, user: str) -> None:
    if person.user != user:
        acting_role(person, "manage_staff", None, person.roles[:1])


def _taking_role(deps: Deps, case_no: str, person: Person, wanted: str | None) -> str:
    with deps.database.reading() as session:
        found = owners.open_cases_named(session, [case_no])
        if not found:
            raise Refused("unknown_case", f"There is no open case {case_no}.", "See GET /queue.")
        line = _lines(session, deps, found)[0]
    if found[0].owner is not None and found[0].owner != person.user:
        raise Refused("not_in_queue", f"{case_no} belongs to somebody.", "Ask for it to be handed over.")
    if line.role is not None and line.role not in person.roles:
        raise Refused("not_entitled", f"{case_no} is to be held by a {line.role}.", f"Permitted: {line.role}.")
    return line.role or acting_role(person, "take_case", wanted)


def _lines(session: Session, deps: Deps, cases: Sequence[owners.OpenCase]) -> list[QueueLine]:
    said = {one.case.case_no: one for one in judged(session, deps.policies, deps.clock.now(), cases)}
    return [_line(case, said.get(case.case_no)) for case in cases]


def _line(case: owners.OpenCase, said: Decided | None) -> QueueLine:
    return QueueLine(
        case_no=case.case_no, account_no=case.account_no, policy_id=case.policy.id, bucket=case.bucket,
        branch=case.branch, rank=case.rank, role=said.given.role if said else None,
        why=said.given.why if said else None,
    )  # fmt: skip


def _view(member: staff.StaffMember, load: dict[str, int], away: dict[str, Absence]) -> StaffView:
    absent = away.get(member.id)
    return StaffView(
        user=member.id, name=member.name, roles=member.roles, branch=member.branch, region=member.region,
        skills=member.skills, capacity=member.capacity, load=load.get(member.id, 0),
        away_until=absent.last if absent else None, substitute=absent.substitute if absent else None,
    )  # fmt: skip
