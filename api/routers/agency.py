"""What the people of an agency see and do: their own cases with the least data, contacts, reports; nothing else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from activities.agencies import improper_contact, period_before
from activities.contact_gate import Wanted
from api.auth import AgencyPerson
from api.cases import NotRunning, StillRunning
from api.deps import Deps, Needs
from api.held import OF_AGENCY, held_here
from api.problems import EngineUnavailable, problems
from api.schemas import Body, IdempotencyKey
from domain.agency import AGENCY
from domain.commands import Command, RecordContact
from domain.conduct import Channel, Never, Postponed, Verdict
from domain.errors import Invalid, Problem, Refused
from domain.events import Actor, ContactResult
from domain.evidence import Attitude
from domain.words import Said
from store import agencies, documents
from store.agencies import AgencyReport, PlacedCase
from store.book import terms_in
from store.facts import read_standing

router = APIRouter(prefix="/agency", tags=["委外作业 agency"])
PlacementId = Annotated[str, Path(pattern=r"^plc-[0-9a-f]{24}$")]
OWN = ("unknown_placement", "not_entitled")


class AgencyCase(BaseModel):
    """All that an agency is told of a case: whom to call, about how much, under which contract.

    held: do not contact anybody about it until it is false again.
    """

    id: str
    name: str
    phone: str | None
    contract_no: str
    amount_due: Decimal
    currency: str
    held: bool = Field(description="停止催收，不得联系。Held: do not contact.")


class PermissionBody(Body):
    """Before anybody calls or sets out."""

    channel: Channel


class AgencyContactBody(Body):
    """A contact that took place; it counts for the person as one of our own does."""

    channel: Annotated[str, Field(pattern="^(phone|visit|sms|email|social|other)$")] = "phone"
    outcome: Annotated[str, Field(pattern="^(contacted|not_reached|wrong_number|wrong_address)$")] = "contacted"
    duration: Annotated[int, Field(ge=0, le=86_400)] | None = None
    attitude: Attitude | None = None
    promise_amount: Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=2)] | None = None
    promise_date: date | None = None
    note: Annotated[str, Field(max_length=4000)] = ""


class AgencyReportBody(Body):
    """The report of the last whole period. period: its first day. document: id of an uploaded one."""

    period: date
    text: Annotated[Said, Field(max_length=20_000)]
    document: Annotated[str, Field(max_length=64)] | None = None


class ContactEntered(BaseModel):
    """permitted: whether the contact gate let it pass at that moment; otherwise somebody looks at it."""

    permitted: bool


@router.get("/cases", responses=problems("not_entitled"))
def list_cases(person: AgencyPerson, deps: Needs) -> tuple[AgencyCase, ...]:
    """The cases that are placed with you now."""
    with deps.database.reading() as session:
        return tuple(_told(deps, session, placed) for placed in agencies.placements(session, person.agency))


@router.post("/cases/{placement}/permission", responses=problems(*OWN, "contact_postponed", "contact_barred"))
def ask_permission(
    placement: PlacementId, body: PermissionBody, person: AgencyPerson, deps: Needs
) -> ContactEntered:  # fmt: skip
    """Whether the person may be contacted now: ask before each call and visit; 409 says from when, or never."""
    with deps.database.reading() as session:
        placed = agencies.placement_of(session, person.agency, placement)
        refusal = _refusal(deps, session, placed, body.channel)
    if refusal is not None:
        raise refusal
    return ContactEntered(permitted=True)


@router.post(
    "/cases/{placement}/contacts", status_code=201,
    responses=problems(*OWN, "case_closed", "not_placed", "engine_unavailable"),
)  # fmt: skip
async def record_contact(
    placement: PlacementId, body: AgencyContactBody, key: IdempotencyKey, person: AgencyPerson, deps: Needs
) -> ContactEntered:
    """Record a contact in the case, once per key; one that the gate had not let pass is recorded and looked into."""
    contact = ContactResult.model_validate(body.model_dump())
    placed, refusal = await run_in_threadpool(_asked, deps, person.agency, placement, contact)
    actor = Actor(user=person.user, role=AGENCY, authority=f"{AGENCY}:{person.agency}")
    command = Command(id=f"{person.user}:{key}", actor=actor, body=RecordContact(contact=contact))
    try:
        done = await deps.cases.send(placed.case_no, command, deps.limits.command_seconds)
    except StillRunning:
        raise EngineUnavailable("the case has not answered yet") from None  # send it again with the same key
    except NotRunning:
        raise Refused("case_closed", "The case is closed.", "Nothing can be recorded in it any more.") from None
    if refusal is not None:
        await run_in_threadpool(_look_into, deps, person.agency, f"{placed.case_no}/{done.first_seq}", refusal.code)
    return ContactEntered(permitted=refusal is None)


@router.get("/reports", responses=problems("not_entitled"))
def list_reports(person: AgencyPerson, deps: Needs) -> tuple[AgencyReport, ...]:
    """What you handed in."""
    with deps.database.reading() as session:
        return agencies.reports_of(session, person.agency)


@router.post("/reports", status_code=201, responses=problems("not_entitled", "report_differs", "invalid"))
def hand_in(body: AgencyReportBody, person: AgencyPerson, deps: Needs) -> AgencyReport:
    """Hand in the report of a period, once; the last whole one or an earlier one."""
    report = AgencyReport(
        agency=person.agency, handed_in_by=person.user, handed_in_at=deps.clock.now(), **body.model_dump()
    )
    with deps.database.session() as session:
        found = _faults(deps, session, report)
        if found:
            raise Invalid(found)
        agencies.add_report(session, report)
    return report


def _told(deps: Deps, session: Session, placed: PlacedCase) -> AgencyCase:
    debtor = agencies.debtor_of(session, placed.account_no)
    terms = terms_in(deps.policies, placed.policy_id)
    standing = read_standing(session, placed.account_no, deps.today(), terms)
    elsewhere = _gate(deps, session, placed, "call") == Never(reason="held")
    held = elsewhere or held_here(deps, session, placed.case_no, OF_AGENCY) is not None
    return AgencyCase(id=placed.id, amount_due=standing.total_overdue, held=held, **debtor.model_dump())


def _asked(deps: Deps, agency: str, placement: str, contact: ContactResult) -> tuple[PlacedCase, Refused | None]:
    """The case, and what the gate would have said; a channel it does not know needs no permission."""
    with deps.database.reading() as session:
        placed = agencies.placement_of(session, agency, placement)
        channel = "call" if contact.channel == "phone" else contact.channel
        return placed, _refusal(deps, session, placed, channel)


def _refusal(deps: Deps, session: Session, placed: PlacedCase, channel: Channel) -> Refused | None:
    """The case is held, or the contact gate does not let it pass; why it is held is no business of an agency."""
    if held_here(deps, session, placed.case_no, OF_AGENCY):
        return Refused("contact_barred", "held.", "Contact nobody while GET /agency/cases shows it as held.")
    match _gate(deps, session, placed, channel):
        case Postponed(reason=reason, not_before=not_before):
            return Refused("contact_postponed", f"{reason}.", f"Not before {not_before.isoformat()}.")
        case Never(reason=reason):
            return Refused("contact_barred", f"{reason}.", "This person is not contacted.")
        case _:
            return None


def _gate(deps: Deps, session: Session, placed: PlacedCase, channel: Channel) -> Verdict | None:
    wanted = Wanted(account_no=placed.account_no, who="customer", channel=channel, purpose="collection")
    return deps.gate.ask(session, wanted)


def _look_into(deps: Deps, agency_id: str, entry: str, reason: str) -> None:
    with deps.database.session() as session:
        agency = agencies.get_agency(session, agency_id)
        improper_contact(session, deps.policies, agency, entry, reason, deps.clock.now())


def _faults(deps: Deps, session: Session, report: AgencyReport) -> list[Problem]:
    found: list[Problem] = []
    every = agencies.get_agency(session, report.agency).report_every
    first, _ = period_before(every, deps.today())
    begins = report.period.day == 1 if every == "month" else report.period.isoweekday() == 1
    if not begins or report.period > first:
        found.append(Problem("period", f"{report.period} begins no period that is over", f"the last one is {first}"))
    if report.document is not None and documents.get_attachment(session, report.document) is None:
        found.append(Problem("document", f"there is no attachment {report.document}", "leave it out"))
    return found
