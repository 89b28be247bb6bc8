"""Who may do what here: the commands open to a person in a case and why others are not, delegations, refusals."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import ConfigDict, Field

from api.auth import Me, Person, Reader, acting_role, may
from api.before_command import must_be_an_answer
from api.deps import Deps, Needs
from api.ladders import ladder_of_pin
from api.permissions import NO_STAFF, PERMISSIONS, STAFF
from api.problems import problems
from api.schemas import Body, IdempotencyKey, Moment, Number
from domain.allowed import Possible, possible
from domain.commands import AnswerStep
from domain.errors import Refused
from domain.events import Actor
from domain.words import Said
from store import cases, delegations
from store.attempts import Attempt, latest_attempts
from store.delegations import Delegation

router = APIRouter(tags=["权限 authority"])
Known = Annotated[str, Path(min_length=1, max_length=100)]
MONTH = timedelta(days=30)


class DelegationBody(Body):
    """from_user: absent for oneself. begins: absent for now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"to_user": "li.na", "role": "general_manager", "ends": "2026-03-21T00:00:00+08:00", "reason": "出差"}
            ]
        }
    )

    from_user: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    to_user: Annotated[str, Field(min_length=1, max_length=64)]
    role: Annotated[str, Field(min_length=1, max_length=64)]
    begins: Moment | None = None
    ends: Moment
    reason: Annotated[Said, Field(max_length=400)]


class RevocationBody(Body):
    reason: Annotated[Said, Field(max_length=400)]


@router.get("/cases/{case_no}/allowed", responses=problems("unknown_case"))
def list_allowed(case_no: Number, person: Reader, deps: Needs) -> list[Possible]:
    """Every command you could give in this case now: allowed, or why not and what would be needed. Nothing is done."""
    with deps.database.reading() as session:
        case = cases.snapshot_of(session, case_no)
    ladder = ladder_of_pin(deps.policies, case.policy) if case and case.policy else None
    if case is None or ladder is None:
        raise Refused("unknown_case", f"There is no case {case_no}.", "")
    found = possible(ladder, case, [_as(person, role) for role in person.roles], deps.clock.now(), _permit)
    return [_answered_here(deps, case_no, one) for one in found]


def _answered_here(deps: Deps, case_no: str, one: Possible) -> Possible:
    """What is answered by a report, with an agency or in a suit is not answered here."""
    if one.do != "answer_step" or not one.allowed or one.step is None or one.outcome is None:
        return one
    try:
        must_be_an_answer(deps, case_no, AnswerStep(step=one.step, outcome=one.outcome), by_visit=False)
    except Refused as refused:
        told = {"code": refused.code, "message": refused.message, "remedy": refused.remedy}
        return one.model_copy(update={"allowed": False, **told})
    return one


def _as(person: Person, role: str) -> tuple[Actor, str | None]:
    return Actor(user=person.user, role=role, authority="dry"), person.stands_for(role)


def _permit(do: str, role: str) -> Refused | None:
    permitted = {str(action): roles for action, roles in PERMISSIONS.items()}.get(do)
    everybody = permitted is not None and STAFF in permitted and role not in NO_STAFF
    if permitted is None or everybody or role in permitted:
        return None
    return Refused("not_entitled", f"{role} is not permitted to {do}.", f"Permitted: {', '.join(permitted)}.")


@router.get("/attempts")
def list_attempts(
    person: Annotated[Person, may("see_attempts")],
    deps: Needs,
    since: Annotated[Moment | None, Query(description="A month ago when absent.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> list[Attempt]:
    """Commands that were refused: who tried what, as which role, and the code of the refusal; the newest first."""
    begin: datetime = since or deps.clock.now() - MONTH
    with deps.database.reading() as session:
        return list(latest_attempts(session, begin, limit))


@router.get("/delegations")
def list_delegations(
    person: Reader,
    deps: Needs,
    since: Annotated[Moment | None, Query(description="Those that end later; now when absent.")] = None,
) -> list[Delegation]:
    """Who acts for whom under which role, and until when; revoked ones included."""
    with deps.database.reading() as session:
        return list(delegations.delegations(session, since or deps.clock.now()))


@router.post("/delegations", responses=problems("not_entitled", "unknown_staff", "delegation_unfit", "command_differs"))
def give_delegation(
    body: DelegationBody, key: IdempotencyKey, person: Annotated[Person, may("delegate")], deps: Needs
) -> Delegation:
    """Somebody acts under one of your roles for a period; it ends by itself and cannot be passed on."""
    giver = body.from_user or person.user
    _may_give(person, giver)
    now = deps.clock.now()
    wanted = Delegation(
        id=key, from_user=giver, to_user=body.to_user, role=body.role, begins=body.begins or now, ends=body.ends,
        reason=body.reason, given_by=person.user, given_at=now,
    )  # fmt: skip
    with deps.database.session() as session:
        return delegations.give(session, wanted, NO_STAFF)


@router.post(
    "/delegations/{delegation_id}/revoke", responses=problems("unknown_delegation", "already_revoked", "not_entitled")
)
def revoke_delegation(delegation_id: Known, body: RevocationBody, person: Me, deps: Needs) -> Delegation:
    """End a delegation now: by whose role it is, by whoever gave it, or by those who lead."""
    with deps.database.session() as session:
        found = delegations.delegation(session, delegation_id)
        if found.given_by != person.user:
            _may_give(person, found.from_user)
        return delegations.revoke(session, delegation_id, person.user, deps.clock.now(), body.reason)


def _may_give(person: Person, giver: str) -> None:
    if person.user != giver:
        acting_role(person, "manage_staff", None, person.roles[:1])
