"""Every problem code of the API with its status, title and what to do; codes are stable, texts may change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Code:
    """HTTP status, title in Chinese and English, and the remedy when the place that raised it names none."""

    status: int
    zh: str
    en: str
    remedy: str

    @property
    def title(self) -> str:
        return f"{self.zh} {self.en}"


CODES: Final[dict[str, Code]] = {
    # Who you are.
    "token_missing": Code(401, "未登录", "Not logged in", "Get a token with POST /auth/token."),
    "token_invalid": Code(401, "登录凭证无效", "Token not valid", "Log in again with POST /auth/token."),
    "token_expired": Code(401, "登录已过期", "Token expired", "Log in again with POST /auth/token."),
    "login_failed": Code(401, "登录失败", "Login failed", "Check login and password."),
    "staff_inactive": Code(401, "账号已停用", "Staff member inactive", "Ask an administrator."),
    "signature_refused": Code(401, "签名无效", "Signature refused", "Sign as docs/gateways.md says."),
    # What you may do.
    "not_entitled": Code(403, "无权操作", "Not entitled", "Ask somebody with one of the roles named."),
    "role_not_yours": Code(403, "非本人角色", "Not one of your roles", "Name one of the roles of GET /me."),
    "role_ambiguous": Code(422, "角色不明确", "Several of your roles fit", "Name one of them in the header X-Role."),
    # What there is.
    "not_found": Code(404, "未找到", "No such address", "See /docs."),
    "unknown_account": Code(404, "账户不存在", "No such account", "Check the account number."),
    "no_draft": Code(409, "无可预览的函件", "No letter to preview", "Name a step that a letter is signed or sent in."),
    "unknown_case": Code(404, "案件不存在", "No such case", "Check the case number."),
    "unknown_document": Code(404, "文件不存在", "No such document", "Check the document number."),
    "unknown_attachment": Code(404, "附件不存在", "No such attachment", "Upload it with POST /attachments first."),
    "unknown_batch": Code(404, "导入批次不存在", "No such import", "See GET /imports."),
    "unknown_command": Code(
        404, "指令不存在", "No such command", "Send it again with the same Idempotency-Key; it is carried out once."
    ),
    "unknown_party": Code(404, "当事人不存在", "No such party", "See the parties of the account."),
    "unknown_errand": Code(404, "任务不存在", "No such errand", "See GET /errands."),
    "unknown_delivery": Code(404, "投递不存在", "No such delivery", "The key names no delivery of ours."),
    "unknown_call": Code(404, "通话不存在", "No such call", "See GET /calls."),
    "unknown_contact": Code(404, "催收记录不存在", "No such contact", "Name the seq of a contact in the case."),
    "unknown_recording": Code(404, "录音不存在", "No such recording", "See GET /recordings."),
    "unknown_violation": Code(404, "违规记录不存在", "No such violation", "See GET /violations."),
    "unknown_visit": Code(404, "上门记录不存在", "No such visit", "See GET /visits."),
    "unknown_staff": Code(422, "人员不存在", "No such member of staff", "Name a staff id."),
    "unknown_evidence": Code(422, "证据不存在", "No such evidence", "Name a recording or an uploaded document."),
    "method_not_allowed": Code(405, "方法不允许", "Method not allowed", "See /docs."),
    # What you sent.
    "invalid": Code(422, "输入有误", "Input not valid", "Correct every field listed in errors."),
    "bad_cursor": Code(422, "分页游标无效", "Cursor not valid", "Use next from the answer before, with the same sort."),
    "file_invalid": Code(422, "文件有误", "File not valid", "Correct every place listed in errors and send it again."),
    "nothing_to_import": Code(422, "无可导入账户", "Nothing to import", "Correct the file and send it again."),
    "too_large": Code(413, "内容过大", "Too large", "Send less than the limit named."),
    "type_not_allowed": Code(415, "文件类型不允许", "File type not allowed", "Send a PDF, PNG or JPEG."),
    "unknown_policy": Code(422, "制度不存在", "No such policy", "Name a policy and version that the company uses."),
    "unknown_step": Code(422, "步骤不存在", "No such step", "Use a step id of the case's policy."),
    "outcome_not_allowed": Code(422, "结果不允许", "Outcome not allowed", "Use one of the outcomes of the task."),
    "answer_incomplete": Code(422, "反馈不完整", "Answer incomplete", "Report everything the errand names."),
    "document_missing": Code(422, "缺少文件", "Document missing", "Attach the document named."),
    "unknown_duty": Code(422, "事项不存在", "No such duty", "Name a duty of a layer that is opened by hand."),
    "since_impossible": Code(422, "违约日不成立", "Not a day of a breach", "Name the day, today or before."),
    "end_date_missing": Code(422, "缺少截止日", "End date missing", "Name the last day."),
    "unknown_vendor": Code(404, "出卖人不存在", "No such vendor", "Name the party id of a vendor."),
    "hold_in_force": Code(409, "暂停已生效", "Hold in force already", "A new application is made after it has ended."),
    "application_unfit": Code(422, "申请不合规", "Application unfit", "See the remedy of each fault."),
    "end_date_too_late": Code(422, "截止日过晚", "End date too late", "Name an earlier day."),
    "since_not_taken": Code(422, "不可追溯", "Cannot be backdated", "Leave out since."),
    "since_in_future": Code(422, "起始日在未来", "Beginning in the future", "Apply on the day."),
    "since_before_case": Code(422, "起始日早于立案", "Beginning before the case", "Name a later day."),
    "since_without_reason": Code(422, "追溯缺少理由", "Backdated without a reason", "Give the reason in note."),
    "buyback_unfit": Code(422, "回购价款不合规", "Buyback price unfit", "See the remedy of each fault."),
    "end_date_past": Code(422, "截止日已过", "End date in the past", "Name a day from today on."),
    # What the case says.
    "not_movable": Code(409, "案件不可移交制度", "Case cannot be moved", "Only an open case of an account is moved."),
    "already_there": Code(409, "已适用该制度", "Runs under it already", "Name another policy or version."),
    "case_closed": Code(409, "案件已关闭", "Case closed", "Nothing can be decided in it any more."),
    "not_ready": Code(409, "案件正在立案", "Case just being opened", "Try again in a moment."),
    "not_open": Code(409, "步骤未开放", "Step not open", "Look at the open tasks of the case."),
    "held": Code(409, "步骤被暂停", "Step held", "Wait until the hold ends."),
    "already_answered": Code(409, "已答复", "Already answered", "A wrong answer is corrected, not repeated."),
    "own_proposal": Code(403, "不得审批本人提出的事项", "Your own proposal", "Somebody else of those asked decides."),
    "over_limit": Code(403, "超出权限额度", "Beyond your authority", "Ask somebody whose authority reaches so far."),
    "conditions_unfit": Code(422, "附加条件有误", "Conditions not fitting", "See the place and remedy of each fault."),
    "unknown_condition": Code(422, "条件不存在", "No such condition", "See the conditions of the decision."),
    "already_confirmed": Code(409, "条件已确认", "Condition confirmed already", "Nothing was changed."),
    "nothing_to_withdraw": Code(409, "无可撤回", "Nothing to withdraw", "Only who gave an answer takes it back."),
    "unknown_delegation": Code(404, "授权不存在", "No such delegation", "See GET /delegations."),
    "already_revoked": Code(409, "授权已撤销", "Revoked already", "Nothing was changed."),
    "delegation_unfit": Code(422, "授权不成立", "Delegation not possible", "See the place and remedy of each fault."),
    "already_open": Code(409, "已开放", "Already open", "Answer it, or wait for its answer."),
    "not_on_demand": Code(409, "不可人工开启", "Falls due by rule", "It cannot be opened by hand."),
    "outside_days": Code(409, "不在逾期天数范围内", "Outside its days past due", "See the days named."),
    "not_for_this_account": Code(409, "不适用于该账户", "Not for this account", "See what it needs."),
    "needs_missing": Code(409, "前置步骤未完成", "Other steps come first", "See what is missing."),
    "vote_missing": Code(409, "缺少表决人数", "Vote missing", "Say how many were present and how many in favour."),
    "vote_impossible": Code(409, "表决人数有误", "Impossible vote", "Count members, present and in favour again."),
    "already_decided": Code(409, "已作决定", "Decided already", "It is decided once in a case."),
    "already_acted": Code(409, "已据此执行", "Acted upon already", "Send a correcting letter."),
    "terms_missing": Code(422, "缺少协议条款", "Terms missing", "Say when each instalment is due."),
    "terms_unfit": Code(422, "协议条款有误", "Terms not fitting", "See the place and remedy of each fault."),
    "promise_unfit": Code(422, "还款承诺有误", "Promise not fitting", "See the place and remedy of each fault."),
    "recovery_plan_unfit": Code(422, "清收计划有误", "Plan not fitting", "See the place and remedy of each fault."),
    "plan_unfit": Code(422, "分期方案不合规", "Plan not within its limits", "See the place and remedy of each fault."),
    "waiver_unfit": Code(422, "减免不合规", "Waiver not within its limits", "See the place and remedy of each fault."),
    "complaint_closed": Code(409, "投诉已办结", "Complaint closed", "A new complaint gets a new number."),
    "unknown_complaint": Code(404, "投诉不存在", "No such complaint", "See GET /complaints."),
    "own_complaint": Code(403, "投诉涉及本人", "Complaint about yourself", "Somebody else of the chain handles it."),
    "no_address": Code(409, "无联系方式", "No address left", "Tell the complainant another way."),
    "correction_missing": Code(422, "缺少整改措施", "Correction missing", "Name the correction and its day."),
    "received_in_future": Code(422, "收到时间在未来", "Received in the future", "Correct received_at."),
    "unknown_agency": Code(404, "机构不存在", "No such agency", "See GET /agencies."),
    "agency_missing": Code(422, "未指明机构", "Agency not named", "Send place_with_agency with the agency."),
    "agency_unfit": Code(409, "机构不符合委托条件", "Agency not fit for this case", "See everything named in detail."),
    "already_placed": Code(409, "案件已委外", "Placed already", "Recall it first."),
    "not_placed": Code(409, "案件未委外", "Not placed", "There is nothing to take back."),
    "not_a_placement": Code(409, "非委外步骤", "Not a placement step", "Name the placement step of the policy."),
    "unknown_placement": Code(404, "委外不存在", "No such placement", "See GET /agency/cases."),
    "report_differs": Code(409, "该期报告已提交", "Reported already", "Correct it in the next report."),
    "period_unfinished": Code(422, "报告期未结束", "Period not over", "Report it when it has ended."),
    "unknown_meeting": Code(404, "会议不存在", "No such meeting", "See GET /meetings."),
    "not_a_member": Code(403, "非会议成员", "Not of this meeting", "Act under the role of the meeting."),
    "meeting_ahead": Code(409, "会议尚未召开", "Meeting still ahead", "Enter decisions on its day."),
    "unknown_suit": Code(404, "诉讼不存在", "No such suit", "See GET /suits."),
    "suit_closed": Code(409, "诉讼已结案", "Suit closed", "Nothing can be entered any more."),
    "suit_open": Code(409, "已有诉讼在办", "A suit is open already", "Enter what happens in that one."),
    "suit_in_future": Code(422, "起诉日在未来", "Filed in the future", "Enter a suit when it is filed."),
    "suit_unfit": Code(422, "登记内容有误", "Not in order", "See the place and remedy of each fault."),
    "wrong_stage": Code(409, "诉讼阶段不符", "Not at this stage", "See what it follows."),
    "asset_kind_differs": Code(409, "资产类型不可变更", "Kind differs", "Release it and enter another asset."),
    "figures_differ": Code(422, "与账面不一致", "Figures differ", "Leave the figures out, or say why in note."),
    "no_parts": Code(422, "该任务不分步骤", "No parts", "Answer it as a whole."),
    "part_unfit": Code(422, "处置步骤不可登记", "Part unfit", "See what each part still needs."),
    "parts_missing": Code(422, "处置步骤未完成", "Parts missing", "Finish the parts of the plan first."),
    "choice_missing": Code(422, "未选择诉讼请求", "Choice missing", "Choose all rent or termination."),
    "choice_not_allowed": Code(422, "选择不允许", "Choice not allowed", "Use one of the choices named."),
    "term_unfit": Code(422, "保证期间有误", "Guarantee period not in order", "Correct the day, attach the paper."),
    "unknown_survey": Code(404, "问卷不存在", "No such survey", "Use the link of the message."),
    "survey_answered": Code(409, "问卷已答复", "Survey answered already", "It is answered once."),
    "no_quorum": Code(409, "未达法定人数", "No quorum", "At least half of the members must be present."),
    "no_majority": Code(409, "未达多数", "No majority", "More than half of those present must be in favour."),
    "hold_not_active": Code(409, "暂停未生效", "Hold not in force", "Only a hold in force can be ended."),
    "nothing_to_correct": Code(409, "无可更正", "Nothing to correct", "Name the seq of a standing answer."),
    "command_differs": Code(409, "指令内容不同", "Another command has this id", "Use a new Idempotency-Key."),
    "posting_differs": Code(409, "流水内容不同", "Another posting has this id", "Use a new Idempotency-Key."),
    "reversal_unknown": Code(422, "被冲销流水不存在", "No posting to take back", "Name a posting of this account."),
    "reversal_of_reversal": Code(422, "冲销不可再冲销", "A reversal cannot be taken back", "Enter the payment again."),
    "reversal_amount_differs": Code(422, "冲销金额不符", "Not the amount of the posting", "Leave the amount out."),
    "already_reversed": Code(409, "已冲销", "Taken back already", "See the postings of the account."),
    "value_date_in_future": Code(422, "起息日在未来", "Value date in the future", "Enter it on its day."),
    "account_exists": Code(409, "账户已存在", "Accounts exist already", "Send a corrected file of changes."),
    "batch_decided": Code(409, "批次已处理", "Import decided already", "Import a corrected file instead."),
    "customer_listed": Code(
        409, "客户在名单上", "Customer is listed", "Lift it for the customer, or leave the account out."
    ),
    "attachment_differs": Code(409, "附件内容不同", "Another file has this id", "Upload it again."),
    "no_classification": Code(422, "无适用的分类办法", "No classification in force", "Ask for a later day."),
    "unknown_category": Code(422, "分类不存在", "No such category", "See GET /reports/classification."),
    "unknown_figure": Code(422, "指标不存在", "No such figure", "Use one of the figures named."),
    "period_unfit": Code(422, "期间不适用", "Period not possible", "Ask for at most five years."),
    "period_backwards": Code(422, "期间颠倒", "Period backwards", "Swap the two days of the period."),
    "nothing_owed": Code(409, "账户无余额", "Nothing owed", "There is nothing to classify."),
    "unknown_write_off": Code(404, "核销不存在", "No such write-off", "See GET /write-offs."),
    "write_off_open": Code(409, "核销待审批", "A write-off waits for its decision", "Decide that first."),
    "write_off_unfit": Code(409, "核销金额不符", "More than is in the book", "Propose what is left."),
    "not_written_off": Code(409, "未核销", "Not written off", "Only what was approved is taken back."),
    "unknown_receipt": Code(404, "暂收款不存在", "No such receipt", "See GET /suspense."),
    "receipt_differs": Code(409, "暂收款内容不同", "Another receipt has this number", "Check its number."),
    "unknown_posting": Code(404, "流水不存在", "No such posting", "See the postings of the account."),
    "not_money": Code(409, "非收款", "No money received", "Only money received is assigned or re-allocated."),
    "not_worse": Code(409, "不劣于规则分类", "Not worse than the rules say", "Only a worse category can be set."),
    "nothing_set": Code(409, "未曾人工分类", "Nobody set a category", "There is nothing to take back."),
    "no_risk_pack": Code(422, "无适用的风险分级", "No risk classes in force", "Ask for a later day."),
    "unknown_risk_class": Code(422, "风险等级不存在", "No such risk class", "See GET /risk-classes."),
    "unknown_warning": Code(404, "预警不存在", "No such warning", "See GET /accounts/{account_no}/risk."),
    "already_withdrawn": Code(409, "预警已撤回", "Withdrawn already", "Nothing was changed."),
    "unknown_mark": Code(422, "标记不存在", "No such mark", "Use one of the values named."),
    "amount_unfit": Code(422, "金额不适用", "Amount not fitting", "A limit has an amount, nothing else has."),
    "key_differs": Code(409, "分类内容不同", "Another rating has this id", "Use a new Idempotency-Key."),
    # Calls and recordings.
    "not_a_call": Code(409, "非联系任务", "Not a call", "Name a task that asks for a contact."),
    "no_phone": Code(409, "无可拨打号码", "No number to call", "Find out their number."),
    "number_refused": Code(409, "号码被拒绝", "Number refused by the dialler", "Check the number of the party."),
    "contact_postponed": Code(409, "暂不可联系", "Contact not permitted now", "Call from the instant named."),
    "contact_barred": Code(409, "禁止联系", "Contact not permitted", "This person is not contacted in this way."),
    "call_not_over": Code(409, "通话未结束", "Call not over", "Wait until it has ended."),
    "kept_elsewhere": Code(409, "录音存于他处", "Recording kept elsewhere", "Hear it at its reference."),
    "correction_past": Code(422, "整改期限已过", "Day of correction in the past", "Name a day from today on."),
    # Visits.
    "not_a_visit": Code(409, "非上门任务", "Not a visit", "Name a task that asks for a visit."),
    "visit_unreported": Code(409, "须先报告上门", "Report the visit instead", "Plan it and report it under /visits."),
    "visit_over": Code(409, "上门已结束", "Visit over", "See GET /visits."),
    "visit_ahead": Code(409, "上门日未到", "Visit still ahead", "Report it when it was made."),
    "visit_day_past": Code(422, "上门日已过", "Day of the visit in the past", "Name a day from today on."),
    "locality_unverified": Code(409, "未核实本地或外地", "Locality not verified", "Verify where the customer is."),
    "team_unfit": Code(409, "人员不符", "Not of that role", "Name active staff under roles that they hold."),
    "team_too_small": Code(409, "上门人数不足", "Too few people", "Name everybody who goes, each once."),
    "team_incomplete": Code(409, "上门人员不全", "A role of the team is missing", "Name somebody, or a substitute."),
    "not_in_team": Code(409, "非上门人员", "Not in the team", "Name a member of the planned team."),
    "substitute_unfit": Code(409, "替代人员不符", "Not of the same team", "Name a member of the same team."),
    "no_substitute": Code(409, "不适用替代", "Nobody stands in here", "Plan the visit anew."),
    "credentials_missing": Code(422, "未注明证件", "Credentials not stated", "State which credentials are carried."),
    "papers_missing": Code(422, "未注明催收文件", "Papers not stated", "State which papers are carried."),
    "safety_missing": Code(422, "未注明安全措施", "Safety not stated", "State what is done to be safe."),
    # What is said and written.
    "not_a_letter": Code(409, "不是对外函件", "No letter to anybody", "A paper is written anew by its task."),
    "not_sent": Code(409, "函件未发出", "Did not go out", "Nothing needs correcting."),
    "already_corrected": Code(409, "函件已更正", "Corrected already", "Correct the correcting letter."),
    "unknown_text": Code(404, "文本不存在", "No such text", "See GET /texts."),
    "text_not_passed": Code(409, "话术未经法务审核通过", "Not passed by Legal", "Ask Legal to pass a version."),
    "text_known": Code(409, "该版本已存在", "A version already", "See the versions of the text."),
    "text_from_product": Code(409, "文本随产品提供", "Comes with the product", "Change its template."),
    "text_replaced": Code(409, "旧版本", "Of an earlier release", "See the versions of the text."),
    # Who owns a case.
    "owner_differs": Code(409, "案件已归他人", "Somebody else's meanwhile", "Look at the case again."),
    "not_in_queue": Code(409, "案件已有负责人", "Somebody owns the case", "Ask for it to be handed over."),
    "unknown_absence": Code(404, "缺勤记录不存在", "No such absence", "See GET /absences."),
    "absence_backwards": Code(422, "缺勤日期颠倒", "Absence backwards", "The last day is not before the first."),
    # What is down.
    "database_unavailable": Code(503, "数据库不可用", "Database not available", "Try again; nothing was changed."),
    "engine_unavailable": Code(
        503, "流程引擎不可用", "Workflow engine not available", "Send it again with the same Idempotency-Key."
    ),
    "gateway_unavailable": Code(
        503, "外部渠道不可用", "Gateway not available", "Send it again with the same Idempotency-Key."
    ),
    "internal": Code(500, "内部错误", "Internal error", "Report the request_id to whoever runs this installation."),
}
OTHER_REFUSAL: Final = Code(409, "操作被拒绝", "Refused", "See detail.")


def code_of(name: str) -> Code:
    """The entry of a code; a refusal that has none of its own is a conflict."""
    return CODES.get(name, OTHER_REFUSAL)
