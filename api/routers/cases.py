"""Cases: the list, one case with what happens next and why, its timeline and its documents."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends, Query, Response
from fastapi.concurrency import run_in_threadpool

from activities.moving import preview_of
from api.auth import Person, Reader, RoleHeader, may
from api.case_list import Sort, case_page
from api.cases import Live, NotRunning
from api.commanding import CommandState
from api.deps import Deps, Needs
from api.ladders import ladder_of_pin, rules_under
from api.letters import DocumentView, document_views
from api.opening import Opening, ReportBody
from api.problems import EngineUnavailable, problems
from api.schemas import Cursor, IdempotencyKey, Limit, Number
from api.undertakings import undertakings_view
from api.views import CaseRow, CaseView, HoldView, TimelineEntry
from domain.base import days
from domain.case import Case
from domain.errors import Refused
from domain.keeping import tolerance_of
from domain.move_preview import MovePreview
from domain.received import received
from store import cases, documents, named
from store.account_facts import account_facts
from store.assets import assets_of, securing
from store.early_warnings import signals_in_force
from store.limitation import clocks_of
from store.risk_ratings import risk_class_of
from store.views import Page
from store.waivers import waivers_of

router = APIRouter(prefix="/cases", tags=["案件 cases"])
MISSING = problems("unknown_case")
REPORT_REFUSALS = problems(
    "unknown_account", "unknown_policy", "not_for_this_account", "not_entitled", "role_not_yours", "role_ambiguous",
    "not_on_demand", "already_open", "document_missing", "since_impossible", "unknown_attachment", "command_differs",
    "engine_unavailable",
)  # fmt: skip
MOST_DAYS = 36_500
T = TypeVar("T")


def _filter(
    deps: Needs,
    bucket: Annotated[str | None, Query(max_length=10, description="I, II, III or IV.")] = None,
    status: Annotated[Literal["open", "closed"] | None, Query()] = None,
    held: Annotated[bool | None, Query(description="With or without a hold in force.")] = None,
    owner: Annotated[str | None, Query(max_length=64)] = None,
    branch: Annotated[str | None, Query(max_length=64)] = None,
    dpd_from: Annotated[int | None, Query(ge=0, le=MOST_DAYS, description="At least so many days past due.")] = None,
    dpd_to: Annotated[int | None, Query(ge=0, le=MOST_DAYS, description="At most so many days past due.")] = None,
    number: Annotated[str | None, Query(max_length=64, description="Beginning of a case or contract number.")] = None,
) -> cases.CaseFilter:
    today = deps.today()
    return cases.CaseFilter(
        status=status,
        bucket=bucket,
        held=held,
        owner=owner,
        branch=branch,
        text=number,
        anchor_from=None if dpd_to is None else today - days(dpd_to),
        anchor_to=None if dpd_from is None else today - days(dpd_from),
    )


@router.get("", responses=problems("bad_cursor"))
def list_cases(
    person: Reader,
    deps: Needs,
    wanted: Annotated[cases.CaseFilter, Depends(_filter)],
    sort: Annotated[Sort, Query(description="dpd, amount: the highest first; next, opened: the earliest.")] = "dpd",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CaseRow]:
    """Cases as filtered, page by page, with what is overdue today."""
    with deps.database.reading() as session:
        return case_page(session, deps.policies, deps.today(), wanted, sort, cursor, limit)


@router.post("", responses={202: {"model": CommandState, "description": "Taken; ask at Location."}, **REPORT_REFUSALS})
async def open_case(
    body: ReportBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("open_case")],
    deps: Needs,
    response: Response,
    role: RoleHeader = None,
) -> CommandState:
    """Report a breach that is no debt (M2.1): it opens a case, or joins the one that is open, until it is put right."""
    state = await Opening(deps, person).report(body, key, role)
    if state.state == "running":
        response.status_code = 202
        response.headers["Location"] = f"/commands/{key}?case_no={state.case_no}"
    return state


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
        found = _found(cases.get_case(session, case_no, deps.today()), case_no)
        asks = cases.asks_of_case(session, case_no, deps.today())
        risk_class = risk_class_of(session, found.line.account_no)
        warnings = signals_in_force(session, found.line.account_no, deps.today())
        clocks = clocks_of(session, found.line.account_no, deps.policies.clocks, deps.today())
        payments = received(account_facts(session, found.line.account_no), deps.today())
        waivers = waivers_of(session, case_no)
        assets = securing(assets_of(session, found.line.account_no))
    state = live.case if live else found.snapshot
    ladder = ladder_of_pin(deps.policies, state.policy) if state.policy else None
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
        diverged=live.diverged if live else False,
        risk_class=risk_class,
        warnings=warnings,
        limitation_ends=clocks.limitation.ends,
        guarantor_period_ends=clocks.guarantor_period_ends,
        demands_to_prove=clocks.to_prove,
        undertakings=undertakings_view(state, payments, tolerance_of(ladder) if ladder else 0, deps.today()),
        waivers=waivers,
        assets=assets,
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
    with deps.database.reading() as session:
        happened = cases.timeline(session, case_no, after, limit)
        pins = cases.pins_of(session, case_no)
        if not happened:
            _found(cases.snapshot_of(session, case_no), case_no)
    rules = rules_under(deps.policies, pins)
    return [TimelineEntry.of(event, rules) for event in happened]


@router.get("/{case_no}/move", responses=problems("unknown_case", "unknown_policy", "not_movable", "already_there"))
def preview_move(
    case_no: Number,
    person: Reader,
    deps: Needs,
    policy: Annotated[str, Query(max_length=64)],
    version: Annotated[int | None, Query(ge=1, description="The newest when absent.")] = None,
) -> MovePreview:
    """What moving the case would change: done now, later, never again. Nothing is done."""
    return preview_of(deps.database, deps.policies, case_no, policy, version, deps.clock.now())


@router.get("/{case_no}/documents", responses=MISSING)
def get_documents(case_no: Number, person: Reader, deps: Needs) -> list[DocumentView]:
    """The documents of a case with what became of each outside; each can be fetched by its number."""
    with deps.database.reading() as session:
        _found(cases.snapshot_of(session, case_no), case_no)
        shared = {one.number for one in named.shared_with(session, case_no)}
        others = (documents.get_document(session, number) for number in sorted(shared))
        lines = [*documents.documents_of(session, case_no), *(one for one in others if one)]
        return document_views(session, case_no, lines)


def _found(looked_up: T | None, case_no: str) -> T:
    if looked_up is None:
        raise Refused("unknown_case", f"There is no case {case_no}.", "")
    return looked_up
