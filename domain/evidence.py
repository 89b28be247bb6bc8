"""What events carry: who did it, under which policy, with which document and words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from domain.base import Frozen, PlannedDay, absent
from domain.words import Said, Words

Day = int | str  # days past due, or the mark of another trigger: "BD3" is a business day, "2x3" a cell of a matrix
Reason = Literal[
    "forgot", "unemployment", "illness", "cash_flow", "market", "management", "dispute", "bad_faith", "other",
]  # fmt: skip
Attitude = Literal["cooperative", "evasive", "not_cooperating", "refuses"]


class Actor(Frozen):
    """Who did it and under which authority (B4.2.1d); `user` is a staff id, never a name."""

    user: str
    role: str
    authority: str


class PolicyPin(Frozen):
    """The exact policy a case runs under (S8)."""

    id: str
    version: int
    sha256: str


class ByHand(Frozen):
    """A breach that a person reports: the step it opens, since when it lasts, why, with which document, by whom (M2.1).

    evidence: id of an uploaded document. reason is free text and stays in the database. on_behalf_of: staff id of whom
    a deputy reports it for.
    """

    step: str
    since: date
    reason: Words
    evidence: str | None = None
    actor: Actor
    command_id: str
    on_behalf_of: str | None = Field(default=None, exclude_if=absent)


class ApprovalCondition(Frozen):
    """What a yes depends on, by the end of a day; its role confirms it. before: until then nothing follows."""

    text: Annotated[Said, Field(max_length=1000)]
    by: PlannedDay
    role: str
    before: bool = False


class DocumentRef(Frozen):
    """A stored document: its kind, gapless number, content hash and the day its figures are of."""

    kind: str
    number: str
    sha256: str
    as_of: date


class ContactResult(Frozen):
    """A collection contact as the collector recorded it (L4.5a, B2.1.2.1d, C4.3.3, Z4.1d).

    duration: seconds. reason: why the customer does not pay. follow_up: the day agreed for the next contact.
    costs_stated: late fee and interest were told (H2.1.1b). initiated_by: customer, when they came of their own accord
    (B2.2.2.2a). `note` is free text and stays in the database.
    """

    channel: Literal["phone", "visit", "sms", "email", "social", "other"] = "phone"
    outcome: Literal["contacted", "not_reached", "wrong_number", "wrong_address"] = "contacted"
    duration: int | None = Field(default=None, ge=0)
    reason: Reason | None = None
    willingness: Literal["willing", "unwilling", "unclear"] | None = None
    ability: Literal["able", "partly", "unable", "unclear"] | None = None
    attitude: Attitude | None = None
    follow_up: PlannedDay | None = None
    costs_stated: bool = False
    promise_amount: Annotated[Decimal, Field(max_digits=15)] | None = None
    promise_date: PlannedDay | None = None
    initiated_by: Literal["staff", "customer"] | None = Field(default=None, exclude_if=absent)
    note: str = ""

    @property
    def own(self) -> bool:
        """Whether the customer made contact on their own."""
        return self.initiated_by == "customer" and self.outcome == "contacted"


class Section(Frozen):
    """A part of a report that a person wrote."""

    heading: str
    text: str


class Figure(Frozen):
    """An income or expense of a project as Finance states it (L7.3a), in the account's currency."""

    item: str
    side: Literal["income", "expense"]
    amount: Decimal = Field(ge=0)
