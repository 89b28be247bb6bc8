"""What happened to money in suspense, write-offs, legal holds and destroyed documents; rows are only added."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Amount, Instant
from store.tables.naming import Row


class SuspenseActRow(Row, table=True):
    """What was done with a receipt; assigned, returned and taken_back are what it changed of the sums of the entry."""

    key: str = Field(primary_key=True)
    entry: str = Field(foreign_key="suspense.id", index=True)
    do: str  # assign | return | reallocate
    assigned: Decimal = Field(sa_type=Amount)
    returned: Decimal = Field(sa_type=Amount)
    taken_back: Decimal = Field(sa_type=Amount)
    posting: str | None = Field(default=None, foreign_key="posting.id")  # re-allocated
    reversal: str | None = Field(default=None, foreign_key="posting.id")
    asked: str  # sha256 of what was asked for
    reason: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)


class SuspenseLineRow(Row, table=True):
    """One account that a receipt was assigned to."""

    act: str = Field(primary_key=True, foreign_key="suspense_act.key")
    no: int = Field(primary_key=True)
    account_no: str = Field(foreign_key="account.account_no", index=True)
    amount: Decimal = Field(sa_type=Amount)
    posting: str = Field(foreign_key="posting.id", unique=True)


class WriteOffRow(Row, table=True):
    """A write-off that was proposed."""

    id: str = Field(primary_key=True)
    account_no: str = Field(foreign_key="account.account_no", index=True)
    amount: Decimal = Field(sa_type=Amount)
    currency: str
    reason: str = Field(sa_type=Text)
    document: str
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)


class WriteOffVerdictRow(Row, table=True):
    """What was decided of a write-off, and that it was taken back; each once."""

    write_off: str = Field(primary_key=True, foreign_key="write_off.id")
    seq: int = Field(primary_key=True)  # 1: the decision, 2: its reversal
    verdict: str  # approved | refused | reversed
    posting: str | None = Field(default=None, foreign_key="posting.id")
    reason: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)


class LegalHoldRow(Row, table=True):
    """Nothing of this case may be destroyed."""

    id: str = Field(primary_key=True)
    case_no: str = Field(foreign_key="case.case_no", index=True)
    reason: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)


class LegalHoldEndRow(Row, table=True):
    """A legal hold that was lifted."""

    hold: str = Field(primary_key=True, foreign_key="legal_hold.id")
    reason: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)


class DestructionRow(Row, table=True):
    """A document whose content was destroyed; its number, kind and hash stay."""

    __table_args__ = (Index("destruction_of_case", "case_no", "number"),)

    number: str = Field(primary_key=True, foreign_key="document.number")
    case_no: str = Field(foreign_key="case.case_no")
    kind: str
    sha256: str
    kept_until: date
    rule: str  # where the period comes from
    reason: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)
