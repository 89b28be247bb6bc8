"""Violations of the rules of conduct: recorded with their evidence, put right through the errand of a supervisor."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import ConfigDict, Field

from activities.supervision import Found
from api.auth import Person, RoleHeader, acting_role, may
from api.deps import Deps, Needs
from api.problems import problems
from api.quality import supervision_of
from api.schemas import NO, Body, Cursor, IdempotencyKey, Limit
from domain.errors import Refused
from domain.words import Words
from store import cases, documents, recordings, violations
from store.views import Page
from store.violations import Kind, Severity, Source, Standing, Violation

router = APIRouter(tags=["违规 violations"])
ViolationId = Annotated[str, Path(pattern=r"^v-[0-9a-f]{24}$")]
Watcher = Annotated[Person, may("see_violations")]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=NO)]


class ViolationBody(Body):
    """who: a staff id. evidence: a recording or an uploaded document. correct_by: absent: in three business days."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "threat", "severity": "serious", "who": "u-7", "text": "通话中威胁客户",
                 "evidence": "rec-0123456789abcdef01234567"}
            ]
        }
    )  # fmt: skip

    found_by: Source = "supervisor"
    kind: Kind
    severity: Severity = "minor"
    who: Name
    case_no: Name | None = None
    evidence: Name
    text: Words
    correct_by: Annotated[date, Field(lt=date(2100, 1, 1))] | None = None


@router.post(
    "/violations", status_code=201,
    responses=problems("unknown_staff", "unknown_case", "unknown_evidence", "correction_past", "key_differs"),
)  # fmt: skip
def report_violation(
    body: ViolationBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("report_violation")],
    deps: Needs,
    role: RoleHeader = None,
) -> Violation:
    """Record a violation: the head of who did it is asked to put it right, by POST /errands/{id}/answer."""
    actor = person.actor(acting_role(person, "report_violation", role), "report_violation")
    with deps.database.session() as session:
        if body.case_no is not None and cases.snapshot_of(session, body.case_no) is None:
            raise Refused("unknown_case", f"There is no case {body.case_no}.", "Check the case number.")
        heard = recordings.find_recording(session, body.evidence)
        if heard is None and documents.get_attachment(session, body.evidence) is None:
            raise Refused("unknown_evidence", f"There is no {body.evidence}.", "Upload it, or name a recording.")
        found = Found(key=f"{person.user}/{key}", **body.model_dump())
        entered = violations.find_violation(session, supervision_of(deps).enter_violation(session, found, actor))
    if entered is None:
        raise RuntimeError("a violation is neither new nor known")
    if any(getattr(entered, name) != value for name, value in body.model_dump(exclude={"correct_by"}).items()):
        raise Refused("key_differs", f"The id {key} belongs to another violation.", "Use a new Idempotency-Key.")
    return entered


@router.get("/violations", responses=problems("bad_cursor"))
def list_violations(
    person: Watcher,
    deps: Needs,
    standing: Annotated[Standing | None, Query(description="How far its correction has come.")] = None,
    who: Annotated[str | None, Query(max_length=64)] = None,
    found_by: Source | None = None,
    case_no: Annotated[str | None, Query(max_length=64)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Violation]:
    """Violations with their correction, the newest first."""
    with deps.database.reading() as session:
        return violations.list_violations(session, standing, who, found_by, case_no, cursor, limit)


@router.get("/violations/{violation_id}", responses=problems("unknown_violation"))
def get_violation(violation_id: ViolationId, person: Watcher, deps: Needs) -> Violation:
    """One violation with its correction, or the reason why it was none."""
    return _existing(deps, violation_id)


def _existing(deps: Deps, violation_id: str) -> Violation:
    with deps.database.reading() as session:
        found = violations.find_violation(session, violation_id)
    if found is None:
        raise Refused("unknown_violation", f"There is no violation {violation_id}.", "See GET /violations.")
    return found
