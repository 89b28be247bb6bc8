"""Write-offs: what Finance proposes, who decides, what was taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import ConfigDict, Field

from api.auth import Person, RoleHeader, acting_role, may
from api.deps import Needs
from api.problems import problems
from api.schemas import NO, Body, IdempotencyKey
from domain.words import Words
from store import write_offs
from store.write_offs import Decision, Proposal, WriteOff

router = APIRouter(tags=["核销 write-offs"])
Seer = Annotated[Person, may("see_suspense")]
WriteOffId = Annotated[str, Path(min_length=1, max_length=64, pattern=NO)]
Reason = Words


class ProposalBody(Body):
    """What is to be written off; never more than the principal that is in the book."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{
                "account_no": "L-000123", "amount": "10000.00", "reason": "处置后无可执行财产", "document": "att-1",
            }]
        }
    )  # fmt: skip

    account_no: Annotated[str, Field(min_length=1, max_length=64, pattern=NO)]
    amount: Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=2)]
    reason: Reason
    document: Annotated[str, Field(min_length=1, max_length=64)]


class VerdictBody(Body):
    """approved, refused, or reversed: what was approved is taken back by a correcting entry."""

    verdict: Literal["approved", "refused", "reversed"]
    reason: Reason


@router.get("/write-offs")
def list_write_offs(
    person: Seer, deps: Needs, account_no: Annotated[str | None, Query(max_length=64)] = None
) -> tuple[WriteOff, ...]:
    """Write-offs with their decisions, the newest first."""
    with deps.database.reading() as session:
        return write_offs.write_offs(session, account_no)


@router.post(
    "/write-offs",
    status_code=201,
    responses=problems("unknown_account", "file_invalid", "write_off_open", "command_differs", "role_not_yours"),
)
def propose(
    body: ProposalBody, key: IdempotencyKey, person: Annotated[Person, may("propose_write_off")], deps: Needs,
    role: RoleHeader = None,
) -> WriteOff:  # fmt: skip
    """Propose a write-off, once per key. What the customer owes does not change by it."""
    actor = person.actor(acting_role(person, "propose_write_off", role), "propose_write_off")
    number = write_offs.number_of(person.user, key)
    wanted = Proposal.model_validate({**body.model_dump(), "id": number, "actor": actor, "at": deps.clock.now()})
    with deps.database.session() as session:
        return write_offs.propose(session, wanted, deps.today(), deps.policies)


@router.post(
    "/write-offs/{write_off}/verdict",
    status_code=201,
    responses=problems(
        "unknown_write_off", "own_proposal", "over_limit", "already_decided", "write_off_unfit", "not_written_off",
        "role_not_yours",
    ),
)  # fmt: skip
def decide(
    write_off: WriteOffId, body: VerdictBody, person: Annotated[Person, may("decide_write_off")], deps: Needs,
    role: RoleHeader = None,
) -> WriteOff:  # fmt: skip
    """Decide a write-off, or take it back. Whoever proposed it does not; each role within its authority."""
    actor = person.actor(acting_role(person, "decide_write_off", role), "decide_write_off")
    decision = Decision(verdict=body.verdict, reason=body.reason, actor=actor, at=deps.clock.now())
    limits = {"head_of_finance": deps.settings.write_off_limit}
    with deps.database.session() as session:
        return write_offs.decide(session, write_off, decision, deps.today(), deps.policies, limits)
