"""Papers people write in their own words: which headings each has, and what the record already knows for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from activities.content.amounts import amount_of
from activities.content.material import Material
from activities.content.paper import Build, Paper, contacts_text, ledger_text, letters_text
from activities.content.words import line
from activities.content.written import Written, as_day
from activities.messages import PrepareRequest
from letters.kinds import WRITTEN_FORMS, DocumentKind
from letters.parts import Signature
from letters.tables import PlanRow, PlanTable

K = DocumentKind
PLAN: Final = "还款安排"
"""The heading under which a plan stands: one line per instalment, day | amount | remark."""
PLANS: Final = frozenset({K.repayment_plan, K.repayment_agreement})
BY_CUSTOMER: Final = frozenset({K.repayment_agreement, K.repayment_plan, K.interview_record, K.negotiation_record})
"""Papers the customer signs too (B2.2.2.1d, C4.2.2b)."""

HEADINGS: Final[Mapping[DocumentKind, tuple[str, ...]]] = {
    K.recovery_plan: ("清收责任人", "清收目标", "清收措施及阶段安排", "进展跟踪方式"),
    K.customer_file: ("客户基本信息", "信贷业务信息", "逾期情况", "还款记录", "催收联系情况", "已发函件"),
    K.credit_file: ("客户基本信息", "信用评估", "还款意愿", "还款能力", "逾期情况", "催收联系情况"),
    K.risk_assessment: ("逾期情况", "逾期原因", "还款能力", "还款意愿及信用状况", "风险等级", "评估结论"),
    K.visit_record: (
        "上门时间", "上门地点", "上门人员", "证件及催收文件出示情况", "见到何人", "上门经过", "客户反馈", "后续安排",
    ),
    K.interview_record: ("面谈时间", "面谈地点", "参加人员", "客户情况", "逾期原因", "协商内容", "面谈结果",
                         "后续安排"),
    K.negotiation_record: ("协商时间", "协商人员", "客户情况", "协商内容", "协商结果", "后续安排"),
    K.evidence_file: ("合同及放款凭证", "逾期证明", "催收联系情况", "已发函件", "其他证据", "齐备情况"),
    K.feasibility_opinion: ("案件事实", "证据情况", "诉讼时效", "可行性分析", "结论意见"),
    K.agency_file: ("机构名称", "营业执照", "行业许可及资质", "信誉核查情况", "核查结论"),
    K.confidentiality_agreement: ("协议双方", "保密信息范围", "保密义务", "违约责任", "期限"),
    K.agency_mandate: ("受托机构", "委托范围", "禁止行为", "委托期限", "报告要求"),
    K.audit_record: ("审核对象", "审核期间", "审核内容", "发现的问题", "整改要求"),
    K.enforcement_application: ("申请人及被执行人", "执行依据", "申请执行事项", "事实与理由", "财产线索", "受理法院"),
    K.preservation_application: ("申请人及被申请人", "请求事项", "事实与理由", "财产线索", "担保方式", "受理法院"),
    K.breach_record: ("未履行的合同义务", "违约日及发现经过", "与客户的沟通", "纠正情况及证明"),
    K.agreed_measure: ("参加人员", "逾期原因", "客户情况", "商定的催收措施", "负责人及期限"),
    K.repayment_plan: ("还款金额、期限及方式", "客户收入、支出及负债", "可承受性测算", "其他约定"),
    K.repayment_agreement: ("还款金额、期限及方式", "逾期处理", "其他约定"),
    K.meeting_minutes: ("会议时间及地点", "参加人员", "清收进展", "策略调整", "决定事项"),
    K.evaluation_report: ("评估期间", "评估对象", "评估情况", "存在问题", "改进建议"),
}  # fmt: skip
"""What each paper has to say, in its order; what nobody wrote is printed as missing."""

MANDATE: Final = "仅限催收。"
FORBIDDEN: Final = "禁止使用暴力、威胁、侮辱、滋扰等手段；禁止泄露客户信息；禁止向无关第三人催收。"
KNOWN: Final[Mapping[str, Callable[[Material], str]]] = {
    "逾期情况": ledger_text,
    "逾期证明": ledger_text,
    "案件事实": ledger_text,
    "催收联系情况": contacts_text,
    "已发函件": letters_text,
    "委托范围": lambda material: MANDATE,
    "禁止行为": lambda material: FORBIDDEN,
}
"""What is known without anybody writing it; what a person writes goes before it (B2.3.2.1c for the mandate)."""


def written_form(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """A paper in the form all of them share."""
    kind = DocumentKind(request.document)
    table = plan_table(written, material.account.currency) if kind in PLANS else None
    headings = HEADINGS[kind]
    known = {heading: KNOWN[heading](material) for heading in headings if heading in KNOWN}
    signs = kind in BY_CUSTOMER
    return Paper(
        sections=written.sections(headings, known),
        table=table,
        signatures=(Signature(role=f"{material.reference().debtor}（签字/盖章）"),) if signs else (),
    )


def plan_table(written: Written, currency: str) -> PlanTable | None:
    """The instalments of a plan, one line each: day | amount | remark; None if nobody wrote any."""
    rows = tuple(_plan_row(no, cells) for no, cells in enumerate(written.take_rows(PLAN), start=1))
    return PlanTable.model_validate({"currency": currency, "rows": rows}) if rows else None


def _plan_row(no: int, cells: list[str]) -> PlanRow:
    due, amount, remark = (*cells, "", "", "")[:3]
    found: Decimal | None = amount_of(amount)
    left_over = "" if found is not None or not amount else f"{amount} "
    note = f"{left_over}{remark}".strip()
    return PlanRow(no=no, due=as_day(due), amount=found, remark=line(note) if note else None)


RECORDS: Final[dict[DocumentKind, Build]] = dict.fromkeys(sorted(WRITTEN_FORMS), written_form)
"""The one function that writes them all."""
