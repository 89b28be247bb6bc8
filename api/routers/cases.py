"""Cases: the list, one case with what happens next and why, its timeline and its documents."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.concurrency import run_in_threadpool

from api.auth import Reader
from api.cases import Live, NotRunning
from api.deps import Deps, Needs
from api.problems import EngineUnavailable, problems
from api.schemas import CaseView, Cursor, HoldView, Limit, Number, TimelineEntry
from domain.case import Case
from domain.errors import Refused
from store import cases, documents
from store.views import CaseLine, Page

router = APIRouter(prefix="/cases", tags=["案件 cases"])
MISSING = problems("unknown_case")


def _filter(
    bucket: Annotated[list[str] | None, Query(description="Buckets I to IV.", max_length=10)] = None,
    status: Annotated[Literal["new", "open", "ending", "closed"] | None, Query()] = None,
    held: Annotated[bool | None, Query(description="With or without a hold in force.")] = None,
    owner: Annotated[str | None, Query(max_length=64)] = None,
    dpd_from: Annotated[int | None, Query(ge=0, le=36500)] = None,
    dpd_to: Annotated[int | None, Query(ge=0, le=36500)] = None,
    number: Annotated[str | None, Query(max_length=64, description="Part of a case, account or contract number.")] = None,
) -> cases.CaseFilter:
    return cases.CaseFilter(
        buckets=tuple(bucket or ()),
        statuses=(status,) if status else (),
        held=held,
        owner=owner,
        dpd_from=dpd_from,
        dpd_to=dpd_to,
        number=number,
    )


@router.get("", responses=problems("cursor_invalid"))
def list_cases(
    person: Reader,
    deps: Needs,
    wanted: Annotated[cases.CaseFilter, Depends(_filter)],
    sort: Literal["dpd", "amount", "next", "opened"] = "dpd",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CaseLine]:
    """Cases as filtered, most overdue first by default, page by page."""
    with deps.database.reading() as session:
        return cases.list_cases(session, wanted, sort, cursor, limit, deps.today())


@router.get("/{case_no}", responses=MISSING)
async def get_case(case_no: Number, person: Reader, deps: Needs) -> CaseView:
    """A case as it is now: what happens next and why, what is asked of whom, what is held.

    Without the workflow engine the answer is what the record says; `source` tells which.
    """
    live = await _live(deps, case_no)
    return await run_in_threadpool(_case_view, deps, case_no, live)


async def _live(deps: Deps, case_no: str) -> Live | None:
    try:
        return await deps.cases.live(case_no)
    except (NotRunning, EngineUnavailable):
        return None


def _case_view(deps: Deps, case_no: str, live: Live | None) -> CaseView:
    with deps.database.reading() as session:
        found = cases.get_case(session, case_no, deps.today())
        asks = cases.asks_of_case(session, case_no, deps.today())
    state = live.case if live else found.snapshot
    return CaseView(
        line=found.line,
        source="workflow" if live else "record",
        next_at=live.next_at if live else found.line.next_at,
        next_why=live.why if live else found.line.next_why,
        recorded_seq=found.line.seq,
        live_seq=state.seq,
        asks=tuple(asks),
        holds=_holds(state),
        facts=state.facts,
        policy=state.policy,
    )


def _holds(case: Case) -> tuple[HoldView, ...]:
    return tuple(
        HoldView(hold=h.hold, placed_at=h.placed_at, until=h.until, ended_at=h.ended_at, in_force=h.ended_at is None)
        for h in case.holds
    )


@router.get("/{case_no}/timeline", responses=MISSING)
def get_timeline(
    case_no: Number,
    person: Reader,
    deps: Needs,
    after: Annotated[int, Query(ge=0, le=2**31, description="Only events with a higher seq.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[TimelineEntry]:
    """What happened, in order, with the rule and the reason of each entry and who did it."""
    ladder = deps.policies.current(deps.policy_id)
    with deps.database.reading() as session:
        happened = cases.timeline(session, case_no, after, limit)
    return [TimelineEntry.of(event, ladder) for event in happened]


@router.get("/{case_no}/documents", responses=MISSING)
def get_documents(case_no: Number, person: Reader, deps: Needs) -> list[documents.DocumentLine]:
    """The documents of a case; each can be fetched by its number."""
    with deps.database.reading() as session:
        cases.get_case(session, case_no, deps.today())
        return list(documents.of_case(session, case_no))
