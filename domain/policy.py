"""The closed vocabulary of a policy: what a regulation may say, and nothing else; steps and holds in `step_rule`."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictInt

from domain.assignment import AssignmentRule
from domain.base import Frozen
from domain.before_due_rule import BeforeDueRule
from domain.distribution_rule import Distribution
from domain.hold_rule import HoldRule
from domain.litigation_terms import LimitationTerms, LitigationTerms
from domain.step_rule import StepRule, Title
from domain.terms import MOST_MISSED, Allocation


def _clock(value: object) -> object:
    return time.fromisoformat(value) if isinstance(value, str) else value


Clock = Annotated[time, BeforeValidator(_clock)]


class Bucket(Frozen):
    """A class of days past due, both ends included."""

    id: str
    from_: int = Field(alias="from")
    to: int | None = None


class Buckets(Frozen):
    rules: tuple[str, ...]
    list: tuple[Bucket, ...] = Field(min_length=1)


class Role(Frozen):
    """A role of the regulation; `head` is who an overdue task is escalated to."""

    zh: str
    en: str | None = None
    head: str | None = None
    committee: bool = False


class Setting(Frozen):
    """A value the text leaves open (rules 14.8); without a default the company must fill it.

    minimum, maximum: of an integer; where the text names a limit, a company may be stricter and never laxer.
    """

    type: Literal["money", "roles", "integer", "weekday", "choice", "boolean", "time"]
    default: str | int | bool | None = None
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    source: str | None = None
    note: str | None = None


class StandingRule(Frozen):
    """How days past due and amounts are computed."""

    rules: tuple[str, ...]
    day_count: Literal["calendar"]
    grace_days: int = Field(default=0, ge=0)
    holds: Literal["run_on", "stop_clock"]
    allocation: tuple[Allocation, ...]
    vendor_advance_cures: bool = False


class Hours(Frozen):
    from_: Clock = Field(alias="from")
    to: Clock


class Closing(Frozen):
    """What closes a case for this reason."""

    rules: tuple[str, ...]
    after: dict[str, str] = Field(default_factory=dict[str, str])


class Capability(Frozen):
    """A rule that the product or company fulfils as a whole; organisational needs a reason."""

    organisational: bool = False
    note: str


class EarlyWarning(Frozen):
    """Whom a reported signal asks for a preventive measure (O3.1); within: business days."""

    rules: tuple[str, ...] = Field(min_length=1)
    of: str
    within: int | str


class Occurrence(Frozen):
    """How the second dimension of a matrix is counted (H-Q1); `most` and more are one (H-Q2)."""

    rules: tuple[str, ...] = ()
    counts: str
    most: int = Field(ge=1, le=MOST_MISSED)


class StandardHolds(Frozen):
    """The holds that every regulation knows: their file, who reports, confirms and acts in law, and who owes."""

    file: str
    reporters: tuple[str, ...] = Field(min_length=1)
    head: str
    legal: str
    debtor: Literal["lessee", "borrower"]


class Policy(Frozen):
    """One regulation; immutable together with its version.

    opening: the rules by which a case opens. contact_rules: those that ask for a contact record.
    frameworks: prefixes of the regulations beside it whose rules its steps may carry out too.
    """

    id: str
    version: int
    title: Title
    rule_prefix: str
    owner: str
    approver: str
    calendar: str
    evaluate_at: Clock
    close_of_business: Clock
    contact_hours: Hours
    opening: tuple[str, ...] = ()
    contact_rules: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    standing: StandingRule
    buckets: Buckets
    occurrence: Occurrence | None = None
    roles: dict[str, Role]
    settings: dict[str, Setting]
    steps: tuple[StepRule, ...]
    holds: tuple[HoldRule, ...] = ()
    standard_holds: StandardHolds | None = None
    closing: dict[str, Closing]
    portfolio: tuple[StepRule, ...] = ()
    early_warning: EarlyWarning | None = None
    before_due: tuple[BeforeDueRule, ...] = ()
    distribution: Distribution | None = None
    capabilities: dict[str, Capability] = Field(default_factory=dict[str, Capability])


class Approval(Frozen):
    """Who put a policy version into force, and when (L10.1)."""

    by: str
    on: date


class BankAccount(Frozen):
    name: str
    bank: str
    number: str


CostChannel = Literal["sms", "email", "letter", "call", "visit", "social"]
Tariff = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)]


class Company(Frozen):
    """The settings of one company; `policies` holds the values per policy, checked against its settings.

    assignment: which account belongs to which policy, the first entry that fits; not needed with a single policy.
    layers: the layers in force, each with its settings and with the policies it runs `beside`.
    costs: what one contact by a channel costs, in `costs_currency` (U3.3a).
    litigation, limitation: periods of procedure and of limitation, where they differ from those of the law.
    """

    id: str
    version: int
    name: Title
    address: str
    phone: str
    bank_account: BankAccount
    policies: dict[str, dict[str, SettingValue]]
    assignment: tuple[AssignmentRule, ...] = ()
    layers: dict[str, dict[str, LayerValue]] = Field(default_factory=dict[str, "dict[str, LayerValue]"])
    costs: dict[CostChannel, Tariff] = Field(default_factory=dict[CostChannel, Tariff])
    costs_currency: str = "CNY"
    litigation: LitigationTerms = LitigationTerms()
    limitation: LimitationTerms = LimitationTerms()


SettingValue = str | int | bool | Decimal | tuple[str, ...] | Approval
LayerValue = str | int | tuple[StrictInt, ...] | tuple[str, ...] | Approval
Company.model_rebuild()
