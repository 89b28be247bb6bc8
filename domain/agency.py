"""A collection agency as a case knows it: what it may be given, and when it is taken back (B2.3.2.1, O3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field

from domain.base import Frozen
from domain.evidence import Actor
from domain.words import Words

AGENCY: Final = "agency"  # the role of the agencies' own people: they belong to no policy
AGENCY_WATCH: Final = Actor(user="agencies", role="system", authority="policy")  # recalls what may not stay outside
RecallReason = Literal["licence_expired", "confidentiality_expired", "audit_finding", "by_decision", "ended"]
AgencyNo = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class Mandate(Frozen):
    """What an agency may be given: collection only (B2.3.2.1c). Empty: any. amounts: what is overdue, both included."""

    policies: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    amount_from: Decimal | None = Field(default=None, ge=0)
    amount_to: Decimal | None = Field(default=None, ge=0)


class AgencyFile(Frozen):
    """An entry of the register as it stood when a case was placed. licence_until, nda_until: last days.

    qualified: the last check passed and no audit since found anything that forbids placing.
    """

    id: AgencyNo
    licence_until: date
    nda_until: date | None
    qualified: bool
    mandate: Mandate = Mandate()
    commission_rate: Decimal = Field(default=Decimal(0), ge=0, le=1)


class Placement(Frozen):
    """With whom a case is placed, and since when."""

    agency: str
    since: AwareDatetime


class PlaceWithAgency(Frozen):
    """The answer of the placement step: the mandate is given to this agency. region: of the account, "" if unknown."""

    do: Literal["place_with_agency"] = "place_with_agency"
    step: str
    agency: AgencyFile
    region: str = ""
    note: str = Field(default="", max_length=4000)
    evidence: str | None = None


class RecallFromAgency(Frozen):
    """The mandate is taken back; somebody is asked to see to the papers and to how the case goes on."""

    do: Literal["recall_from_agency"] = "recall_from_agency"
    reason: RecallReason = "by_decision"
    note: Words


class AgencyPlaced(Frozen):
    kind: Literal["agency_placed"] = "agency_placed"
    agency: AgencyFile
    evidence: str | None = None


class AgencyRecalled(Frozen):
    """undone: steps of the placement that may be gone through again, with this agency or another one."""

    kind: Literal["agency_recalled"] = "agency_recalled"
    agency: str
    reason: RecallReason
    note: str = ""
    undone: tuple[str, ...] = ()


def expired(agency: AgencyFile, today: date) -> RecallReason | None:
    """Why a case may not stay with an agency on that day; None while it may."""
    if agency.licence_until < today:
        return "licence_expired"
    if agency.nda_until is None or agency.nda_until < today:
        return "confidentiality_expired"
    return None if agency.qualified else "audit_finding"


def faults(agency: AgencyFile, policy: str, bucket: str, region: str, overdue: Decimal, today: date) -> Iterator[str]:
    """Everything that keeps a case from being placed with this agency on that day."""
    if agency.licence_until < today:
        yield f"its licence ran out on {agency.licence_until}"
    if not agency.qualified:
        yield "its qualification was not checked, or an audit found something since"
    if agency.nda_until is None:
        yield "it signed no confidentiality agreement"
    elif agency.nda_until < today:
        yield f"its confidentiality agreement ran out on {agency.nda_until}"
    mandate = agency.mandate
    for name, found, allowed in (
        ("policy", policy, mandate.policies), ("bucket", bucket, mandate.buckets), ("region", region, mandate.regions)
    ):  # fmt: skip
        if allowed and found not in allowed:
            yield f"its mandate does not cover the {name} {found or 'unknown'}"
    if mandate.amount_from is not None and overdue < mandate.amount_from:
        yield f"its mandate begins at {mandate.amount_from}, {overdue} is overdue"
    if mandate.amount_to is not None and overdue > mandate.amount_to:
        yield f"its mandate ends at {mandate.amount_to}, {overdue} is overdue"
