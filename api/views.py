"""What callers get back where it is more than a fact of the domain or the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

from api.undertakings import UndertakingsView
from domain.asset import AssetState
from domain.events import Actor, Body as EventBody, Event, PolicyPin
from domain.facts import Facts
from domain.ledger import Instalment
from domain.limitation import Interruption
from domain.standing import Standing
from domain.step_rule import StepRule
from imports.payments import RowResult
from store.assignment import PolicyChoice
from store.batches import Batch
from store.early_warnings import KeptSignal
from store.views import Account, AskLine, CaseLine, Party, PortfolioSummary
from store.waivers import WaiverEntry


class BulkResult(BaseModel):
    """What became of one item; status as the single command would have answered."""

    case_no: str
    id: str
    status: int = Field(examples=[200])
    state: Literal["recorded", "running", "refused", "failed"]
    first_seq: int | None = None
    code: str | None = None
    detail: str | None = None
    remedy: str | None = None


class Token(BaseModel):
    """A bearer token; expires_in is in seconds."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int = Field(examples=[28800])


class MeView(BaseModel):
    """Who you are, your roles, and what each permits."""

    user: str = Field(examples=["u-17"])
    name: str
    roles: tuple[str, ...] = Field(examples=[["head_of_asset_management"]])
    permissions: dict[str, tuple[str, ...]] = Field(examples=[{"see": ["head_of_asset_management"]}])


class AccountView(BaseModel):
    """A lease with its schedule and parties."""

    account: Account
    schedule: tuple[Instalment, ...]
    parties: tuple[Party, ...]


class StandingView(BaseModel):
    """The standing of an account at the end of a day by the terms of its policy, and its bucket (none: not overdue)."""

    account_no: str
    currency: str
    policy: str
    bucket: str | None
    total_overdue: Decimal
    standing: Standing


class AssignmentView(BaseModel):
    """The policy of the next case of an account. assigned: by the company's assignment; chosen: by a person."""

    account_no: str
    policy: str
    assigned: str
    chosen: str | None
    choices: tuple[PolicyChoice, ...]


class PostingView(BaseModel):
    """A movement stands in the ledger. repeated: it had been entered before with this key."""

    posting_id: str
    ledger_version: int
    repeated: bool


class HoldView(BaseModel):
    """A hold of a case, in force or over."""

    hold: str
    placed_at: datetime
    until: date | None
    ended_at: datetime | None
    in_force: bool


class CaseView(BaseModel):
    """A case now. source: whether the running workflow or only the record answered. live_seq: its newest event.

    diverged: record and workflow disagree; the case is stopped until a person has looked at it.
    assets: what secures the claim. undertakings: agreement, promises and recovery plan. waivers: of penalty interest.
    risk_class: the one a person confirmed last. warnings: the signals in force.
    limitation_ends: last day of the claim's limitation, none while a suit is pending; guarantor_period_ends: the first
    guarantor's period that was not met yet; demands_to_prove: letters that would put those days off, once it is proven
    when they arrived (GET /cases/{case_no}/limitation for both in full).
    """

    line: CaseLine
    source: Literal["workflow", "record"]
    next_at: datetime | None
    next_why: str
    recorded_seq: int
    live_seq: int
    asks: tuple[AskLine, ...]
    holds: tuple[HoldView, ...]
    facts: Facts | None
    policy: PolicyPin | None
    diverged: bool
    risk_class: str | None = None
    warnings: tuple[KeptSignal, ...] = ()
    undertakings: UndertakingsView | None = None
    waivers: tuple[WaiverEntry, ...] = ()
    limitation_ends: date | None = None
    guarantor_period_ends: date | None = None
    demands_to_prove: tuple[Interruption, ...] = ()
    assets: tuple[AssetState, ...] = ()


class TimelineEntry(BaseModel):
    """One event of a case; title is that of its step in the policy."""

    seq: int
    due_at: datetime
    at: datetime
    dpd: int | None
    kind: str
    step: str | None
    title: str | None
    rules: tuple[str, ...]
    why: str
    actor: Actor | None
    command_id: str | None
    body: EventBody

    @classmethod
    def of(cls, event: Event, rules: Mapping[str, StepRule]) -> TimelineEntry:
        """The entry of a recorded event; rules: the steps of the policies that the case ran under."""
        step = getattr(event.body, "step", None)
        rule = rules.get(step) if step else None
        title = " ".join(part for part in (rule.title.get("zh"), rule.title.get("en")) if part) if rule else None
        given = event.model_dump(exclude={"body"})
        return cls(**given, kind=event.body.kind, step=step, title=title, body=event.body)


class AttachmentView(BaseModel):
    """An uploaded file; `id` is what a command names as its evidence. size is in bytes."""

    id: str
    media_type: str
    size: int
    sha256: str


class IntakeView(BaseModel):
    """How many cases were opened on that business day by this call."""

    day: date
    opened: int


class ReceiptView(BaseModel):
    """The status of the delivery after this receipt."""

    key: str
    status: str


class Health(BaseModel):
    """The process answers."""

    status: Literal["up"]


class Readiness(BaseModel):
    """Each part is "up" or "down: kind of failure"; degraded: only a gateway is down."""

    status: Literal["ready", "degraded", "down"]
    parts: dict[str, str] = Field(examples=[{"database": "up", "temporal": "up", "letter": "down: ConnectError"}])


class SummaryView(PortfolioSummary):
    """The portfolio on a day, and the open cases that go on next by themselves."""

    next: tuple[CaseLine, ...]


class CaseRow(CaseLine):
    """A line of the case list with what is overdue today, computed from the ledger."""

    overdue_rent: Decimal
    total_overdue: Decimal


class BatchView(BaseModel):
    """An imported file. totals: what the file holds and how many accounts were taken of it."""

    id: str
    file_name: str
    kind: str
    state: str = Field(examples=["held"])
    sha256: str
    totals: dict[str, str | int | None]
    created_by: str
    created_at: datetime
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, batch: Batch) -> BatchView:
        """The stored import."""
        return cls(**{**batch.model_dump(), "totals": json.loads(batch.totals)})


class FieldFault(BaseModel):
    """One fault of a file: where it stands, what is wrong, what to do."""

    place: str = Field(examples=["schedule, row 12, column due_date (应付日)"])
    message: str
    remedy: str


class ImportView(BatchView):
    """An import with all its faults."""

    problems: tuple[FieldFault, ...]


class ReleaseView(BaseModel):
    """A released import; opened: cases opened at once, null when the engine was away (they open at the next intake)."""

    batch: BatchView
    opened: int | None


class ChangesView(ImportView):
    """What a file of changes did: numbers of accounts, schedules, parties, assets, postings and settled leases."""

    new: int
    schedules: int
    parties: int
    postings: int
    settled: int
    assets: int = 0


class PaymentResult(BaseModel):
    """What became of one row of a payments file."""

    row: int
    receipt_no: str | None
    outcome: Literal["posted", "repeated", "suspense", "refused"]
    account_no: str | None
    problem: FieldFault | None

    @classmethod
    def of(cls, result: RowResult) -> PaymentResult:
        """The result of one row."""
        found = result.problem
        fault = FieldFault(place=found.place, message=found.message, remedy=found.remedy) if found else None
        return cls(
            row=result.row,
            receipt_no=result.receipt_no,
            outcome=result.outcome,
            account_no=result.account_no,
            problem=fault,
        )
