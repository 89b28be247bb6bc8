"""Tables of what a lease owes and what was paid, and of the files it came from."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, Text, text
from sqlmodel import Field

from store.columns import Amount, Exact, Instant
from store.tables.naming import Row


class AccountRow(Row, table=True):
    account_no: str = Field(primary_key=True)
    contract_no: str
    product: str
    customer_kind: str = "company"
    assigned_policy: str | None = None
    currency: str
    time_zone: str
    lease_amount: Decimal = Field(sa_type=Amount)
    penalty_rate_per_day: Decimal = Field(sa_type=Exact)
    asset_description: str = Field(sa_type=Text)
    branch: str = Field(index=True)
    batch_id: str | None = Field(default=None, foreign_key="import_batch.id", index=True)
    schedule_version: int
    ledger_version: int
    created_at: datetime = Field(sa_type=Instant)
    closed: bool = False


class PolicyChoiceRow(Row, table=True):
    __table_args__ = (Index("policy_choice_of_account", "account_no", "at"),)

    id: str = Field(primary_key=True)
    account_no: str = Field(foreign_key="account.account_no")
    policy: str | None = None  # None: the choice was taken back
    reason: str = Field(sa_type=Text)
    actor_user: str
    actor_role: str
    authority: str
    at: datetime = Field(sa_type=Instant)


class PartyRow(Row, table=True):
    account_no: str = Field(primary_key=True, foreign_key="account.account_no")
    ordinal: int = Field(primary_key=True)
    party_id: str = Field(index=True)
    role: str
    buyback_guarantee: bool
    name: str
    id_number: str | None = None
    phone: str | None = None
    email: str | None = None
    social: str | None = None
    address: str | None = None
    channels: str  # joined by commas


class InstalmentRow(Row, table=True):
    __table_args__ = (Index("instalment_due", "due", "account_no"),)

    account_no: str = Field(primary_key=True, foreign_key="account.account_no")
    version: int = Field(primary_key=True)
    no: int = Field(primary_key=True)
    due: date
    principal: Decimal = Field(sa_type=Amount)
    interest: Decimal = Field(sa_type=Amount)


class PostingRow(Row, table=True):
    __table_args__ = (
        Index("posting_reversed_once", "reverses", unique=True),  # NULLs are never equal
        Index("posting_of_account", "account_no", "value_date"),
    )

    id: str = Field(primary_key=True)
    account_no: str = Field(foreign_key="account.account_no")
    ledger_version: int
    kind: str
    value_date: date
    at: datetime = Field(sa_type=Instant)
    amount: Decimal = Field(sa_type=Amount)
    reverses: str | None = Field(default=None, foreign_key="posting.id")
    source: str
    batch_id: str | None = None


class SuspenseRow(Row, table=True):
    id: str = Field(primary_key=True)
    reference: str
    amount: Decimal = Field(sa_type=Amount)
    currency: str = "CNY"
    kind: str = "payment"
    payer: str = ""  # as the bank names them; personal
    value_date: date
    reason: str
    at: datetime = Field(sa_type=Instant)
    resolved_by: str | None = Field(default=None, foreign_key="posting.id")


class NoticeRow(Row, table=True):
    __table_args__ = (
        Index(
            "notice_pending",
            "created_at",
            sqlite_where=text("relayed_at IS NULL"),
            postgresql_where=text("relayed_at IS NULL"),
        ),
    )

    account_no: str = Field(primary_key=True, foreign_key="account.account_no")
    ledger_version: int = Field(primary_key=True)
    created_at: datetime = Field(sa_type=Instant)
    relayed_at: datetime | None = Field(default=None, sa_type=Instant)


class PostedThroughRow(Row, table=True):
    ledger: str = Field(primary_key=True)
    day: date


class DoneStepRow(Row, table=True):
    account_no: str = Field(primary_key=True, foreign_key="account.account_no")
    ordinal: int = Field(primary_key=True)
    step: str
    outcome: str
    on: date
    document_no: str | None = None


class ImportBatchRow(Row, table=True):
    __table_args__ = (Index("batch_of_file", "sha256", "kind"),)

    id: str = Field(primary_key=True)
    sha256: str
    file_name: str
    kind: str
    state: str
    totals: str = Field(sa_type=Text)
    created_by: str
    created_at: datetime = Field(sa_type=Instant)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Instant)


class ImportProblemRow(Row, table=True):
    batch_id: str = Field(primary_key=True, foreign_key="import_batch.id")
    ordinal: int = Field(primary_key=True)
    place: str
    message: str = Field(sa_type=Text)
    remedy: str = Field(sa_type=Text)
