"""How people may be contacted: the answer of the contact gate for a case, and what a person has said about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from activities.contact_data import Doubt
from activities.contact_gate import Wanted
from api.auth import Person, Reader, RoleHeader, acting_role, may
from api.deps import Needs
from api.held import dunning_held
from api.problems import problems
from api.quality import contact_data_of
from api.schemas import Body, IdempotencyKey, Number
from domain.conduct import Channel, Never, Postponed, Purpose
from domain.contact_data import ContactFinding
from domain.errors import Refused
from domain.preferences import Preferences
from domain.words import Words
from store import accounts, cases, documents, preferences
from store.contacts import party_of_target

router = APIRouter(tags=["联系 contact"])
WHO = r"^(lessee|borrower|vendor|guarantor-[1-9][0-9]?)$"
Target = Annotated[str, Query(pattern=WHO, description="Whom.")]


class PermissionView(BaseModel):
    """The answer of the contact gate now. not_before: when it will be permitted if nothing else happens until then.

    reason: contact_hours, night, contact_cap, weekly_cap, do_not_contact, refused, unreachable, complaint, third_party,
    held.
    """

    verdict: Literal["allowed", "postponed", "never"] = Field(examples=["postponed"])
    reason: str | None = Field(default=None, examples=["contact_cap"])
    not_before: datetime | None = Field(default=None, examples=["2026-03-11T00:00:00Z"])


class PreferencesBody(Body):
    """All preferences of a person as they are from now on. evidence: id of an attachment, needed to permit more."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"preferences": {"refused": ["call"]}, "reason": "asked on the phone not to be called"}]
        }
    )

    preferences: Preferences
    reason: Words
    evidence: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class FindingBody(Body):
    """What is wrong with how a party can be reached. who: as in targets, "lessee" or "guarantor-2"."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"finding": "address_wrong", "note": "厂房已搬空"}]})

    finding: ContactFinding
    who: Annotated[str, Field(pattern=WHO)] = "lessee"
    note: Annotated[str, Field(max_length=2000)] = ""


class FindingState(BaseModel):
    """The errand in which it is found out; None: somebody looks into it already, see GET /errands."""

    finding: ContactFinding
    errand: str | None


@router.get("/cases/{case_no}/contact-permission", responses=problems("unknown_case", "unknown_party"))
def get_contact_permission(
    case_no: Number,
    person: Reader,
    deps: Needs,
    channel: Annotated[Channel, Query(description="By which way.")] = "call",
    purpose: Annotated[Purpose, Query(description="What for; formal notices are exempt from caps.")] = "collection",
    to: Target = "lessee",
) -> PermissionView:
    """Whether somebody may be contacted now, by the conduct packs in force and all contacts over all accounts."""
    with deps.database.reading() as session:
        case = cases.snapshot_of(session, case_no)
        if case is None:
            raise Refused("unknown_case", f"There is no case {case_no}.", "")
        wanted = Wanted(account_no=case.account_no, who=to, channel=channel, purpose=purpose)
        answer = deps.gate.ask(session, wanted)
        if answer is not None and dunning_held(deps, session, case_no, to, channel, purpose):
            answer = Never(reason="held")
    match answer:
        case None:
            raise Refused("unknown_party", f"The account of {case_no} has no {to}.", "")
        case Postponed():
            return PermissionView(verdict="postponed", reason=answer.reason, not_before=answer.not_before)
        case Never():
            return PermissionView(verdict="never", reason=answer.reason)
        case _:
            return PermissionView(verdict="allowed")


@router.post(
    "/accounts/{account_no}/contact-findings", status_code=201,
    responses=problems("unknown_account", "unknown_party", "role_ambiguous", "role_not_yours"),
)  # fmt: skip
def report_finding(
    account_no: Number,
    body: FindingBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("record_contact")],
    deps: Needs,
    role: RoleHeader = None,
) -> FindingState:
    """A number or an address is wrong, or was never verified: whoever says so is asked to find out, by an errand."""
    acting = acting_role(person, "record_contact", role)
    with deps.database.session() as session:
        accounts.get_account(session, account_no)
        if party_of_target(session, account_no, body.who) is None:
            raise Refused("unknown_party", f"{account_no} has no {body.who}.", "See the parties of the account.")
        doubt = Doubt(
            finding=body.finding, source=f"{person.user}/{key}", account_no=account_no, who=body.who, role=acting,
            note=body.note,
        )  # fmt: skip
        return FindingState(finding=body.finding, errand=contact_data_of(deps).found(session, doubt))


@router.get("/parties/{party_id}/contact-preferences", responses=problems("unknown_party"))
def get_preferences(party_id: Number, person: Reader, deps: Needs) -> list[preferences.PreferenceEntry]:
    """What a person has said about being contacted: all versions, the last one counts; none: nothing is known."""
    with deps.database.reading() as session:
        return list(preferences.preference_history(session, party_id))


@router.put(
    "/parties/{party_id}/contact-preferences",
    responses=problems(
        "unknown_party", "not_entitled", "role_ambiguous", "role_not_yours", "document_missing", "unknown_attachment"
    ),
)
def put_preferences(
    party_id: Number,
    body: PreferencesBody,
    person: Annotated[Person, may("change_preferences")],
    deps: Needs,
    role: RoleHeader = None,
) -> preferences.PreferenceEntry:
    """Enter all preferences of a person anew, for all their accounts. What counts already is not entered twice.

    To permit more than before (to lift a stop, to contact at night) needs a document.
    """
    acting = acting_role(person, "change_preferences", role)
    actor = person.actor(acting, "change_preferences")
    with deps.database.session() as session:
        if body.evidence is not None and documents.get_attachment(session, body.evidence) is None:
            raise Refused("unknown_attachment", f"There is no attachment {body.evidence}.", "")
        return preferences.change_preferences(
            session, party_id, body.preferences, body.reason, body.evidence, actor, deps.clock.now()
        )
