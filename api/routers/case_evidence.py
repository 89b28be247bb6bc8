"""What proves a case: its papers, what is missing, the evidence file as one PDF, and the clocks that run against us."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.auth import Person, Reader, RoleHeader, acting_role, may
from api.deps import Needs
from api.problems import problems
from api.schemas import AsOf, Body, BookDay, IdempotencyKey, Number
from domain.errors import Refused
from domain.limitation import GuaranteePeriod, Limitation
from letters.glyphs import MissingGlyphs
from store import evidence, limitation
from store.cases import snapshot_of
from store.evidence import EvidencePaper, PaperKind
from store.limitation import GuaranteeTerm

router = APIRouter(tags=["证据 evidence"])
MISSING = problems("unknown_case")
PDF = {200: {"content": {"application/pdf": {}}, "description": "Index, proof of the system, papers."}}


class GapsView(BaseModel):
    """What the evidence file lacks, by name; complete when nothing."""

    case_no: str
    as_of: date
    complete: bool
    gaps: tuple[str, ...]


class LimitationView(BaseModel):
    """The limitation of the claim and the period of each guarantor."""

    case_no: str
    account_no: str
    as_of: date
    limitation: Limitation
    guarantors: tuple[GuaranteePeriod, ...]


class PaperBody(Body):
    """An uploaded paper that proves something. reference: of a guarantee the party, of a proof the letter's number.

    received_on: of a proof of delivery, the day on which the letter arrived; also of letters from before a take-over.
    """

    kind: PaperKind
    attachment_id: Annotated[str, Field(min_length=1, max_length=100)]
    reference: Annotated[str, Field(max_length=100)] = ""
    received_on: BookDay | None = None
    note: Annotated[str, Field(max_length=4000)] = ""


class GuaranteeBody(Body):
    """What a guarantor agreed. joint: 连带责任保证; until: the last day of their period, with its contract."""

    joint: bool
    until: date | None = None
    evidence: Annotated[str, Field(max_length=100)] | None = None
    note: Annotated[str, Field(max_length=4000)] = ""


@router.get("/cases/{case_no}/evidence/gaps", responses=MISSING)
def get_gaps(case_no: Number, person: Reader, deps: Needs, as_of: AsOf = None) -> GapsView:
    """Whether the evidence file is complete, and what is missing (L6.1b, C4.5.2b)."""
    day = as_of or deps.today()
    with deps.database.reading() as session:
        found = deps.evidence.gaps(session, case_no, day, deps.clock.now())
    return GapsView(case_no=case_no, as_of=day, complete=not found, gaps=found)


@router.get(
    "/cases/{case_no}/evidence.pdf", response_class=Response, responses={**PDF, **MISSING, **problems("no_draft")}
)
def get_file(
    case_no: Number, person: Annotated[Person, may("see_customer_file")], deps: Needs, as_of: AsOf = None
) -> Response:
    """The evidence file: the same bytes for the same day while nothing more is known of it."""
    with deps.database.reading() as session:
        try:
            made = deps.evidence.file(session, case_no, as_of or deps.today(), deps.clock.now())
        except MissingGlyphs as fault:
            raise Refused("no_draft", str(fault), "Correct the characters that no font has.") from fault
    headers = {"X-Content-Type-Options": "nosniff", "ETag": f'"{made.sha256}"'}
    return Response(made.pdf, media_type="application/pdf", headers=headers)


@router.post(
    "/cases/{case_no}/evidence", status_code=201,
    responses=problems("unknown_case", "unknown_attachment", "command_differs", "file_invalid", "role_ambiguous"),
)  # fmt: skip
def add_paper(
    case_no: Number,
    body: PaperBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("add_evidence")],
    deps: Needs,
    role: RoleHeader = None,
) -> EvidencePaper:
    """Add a paper to the evidence of a case, once per key."""
    actor = person.actor(acting_role(person, "add_evidence", role), "add_evidence")
    paper = EvidencePaper(id=f"paper:{key}", case_no=case_no, actor=actor, at=deps.clock.now(), **body.model_dump())
    with deps.database.session() as session:
        evidence.add_paper(session, paper)
    return paper


@router.get("/cases/{case_no}/limitation", responses=MISSING)
def get_limitation(case_no: Number, person: Reader, deps: Needs, as_of: AsOf = None) -> LimitationView:
    """Until when the claim can be enforced, what interrupted its limitation, until when each guarantor is bound."""
    with deps.database.reading() as session:
        case = snapshot_of(session, case_no)
        if case is None or not case.account_no:
            raise Refused("unknown_case", f"There is no case {case_no}.", "Check the case number.")
        found = limitation.clocks_of(session, case.account_no, deps.policies.clocks, as_of or deps.today())
    return LimitationView(case_no=case_no, **{name: getattr(found, name) for name in limitation.Clocks.model_fields})


@router.put(
    "/accounts/{account_no}/guarantees/{party_id}",
    responses=problems("unknown_account", "unknown_party", "term_unfit", "role_ambiguous"),
)
def agree(
    account_no: Number,
    party_id: Number,
    body: GuaranteeBody,
    person: Annotated[Person, may("enter_suit")],
    deps: Needs,
    role: RoleHeader = None,
) -> GuaranteeTerm:
    """Whether a guarantor is liable jointly, and the period that was agreed; without one it is six months by law."""
    actor = person.actor(acting_role(person, "enter_suit", role), "enter_suit")
    term = GuaranteeTerm(
        account_no=account_no, party_id=party_id, actor=actor, at=deps.clock.now(), **body.model_dump()
    )
    with deps.database.session() as session:
        limitation.agree_guarantee(session, term)
    return term
