"""Complaints about collection: taken from anybody by any way, answered in 24 hours, investigated in 3 business days."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from activities.complaints import enter_complaint
from api.auth import Person, RoleHeader, acting_role, may
from api.cases import NotRunning, StillRunning
from api.deps import Deps, Needs
from api.problems import problems
from api.schemas import Body, Cursor, IdempotencyKey, Limit, Moment
from api.signed import posted, signed
from domain.complaint import ComplaintAct, ComplaintChannel, ComplaintClock, ComplaintCommand, ComplaintEvent
from domain.errors import Refused
from domain.words import Said
from store import complaint_links, complaints
from store.complaints import ComplaintRecord, NewComplaint
from store.views import Page

router = APIRouter(prefix="/complaints", tags=["投诉 complaints"])
Handler = Annotated[Person, may("handle_complaint")]
Seer = Annotated[Person, may("see_complaints")]
ComplaintNo = Annotated[str, Path(max_length=64, pattern=r"^complaint-[0-9]{4}-[0-9]+$")]
Name = Annotated[str, Field(max_length=200)]


class ComplaintClockView(BaseModel):
    """Something that is due: until when, whether that is over, and to whom it was escalated."""

    clock: ComplaintClock
    due_at: datetime
    overdue: bool
    escalated_to: str | None


class ComplaintView(BaseModel):
    """A complaint with its clocks. about_user: staff id of whom it is about."""

    number: str = Field(examples=["complaint-2026-00001"])
    channel: ComplaintChannel
    status: Literal["new", "open", "closed"]
    received_at: datetime
    complainant: str
    email: str | None
    phone: str | None
    about: str
    about_user: str | None
    case_no: str | None
    account_no: str | None
    text: str
    violation: bool | None
    attachments: tuple[str, ...] = Field(description="Files that came with it, see GET /attachments/{id}.")
    stops_contacts: bool = Field(description="While it is open, the person is not contacted.")
    linked_by: str | None = Field(description="Who found the case it is about.")
    clocks: tuple[ComplaintClockView, ...]
    next_due: datetime | None = Field(description="Of the clock that runs out first; none when it is closed.")


class ComplaintFile(BaseModel):
    """A complaint and everything that was done with it, in order."""

    complaint: ComplaintView
    events: tuple[ComplaintEvent, ...]


class ComplaintBody(Body):
    """What somebody complains of, with or without a case. received_at: when it came; now when absent."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"channel": "phone", "complainant": "王某", "text": "催收员深夜来电"}]}
    )

    channel: ComplaintChannel
    complainant: Name = ""
    email: Annotated[str, Field(max_length=254)] | None = None
    phone: Annotated[str, Field(max_length=32)] | None = None
    about: Name = ""
    about_user: Annotated[str, Field(max_length=64)] | None = None
    case_no: Annotated[str, Field(max_length=64)] | None = None
    account_no: Annotated[str, Field(max_length=64)] | None = None
    text: Annotated[Said, Field(max_length=20_000)]
    received_at: Moment | None = None


class InboundMail(Body):
    """A mail to the complaint mailbox (催收投诉), as the mail system passes it on. message_id: of its header."""

    message_id: Annotated[str, Field(min_length=1, max_length=200)]
    sender: Annotated[str, Field(min_length=3, max_length=254)]
    subject: Annotated[str, Field(max_length=500)] = ""
    text: Annotated[str, Field(max_length=19_000)] = ""
    received_at: Moment | None = None


class LinkBody(Body):
    """The case that a complaint is about."""

    case_no: Annotated[str, Field(min_length=1, max_length=64)]


class ActBody(Body):
    """One act: respond, report_findings, confirm_correction or tell_result."""

    act: Annotated[ComplaintAct, Field(discriminator="do")]


class ActState(BaseModel):
    """How far an act has come; seq: its event in the register."""

    number: str
    state: Literal["recorded", "running"]
    seq: int | None


@router.post("", status_code=201, responses=problems("unknown_case", "unknown_account", "command_differs"))
def enter(
    body: ComplaintBody, key: IdempotencyKey, person: Annotated[Person, may("enter_complaint")], deps: Needs
) -> ComplaintView:
    """Enter a complaint once per key; its clocks run from its receipt (B4.2.2)."""
    at = deps.clock.now()
    given = {**body.model_dump(), "received_at": body.received_at or at, "key": key, "entered_by": person.user}
    return _entered(deps, NewComplaint.model_validate(given))


async def _mail(request: Request, deps: Needs) -> InboundMail:
    return await signed(request, deps, InboundMail)


@router.post(
    "/inbound", status_code=202, responses=problems("signature_refused"),
    openapi_extra=posted(InboundMail),
)  # fmt: skip
def take_mail(mail: Annotated[InboundMail, Depends(_mail)], deps: Needs) -> ComplaintView:
    """A mail to the complaint mailbox, signed as docs/gateways.md says; each message id once."""
    return _entered(deps, from_mail(mail, deps.clock.now()))


def from_mail(mail: InboundMail, now: datetime) -> NewComplaint:
    """The complaint in a mail; a mail that says nothing is one too."""
    text = "\n\n".join(part for part in (mail.subject.strip(), mail.text.strip()) if part) or "(空白邮件)"
    return NewComplaint(
        key=f"mail:{mail.message_id}", channel="email", complainant="", email=mail.sender, text=text,
        received_at=min(mail.received_at or now, now), entered_by="mailbox",
    )  # fmt: skip


@router.get("")
def list_complaints(
    person: Seer,
    deps: Needs,
    status: Annotated[Literal["new", "open", "closed"] | None, Query(description="Only these.")] = None,
    overdue: Annotated[bool, Query(description="Only those of which a clock has run out.")] = False,
    case_no: Annotated[str | None, Query(max_length=64)] = None,
    linked: Annotated[bool | None, Query(description="Only those with a case, or only those without.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ComplaintView]:
    """The register of complaints, each with what is due next."""
    now = deps.clock.now()
    with deps.database.reading() as session:
        overdue_at = now if overdue else None
        page = complaints.list_complaints(session, status, overdue_at, cursor, limit, case_no, linked)
    return Page(rows=tuple(_view(row, now) for row in page.rows), next=page.next)


@router.get("/{number}", responses=problems("unknown_complaint"))
def get_complaint(number: ComplaintNo, person: Seer, deps: Needs) -> ComplaintFile:
    """One complaint, its clocks and its history."""
    with deps.database.reading() as session:
        found = complaints.get_complaint(session, number)
        return ComplaintFile(
            complaint=_view(found, deps.clock.now()), events=complaints.events_of_complaint(session, number)
        )


@router.put("/{number}/case", responses=problems("unknown_complaint", "unknown_case", "complaint_closed"))
def link_complaint(number: ComplaintNo, body: LinkBody, person: Handler, deps: Needs) -> ComplaintView:
    """Say which case a complaint is about, where its sender did not lead to one."""
    now = deps.clock.now()
    with deps.database.session() as session:
        complaint_links.link_complaint(session, number, body.case_no, person.user, now)
        return _view(complaints.get_complaint(session, number), now)


@router.post(
    "/{number}/acts",
    responses=problems(
        "unknown_complaint", "complaint_closed", "not_entitled", "own_complaint", "already_answered", "needs_missing",
        "not_open", "no_address", "correction_missing", "correction_past", "not_ready", "role_ambiguous",
        "role_not_yours", "engine_unavailable",
    ),
)  # fmt: skip
async def act(
    number: ComplaintNo, body: ActBody, key: IdempotencyKey, person: Handler, deps: Needs, role: RoleHeader = None
) -> ActState:
    """Answer, report what was found, confirm the correction, tell the result; once per key."""
    found = await run_in_threadpool(_found, deps, number)
    acting = acting_role(person, "handle_complaint", role, found.state.terms.chain)
    command = ComplaintCommand(id=key, actor=person.actor(acting, "handle_complaint"), body=body.act)
    try:
        seq = await deps.complaints.act(number, command, deps.limits.command_seconds)
    except StillRunning:
        return ActState(number=number, state="running", seq=None)
    except NotRunning:
        if found.status == "closed":
            raise Refused("complaint_closed", f"{number} is closed.", "") from None
        raise Refused("not_ready", f"{number} was entered just now.", "Try again in a moment.") from None
    return ActState(number=number, state="recorded", seq=seq)


def _found(deps: Deps, number: str) -> ComplaintRecord:
    with deps.database.reading() as session:
        return complaints.get_complaint(session, number)


def _entered(deps: Deps, wanted: NewComplaint) -> ComplaintView:
    now = deps.clock.now()
    with deps.database.session() as session:
        return _view(enter_complaint(session, deps.policies, wanted, now), now)


def _view(found: ComplaintRecord, now: datetime) -> ComplaintView:
    chain = found.state.terms.chain
    clocks = tuple(
        ComplaintClockView(
            clock=one.clock, due_at=one.due_at, overdue=one.due_at <= now,
            escalated_to=chain[min(one.level, len(chain) - 1)] if one.level else None,
        )
        for one in found.state.clocks
    )  # fmt: skip
    made = {"clocks": clocks, "next_due": found.due_at}
    known = {name: getattr(found, name) for name in ComplaintView.model_fields if name not in made}
    return ComplaintView.model_validate({**known, **made})
