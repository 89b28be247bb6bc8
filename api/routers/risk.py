"""Early warnings and risk classes: what was reported of an account, what it proposes, what a person confirmed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from activities import early_warnings
from activities.early_warnings import Reporting
from activities.risk import risk_pack_of
from api.auth import Person, Reader, RoleHeader, acting_role, may
from api.deps import Deps, Needs
from api.problems import problems
from api.schemas import Body, IdempotencyKey, Key, Number
from api.signed import signed
from domain.events import Actor
from domain.risk import Assessment, RiskClass, RiskPack, Source
from domain.words import Said, Words
from store import risk_ratings
from store.early_warnings import KeptSignal, Signal, signals_of
from store.risk_ratings import NewRating, RiskRating

router = APIRouter(tags=["风险与预警 risk"])
SignalId = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:~-]*$")]
OUTSIDE = {"schema": {"$ref": "#/components/schemas/SignalsBody"}}
State = Literal["in_force", "expired", "withdrawn"]


class SignalBody(Body):
    """One observation. id: the reporter's own; the same again is the same signal. detail: what was seen."""

    id: Key
    account_no: Annotated[str, Field(min_length=1, max_length=64)]
    indicator: Annotated[str, Field(min_length=1, max_length=64)]
    observed_on: date
    detail: Annotated[str, Field(max_length=2000)] = ""


class SignalsBody(Body):
    """Up to a thousand signals: all are taken, or none and every fault is named."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "signals": [
                        {
                            "id": "bank-7781",
                            "account_no": "L-000001",
                            "indicator": "income_drop",
                            "observed_on": "2026-03-09",
                            "detail": "工资入账减半",
                        }
                    ]
                }
            ]
        }
    )

    signals: Annotated[tuple[SignalBody, ...], Field(min_length=1, max_length=1000)]


class ReasonBody(Body):
    """Why a signal is taken back."""

    reason: Annotated[Said, Field(max_length=2000)]


class ConfirmBody(Body):
    """The class a person gives, as proposed or another one, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"risk_class": "high", "reason": "收入中断，已转移车辆"}]}
    )

    risk_class: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Words


class SignalView(BaseModel):
    """A signal and whether it still counts."""

    state: State
    signal: KeptSignal


class RiskView(BaseModel):
    """confirmed: the class a person gave last; its treatment beside it. assessment: what is proposed now, explained."""

    account_no: str
    as_of: date
    confirmed: RiskClass | None
    assessment: Assessment
    warnings: tuple[SignalView, ...]
    history: tuple[RiskRating, ...]


@router.get("/risk-classes", responses=problems("no_risk_pack"))
def get_risk_pack(person: Reader, deps: Needs) -> RiskPack:
    """The classes with their treatment, the factors with limits and weights, the indicators that may be reported."""
    return _pack(deps)


@router.get("/accounts/{account_no}/risk", responses=problems("unknown_account", "no_risk_pack"))
def get_risk(account_no: Number, person: Reader, deps: Needs) -> RiskView:
    """The class of an account: confirmed, proposed factor by factor, and every rating it ever had (C1.3.3)."""
    pack, today = _pack(deps), deps.today()
    with deps.database.reading() as session:
        history = risk_ratings.risk_history(session, account_no)
        confirmed = risk_ratings.risk_class_of(session, account_no)
        return RiskView(
            account_no=account_no,
            as_of=today,
            confirmed=next((one for one in pack.classes if one.id == confirmed), None),
            assessment=risk_ratings.assessed(session, account_no, today, deps.policies, pack),
            warnings=tuple(_view(one, today) for one in signals_of(session, account_no)),
            history=history,
        )


@router.post(
    "/accounts/{account_no}/risk",
    status_code=201,
    responses=problems(
        "unknown_account", "no_risk_pack", "unknown_risk_class", "key_differs", "role_not_yours", "role_ambiguous"
    ),
)
def confirm_risk(
    account_no: Number,
    body: ConfirmBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("rate")],
    deps: Needs,
    role: RoleHeader = None,
) -> RiskRating:
    """Give the account a class with a reason; once per key, added to its history."""
    actor = person.actor(acting_role(person, "rate", role), "rate")
    wanted = NewRating(
        account_no=account_no, kind="confirmed", risk_class=body.risk_class, reason=body.reason, actor=actor, key=key,
        at=deps.clock.now(),
    )  # fmt: skip
    with deps.database.session() as session:
        return risk_ratings.add_risk_rating(session, wanted, deps.today(), deps.policies, _pack(deps))


@router.post("/warnings", status_code=201, responses=problems("no_risk_pack", "role_not_yours", "role_ambiguous"))
def report(
    body: SignalsBody, person: Annotated[Person, may("report_warning")], deps: Needs, role: RoleHeader = None
) -> tuple[SignalView, ...]:
    """Report what somebody here has seen: a worse class is proposed, and the role named by the policy is asked."""
    return _report(deps, "person", person.actor(acting_role(person, "report_warning", role), "report_warning"), body)


async def _from_outside(request: Request, deps: Needs) -> SignalsBody:
    return await signed(request, deps, SignalsBody)


@router.post(
    "/warnings/outside",
    status_code=201,
    responses=problems("signature_refused", "no_risk_pack"),
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": OUTSIDE}}},
)
async def report_from_outside(
    body: Annotated[SignalsBody, Depends(_from_outside)], deps: Needs
) -> tuple[SignalView, ...]:
    """The same from an outside source, signed as docs/gateways.md says (O3.1)."""
    actor = Actor(user="outside", role="system", authority="signature")
    return await run_in_threadpool(_report, deps, "outside", actor, body)


@router.post(
    "/warnings/{source}/{signal_id}/withdrawal",
    responses=problems("unknown_warning", "already_withdrawn", "role_not_yours", "role_ambiguous"),
)
def withdraw(
    source: Source,
    signal_id: SignalId,
    body: ReasonBody,
    person: Annotated[Person, may("rate")],
    deps: Needs,
    role: RoleHeader = None,
) -> SignalView:
    """Take a signal back with a reason; it stays in the record and counts no longer."""
    by = _by(deps, source, person.actor(acting_role(person, "rate", role), "rate"))
    with deps.database.session() as session:
        return _view(early_warnings.withdraw(session, by, signal_id, body.reason), deps.today())


def _report(deps: Deps, source: Source, actor: Actor, body: SignalsBody) -> tuple[SignalView, ...]:
    signals = [Signal.model_validate(one.model_dump()) for one in body.signals]
    with deps.database.session() as session:
        kept = early_warnings.report_signals(session, _by(deps, source, actor), signals)
    return tuple(_view(one, deps.today()) for one in kept)


def _by(deps: Deps, source: Source, actor: Actor) -> Reporting:
    return Reporting(deps.policies, _pack(deps), source, actor, deps.clock.now(), deps.time_zone)


def _view(kept: KeptSignal, today: date) -> SignalView:
    return SignalView(state=kept.state(today), signal=kept)


def _pack(deps: Deps) -> RiskPack:
    return risk_pack_of(deps.settings.risk_path, deps.settings.risk, deps.today())
