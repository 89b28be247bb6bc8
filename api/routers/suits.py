"""Lawsuits: the register with its deadlines, one suit with its history, and what people enter about it (L7.1)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime, BaseModel, Field

from api.auth import Person, RoleHeader, acting_role, may
from api.cases import NotRunning, StillRunning
from api.deps import Deps, Needs
from api.problems import problems
from api.schemas import Body, BookDay, Cursor, IdempotencyKey, Limit
from domain.commands import PartyId
from domain.errors import Refused
from domain.litigation import CourtSession, Stage, SuitClock, SuitCommand, SuitEvent
from domain.litigation_acts import RecordJudgment, SuitAct
from store import suits
from store.cases import snapshot_of
from store.documents import get_attachment
from store.suit_consequences import TITLES
from store.suits import NewSuit, SuitRecord
from store.views import Page

router = APIRouter(prefix="/suits", tags=["诉讼 lawsuits"])
Handler = Annotated[Person, may("handle_suit")]
Seer = Annotated[Person, may("see_suits")]
SuitNo = Annotated[str, Path(max_length=64, pattern=r"^suit-[0-9]{4}-[0-9]+$")]


class SuitDeadlineView(BaseModel):
    """Something that is due: until when, whether that is over, and to whom it was escalated."""

    clock: SuitClock
    title: str
    due_at: datetime
    overdue: bool
    escalated_to: str | None
    session: int | None


class SuitView(BaseModel):
    """A lawsuit with what is due. pending: why its case ends, while it is to be withdrawn or its costs settled."""

    number: str = Field(examples=["suit-2026-00001"])
    case_no: str
    account_no: str
    status: Literal["new", "open", "closed"]
    stage: Stage
    filed_on: date
    choice: str | None
    defendants: tuple[str, ...]
    court: str
    docket: str
    preservation: str
    sessions: tuple[CourtSession, ...]
    judgment: RecordJudgment | None
    costs: str
    pending: str | None
    closed_for: str | None
    closed_on: date | None
    handled_by: tuple[str, ...]
    deadlines: tuple[SuitDeadlineView, ...]


class SuitFile(BaseModel):
    """A suit and everything that happened in it, in order."""

    suit: SuitView
    events: tuple[SuitEvent, ...]


class AgendaLine(SuitDeadlineView):
    """One thing that is due in one suit; at: of a court date."""

    number: str
    case_no: str
    at: AwareDatetime | None


class SuitBody(Body):
    """A suit that was filed outside the steps of its case, such as before it was taken over.

    defendants: party ids of those it names; without any it is against the debtor alone.
    """

    case_no: Annotated[str, Field(min_length=1, max_length=64)]
    filed_on: BookDay
    choice: Literal["all_rent", "termination"] | None = None
    evidence: Annotated[str, Field(max_length=100)] | None = None
    defendants: Annotated[tuple[PartyId, ...], Field(max_length=50)] = ()


class SuitActBody(Body):
    """One act, named in `do`."""

    act: Annotated[SuitAct, Field(discriminator="do")]


class SuitActState(BaseModel):
    """How far an act has come; seq: its event in the register."""

    number: str
    state: Literal["recorded", "running"]
    seq: int | None


@router.post(
    "",
    status_code=201,
    responses=problems("unknown_case", "unknown_party", "suit_open", "suit_in_future", "role_ambiguous"),
)
def enter(
    body: SuitBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("enter_suit")],
    deps: Needs,
    role: RoleHeader = None,
) -> SuitView:
    """Enter a suit that no step of the case files, once per key; the work on it begins at once."""
    acting, now = acting_role(person, "enter_suit", role), deps.clock.now()
    with deps.database.session() as session:
        case = snapshot_of(session, body.case_no)
        if case is None:
            raise Refused("unknown_case", f"There is no case {body.case_no}.", "Check the case number.")
        suits.must_be_parties(session, case.account_no, body.defendants)
        wanted = NewSuit(
            key=f"hand:{key}", account_no=case.account_no, policy_id=case.policy.id if case.policy else "", role=acting,
            filed_by=person.user, **body.model_dump(),
        )  # fmt: skip
        return _view(suits.enter_suit(session, wanted, now), now)


@router.get("")
def list_suits(
    person: Seer,
    deps: Needs,
    status: Annotated[Literal["new", "open", "closed"] | None, Query(description="Only these.")] = None,
    overdue: Annotated[bool, Query(description="Only those of which something is overdue.")] = False,
    case_no: Annotated[str | None, Query(max_length=64, description="Only those of this case.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[SuitView]:
    """The register of lawsuits."""
    now = deps.clock.now()
    with deps.database.reading() as session:
        page = suits.list_suits(session, status, now if overdue else None, case_no, cursor, limit)
    return Page(rows=tuple(_view(row, now) for row in page.rows), next=page.next)


@router.get("/agenda")
def agenda(person: Seer, deps: Needs, limit: Limit = 50) -> tuple[AgendaLine, ...]:
    """What is due in all open suits, the earliest first: court dates, periods, entries that are missing."""
    now = deps.clock.now()
    with deps.database.reading() as session:
        found = suits.open_suits(session)
    lines = [line for one in found for line in _agenda(one, now)]
    return tuple(sorted(lines, key=lambda line: (line.at or line.due_at, line.number))[:limit])


@router.get("/{number}", responses=problems("unknown_suit"))
def get_suit(number: SuitNo, person: Seer, deps: Needs) -> SuitFile:
    """One suit, what is due in it and its history."""
    with deps.database.reading() as session:
        found = suits.get_suit(session, number)
        return SuitFile(suit=_view(found, deps.clock.now()), events=suits.events_of_suit(session, number))


@router.post(
    "/{number}/acts",
    responses=problems(
        "unknown_suit", "suit_closed", "not_entitled", "wrong_stage", "suit_unfit", "unknown_attachment", "not_ready",
        "role_ambiguous", "role_not_yours", "engine_unavailable",
    ),
)  # fmt: skip
async def act(
    number: SuitNo, body: SuitActBody, key: IdempotencyKey, person: Handler, deps: Needs, role: RoleHeader = None
) -> SuitActState:
    """Enter what happened at court or was decided; once per key."""
    found = await run_in_threadpool(_found, deps, number, body.act)
    if found.state is None:
        raise Refused("not_ready", f"{number} was entered just now.", "Try again in a moment.")
    acting = acting_role(person, "handle_suit", role, found.state.chain)
    command = SuitCommand(id=key, actor=person.actor(acting, "handle_suit"), body=body.act)
    try:
        seq = await deps.suits.act(number, command, deps.limits.command_seconds)
    except StillRunning:
        return SuitActState(number=number, state="running", seq=None)
    except NotRunning:
        known = dict(found.state.commands).get(key)
        if known is not None:
            return SuitActState(number=number, state="recorded", seq=known)
        if found.status == "closed":
            raise Refused("suit_closed", f"{number} is closed.", "") from None
        raise Refused("not_ready", f"{number} was entered just now.", "Try again in a moment.") from None
    return SuitActState(number=number, state="recorded", seq=seq)


def _found(deps: Deps, number: str, wanted: SuitAct) -> SuitRecord:
    with deps.database.reading() as session:
        found = suits.get_suit(session, number)
        if wanted.document is not None and get_attachment(session, wanted.document) is None:
            raise Refused(
                "unknown_attachment",
                f"There is no upload {wanted.document}.",
                "Upload it with POST /attachments first.",
            )
        return found


def _agenda(one: SuitRecord, now: datetime) -> list[AgendaLine]:
    sessions = {found.number: found.at for found in one.state.sessions} if one.state else {}
    return [
        AgendaLine(
            **line.model_dump(), number=one.number, case_no=one.case_no,
            at=sessions.get(line.session) if line.session else None,
        )
        for line in _deadlines(one, now)
    ]  # fmt: skip


def _deadlines(found: SuitRecord, now: datetime) -> tuple[SuitDeadlineView, ...]:
    state = found.state
    if state is None:
        return ()
    return tuple(
        SuitDeadlineView(
            clock=one.clock, title=TITLES[one.clock], due_at=one.due_at, overdue=one.due_at <= now,
            escalated_to=state.chain[min(one.level, len(state.chain) - 1)] if one.level else None, session=one.session,
        )
        for one in sorted(state.deadlines, key=lambda one: one.due_at)
    )  # fmt: skip


def _view(found: SuitRecord, now: datetime) -> SuitView:
    state = found.state
    same = ("number", "case_no", "account_no", "status", "stage", "filed_on", "choice", "defendants",
            "closed_for", "closed_on")  # fmt: skip
    known = {name: getattr(found, name) for name in same}
    if state is None:
        return SuitView(
            **known, court="", docket="", preservation="none", sessions=(), judgment=None, costs="0.00", pending=None,
            handled_by=(found.role,), deadlines=(),
        )  # fmt: skip
    return SuitView(
        **known, court=state.court, docket=state.docket, preservation=state.preservation, sessions=state.sessions,
        judgment=state.judgment, costs=str(state.costs), pending=state.pending, handled_by=state.chain,
        deadlines=_deadlines(found, now),
    )  # fmt: skip
