"""Click to dial from an open task, and what the dialler reports of a call."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ConfigDict, Field

from activities.calls import Dial
from api.auth import Me, Person, Reader, RoleHeader, acting_role, may
from api.cases import NotRunning, StillRunning
from api.commanding import Commanding, CommandState, found_in_record
from api.deps import Deps, Needs
from api.problems import EngineUnavailable, problems
from api.quality import attach_recorded, dialler_of
from api.schemas import Body, Cursor, IdempotencyKey, Limit, Number
from api.sharing import share
from api.signed import posted, signed
from domain.calls import CallStatus
from domain.commands import Command, CorrectEntry, RecordContact
from domain.errors import Refused
from domain.events import Actor, ContactResult
from domain.evidence import Attitude, Reason
from gateways.voice import CallEvent
from store import calls, cases
from store.calls import Call
from store.views import Page

router = APIRouter(tags=["通话 calls"])
CallId = Annotated[str, Path(pattern=r"^call-[0-9a-f]{24}$")]
SCHEMA = posted(CallEvent)
REFUSALS = problems(
    "unknown_case", "unknown_step", "not_a_call", "not_open", "held", "not_entitled", "role_not_yours",
    "role_ambiguous", "unknown_party", "no_phone", "contact_postponed", "contact_barred", "number_refused",
    "gateway_unavailable",
)  # fmt: skip


class DialBody(Body):
    """agent: your extension at the dialler; it rings there first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"agent": "8001"}]})

    agent: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class ResultBody(Body):
    """What was learned in a call; its duration is that of the dialler. outcome: when somebody else answered."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"willingness": "willing", "ability": "partly"}]})

    outcome: Literal["contacted", "not_reached", "wrong_number"] | None = None
    reason: Reason | None = None
    willingness: Literal["willing", "unwilling", "unclear"] | None = None
    ability: Literal["able", "partly", "unable", "unclear"] | None = None
    attitude: Attitude | None = None
    follow_up: date | None = None
    costs_stated: bool = False
    promise_amount: Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=2)] | None = None
    promise_date: date | None = None
    note: Annotated[str, Field(max_length=4000)] = ""


async def _event(request: Request, deps: Needs) -> CallEvent:
    return await signed(request, deps, CallEvent)


@router.post("/cases/{case_no}/steps/{step}/calls", status_code=201, responses=REFUSALS)
async def dial(
    case_no: Number,
    step: Number,
    body: DialBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("dial")],
    deps: Needs,
    role: RoleHeader = None,
) -> Call:
    """Call the debtor from an open task. The contact gate is asked first; the same key again is the same call."""
    acting = await run_in_threadpool(_role, deps, person, case_no, step, role)
    wanted = Dial(key=key, case_no=case_no, step=step, agent=body.agent, user=person.user, role=acting)
    return await dialler_of(deps).dial(wanted, deps.clock.now())


@router.post(
    "/calls/events", status_code=202, openapi_extra=SCHEMA,
    responses=problems("signature_refused", "unknown_call", "engine_unavailable"),
)  # fmt: skip
async def take_event(event: Annotated[CallEvent, Depends(_event)], deps: Needs) -> Call:
    """What the dialler reports, at least once and in any order; when a call is over it becomes a contact record."""
    call = await run_in_threadpool(dialler_of(deps).take, event)
    if call.outcome is not None and call.contact_seq is None:
        call = await _record(deps, call)
    if event.recording is not None and call.contact_seq:
        await run_in_threadpool(attach_recorded, deps, call, event.recording)
    return call


@router.post(
    "/calls/{call_id}/result",
    responses=problems("unknown_call", "call_not_over", "not_entitled", "case_closed", "engine_unavailable"),
)
async def report_result(
    call_id: CallId, body: ResultBody, key: IdempotencyKey, person: Me, deps: Needs
) -> CommandState:
    """What was learned, by the one who called: completes the contact record that the dialler began."""
    call = await run_in_threadpool(_own, deps, person, call_id)
    if not call.contact_seq or call.outcome is None:
        raise Refused("call_not_over", f"{call_id} has no contact record.", "Wait until the call has ended.")
    learned = body.model_dump(exclude={"outcome"})
    contact = ContactResult(outcome=body.outcome or call.outcome, duration=call.duration, **learned)
    entry = CorrectEntry(seq=call.contact_seq, reason=call_id, contact=contact)
    return await Commanding(deps, person).give(call.case_no, entry, key, call.role)


@router.get("/calls", responses=problems("bad_cursor"))
def list_calls(
    person: Reader,
    deps: Needs,
    case_no: Annotated[str | None, Query(max_length=64)] = None,
    collector: Annotated[str | None, Query(max_length=64, description="Calls of this member of staff.")] = None,
    status: CallStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Call]:
    """Calls with their times and results, the newest first."""
    with deps.database.reading() as session:
        return calls.list_calls(session, case_no, collector, status, cursor, limit)


async def _record(deps: Deps, call: Call) -> Call:
    """The contact record of a call, once: by the one who called, with the duration and result of the dialler."""
    if call.outcome is None:
        return call
    contact = ContactResult(outcome=call.outcome, duration=call.duration)
    actor = Actor(user=call.collector, role=call.role, authority="permission:dial")
    command_id = f"call:{call.id}"
    known = await run_in_threadpool(found_in_record, deps, command_id)
    seq = known.first_seq if known else None
    if seq is None:
        try:
            command = Command(id=command_id, actor=actor, body=RecordContact(contact=contact))
            seq = (await deps.cases.send(call.case_no, command, deps.limits.command_seconds)).first_seq
        except StillRunning:
            raise EngineUnavailable("the case has not answered yet") from None  # the dialler reports it again
        except (NotRunning, Refused):
            seq = 0  # the case is closed, or runs under a policy in which the caller has no part
    if seq:
        await share(deps, call.case_no, command_id)
    await run_in_threadpool(_recorded, deps, call, seq)
    return call.model_copy(update={"contact_seq": seq})


def _recorded(deps: Deps, call: Call, seq: int) -> None:
    with deps.database.session() as session:
        calls.recorded_as(session, call, seq)


def _own(deps: Deps, person: Person, call_id: str) -> Call:
    with deps.database.reading() as session:
        call = calls.find_call(session, call_id)
    if call is None:
        raise Refused("unknown_call", f"There is no call {call_id}.", "See GET /calls.")
    if call.collector != person.user:
        raise Refused("not_entitled", "Somebody else made this call.", "It is reported by who made it.")
    return call


def _role(deps: Deps, person: Person, case_no: str, step: str, role: str | None) -> str:
    with deps.database.reading() as session:
        waiting = cases.asks_of_case(session, case_no, deps.today())
    return acting_role(person, "dial", role, tuple(ask.role for ask in waiting if ask.step == step))
