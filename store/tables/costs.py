"""What each action of collection cost; rows are only added, a mistake is corrected by another row."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index
from sqlmodel import Field

from store.columns import Amount, Instant
from store.tables.naming import Row


class CostRow(Row, table=True):
    """One cost; id: key of the delivery, id of the contact, or an id the caller chose for an actual cost."""

    __table_args__ = (Index("cost_of_day", "day"), Index("cost_of_case", "case_no"))

    id: str = Field(primary_key=True)
    case_no: str
    account_no: str
    kind: str  # tariff | actual
    item: str  # the channel, or what an actual cost was for
    day: date
    amount: Decimal = Field(sa_type=Amount)
    currency: str
    actor_user: str
    at: datetime = Field(sa_type=Instant)
