"""The kinds of documents that can be rendered, with their titles and the parts each one must have."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class DocumentKind(StrEnum):
    """The ids a policy uses to name a document."""

    rent_demand_notice = "rent_demand_notice"
    rent_collection_letter = "rent_collection_letter"
    litigation_letter = "litigation_letter"
    guarantor_notice = "guarantor_notice"
    vendor_notice = "vendor_notice"
    asset_inspection_report = "asset_inspection_report"
    capacity_report = "capacity_report"
    disposal_plan = "disposal_plan"
    suspension_application = "suspension_application"
    profit_and_loss_report = "profit_and_loss_report"
    recourse_resolution = "recourse_resolution"
    blacklist_names = "blacklist_names"
    weekly_report = "weekly_report"
    master_table = "master_table"
    litigation_file = "litigation_file"
    collateral_file_checklist = "collateral_file_checklist"
    committee_list = "committee_list"
    collection_record = "collection_record"
    statement_of_claim = "statement_of_claim"
    disposal_record = "disposal_record"
    check_record = "check_record"
    reminder = "reminder"
    overdue_notice = "overdue_notice"
    dunning_letter = "dunning_letter"
    legal_notice = "legal_notice"
    summons = "summons"
    lawyers_letter = "lawyers_letter"
    repayment_proposal = "repayment_proposal"
    recovery_plan = "recovery_plan"
    customer_file = "customer_file"
    credit_file = "credit_file"
    risk_assessment = "risk_assessment"
    visit_record = "visit_record"
    interview_record = "interview_record"
    negotiation_record = "negotiation_record"
    evidence_file = "evidence_file"
    feasibility_opinion = "feasibility_opinion"
    agency_file = "agency_file"
    confidentiality_agreement = "confidentiality_agreement"
    agency_mandate = "agency_mandate"
    audit_record = "audit_record"
    enforcement_application = "enforcement_application"
    preservation_application = "preservation_application"
    agreed_measure = "agreed_measure"
    breach_record = "breach_record"
    repayment_plan = "repayment_plan"
    repayment_agreement = "repayment_agreement"
    meeting_minutes = "meeting_minutes"
    evaluation_report = "evaluation_report"
    kpi_report = "kpi_report"
    buyback_claim = "buyback_claim"
    dispute_acknowledgement = "dispute_acknowledgement"
    dispute_answer = "dispute_answer"
    correction_letter = "correction_letter"
    guarantor_demand = "guarantor_demand"

    @property
    def title(self) -> str:
        """The Chinese title printed on the document."""
        return TITLES[self]

    @property
    def template(self) -> str:
        """The template that prints it; what people write in their own words has one in common."""
        return "written_form" if self in WRITTEN_FORMS else self.value


K = DocumentKind

TITLES: Final[dict[DocumentKind, str]] = {
    K.rent_demand_notice: "租金催收通知书",
    K.rent_collection_letter: "租金催收律师函",
    K.litigation_letter: "诉讼律师函",
    K.guarantor_notice: "关于承租人租金逾期情况的通知函",
    K.vendor_notice: "关于承租人租金逾期及拟采取措施的通知函",
    K.asset_inspection_report: "资产检查报告",
    K.capacity_report: "承租人租金偿还能力评估报告",
    K.disposal_plan: "资产处置方案",
    K.suspension_application: "暂缓资产处置申请报告",
    K.profit_and_loss_report: "资产处置损益核算报告",
    K.recourse_resolution: "关于是否进一步追索的决议",
    K.blacklist_names: "黑名单清单",
    K.weekly_report: "逾期租金周报",
    K.master_table: "租金催收记录总表",
    K.litigation_file: "诉讼材料目录",
    K.collateral_file_checklist: "抵押、担保资料核查清单",
    K.committee_list: "评审委员会会议清单",
    K.collection_record: "催收记录",
    K.statement_of_claim: "民事起诉状",
    K.disposal_record: "资产处置记录",
    K.check_record: "风险检查记录",
    K.reminder: "还款提醒",
    K.overdue_notice: "逾期通知书",
    K.dunning_letter: "正式催款函",
    K.legal_notice: "法律通知",
    K.summons: "还款约谈通知",
    K.lawyers_letter: "律师函",
    K.repayment_proposal: "还款方案建议书",
    K.recovery_plan: "清收计划",
    K.customer_file: "客户档案",
    K.credit_file: "信用档案",
    K.risk_assessment: "风险评估报告",
    K.visit_record: "上门催收记录",
    K.interview_record: "面谈记录",
    K.negotiation_record: "协商记录",
    K.evidence_file: "证据材料目录",
    K.feasibility_opinion: "诉讼可行性意见",
    K.agency_file: "委外机构档案",
    K.confidentiality_agreement: "保密协议",
    K.agency_mandate: "委托催收授权书",
    K.audit_record: "审核记录",
    K.enforcement_application: "强制执行申请书",
    K.preservation_application: "财产保全申请书",
    K.agreed_measure: "下一步催收措施商定记录",
    K.breach_record: "违约纠正记录",
    K.repayment_plan: "还款计划",
    K.repayment_agreement: "还款协议",
    K.meeting_minutes: "会议纪要",
    K.evaluation_report: "评估报告",
    K.kpi_report: "催收考核指标报告",
    K.buyback_claim: "要求履行回购担保责任的通知函",
    K.dispute_acknowledgement: "异议受理通知书",
    K.dispute_answer: "异议答复函",
    K.correction_letter: "更正函",
    K.guarantor_demand: "履行担保责任通知书",
}

LOAN_TITLES: Final = {
    K.guarantor_notice: "关于借款人逾期情况的通知函",
    K.capacity_report: "借款人还款能力评估报告",
}
"""What these are called when a loan is overdue, not a lease."""

WRITTEN_FORMS: Final = frozenset({
    K.recovery_plan, K.customer_file, K.credit_file, K.risk_assessment, K.visit_record, K.interview_record,
    K.negotiation_record, K.evidence_file, K.feasibility_opinion, K.agency_file, K.confidentiality_agreement,
    K.agency_mandate, K.audit_record, K.enforcement_application, K.preservation_application, K.agreed_measure,
    K.breach_record, K.repayment_plan, K.repayment_agreement, K.meeting_minutes, K.evaluation_report,
})  # fmt: skip
"""Papers people write in their own words; all of them have the same form."""


class Part(StrEnum):
    """An optional part of a document's content; the value is the name of its field."""

    recipient = "recipient"
    case = "case"
    claim = "claim"
    demand = "demand"
    vendor_rights = "vendor_rights"
    suspension = "suspension"
    buyback = "buyback"
    dispute = "dispute"
    dispute_answer = "dispute_answer"
    guarantee = "guarantee"
    appointment = "appointment"
    correction = "correction"
    sections = "sections"
    table = "table"
    signatures = "signatures"


DUNNING: Final = frozenset({Part.recipient, Part.case, Part.claim, Part.demand, Part.signatures})
PAPER: Final = frozenset({Part.case, Part.signatures})
LISTING: Final = frozenset({Part.table, Part.signatures})

REQUIRED: Final[dict[DocumentKind, frozenset[Part]]] = {
    K.rent_demand_notice: DUNNING,
    K.rent_collection_letter: DUNNING,
    K.litigation_letter: DUNNING,
    K.guarantor_notice: DUNNING,
    K.guarantor_demand: DUNNING | {Part.guarantee},
    K.vendor_notice: frozenset({Part.recipient, Part.case, Part.claim, Part.vendor_rights, Part.signatures}),
    K.buyback_claim: frozenset({Part.recipient, Part.case, Part.claim, Part.buyback, Part.signatures}),
    K.dispute_acknowledgement: frozenset({Part.recipient, Part.case, Part.dispute, Part.signatures}),
    K.dispute_answer: frozenset({Part.recipient, Part.case, Part.dispute_answer, Part.signatures}),
    K.asset_inspection_report: PAPER | {Part.sections, Part.table},
    # A payment may settle the claim between the end of a task and its report: then the paper says so.
    K.capacity_report: PAPER | {Part.sections},
    K.disposal_plan: PAPER | {Part.sections, Part.table},
    K.suspension_application: PAPER | {Part.sections, Part.suspension},
    K.profit_and_loss_report: PAPER | {Part.table},
    K.recourse_resolution: PAPER | {Part.sections},
    K.blacklist_names: LISTING | {Part.case},
    K.weekly_report: LISTING,
    K.master_table: LISTING,
    K.litigation_file: LISTING | {Part.case},
    K.collateral_file_checklist: LISTING | {Part.case},
    K.committee_list: LISTING,
    K.kpi_report: LISTING,
    K.collection_record: LISTING | {Part.case},
    K.statement_of_claim: PAPER | {Part.sections},
    K.disposal_record: PAPER | {Part.sections},
    K.check_record: frozenset({Part.sections, Part.signatures}),
    # Before the due date nothing is owed yet: then it says what will be due (Z1.1).
    K.reminder: DUNNING - {Part.claim},
    K.overdue_notice: DUNNING,
    K.dunning_letter: DUNNING,
    K.legal_notice: DUNNING,
    K.summons: DUNNING | {Part.appointment},
    K.lawyers_letter: DUNNING,
    K.repayment_proposal: DUNNING | {Part.sections},
    K.correction_letter: PAPER | {Part.recipient, Part.correction},
    **dict.fromkeys(WRITTEN_FORMS, frozenset({Part.sections, Part.signatures})),
}
"""Parts without which a document of that kind is refused; other parts are printed when present."""
