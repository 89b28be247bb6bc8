"""Duties of a layer that a person opens: a sudden event on an account, with or without a case."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import ConfigDict, Field

from activities.by_hand import open_duty, openers_of
from api.auth import Person, RoleHeader, acting_role, may
from api.deps import Deps, Needs
from api.problems import problems
from api.schemas import Body, IdempotencyKey
from domain.errors import Refused
from domain.evidence import ByHand
from domain.words import Said
from store.attempts import Attempt, keep_attempt
from store.errands import Errand

router = APIRouter(tags=["突发事件 duties"])
Name = Annotated[str, Field(min_length=1, max_length=64)]
REFUSALS = problems(
    "unknown_account", "unknown_duty", "not_for_this_account", "not_entitled", "role_not_yours", "role_ambiguous",
    "since_impossible", "unknown_attachment",
)  # fmt: skip


class EventBody(Body):
    """A sudden event. since: its day. evidence: id of an attachment."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_no": "L-000001", "layer": "servicing", "duty": "sudden_event", "since": "2026-03-09",
                    "reason": "承租人厂房失火",
                }
            ]
        }
    )  # fmt: skip

    account_no: Name
    layer: Name
    duty: Name
    since: date
    reason: Annotated[Said, Field(max_length=2000)]
    evidence: Annotated[str, Field(min_length=1, max_length=100)] | None = None


@router.post("/errands", responses=REFUSALS)
async def open_by_hand(
    body: EventBody, key: IdempotencyKey, person: Annotated[Person, may("open_duty")], deps: Needs,
    role: RoleHeader = None,
) -> Errand:  # fmt: skip
    """Report a sudden event (P4.4): it opens a duty with a deadline and escalation; once per Idempotency-Key."""
    try:
        openers = openers_of(deps.policies, body.layer, body.duty)
        acting = acting_role(person, "open_duty", role, openers)
        report = ByHand(
            step=body.duty, since=body.since, reason=body.reason, evidence=body.evidence,
            actor=person.actor(acting, "open_duty"), command_id=key,
        )  # fmt: skip
        now = deps.clock.now()
        return await run_in_threadpool(
            open_duty, deps.database, deps.policies, body.account_no, body.layer, report, now
        )
    except Refused as refusal:
        if refusal.code != "unknown_account":
            await run_in_threadpool(_attempted, deps, person, body.account_no, key, refusal.code)
        raise


def _attempted(deps: Deps, person: Person, account_no: str, key: str, code: str) -> None:
    attempt = Attempt(id=key, case_no=account_no, actor=person.user, kind="open_duty", code=code, at=deps.clock.now())
    with deps.database.session() as session:
        keep_attempt(session, attempt)
