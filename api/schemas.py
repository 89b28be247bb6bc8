"""What callers send, with its limits; what they get back are the domain's and the store's own facts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain import commands as c
from domain.events import Actor, Body as EventBody, Event, PolicyPin
from domain.facts import Facts
from domain.ladder import Ladder
from domain.ledger import Instalment, PostingKind
from domain.standing import Standing
from store.views import Account, AskLine, CaseLine, Party, PortfolioSummary

StaffCommand = Annotated[
    c.StartTask | c.AnswerStep | c.OpenStep | c.RecordContact | c.EndHold | c.ChangeOwner | c.AddNote
    | c.CorrectEntry | c.OverridePostings,
    Field(discriminator="do"),
]  # fmt: skip
"""The commands people give; receipts come only from gateways."""

NO = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
Number = Annotated[str, Path(min_length=1, max_length=64, pattern=NO)]
Key = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:~-]*$")]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=100,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:~-]*$",
        description="An id you choose, a UUID for example. The same id again gives the first answer and changes nothing.",
        examples=["0b0c7b1e-6a0e-4d7e-9d0f-6f9b6f0d1a11"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Rows per page.")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]
AsOf = Annotated[date | None, Query(description="The day asked about; today when absent.", examples=["2026-03-10"])]


class Body(BaseModel):
    """Base of what callers send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PostingBody(Body):
    """A movement of money. value_date: the day it counts for. reverses: the id of the posting a reversal takes back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "payment", "value_date": "2026-03-14", "amount": "10500.00"}]}
    )

    kind: PostingKind
    value_date: date
    amount: Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=2)] | None = None
    reverses: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> PostingBody:
        if self.kind is PostingKind.REVERSAL and self.reverses is None:
            raise ValueError("a reversal names the posting it takes back in reverses")
        if self.kind is not PostingKind.REVERSAL and self.reverses is not None:
            raise ValueError("only a reversal names a posting in reverses")
        if self.kind is not PostingKind.REVERSAL and self.amount is None:
            raise ValueError("an amount is needed")
        return self


class BulkItem(Body):
    """One command of many; role as in the header X-Role."""

    case_no: Annotated[str, Field(min_length=1, max_length=64, pattern=NO)]
    id: Key
    role: Annotated[str, Field(max_length=64)] | None = None
    command: StaffCommand


class Bulk(Body):
    """Up to a hundred commands; each succeeds or fails on its own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {"case_no": "L-000123-1", "id": "b1", "command": {"do": "start_task", "step": "asset_inspection"}}
                    ]
                }
            ]
        }
    )

    items: Annotated[tuple[BulkItem, ...], Field(min_length=1, max_length=100)]


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
    """The standing of an account at the end of a day, and its bucket (none: not overdue)."""

    account_no: str
    currency: str
    bucket: str | None
    total_overdue: Decimal
    standing: Standing


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
    """A case now. source: whether the running workflow or only the record answered. live_seq: its newest event."""

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
    def of(cls, event: Event, ladder: Ladder) -> TimelineEntry:
        """The entry of a recorded event."""
        step = getattr(event.body, "step", None)
        rule = ladder.by_id[step].rule if step in ladder.by_id else None
        title = " ".join(part for part in (rule.title.zh, rule.title.en) if part) if rule else None
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
