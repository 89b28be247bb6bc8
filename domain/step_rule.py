"""The vocabulary of one duty of a regulation."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field

from domain.base import Frozen
from domain.part_rule import Parts

Title = dict[Literal["zh", "en"], str]
Days = int | str  # a number, or the name of an integer setting
Condition = Literal[
    "guarantor", "vendor", "buyback_guarantee", "larger_lease", "vendor_notice", "litigation_held", "first_delinquency",
]  # fmt: skip
Scope = Literal[
    "lawyers_letter", "guarantor_notice", "litigation_preparation", "litigation", "disposal_planning", "disposal",
    "contact", "visit", "letter", "legal", "agency", "agreement",
]  # fmt: skip
What = Literal[
    "contact", "task", "signature", "countersignature", "opinion", "consent", "release", "decision",
    "confirmation", "approval", "visit", "interview",
]  # fmt: skip
Way = Literal["call", "visit", "other"]  # by which people come before the customer
Work = Literal["open_cases", "before_due"]
Noted = Literal["credentials", "papers", "safety"]
Mode = Literal["any", "all", "sequence", "n_of"]  # how many of those who are asked must answer, and in which order
SuitPart = Literal["filing", "judgment", "enforcement", "settlement"]
Finding = Literal["refuses", "not_cooperating", "lost_contact", "no_effect"]
DOCUMENTS = frozenset({
    "rent_demand_notice", "rent_collection_letter", "litigation_letter", "guarantor_notice", "vendor_notice",
    "asset_inspection_report", "capacity_report", "disposal_plan", "suspension_application",
    "profit_and_loss_report", "recourse_resolution", "blacklist_names", "weekly_report", "master_table",
    "litigation_file", "collateral_file_checklist", "committee_list", "collection_record", "statement_of_claim",
    "disposal_record", "check_record", "vendor_written_notice",
    "reminder", "overdue_notice", "dunning_letter", "legal_notice", "summons", "lawyers_letter", "repayment_proposal",
    "repayment_plan", "repayment_agreement", "recovery_plan", "customer_file", "credit_file", "risk_assessment",
    "visit_record", "interview_record", "negotiation_record", "evidence_file", "feasibility_opinion", "agency_file",
    "confidentiality_agreement", "agency_mandate", "audit_record", "enforcement_application",
    "preservation_application", "agreed_measure", "kpi_report", "evaluation_report", "meeting_minutes",
    "breach_report", "breach_record", "dispute_statement", "dispute_acknowledgement", "dispute_answer",
    "death_certificate", "succession_proof", "court_ruling", "disaster_proof", "buyback_claim",
})  # fmt: skip


def _listed(value: object) -> object:
    """One value stands for a list of one."""
    return cast("list[object] | tuple[object, ...]", value) if isinstance(value, list | tuple) else [value]


DayList = Annotated[tuple[int, ...], BeforeValidator(_listed)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Findings = Annotated[tuple[Finding, ...], BeforeValidator(_listed)]


class DayRange(Frozen):
    """Days past due, both ends included; an open end is unlimited."""

    from_: int = Field(default=1, alias="from")
    to: int | None = None

    def __contains__(self, dpd: int) -> bool:
        return dpd >= self.from_ and (self.to is None or dpd <= self.to)


class Within(Frozen):
    """A deadline: business days after opening, at the earliest a day past due, or the next committee meeting."""

    business_days: Days | None = None
    dpd: Days | None = None
    meeting: Days | None = None


class AllOf(Frozen):
    """Everybody listed must answer; a string names a group of the company settings."""

    all: str | tuple[str, ...]


class AnyOf(Frozen):
    """One of those listed decides for all; a string names a group of the company settings."""

    any: str | tuple[str, ...]


class Number(Frozen):
    """So many (or as many as a setting says) of these roles."""

    n: Days
    roles: str | tuple[str, ...]


class NOf(Frozen):
    """So many of those listed must answer favourably; it fails as soon as so many can no longer be reached."""

    n_of: Number


class InSequence(Frozen):
    """One after the other."""

    sequence: tuple[str, ...]


class Every(Frozen):
    """A portfolio cycle: on a weekday, at the month end, or per week or month; the value may name a setting."""

    weekday: str | None = None
    month_end: str | None = None
    period: str | None = None


class Cell(Frozen):
    """Cells of the matrix bucket x occurrence (H1.0b)."""

    bucket: Names
    occurrence: DayList


class Trigger(Frozen):
    """What makes a step fall due; all words given must hold together.

    business_day: counted from the due date. lead: so many business days before the day past due.
    finding: what the contact records of the case say. dpd_setting: the day past due, as a setting says.
    held: the review of this hold is due. short: with `after`; since the vendor paid less than was claimed.
    """

    dpd: DayList | None = None
    dpd_setting: str | None = None
    lead: int = 0
    business_day: DayList | None = None
    cell: Cell | None = None
    finding: Findings = ()
    after: dict[str, str] = Field(default_factory=dict[str, str])
    once: bool = False
    ending: tuple[Literal["cured", "bought_back"], ...] = ()
    delivery: tuple[Literal["unknown", "refused"], ...] = ()
    agreement: Literal["instalment_due"] | None = None  # an instalment not yet paid, so many days before it
    days_before: Days = 0
    promise: Literal["broken"] | None = None  # not kept in full
    every: Every | Literal["day"] | None = None
    held: str | None = None
    short: bool = False


class OnDemand(Frozen):
    """A step that a person may open: who, between which days past due (or on any day after these steps), with what.

    since: it may have begun earlier, for a reason. longest: calendar days from its beginning to its end date.
    """

    by: AllOf | tuple[str, ...]
    dpd: DayRange = DayRange()
    or_after: dict[str, str] = Field(default_factory=dict[str, str])
    document: str | None = None
    end_date: bool = False
    since: bool = False
    longest: Days | None = None
    opens_case_until: dict[str, str] = Field(default_factory=dict[str, str])  # a case of its own, until one of these


class Predicate(Frozen):
    """A condition with a value: amounts and numbers name a setting; above is strict, from includes the amount."""

    overdue_above: str | None = None
    overdue_from: str | None = None
    answered: dict[str, Names] = Field(default_factory=dict[str, Names])
    bucket: Names = ()
    occurrence: DayList = ()
    setting: str | None = None

    @property
    def by_amount(self) -> bool:
        """Whether it depends on what is overdue."""
        return self.overdue_above is not None or self.overdue_from is not None

    @property
    def by_place(self) -> bool:
        """Whether it depends on the bucket or the occurrence, and on nothing else."""
        return bool(self.bucket or self.occurrence) and not (self.by_amount or self.answered or self.setting)


class Ask(Frozen):
    """What is asked of people. The first outcome is the favourable one and needs everybody who is asked."""

    what: What
    of: str | AllOf | AnyOf | NOf | InSequence
    outcomes: tuple[str, ...] = ()
    within: Within | None = None
    start_within: Within | None = None
    people: int | None = None  # so many must take part, at least (visits)
    team: tuple[str, ...] = ()  # roles that go together
    locality: str | None = None  # the step in which it was verified where the customer is, before a visit
    substitute: str | None = None  # the step in which a head names who goes in the place of a member of the team
    noted: tuple[Noted, ...] = ()  # what the plan of a visit must say
    preselected: str | None = None  # proposed, never taken by silence
    preselected_if: tuple[Predicate, ...] = ()  # proposed only while one of these holds
    report: tuple[str, ...] = ()  # headings without which the favourable answer is not complete
    choices: tuple[str, ...] = ()  # taken with the favourable answer: all rent or termination
    figures: Literal["instalment_plan", "penalty_waiver", "waiver", "buyback_price"] | None = None  # amounts
    concludes: Literal["agreement"] | None = None  # the favourable answer is the signature of the customer
    limits: dict[str, Names] = Field(default_factory=dict[str, Names])  # money, or per cent of the penalty


class Send(Frozen):
    """A document that goes out; `signed_in` is the step whose signature must be of the same day and figures."""

    document: str
    to: Literal["lessee", "borrower", "guarantors", "vendor"]
    by: tuple[Literal["letter", "email", "sms", "social"], ...]
    signed_in: str | None = None
    any_of: bool = False  # the first channel that there is, is enough


class File(Frozen):
    """An entry in a register. document: what it is entered with, "" for the name of the customer alone."""

    register_name: Literal["archive", "blacklist", "key_customers"] = Field(alias="register")
    by: str
    document: str = ""


class Issue(Frozen):
    """A report of the portfolio: to whom, copied to whom; a string names a group of the company settings."""

    document: str
    to: str | tuple[str, ...]
    copy_to: tuple[str, ...] = Field(default=(), alias="copy")


class During(Frozen):
    """Where a cadence runs: in a bucket, or from one business day after the due date to another."""

    bucket: str | None = None
    business_days: DayRange | None = None


class EveryDays(Frozen):
    """The next contact: so many days after the last one, at the earliest and at the latest."""

    earliest: Days
    latest: Days


class Cadence(Frozen):
    """How often people are contacted: so many times per block, or every so many days."""

    during: During
    times: Days = 1
    per: str | None = None  # week, day, business_day, or a choice setting with these
    every_days: EveryDays | None = None


class StepRule(Frozen):
    """One duty of the regulation."""

    id: str
    title: Title
    rules: tuple[str, ...] = Field(min_length=1)
    when: tuple[Trigger, ...] = ()
    on_demand: OnDemand | None = None
    if_: tuple[Condition | Predicate, ...] = Field(default=(), alias="if")
    unless: dict[str, str] = Field(default_factory=dict[str, str])
    needs: tuple[dict[str, str], ...] = ()
    scope: Scope | None = None
    ask: Ask | None = None
    send: Send | None = None
    file: File | None = None
    issue: Issue | None = None
    run: Work | None = None
    cadence: Cadence | None = None
    parts: Parts | None = None
    document: str | None = None
    writes: str | None = None
    repeat: str | None = None  # a boolean setting: once per case, or again for a newly oldest instalment
    suit: SuitPart | None = None  # filing starts a lawsuit; the others are answered by it
    agency: Literal["place", "recall"] | None = None  # its favourable answer places the case, or takes it back
    if_missed: Literal["list", "make_up", "offer"] = "list"
