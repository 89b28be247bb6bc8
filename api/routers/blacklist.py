"""The blacklist: who is on it and why, entries that Risk confirms, removals by its head."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field

from api.auth import Person, Reader, RoleHeader, acting_role, may
from api.deps import Needs
from api.problems import problems
from api.schemas import NO, Body, IdempotencyKey, Limit, Number
from domain.words import Words
from store import blacklist
from store.blacklist import Listing
from store.customer_marks import CustomerMark

router = APIRouter(tags=["黑名单 blacklist"])
Reason = Words
REFUSALS = problems("command_differs", "role_not_yours", "role_ambiguous")


class EntryBody(Body):
    """Why a customer is listed. until: the last day; absent: until removed. case_no: what it comes from."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "恶意欠款", "case_no": "L-000123-1"}]})

    reason: Reason
    until: date | None = None
    case_no: Annotated[str, Field(min_length=1, max_length=64, pattern=NO)] | None = None


class RemovalBody(Body):
    """Why a customer is taken off the blacklist."""

    reason: Reason


@router.get("/blacklist")
def list_blacklist(
    person: Reader,
    deps: Needs,
    after: Annotated[str, Query(max_length=64, description="The last customer of the page before.")] = "",
    limit: Limit = 50,
) -> tuple[Listing, ...]:
    """Everybody who is or was on it, with reasons, source, end and history; entries of cases and layers included."""
    with deps.database.reading() as session:
        return blacklist.blacklist(session, deps.today(), after, limit)


@router.post(
    "/customers/{party_id}/blacklist", status_code=201, responses={**REFUSALS, **problems("file_invalid")}
)  # fmt: skip
def enter(
    party_id: Number, body: EntryBody, key: IdempotencyKey, person: Annotated[Person, may("list_customer")],
    deps: Needs, role: RoleHeader = None,
) -> Listing:  # fmt: skip
    """Put a customer on the blacklist; whoever of Risk enters it confirms it (L8.1, M8.2a, MA5.3a)."""
    mark = CustomerMark(
        key=key, party_id=party_id, kind="blacklist", value="listed", reason=body.reason, until=body.until,
        case_no=body.case_no, actor_user=person.user, actor_role=acting_role(person, "list_customer", role),
        at=deps.clock.now(),
    )  # fmt: skip
    with deps.database.session() as session:
        return blacklist.enter(session, mark, deps.today())


@router.post(
    "/customers/{party_id}/blacklist/removal",
    status_code=201,
    responses=problems("not_listed", "command_differs", "role_not_yours", "role_ambiguous"),
)
def remove(
    party_id: Number, body: RemovalBody, key: IdempotencyKey, person: Annotated[Person, may("unlist_customer")],
    deps: Needs, role: RoleHeader = None,
) -> Listing:  # fmt: skip
    """Take a customer off the blacklist, with a reason; what was entered stays in the history."""
    mark = CustomerMark(
        key=key, party_id=party_id, kind="blacklist", value="removed", reason=body.reason, actor_user=person.user,
        actor_role=acting_role(person, "unlist_customer", role), at=deps.clock.now(),
    )  # fmt: skip
    with deps.database.session() as session:
        return blacklist.remove(session, mark, deps.today())
