"""The register of collection agencies: licences, checks and audits, mandates, and what is placed with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.auth import Person, RoleHeader, acting_role, may
from api.deps import Deps, Needs
from api.problems import problems
from api.schemas import NO, Body, BookDay, IdempotencyKey
from domain.agency import AgencyFile, Mandate
from domain.errors import Invalid, Problem
from domain.words import Said
from store import agencies, documents
from store.agencies import Agency, AgencyCheck, AgencyReport, PlacedCase

router = APIRouter(prefix="/agencies", tags=["委外机构 agencies"])
AgencyId = Annotated[str, Path(max_length=64, pattern=NO)]
Seer = Annotated[Person, may("see_agencies")]
Document = Annotated[str, Field(min_length=1, max_length=64)]
Money = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)]


class MandateBody(Body):
    """What it may be given; empty: any. Collection only, whatever it says (B2.3.2.1c)."""

    policies: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    buckets: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    regions: Annotated[tuple[Annotated[str, Field(max_length=64, pattern=r"^[^,]+$")], ...], Field(max_length=50)] = ()
    amount_from: Money | None = None
    amount_to: Money | None = None


class AgencyBody(Body):
    """An entry of the register. *_until: last days; *_document: ids of uploaded documents."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{
                "name": "华信催收", "licence_no": "91310000", "licence_until": "2027-06-30",
                "licence_document": "att-1", "nda_until": "2027-03-31", "nda_document": "att-2",
                "mandate": {"policies": ["bank"], "amount_to": "500000.00"}, "commission_rate": "0.1500",
            }]
        }
    )  # fmt: skip

    name: Annotated[Said, Field(max_length=200)]
    licence_no: Annotated[Said, Field(max_length=100)]
    licence_until: Annotated[date, Field(lt=date(2100, 1, 1))]
    licence_document: Document
    nda_until: Annotated[date, Field(lt=date(2100, 1, 1))] | None = None
    nda_document: Document | None = None
    mandate: MandateBody = MandateBody()
    commission_rate: Annotated[Decimal, Field(ge=0, le=1, max_digits=5, decimal_places=4)] = Decimal(0)
    report_every: Literal["week", "month"] = "month"


class CheckBody(Body):
    """A check of the qualification, or an audit of the reports. passed: false ends every placement (B2.3.2.1d)."""

    kind: Literal["qualification", "audit"]
    day: BookDay
    passed: bool
    document: Document
    findings: Annotated[str, Field(max_length=4000)] = ""


class AgencyView(BaseModel):
    """An agency with everything that is known of it; file: as a case would be told of it now."""

    agency: Agency
    file: AgencyFile
    checks: tuple[AgencyCheck, ...]
    placements: tuple[PlacedCase, ...]
    reports: tuple[AgencyReport, ...]


@router.get("")
def list_agencies(person: Seer, deps: Needs) -> tuple[Agency, ...]:
    """The register."""
    with deps.database.reading() as session:
        return agencies.list_agencies(session)


@router.put("/{agency_id}", responses=problems("invalid"))
def put_agency(
    agency_id: AgencyId, body: AgencyBody, person: Annotated[Person, may("manage_agencies")], deps: Needs
) -> Agency:
    """Enter an agency, or what is new of it; every fault at once. It takes no case before its check has passed."""
    mandate = Mandate.model_validate(body.mandate.model_dump())
    given = body.model_dump(exclude={"mandate"}) | {"id": agency_id, "entered_by": person.user}
    agency = Agency.model_validate({**given, "mandate": mandate, "changed_at": deps.clock.now()})
    with deps.database.session() as session:
        found = _faults(deps, session, body)
        if found:
            raise Invalid(found)
        agencies.put_agency(session, agency)
    return agency


@router.get("/{agency_id}", responses=problems("unknown_agency"))
def get_agency(agency_id: AgencyId, person: Seer, deps: Needs) -> AgencyView:
    """One agency with its checks, placements and reports."""
    with deps.database.reading() as session:
        return AgencyView(
            agency=agencies.get_agency(session, agency_id), file=agencies.file_of(session, agency_id),
            checks=agencies.checks_of(session, agency_id), reports=agencies.reports_of(session, agency_id),
            placements=agencies.placements(session, agency_id, now=False),
        )  # fmt: skip


@router.post("/{agency_id}/checks", status_code=201, responses=problems("unknown_agency", "command_differs", "invalid"))
def enter_check(
    agency_id: AgencyId, body: CheckBody, key: IdempotencyKey,
    person: Annotated[Person, may("check_agency")], deps: Needs, role: RoleHeader = None,
) -> AgencyFile:  # fmt: skip
    """Enter a check once per key. An audit with a finding recalls every case by the next daily work."""
    actor = person.actor(acting_role(person, "check_agency", role), "check_agency")
    check = AgencyCheck(
        id=f"{person.user}/{key}", agency=agency_id, actor=actor, at=deps.clock.now(), **body.model_dump()
    )
    with deps.database.session() as session:
        found = _faults_of_check(deps, session, body)
        if found:
            raise Invalid(found)
        agencies.add_check(session, check)
        return agencies.file_of(session, agency_id)


def _faults(deps: Deps, session: Session, body: AgencyBody) -> list[Problem]:
    papers = {"licence_document": body.licence_document, "nda_document": body.nda_document}
    found = [one for place, paper in papers.items() if paper and (one := _missing(session, place, paper))]
    if (body.nda_until is None) != (body.nda_document is None):
        found.append(Problem("nda_until", "an agreement has a document and a last day", "give both or neither"))
    mandate, known = body.mandate, {name: deps.policies.current(name).policy for name in deps.policies.ids}
    for name in mandate.policies:
        if name not in known:
            found.append(Problem("mandate.policies", f"there is no policy {name}", f"one of: {', '.join(known)}"))
    covered = [known[name] for name in mandate.policies or tuple(known) if name in known]
    buckets = {bucket.id for policy in covered for bucket in policy.buckets.list}
    for name in mandate.buckets:
        if name not in buckets:
            remedy = f"one of: {', '.join(sorted(buckets))}"
            found.append(Problem("mandate.buckets", f"there is no bucket {name}", remedy))
    if mandate.amount_from is not None and mandate.amount_to is not None and mandate.amount_from > mandate.amount_to:
        found.append(Problem("mandate.amount_to", "it is less than amount_from", "swap the two"))
    return found


def _faults_of_check(deps: Deps, session: Session, body: CheckBody) -> list[Problem]:
    found = [one] if (one := _missing(session, "document", body.document)) else []
    if body.day > deps.today():
        found.append(Problem("day", f"{body.day} is in the future", "enter it when it was made"))
    if not body.passed and not body.findings.strip():
        found.append(Problem("findings", "what was found is missing", "say what was found"))
    return found


def _missing(session: Session, place: str, paper: str) -> Problem | None:
    if documents.get_attachment(session, paper) is not None:
        return None
    return Problem(place, f"there is no attachment {paper}", "upload it with POST /attachments first")
