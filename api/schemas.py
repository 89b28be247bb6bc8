"""What callers send, with its limits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Header, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from domain import commands as c
from domain.agency import AgencyNo, RecallFromAgency
from domain.ledger import PostingKind
from domain.words import Words


class MovePolicyBody(BaseModel):
    """Move a live case to another policy or version; the newest version when none is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["move_policy"] = "move_policy"
    policy: Annotated[str, Field(min_length=1, max_length=64)]
    version: Annotated[int, Field(ge=1)] | None = None
    reason: Words


class ChangeOwnerBody(BaseModel):
    """Hand a case over to somebody, or back to the queue (null), with the reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["change_owner"] = "change_owner"
    owner: Annotated[str, Field(min_length=1, max_length=64)] | None
    reason: Words
    expected: Annotated[str, Field(max_length=64)] | None = None


class PlaceWithAgencyBody(BaseModel):
    """Place the case with an agency of the register; this answers the placement step of the policy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["place_with_agency"] = "place_with_agency"
    step: Annotated[str, Field(min_length=1, max_length=64)]
    agency: AgencyNo
    note: Annotated[str, Field(max_length=4000)] = ""
    evidence: Annotated[str, Field(max_length=64)] | None = None


StaffCommand = Annotated[
    c.StartTask | c.AnswerStep | c.CastVote | c.WithdrawAnswer | c.ConfirmCondition | c.OpenStep | c.RecordContact
    | c.EndHold | ChangeOwnerBody | c.AddNote | c.CorrectEntry | c.SetRecoveryPlan
    | c.RequestSignature | c.OverridePostings | c.StartPart | c.FinishPart
    | MovePolicyBody | PlaceWithAgencyBody | RecallFromAgency,
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
        description="An id you choose, such as a UUID. The same id again gives the first answer.",
        examples=["0b0c7b1e-6a0e-4d7e-9d0f-6f9b6f0d1a11"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Rows per page.")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]
EARLIEST, AFTER = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
BookDay = Annotated[date, Field(ge=EARLIEST.date(), lt=AFTER.date())]  # a day that can be computed with
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=AFTER)]
AsOf = Annotated[BookDay | None, Query(description="The day asked about; today when absent.", examples=["2026-03-10"])]


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
        if self.kind is PostingKind.WAIVER:
            raise ValueError("a waiver is granted in the case, by those who may")
        if self.kind is PostingKind.WRITE_OFF:
            raise ValueError("a write-off is proposed with POST /write-offs and decided by somebody else")
        if self.kind is PostingKind.BUYBACK_CLAIM:
            raise ValueError("a buyback is claimed in the case, by the step buyback_claim")
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
                        {
                            "case_no": "L-000123-1",
                            "id": "b1",
                            "command": {"do": "start_task", "step": "asset_inspection"},
                        }
                    ]
                }
            ]
        }
    )

    items: Annotated[tuple[BulkItem, ...], Field(min_length=1, max_length=100)]


class PolicyChoiceBody(Body):
    """The policy that the next case of an account runs under, against the company's assignment; null takes it back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"policy": "consumer", "reason": "leased as a private person"}]}
    )

    policy: Annotated[str, Field(min_length=1, max_length=64)] | None
    reason: Words
