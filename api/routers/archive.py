"""The archive: what may be destroyed, what Legal holds, what was destroyed by whom."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from activities.retention import retention_of
from api.auth import Person, Reader, RoleHeader, acting_role, may
from api.deps import Deps, Needs
from api.permissions import Action
from api.problems import problems
from api.schemas import NO, Body, IdempotencyKey, Limit, Number
from domain.retention import RetentionPack
from domain.words import Words
from store import retention
from store.retention import Act, Destroyable, Destruction, LegalHold

router = APIRouter(tags=["档案 archive"])
Reason = Words
Lawyer = Annotated[Person, may("hold_archive")]


class HoldBody(Body):
    """A case of which nothing may be destroyed, and why."""

    case_no: Annotated[str, Field(min_length=1, max_length=64, pattern=NO)]
    reason: Reason


class ReasonBody(Body):
    """Why."""

    reason: Reason


@router.get("/archive/retention", responses=problems("no_retention"))
def get_periods(person: Reader, deps: Needs) -> RetentionPack:
    """How long each kind of document is kept after its case was closed, with the source of each period."""
    return _periods(deps)


@router.get("/archive/destroyable", responses=problems("no_retention"))
def list_destroyable(
    person: Reader, deps: Needs, limit: Limit = 50,
    on: Annotated[date | None, Query(description="The day asked about; today when absent.")] = None,
) -> tuple[Destroyable, ...]:  # fmt: skip
    """Documents that may be destroyed on a day: out of their period, of closed cases, under no legal hold."""
    with deps.database.reading() as session:
        return retention.destroyable(session, on or deps.today(), _periods(deps), limit)


@router.get("/archive/destroyed")
def list_destroyed(person: Reader, deps: Needs, limit: Limit = 50) -> tuple[Destruction, ...]:
    """What was destroyed, by whom, why, with the hash that it had."""
    with deps.database.reading() as session:
        return retention.destructions(session, limit)


@router.post(
    "/documents/{number}/destruction",
    status_code=201,
    responses=problems("unknown_document", "to_be_kept", "legal_hold", "no_retention", "role_not_yours"),
)
def destroy(
    number: Number, body: ReasonBody, person: Annotated[Person, may("destroy_document")], deps: Needs,
    role: RoleHeader = None,
) -> Destruction:  # fmt: skip
    """Destroy the content of a document for good; its number, kind and hash stay. Nothing is destroyed by itself."""
    act = _act(deps, person, "destroy_document", role, number, body.reason)
    with deps.database.session() as session:
        return retention.destroy(session, number, act, deps.today(), _periods(deps))


@router.get("/archive/legal-holds")
def list_holds(
    person: Reader, deps: Needs, case_no: Annotated[str | None, Query(max_length=64)] = None
) -> tuple[LegalHold, ...]:
    """Legal holds, also those that were lifted."""
    with deps.database.reading() as session:
        return retention.holds(session, case_no)


@router.post(
    "/archive/legal-holds", status_code=201, responses=problems("unknown_case", "command_differs", "role_not_yours")
)
def hold(body: HoldBody, key: IdempotencyKey, person: Lawyer, deps: Needs, role: RoleHeader = None) -> LegalHold:
    """Keep everything of a case from destruction, with a reason."""
    number = f"hold-{sha256(f'{person.user}/{key}'.encode()).hexdigest()[:16]}"
    act = _act(deps, person, "hold_archive", role, number, body.reason)
    with deps.database.session() as session:
        return retention.hold(session, body.case_no, act)


@router.post("/archive/legal-holds/{hold_id}/end", responses=problems("unknown_legal_hold", "role_not_yours"))
def lift(hold_id: Number, body: ReasonBody, person: Lawyer, deps: Needs, role: RoleHeader = None) -> LegalHold:
    """Lift a legal hold, with a reason."""
    act = _act(deps, person, "hold_archive", role, hold_id, body.reason)
    with deps.database.session() as session:
        return retention.lift(session, act)


def _periods(deps: Deps) -> RetentionPack:
    return retention_of(deps.settings.retention_path, deps.today())


def _act(deps: Deps, person: Person, action: Action, role: str | None, number: str, reason: str) -> Act:
    actor = person.actor(acting_role(person, action, role), action)
    return Act(id=number, reason=reason, actor=actor, at=deps.clock.now())
