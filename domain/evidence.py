"""What events carry: who did it, under which policy, with which document and words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from domain.base import Frozen


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


class DocumentRef(Frozen):
    """A stored document: its kind, gapless number, content hash and the day its figures are of."""

    kind: str
    number: str
    sha256: str
    as_of: date


class ContactResult(Frozen):
    """A collection contact as the collector recorded it (L4.5a). `note` is free text and stays in the database."""

    channel: Literal["phone", "visit", "sms", "email", "other"] = "phone"
    outcome: Literal["contacted", "not_reached", "wrong_number"] = "contacted"
    promise_amount: Decimal | None = None
    promise_date: date | None = None
    note: str = ""


class Section(Frozen):
    """A part of a report that a person wrote."""

    heading: str
    text: str


class Figure(Frozen):
    """An income or expense of a project as Finance states it (L7.3a), in the account's currency."""

    item: str
    side: Literal["income", "expense"]
    amount: Decimal = Field(ge=0)
