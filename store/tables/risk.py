"""Early warnings, risk ratings and what was laid down for a customer; rows are only added."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, Text
from sqlmodel import Field

from store.columns import Amount, Instant
from store.tables.naming import Row


class EarlyWarningRow(Row, table=True):
    """A signal that somebody reported; `id` is the reporter's own."""

    source: str = Field(primary_key=True)  # person | outside
    id: str = Field(primary_key=True)
    account_no: str = Field(foreign_key="account.account_no", index=True)
    indicator: str
    observed_on: date
    detail: str = Field(sa_type=Text)
    proposes: str
    valid_until: date  # the last day
    pack: str
    actor_user: str
    actor_role: str
    at: datetime = Field(sa_type=Instant)


class EarlyWarningEndRow(Row, table=True):
    """A signal that was withdrawn."""

    source: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    reason: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    at: datetime = Field(sa_type=Instant)


class RiskRatingRow(Row, table=True):
    """One entry of the history of an account: a class proposed by a signal or confirmed by a person."""

    __table_args__ = (Index("risk_rating_entered_once", "key", unique=True),)  # NULLs are never equal

    account_no: str = Field(primary_key=True, foreign_key="account.account_no")
    seq: int = Field(primary_key=True)
    kind: str  # proposed | confirmed
    risk_class: str
    as_of: date
    reason: str = Field(sa_type=Text)
    assessment: str = Field(sa_type=Text)  # JSON: factor by factor
    pack: str
    actor_user: str
    actor_role: str
    key: str | None = None
    at: datetime = Field(sa_type=Instant)


class CustomerMarkRow(Row, table=True):
    """What was laid down for a customer: key customer or not, credit limit, stop of new business or its end."""

    __table_args__ = (Index("customer_mark_of_party", "party_id", "kind", "at"),)

    key: str = Field(primary_key=True)
    party_id: str
    kind: str  # key_customer | credit_limit | new_business | blacklist
    value: str  # yes | no; limited | unlimited; stopped | permitted; listed | removed
    amount: Decimal | None = Field(default=None, sa_type=Amount)
    currency: str
    until: date | None = None  # the last day
    case_no: str | None = None
    reason: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    at: datetime = Field(sa_type=Instant)
