"""Tables of reports as the tests of letters show them, a few plausible rows each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from letters.kinds import DocumentKind
from letters.tables import (
    CommitteeRow,
    CommitteeTable,
    ContactEntry,
    ContactTable,
    DisposalStep,
    DisposalTable,
    Finding,
    FindingTable,
    MasterRow,
    MasterTable,
    NameRow,
    NameTable,
    PaperRow,
    PaperTable,
    Period,
    ResultLine,
    ResultTable,
    Table,
    WeeklyRow,
    WeeklyTable,
)
from tests.letters.figures import key_figures

AS_OF = date(2026, 3, 10)
MONTH = Period(start=date(2026, 3, 1), end=date(2026, 3, 31))


def weekly() -> WeeklyTable:
    def row(number: int, bucket: str, dpd: int, rent: str) -> WeeklyRow:
        return WeeklyRow(
            account_no=f"L-{number:06}",
            lessee=f"示例承租人{number}有限公司",
            contract_no=f"YS-2024-{number:04}",
            bucket=bucket,
            dpd=dpd,
            unpaid_instalments=1,
            overdue_rent=Decimal(rent),
            total=Decimal(rent) + 10,
            stage="电话催收",
        )

    rows = (row(1, "1-15天", 3, "1000.00"), row(2, "31-45天", 40, "2500.50"), row(3, "1-15天", 12, "300.25"))
    period = Period(start=date(2026, 3, 4), end=AS_OF)
    return WeeklyTable(period=period, copy_to=("总经理",), rows=rows)


def master() -> MasterTable:
    row = MasterRow(
        on=date(2026, 3, 5),
        account_no="L-000123",
        lessee="江城恒通机械制造有限公司",
        dpd=33,
        action="电话催收",
        by="催收专员",
        contact="财务经理",
        result="承诺于3月12日前支付第19期租金",
    )
    return MasterTable(period=MONTH, rows=(row,))


def committee() -> CommitteeTable:
    row = CommitteeRow(
        account_no="L-000123",
        lessee="江城恒通机械制造有限公司",
        bucket="31-45天",
        dpd=38,
        total=Decimal("73024.12"),
        inspection_report="ZJ-2026-0007",
        proposal="审议资产处置方案",
    )
    return CommitteeTable(meeting_on=date(2026, 3, 31), weekly_report_no="ZB-2026-13", rows=(row,))


def contacts() -> ContactTable:
    entry = ContactEntry(
        at=datetime(2026, 3, 5, 10, 30, tzinfo=UTC),
        channel="电话",
        person="财务经理",
        by="催收专员",
        content="告知逾期金额及罚息计算方式，要求尽快付款。",
        result="承诺3月12日前付款",
        next_step="3月12日回访",
    )
    return ContactTable(rows=(entry,))


def findings() -> FindingTable:
    row = Finding(
        asset="数控立式加工中心 VMC-850",
        serial_no="VMC850-24-0091",
        quantity=2,
        place="一号车间",
        condition="良好",
        in_use=True,
    )
    return FindingTable(
        inspected_on=date(2026, 3, 9),
        place="江城市高新区兴业路88号",
        inspectors=("资产管理部 检查员",),
        rows=(row,),
    )


def disposal() -> DisposalTable:
    take = DisposalStep(step="取回租赁物并封存", responsible="资产管理部", due=date(2026, 4, 10))
    sell = DisposalStep(
        step="评估并公开出售", responsible="资产管理部", due=date(2026, 5, 20), expected=Decimal("310000.00")
    )
    return DisposalTable(rows=(take, sell))


def result() -> ResultTable:
    return ResultTable(
        income=(
            ResultLine(item="租赁物处置价款", amount=Decimal("310000.00")),
            ResultLine(item="保证金抵扣", amount=Decimal("50000.00")),
        ),
        expense=(ResultLine(item="未收回租金本息", amount=Decimal("402500.35"), remark="截至处置完成日"),),
        net=Decimal("-42500.35"),
    )


def names() -> NameTable:
    company = NameRow(name="江城恒通机械制造有限公司", nature="company", role="承租人", reason="租金逾期且已处置资产")
    person = NameRow(
        name="陆文舟", nature="individual", role="保证人", identity_no="3101****0011", reason="未履行保证责任"
    )
    return NameTable(rows=(company, person))


def papers() -> PaperTable:
    contract = PaperRow(name="融资租赁合同", copies=2, original=True, present=True)
    invoice = PaperRow(name="租赁物发票", copies=1, original=False, present=False, remark="向业务部门调取")
    return PaperTable(rows=(contract, invoice))


TABLES: dict[DocumentKind, Callable[[], Table]] = {
    DocumentKind.weekly_report: weekly,
    DocumentKind.master_table: master,
    DocumentKind.committee_list: committee,
    DocumentKind.collection_record: contacts,
    DocumentKind.asset_inspection_report: findings,
    DocumentKind.disposal_plan: disposal,
    DocumentKind.profit_and_loss_report: result,
    DocumentKind.recourse_resolution: result,
    DocumentKind.blacklist_names: names,
    DocumentKind.kpi_report: key_figures,
    DocumentKind.litigation_file: papers,
    DocumentKind.collateral_file_checklist: papers,
}

CLAIMED = (
    DocumentKind.capacity_report,
    DocumentKind.disposal_plan,
    DocumentKind.suspension_application,
    DocumentKind.statement_of_claim,
    DocumentKind.disposal_record,
    DocumentKind.reminder,
)
