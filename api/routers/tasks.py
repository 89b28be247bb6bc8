"""What waits for you, and the commands with which you answer."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.models import Example

from api.auth import Me, Reader, RoleHeader
from api.commanding import Commanding, CommandState, found_in_record
from api.deps import Needs
from api.problems import problem_of, problems
from api.schemas import Bulk, BulkItem, Cursor, IdempotencyKey, Limit, Number, StaffCommand
from api.views import BulkResult
from domain.errors import ArrearsError, Refused
from store import cases
from store.absences import stood_in_by
from store.views import AskLine, Page

router = APIRouter(tags=["任务 tasks"])
REFUSALS = problems(
    "not_entitled", "role_not_yours", "unknown_case", "case_closed", "not_open", "held", "already_answered",
    "command_differs", "unknown_attachment", "role_ambiguous", "outcome_not_allowed", "document_missing",
    "engine_unavailable",
)  # fmt: skip
EXAMPLES: dict[str, Example] = {
    "answer": {
        "summary": "sign",
        "value": {"do": "answer_step", "step": "demand_notice_signature", "outcome": "signed"},
    },
    "start": {"summary": "start a task", "value": {"do": "start_task", "step": "asset_inspection"}},
    "contact": {"summary": "record a contact", "value": {"do": "record_contact", "contact": {"outcome": "contacted"}}},
    "suspend": {
        "summary": "apply for a suspension",
        "value": {"do": "open_step", "step": "suspension_application", "end_date": "2026-05-20", "evidence": "att-1"},
    },
    "note": {"summary": "add a note", "value": {"do": "add_note", "text": "承租人承诺本周付款"}},
}
Command = Annotated[StaffCommand, Body(openapi_examples=EXAMPLES)]


@router.get("/tasks")
def my_tasks(
    person: Reader,
    deps: Needs,
    role: Annotated[str | None, Query(description="Only this one of your roles.", max_length=64)] = None,
    mine: Annotated[bool, Query(description="Only your own cases and theirs for whom you stand in today.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AskLine]:
    """What waits for your roles, by day, key accounts first (Z3.1b).

    `mine` leaves out what is the work of somebody else: cases whose owner has the role that is asked.
    """
    if role is not None and role not in person.roles:
        raise Refused("role_not_yours", f"You do not have the role {role}.", "")
    with deps.database.reading() as session:
        today = deps.today()
        of = (person.user, *stood_in_by(session, person.user, today)) if mine else None
        return cases.asks_for_roles(session, (role,) if role else person.roles, today, cursor, limit, of)


@router.post(
    "/cases/{case_no}/commands",
    responses={202: {"model": CommandState, "description": "Taken, not yet answered; ask at Location."}, **REFUSALS},
)
async def give_command(
    case_no: Number,
    command: Command,
    key: IdempotencyKey,
    person: Me,
    deps: Needs,
    response: Response,
    role: RoleHeader = None,
) -> CommandState:
    """Carry out a command in a case. Answers when it is in the record, after 3 seconds at the latest with 202."""
    state = await Commanding(deps, person).give(case_no, command, key, role)
    if state.state == "running":
        response.status_code = 202
        response.headers["Location"] = f"/commands/{key}?case_no={case_no}"
    return state


@router.get("/commands/{command_id}", responses=problems("unknown_command", "engine_unavailable"))
async def command_state(
    command_id: Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:~-]*$")],
    person: Reader,
    deps: Needs,
    case_no: Annotated[str | None, Query(max_length=64, description="Its case, for one not recorded yet.")] = None,
) -> CommandState:
    """What became of a command: recorded, refused, or still running."""
    known = await run_in_threadpool(found_in_record, deps, command_id)
    if known is not None:
        return known
    if case_no is not None:
        return await Commanding(deps, person).outcome(case_no, command_id)
    raise Refused("unknown_command", f"Nothing is recorded of {command_id}.", "")


@router.post("/commands/bulk")
async def give_many(bulk: Bulk, person: Me, deps: Needs) -> list[BulkResult]:
    """Many commands at once; each item has its own result, in the order given."""
    commanding, gate = Commanding(deps, person), asyncio.Semaphore(deps.limits.bulk_at_once)

    async def one(item: BulkItem) -> BulkResult:
        async with gate:
            return await _result(commanding, item)

    return list(await asyncio.gather(*(one(item) for item in bulk.items)))


async def _result(commanding: Commanding, item: BulkItem) -> BulkResult:
    try:
        state = await commanding.give(item.case_no, item.command, item.id, item.role)
    except ArrearsError as error:
        problem = problem_of(error)
        return BulkResult(
            case_no=item.case_no,
            id=item.id,
            status=problem.status,
            state="refused" if isinstance(error, Refused) else "failed",
            code=problem.code,
            detail=problem.detail,
            remedy=problem.remedy,
        )
    status = 202 if state.state == "running" else 200
    return BulkResult(case_no=item.case_no, id=item.id, status=status, state=state.state, first_seq=state.first_seq)
