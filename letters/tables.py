"""Typed rows of the documents that are lists: weekly report, master table, checklists and so on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from letters.key_figures import KpiTable
from letters.kinds import DocumentKind
from letters.parts import Amount, Currency, Line, Piece

Count = Annotated[int, Field(ge=0)]
SignedAmount = Annotated[Decimal, Field(max_digits=18, decimal_places=2)]


class Period(Piece):
    """First and last day covered, both inclusive."""

    start: date
    end: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("the period ends before it starts")
        return self


class WeeklyRow(Piece):
    """One overdue account in the weekly report (L4.4)."""

    account_no: Line
    lessee: Line
    contract_no: Line
    bucket: Line
    dpd: Annotated[int, Field(ge=1)]
    unpaid_instalments: Count
    overdue_rent: Amount
    total: Amount
    vendor_advance: Amount = Decimal(0)
    stage: Line
    remark: Line | None = None


class WeeklyTable(Piece):
    """All overdue accounts at the report day; an empty week is reported as such."""

    form: Literal["weekly"] = "weekly"
    period: Period
    currency: Currency = "CNY"
    copy_to: tuple[Line, ...] = ()
    rows: tuple[WeeklyRow, ...] = ()


class MasterRow(Piece):
    """One collection action of the month (L4.5b)."""

    on: date
    account_no: Line
    lessee: Line
    dpd: Count
    action: Line
    by: Line
    contact: Line | None = None
    result: Line
    document_no: Line | None = None


class MasterTable(Piece):
    """All collection actions of a month, signed twice (L4.5c)."""

    form: Literal["master"] = "master"
    period: Period
    rows: tuple[MasterRow, ...] = ()


class CommitteeRow(Piece):
    """One account put before the review committee, with its missing reports named (L5.4, L-Q9)."""

    account_no: Line
    lessee: Line
    bucket: Line
    dpd: Annotated[int, Field(ge=1)]
    total: Amount
    inspection_report: Line | None = Field(default=None, description="Number of the report, None = missing")
    capacity_report: Line | None = Field(default=None, description="Number of the report, None = missing")
    proposal: Line
    decision: Line | None = None


class CommitteeTable(Piece):
    """What a meeting of the review committee deals with."""

    form: Literal["committee"] = "committee"
    meeting_on: date
    currency: Currency = "CNY"
    weekly_report_no: Line | None = None
    rows: tuple[CommitteeRow, ...] = ()


class ContactEntry(Piece):
    """One contact with the lessee, put down in writing (L4.5a)."""

    at: AwareDatetime
    channel: Line
    person: Line
    by: Line
    content: Line
    result: Line
    next_step: Line | None = None


class ContactTable(Piece):
    """The collection record of one case."""

    form: Literal["contacts"] = "contacts"
    rows: tuple[ContactEntry, ...] = Field(min_length=1)


class Finding(Piece):
    """What an inspection found for one asset (L5.1)."""

    asset: Line
    serial_no: Line | None = None
    quantity: Annotated[int, Field(ge=1)] | None = Field(default=None, description="None = not reported")
    place: Line
    condition: Line
    in_use: bool | None = Field(default=None, description="None = not reported")
    remark: Line | None = None


class FindingTable(Piece):
    """Assets seen on the spot."""

    form: Literal["findings"] = "findings"
    inspected_on: date | None = Field(default=None, description="None = not reported")
    place: Line
    inspectors: tuple[Line, ...] = Field(min_length=1)
    rows: tuple[Finding, ...] = Field(min_length=1)


class DisposalStep(Piece):
    """One step of the disposal, with who does it until when."""

    step: Line
    responsible: Line
    due: date | None = Field(default=None, description="None = not reported")
    expected: Amount | None = None


class DisposalTable(Piece):
    """The steps of a disposal plan in order (L6.2)."""

    form: Literal["disposal"] = "disposal"
    currency: Currency = "CNY"
    rows: tuple[DisposalStep, ...] = Field(min_length=1)


class ResultLine(Piece):
    """An income or an expense of the disposal."""

    item: Line
    amount: Amount
    remark: Line | None = None


class ResultTable(Piece):
    """Profit or loss of a project: income - expense = net (L7.3a)."""

    form: Literal["result"] = "result"
    currency: Currency = "CNY"
    income: tuple[ResultLine, ...] = Field(min_length=1)
    expense: tuple[ResultLine, ...] = Field(min_length=1)
    net: SignedAmount

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        net = sum((row.amount for row in self.income), Decimal(0)) - sum(
            (row.amount for row in self.expense), Decimal(0)
        )
        if self.net != net:
            raise ValueError(f"net {self.net} must be income - expense = {net}")
        return self


class NameRow(Piece):
    """A company or person involved in the project (L8.1)."""

    name: Line
    nature: Literal["company", "individual", "unknown"]
    role: Line
    identity_no: Line | None = None
    reason: Line


class NameTable(Piece):
    """The names that go on the blacklist."""

    form: Literal["names"] = "names"
    rows: tuple[NameRow, ...] = Field(min_length=1)


class PaperRow(Piece):
    """One paper of a file: what it is, whether it is there, and what is missing; None = nobody reported it."""

    name: Line
    copies: Count | None = None
    original: bool | None = None
    present: bool | None = None
    remark: Line | None = None


class PaperTable(Piece):
    """The papers of a litigation or collateral file (L6.1b, L6.1d)."""

    form: Literal["papers"] = "papers"
    rows: tuple[PaperRow, ...] = Field(min_length=1)


class PlanRow(Piece):
    """One instalment of a repayment plan; None = nobody reported it."""

    no: Annotated[int, Field(ge=1)]
    due: date | None = None
    amount: Amount | None = None
    remark: Line | None = None


class PlanTable(Piece):
    """Amounts and days of a repayment plan (B2.2.2.1d, C4.2.2b)."""

    form: Literal["plan"] = "plan"
    currency: Currency = "CNY"
    rows: tuple[PlanRow, ...] = Field(min_length=1)


Table = Annotated[
    WeeklyTable
    | MasterTable
    | CommitteeTable
    | ContactTable
    | FindingTable
    | DisposalTable
    | ResultTable
    | NameTable
    | PaperTable
    | PlanTable
    | KpiTable,
    Field(discriminator="form"),
]

FORMS: Final[dict[DocumentKind, str]] = {
    DocumentKind.weekly_report: "weekly",
    DocumentKind.master_table: "master",
    DocumentKind.committee_list: "committee",
    DocumentKind.collection_record: "contacts",
    DocumentKind.asset_inspection_report: "findings",
    DocumentKind.disposal_plan: "disposal",
    DocumentKind.profit_and_loss_report: "result",
    DocumentKind.recourse_resolution: "result",
    DocumentKind.blacklist_names: "names",
    DocumentKind.litigation_file: "papers",
    DocumentKind.collateral_file_checklist: "papers",
    DocumentKind.repayment_proposal: "plan",
    DocumentKind.repayment_plan: "plan",
    DocumentKind.repayment_agreement: "plan",
    DocumentKind.kpi_report: "kpi",
}
"""The form of table each kind takes; the others take none."""
