"""What the store hands out and takes in besides domain models: small frozen facts, no rows."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from pydantic import AwareDatetime

from domain.assignment import CustomerKind
from domain.base import Frozen
from domain.case import Case
from domain.ledger import DoneStep, Instalment, PartyRole, Posting
from domain.money import ZERO

T = TypeVar("T")


class Page(Frozen, Generic[T]):
    """Some rows in order; `next` is the cursor of the page after, None at the end."""

    rows: tuple[T, ...]
    next: str | None


class Party(Frozen):
    """A party with what letters need; personal, so only for people and letters. `id` is the same in all its leases."""

    id: str
    role: PartyRole
    name: str
    buyback_guarantee: bool = False
    id_number: str | None = None
    phone: str | None = None
    email: str | None = None
    social: str | None = None
    address: str | None = None
    channels: tuple[str, ...] = ("letter", "email")


class NewAccount(Frozen):
    """A lease as it is taken in. `parties` in the order of their numbers; `history`: steps done before (S7)."""

    account_no: str
    contract_no: str
    product: str = "leasing"
    customer_kind: CustomerKind = "company"
    currency: str = "CNY"
    time_zone: str = "Asia/Shanghai"
    lease_amount: Decimal = ZERO
    penalty_rate_per_day: Decimal = Decimal(0)
    asset_description: str = ""
    branch: str = ""
    batch_id: str | None = None
    created_at: AwareDatetime
    schedule: tuple[Instalment, ...]
    parties: tuple[Party, ...] = ()
    history: tuple[DoneStep, ...] = ()


class Account(Frozen):
    """The contract side of a lease or loan; what is owed comes from `store.ledger.account_facts`.

    assigned_policy: chosen by a person; None when the company's assignment decides.
    """

    account_no: str
    contract_no: str
    product: str
    customer_kind: CustomerKind
    assigned_policy: str | None
    currency: str
    time_zone: str
    lease_amount: Decimal
    penalty_rate_per_day: Decimal
    asset_description: str
    branch: str
    batch_id: str | None
    ledger_version: int
    created_at: datetime
    closed: bool


class Entry(Frozen):
    """A posting with the account it belongs to, for bulk posting."""

    account_no: str
    posting: Posting


class Posted(Frozen):
    """Result of a posting: the account's ledger version afterwards; repeated: it had been posted before."""

    ledger_version: int
    repeated: bool


class Notice(Frozen):
    """An account's ledger changed; `case_no` is its open case, None if there is none."""

    account_no: str
    ledger_version: int
    case_no: str | None


class Candidate(Frozen):
    """An overdue account without an open case. reopens: the closed case `case_no` goes on, else it is new.

    policy_id: that of the closed case, or the one the account is assigned to.
    """

    account_no: str
    case_no: str
    policy_id: str
    ordinal: int
    time_zone: str
    reopens: bool
    oldest_due: date
    dpd: int
    history: tuple[DoneStep, ...] = ()


class CaseLine(Frozen):
    """One row of the case list. dpd is of the asked day; the bucket is the one the case entered last.

    rank: below 0 for a key account, the more delinquencies and days, the lower (Z3.1).
    """

    case_no: str
    account_no: str
    ordinal: int
    status: Literal["new", "open", "ending", "closed"]
    policy_id: str
    policy_version: int
    bucket: str | None
    anchor: date | None
    dpd: int
    owner: str | None
    rank: int = 0
    held: bool
    opened_at: datetime | None
    closed_at: datetime | None
    closed_for: str | None
    next_at: datetime | None
    next_why: str
    seq: int
    ledger_version: int
    contract_no: str = ""
    product: str = ""
    branch: str = ""
    lessee: str = ""


class CaseRecord(Frozen):
    """A case with the snapshot that is the fold of its recorded events."""

    line: CaseLine
    snapshot: Case


class AskLine(Frozen):
    """Something waits for an answer of `role`; deadline None: an offer. frozen: the hold that stops it.

    status condition: a condition of a decision is to be confirmed (`confirm_condition`), the next one of that role.

    preselected: the outcome that is proposed; silence never takes it.
    """

    case_no: str
    account_no: str
    step: str
    role: str
    status: Literal["open", "offered", "condition"]
    outcomes: tuple[str, ...]
    preselected: str | None = None
    opened_at: datetime
    deadline: datetime | None
    start_by: datetime | None
    started: bool
    level: int
    frozen: str | None
    document: str | None
    document_no: str | None
    bucket: str | None
    dpd: int
    owner: str | None = None
    rank: int = 0
    lessee: str = ""


class BucketLine(Frozen):
    """Open cases of one bucket of a policy and what they owe; None: cases that are not in a bucket."""

    policy_id: str
    bucket: str | None
    cases: int
    overdue_rent: Decimal
    total_overdue: Decimal


class PortfolioSummary(Frozen):
    """The portfolio on a day; amounts are computed from the ledger, in one currency."""

    as_of: date
    accounts: int
    open_cases: int
    held_cases: int
    buckets: tuple[BucketLine, ...]
    closed: dict[str, int]
    open_asks: int
    overdue_asks: int


class RegisterEntry(Frozen):
    """A line of a register (archive, blacklist)."""

    register_name: str
    case_no: str
    account_no: str
    seq: int
    step: str
    role: str
    document: str
    period: date | None
    at: datetime
    removed_at: datetime | None


class Report(Frozen):
    """A portfolio report that was issued."""

    step: str
    period: date
    document: str
    number: str
    sha256: str
    to: tuple[str, ...]
    copy_to: tuple[str, ...]
    at: datetime
