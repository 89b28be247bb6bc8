"""What became of letters outside: proof that they arrived, and the letter that corrects a wrong one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from activities.content.words import role as title_of
from activities.correction import WrongLetter, correctable
from activities.correction_signing import ask_signatures, signers_of
from api.auth import Person, RoleHeader, acting_role, may
from api.correcting import tell_case, write_letter
from api.deps import Deps, Needs
from api.letters import DeliveryView, delivery_view
from api.problems import problems
from api.schemas import Body, BookDay, IdempotencyKey, Number
from domain.errors import Refused
from domain.events import Actor
from domain.words import Words
from letters.parts import Signature
from store import deliveries, letters
from store.cases import snapshot_of
from store.correction_drafts import CorrectionDraft
from store.documents import get_document
from store.letters import LetterCorrection, NewProof

router = APIRouter(tags=["函件 letters"])
Long = Words


class ProofBody(Body):
    """The number of the registered letter and its receipt, uploaded with POST /attachments.

    received_on: the day on which the addressee signed; from it limitation begins anew. Without it the letter stands as
    a demand whose arrival is still to be proven.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [
            {"delivery": "L-1-1/demand_notice/1/lessee/letter", "registered_no": "XA12345678931", "receipt": "att-1",
             "received_on": "2026-03-12"}
        ]}
    )  # fmt: skip

    delivery: Annotated[str, Field(min_length=1, max_length=300)]
    registered_no: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{4,40}$")]
    receipt: Annotated[str, Field(min_length=1, max_length=64)]
    received_on: BookDay | None = None


class CorrectionBody(Body):
    """wrong: what the letter says wrongly; right: what it should say; both are printed. reason: for the record."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [
            {"wrong": "原函所列付款期限为2026年3月15日。", "right": "付款期限应为2026年3月25日。", "reason": "录入有误"}
        ]}
    )  # fmt: skip

    wrong: Long
    right: Long
    reason: Long


class CorrectionView(BaseModel):
    """The letter that was wrong, and the one that says so; it goes out when the contact gate lets it.

    correction: None while it waits for the signatures of `waits_for`; it is written with the last of them.
    """

    number: str = Field(examples=["rent-demand-notice-2026-00001"])
    correction: str | None = Field(examples=["correction-letter-2026-00001"])
    target: str
    case_no: str
    waits_for: tuple[str, ...] = Field(default=(), examples=[["head_of_asset_management"]])


@router.post(
    "/deliveries/proof",
    status_code=201,
    responses=problems("unknown_delivery", "not_sent", "key_differs", "unknown_attachment", "file_invalid"),
)
def prove_delivery(
    body: ProofBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("prove_delivery")],
    deps: Needs,
    role: RoleHeader = None,
) -> DeliveryView:
    """Attach the registered mail number and the receipt to a delivery; a later proof of it counts."""
    actor = person.actor(acting_role(person, "prove_delivery", role), "prove_delivery")
    wanted = NewProof(id=key, delivery=body.delivery, registered_no=body.registered_no, evidence=body.receipt,
                      received_on=body.received_on, actor=actor, at=deps.clock.now())  # fmt: skip
    with deps.database.session() as session:
        proof = letters.add_proof(session, wanted)
        found = deliveries.find_delivery(session, proof.delivery)
    if found is None:
        raise Refused("unknown_delivery", f"There is no delivery {proof.delivery}.", "")
    return delivery_view(found, proof)


@router.post(
    "/documents/{number}/correction",
    status_code=201,
    responses=problems("unknown_document", "not_a_letter", "not_sent", "already_corrected", "engine_unavailable"),
)
async def correct_letter(
    number: Number,
    body: CorrectionBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("correct_letter")],
    deps: Needs,
    role: RoleHeader = None,
) -> CorrectionView:
    """Correct a letter that went out by another one, which names its number and date and goes to the same target.

    It is no second notice: no step of the case begins anew. The case records it as a correcting entry. When the wrong
    letter was signed by somebody, the same roles are asked to sign (an errand each) before it is written and sent.
    """
    acting = acting_role(person, "correct_letter", role)
    actor = person.actor(acting, "correct_letter")
    waits = await run_in_threadpool(_for_signature, deps, number, body, key, actor)
    if waits is not None:
        return waits
    found = await run_in_threadpool(_written, deps, number, body, key, actor, person.name)
    await tell_case(deps, person, found, key, acting)
    told = found.model_dump(include={"number", "correction", "target", "case_no"})
    return CorrectionView.model_validate(told)


def _for_signature(deps: Deps, number: str, body: CorrectionBody, key: str, actor: Actor) -> CorrectionView | None:
    """Who has to sign; None when nobody has, or when they have signed."""
    with deps.database.session() as session:
        known = letters.correction_of(session, number)
        if known is not None and known.id == key:
            return None
        signers = signers_of(session, deps.policies, number)
        if signers is None:
            return None
        draft = CorrectionDraft(
            id=key, number=number, case_no=correctable(session, number).line.case_no, **body.model_dump(),
            actor_user=actor.user, actor_role=actor.role, authority=actor.authority, at=deps.clock.now(),
        )  # fmt: skip
        roles = ask_signatures(session, signers, draft)
        target = correctable(session, number).delivery.target
    return CorrectionView(number=number, correction=None, target=target, case_no=draft.case_no, waits_for=roles)


def _written(deps: Deps, number: str, body: CorrectionBody, key: str, actor: Actor, name: str) -> LetterCorrection:
    with deps.database.session() as session:
        line = get_document(session, number)
        case = snapshot_of(session, line.case_no) if line else None
        title = actor.role
        if case is not None and case.policy is not None:
            title = title_of(deps.policies.ladder(case.policy, case.settings), actor.role)
        wanted = WrongLetter(
            number=number, id=key, wrong=body.wrong, right=body.right, reason=body.reason, actor=actor,
            signatures=(Signature(role=title, name=name or None, signed_on=deps.today()),), as_of=deps.today(),
            at=deps.clock.now(),
        )  # fmt: skip
        return write_letter(deps, session, wanted)
