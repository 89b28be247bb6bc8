"""The register of collection agencies: licences, checks, mandates, and which case is with whom from when until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

from pydantic import AwareDatetime, Field
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.agency import AgencyFile, AgencyNo, AgencyPlaced, AgencyRecalled, Mandate
from domain.base import Frozen
from domain.case import Case
from domain.errors import Refused
from domain.events import Actor, CaseClosed, Event
from domain.ledger import DEBTORS
from store.account_facts import split
from store.dialect import insert_into, inserted, take_turns
from store.tables import (
    AccountRow,
    AgencyCheckRow,
    AgencyPlacementRow,
    AgencyReportRow,
    AgencyRow,
    BranchRow,
    PartyRow,
)

LISTS = ("policies", "buckets", "regions")  # of the mandate, joined by commas
Every = Literal["week", "month"]


class Agency(Frozen):
    """An entry of the register. licence_document, nda_document: ids of uploaded documents. *_until: last days.

    report_every: how often it reports.
    """

    id: AgencyNo
    name: str = Field(min_length=1, max_length=200)
    licence_no: str = Field(min_length=1, max_length=100)
    licence_until: date
    licence_document: str
    nda_until: date | None = None
    nda_document: str | None = None
    mandate: Mandate = Mandate()
    commission_rate: Decimal = Field(default=Decimal(0), ge=0, le=1, max_digits=5, decimal_places=4)
    report_every: Every = "month"
    entered_by: str
    changed_at: AwareDatetime


class AgencyCheck(Frozen):
    """A check of the qualification (B2.3.2.1a), or an audit of the reports (B2.3.2.1d); passed: nothing against it."""

    id: str
    agency: str
    kind: Literal["qualification", "audit"]
    day: date
    passed: bool
    document: str
    findings: str = ""
    actor: Actor
    at: AwareDatetime


class PlacedCase(Frozen):
    """A case that is or was with an agency; until: None while it is."""

    id: str
    agency: str
    case_no: str
    account_no: str
    policy_id: str
    commission_rate: Decimal
    since: AwareDatetime
    until: AwareDatetime | None
    reason: str


class AgencyReport(Frozen):
    """What an agency reports of a period; period: its first day. document: id of an uploaded one."""

    agency: str
    period: date
    text: str
    document: str | None
    handed_in_by: str
    handed_in_at: AwareDatetime


class Debtor(Frozen):
    """The least an agency needs to collect: whom to call, under which contract. Personal."""

    name: str
    phone: str | None
    contract_no: str
    currency: str


def put_agency(session: Session, agency: Agency) -> None:
    """Enter an agency, or what is new of it; cases placed before keep the rate of their placement."""
    mandate = agency.mandate.model_dump()
    values = agency.model_dump(exclude={"mandate"}) | mandate | {name: ",".join(mandate[name]) for name in LISTS}
    changes = {name: value for name, value in values.items() if name != "id"}
    statement = insert_into(session, AgencyRow).values(**values)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes))


def get_agency(session: Session, agency_id: str) -> Agency:
    """One agency. Refused "unknown_agency"."""
    row = session.get(AgencyRow, agency_id, populate_existing=True)
    if row is None:
        raise Refused("unknown_agency", f"There is no agency {agency_id}.", "See GET /agencies.")
    return _agency(row)


def list_agencies(session: Session) -> tuple[Agency, ...]:
    """All of them, by their ids."""
    return tuple(_agency(row) for row in session.scalars(select(AgencyRow).order_by(col(AgencyRow.id))))


def add_check(session: Session, check: AgencyCheck) -> bool:
    """Enter a check once; False when it is here already. Refused: unknown_agency, command_differs."""
    get_agency(session, check.agency)
    take_turns(session, f"agency {check.agency}")
    c = AgencyCheckRow
    last = session.scalar(select(func.max(col(c.seq))).where(col(c.agency) == check.agency)) or 0
    actor = {"actor_user": check.actor.user, "actor_role": check.actor.role}
    if inserted(session, c, {**check.model_dump(exclude={"actor"}), **actor, "seq": last + 1}):
        return True
    known = session.get_one(c, check.id)
    if any(getattr(known, name) != getattr(check, name) for name in ("agency", "kind", "day", "passed", "findings")):
        raise Refused("command_differs", f"The id {check.id} belongs to another check.", "Use a new id.")
    return False


def checks_of(session: Session, agency_id: str) -> tuple[AgencyCheck, ...]:
    """Everything that was checked, in order."""
    c = AgencyCheckRow
    rows = session.scalars(select(c).where(col(c.agency) == agency_id).order_by(col(c.seq)))
    return tuple(
        AgencyCheck.model_validate({
            **row.model_dump(exclude={"seq", "actor_user", "actor_role"}),
            "actor": Actor(user=row.actor_user, role=row.actor_role, authority="permission:check_agency"),
        })
        for row in rows
    )  # fmt: skip


def file_of(session: Session, agency_id: str) -> AgencyFile:
    """The agency as a case is told of it. An audit with findings ends what a check had found. Refused as above."""
    agency = get_agency(session, agency_id)
    qualified = False
    for check in checks_of(session, agency_id):
        qualified = check.passed if check.kind == "qualification" else qualified and check.passed
    return AgencyFile(
        id=agency.id, licence_until=agency.licence_until, nda_until=agency.nda_until, qualified=qualified,
        mandate=agency.mandate, commission_rate=agency.commission_rate,
    )  # fmt: skip


def region_of(session: Session, account_no: str) -> str:
    """The region of the branch of an account; "" where none is known."""
    query = (
        select(col(BranchRow.region))
        .join(AccountRow, col(AccountRow.branch) == col(BranchRow.name))
        .where(col(AccountRow.account_no) == account_no)
    )
    return session.scalar(query) or ""


def enter_placements(session: Session, case: Case, new: Sequence[Event]) -> None:
    """Who has the case from when until when, as the record of the case says it."""
    for event in new:
        match event.body:
            case AgencyPlaced(agency=agency):
                name = sha256(f"{case.case_no}/{event.seq}".encode()).hexdigest()[:24]
                values: dict[str, Any] = {
                    "id": f"plc-{name}", "agency": agency.id, "case_no": case.case_no, "seq": event.seq,
                    "account_no": case.account_no, "policy_id": case.policy.id if case.policy else "",
                    "commission_rate": agency.commission_rate, "since": event.at, "reason": "",
                }  # fmt: skip
                inserted(session, AgencyPlacementRow, values)
            case AgencyRecalled(reason=reason):
                _ended(session, case.case_no, event.at, reason)
            case CaseClosed(reason=reason):
                _ended(session, case.case_no, event.at, reason)
            case _:
                pass


def _ended(session: Session, case_no: str, at: datetime, reason: str) -> None:
    p = AgencyPlacementRow
    still = update(p).where(col(p.case_no) == case_no, col(p.until).is_(None))
    session.execute(still.values(until=at, reason=reason))


def placements(
    session: Session, agency: str | None = None, now: bool = True, case_no: str | None = None
) -> tuple[PlacedCase, ...]:
    """Cases with an agency, or with any, the oldest first; now: only those that are with it still."""
    p = AgencyPlacementRow
    query = select(p).order_by(col(p.since), col(p.id))
    if agency is not None:
        query = query.where(col(p.agency) == agency)
    if case_no is not None:
        query = query.where(col(p.case_no) == case_no)
    if now:
        query = query.where(col(p.until).is_(None))
    return tuple(_placed(row) for row in session.scalars(query.execution_options(populate_existing=True)))


def placement_of(session: Session, agency: str, placement_id: str) -> PlacedCase:
    """A case that is with this agency now. Refused "unknown_placement", also for one that is no longer theirs."""
    row = session.get(AgencyPlacementRow, placement_id, populate_existing=True)
    if row is None or row.agency != agency or row.until is not None:
        raise Refused("unknown_placement", f"There is no {placement_id} with you.", "See GET /agency/cases.")
    return _placed(row)


def debtor_of(session: Session, account_no: str) -> Debtor:
    """Whom to call about an account. Personal."""
    p, a = PartyRow, AccountRow
    query = (
        select(col(p.name), col(p.phone), col(a.contract_no), col(a.currency))
        .join(p, col(p.account_no) == col(a.account_no))
        .where(col(a.account_no) == account_no, col(p.role).in_([role.value for role in DEBTORS]))
    )
    return Debtor(**dict(session.execute(query.order_by(col(p.ordinal)).limit(1)).mappings().one()))


def add_report(session: Session, report: AgencyReport) -> bool:
    """Keep a report, one per period; the same again changes nothing. Refused "report_differs"."""
    if inserted(session, AgencyReportRow, report.model_dump()):
        return True
    known = session.get_one(AgencyReportRow, (report.agency, report.period))
    if (known.text, known.document) != (report.text, report.document):
        raise Refused("report_differs", f"{report.period} was reported.", "Correct it in the next report.")
    return False


def reports_of(session: Session, agency_id: str) -> tuple[AgencyReport, ...]:
    """What an agency handed in, by period."""
    r = AgencyReportRow
    rows = session.scalars(select(r).where(col(r.agency) == agency_id).order_by(col(r.period)))
    return tuple(AgencyReport.model_validate(row.model_dump()) for row in rows)


def _agency(row: AgencyRow) -> Agency:
    known = row.model_dump()
    mandate = {name: split(known.pop(name)) for name in LISTS}
    mandate |= {name: known.pop(name) for name in ("amount_from", "amount_to")}
    return Agency.model_validate({**known, "mandate": mandate})


def _placed(row: AgencyPlacementRow) -> PlacedCase:
    return PlacedCase.model_validate(row.model_dump(exclude={"seq"}))
