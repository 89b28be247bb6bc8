"""Reports that finished tasks write: what people wrote, what the record knows, and what nobody gave."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from activities.contents import UnknownDocument
from domain import events as e
from domain.events import ContactResult, Figure, Section
from domain.ledger import DoneStep, PostingKind
from store.documents import Attachment, add_attachment, documents_of, get_pdf
from store.ledger import post
from tests.activities.world import DAY, World, at, person, posting

NUMBER = e.DocumentRef(kind="rent_demand_notice", number="RDN-7", sha256="0" * 64, as_of=date(2026, 2, 8))
COLLECTOR = person("u-gu", "collector")
REPORTS = {
    "asset_inspection": ("资产检查报告", "会签栏", "业务部门负责人", "风险管理部负责人"),
    "capacity_report": ("承租人租金偿还能力评估报告", "逾期租金72,300.00", "签字及风险管理部意见"),
    "disposal_plan": ("资产处置方案", "评审委员会", "处置步骤"),
    "litigation_file": ("诉讼材料目录", "融资租赁合同（C-L-1）", "回购担保协议（大华设备有限公司）"),
    "collateral_file_check": ("抵押、担保资料核查清单", "保证合同（陆文舟）", "保证合同（远景担保有限公司）"),
    "profit_and_loss": ("资产处置损益核算报告", "账面未收款项", "逾期租金72,300.00元"),
    "recourse_resolution": ("关于是否进一步追索的决议", "评审委员会", "总经理"),
    "blacklist_names": ("黑名单清单", "江城恒通机械制造有限公司", "陆文舟", "远景担保有限公司"),
    "suspension_application": ("暂缓资产处置申请报告", "申请理由", "总经理"),
    "lawsuit": ("民事起诉状", "原告：示范融资租赁有限公司", "被告1（承租人）：江城恒通机械制造有限公司", "诉讼请求"),
    "disposal": ("资产处置记录", "处置经过", "处置价款及费用"),
}


@pytest.mark.parametrize("step", list(REPORTS))
def test_each_report_is_written_once_and_says_what_nobody_gave(world: World, step: str) -> None:
    request = world.prepare(step)
    ref, text = world.reported(request)
    again, same = world.reported(request.model_copy(update={"at": at(DAY, 15)}))

    assert (ref, text) == (again, same)
    assert ref.number.endswith("-2026-00001") and ref.as_of == DAY and ref.kind == request.document
    for said in (*REPORTS[step], ref.number, "C-L-1", "VMC-850两台"):
        assert said in text, said
    if step != "blacklist_names":
        assert "未填报" in text
    other, _ = world.reported(world.prepare(step, occurrence=2))
    assert other.number.endswith("-2026-00002")
    with world.database.reading() as session:
        assert len(documents_of(session, "L-1-1")) == 2
        assert get_pdf(session, ref.number) is not None


def test_an_inspection_report_puts_short_answers_into_the_table(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    told.done(date(2026, 3, 9), "asset_inspection", "inspected", person("u-gu", "asset_manager"))
    with world.database.session() as session:
        told.save(session)
    answers = {
        "检查日期": "2026-03-09", "检查人员": "王一、李二", "检查地点": "一号车间", "数量": "2", "序列号": "VMC-0091",
        "租赁物状况": "良好", "是否在用": "是", "检查情况": "设备正常运转。\n保养记录完整。",
    }  # fmt: skip
    sections = tuple(Section(heading=name, text=text) for name, text in answers.items())
    _, text = world.reported(world.prepare("asset_inspection", sections=sections))
    for said in ("2026年3月9日", "王一、李二", "VMC-00912一号车间良好是", "一、检查情况设备正常运转。保养记录完整。",
                 "二、结论及建议未填报", "资产管理部顾明远2026年3月9日"):  # fmt: skip
        assert said in text, said


def test_a_capacity_report_of_a_larger_lease_reflects_the_financial_reports(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    told.done(date(2026, 2, 17), "financial_reports", "analysed", person("u-1", "salesperson"), note="流动比率0.8")
    told.done(date(2026, 2, 17), "vendor_contact", "contacted", person("u-1", "business"), note="出卖人称订单恢复")
    heard = e.ContactRecorded(contact=ContactResult(note="老板出差"))
    told.tell(date(2026, 2, 12), heard, by=COLLECTOR)
    told.tell(date(2026, 2, 9), e.MessageSent(step="demand_notice", target="lessee/letter", document=NUMBER))
    with world.database.session() as session:
        told.save(session)
    _, text = world.reported(world.prepare("capacity_report", role="business"))
    for said in ("月度财务报告分析流动比率0.8", "与出卖人沟通情况出卖人称订单恢复", "租金偿还能力结论未填报",
                 "2026年2月12日电话，已联系上：老板出差",
                 "2026年2月9日发送租金催收通知书（承租人，信函，编号：RDN-7）"):  # fmt: skip
        assert said in text, said

    small = world.prepare("capacity_report", case_no="L-4-1", account_no="L-4")
    assert "月度财务报告分析" not in world.reported(small)[1]


def test_a_paper_says_when_the_claim_was_settled_meanwhile(world: World) -> None:
    with world.database.session() as session:
        post(session, posting("x", PostingKind.PAYMENT, "72560.00", DAY), "L-1")
    for step in ("capacity_report", "disposal_plan", "suspension_application", "lawsuit", "disposal"):
        assert "本案逾期款项已付清" in world.reported(world.prepare(step))[1], step


def test_a_disposal_plan_lists_its_steps(world: World) -> None:
    steps = "取回租赁物｜资产管理部｜2026-04-10\n公开出售;资产管理部;2026年5月20日;310,000.00\n其他"
    request = world.prepare("disposal_plan", sections=(Section(heading="处置步骤", text=steps),))
    _, text = world.reported(request)
    for said in (
        "1取回租赁物资产管理部2026年4月10日",
        "2公开出售资产管理部2026年5月20日310,000.00",
        "3其他未填报未填报",
    ):
        assert said in text, said


def test_the_files_name_what_is_there_what_lacks_and_what_nobody_checked(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31), [DoneStep(step="demand_notice", outcome="sent", on=date(2026, 1, 20),
                                                           document_no="OLD-1")])  # fmt: skip
    told.tell(date(2026, 2, 9), e.MessageSent(step="demand_notice", target="lessee/email", document=NUMBER))
    with world.database.session() as session:
        told.save(session)
    inspection, _ = world.reported(world.prepare("asset_inspection"))
    rows = "融资租赁合同（C-L-1）|2|原件|齐备\n租赁物交付验收凭证|1|复印件|缺失|向业务部门调取\n公证书|1|原件|齐备"
    _, text = world.reported(world.prepare("litigation_file", sections=(Section(heading="材料清单", text=rows),)))
    for said in ("1融资租赁合同（C-L-1）2原件齐备", "1复印件缺失向业务部门调取", "尚缺1项材料：租赁物交付验收凭证",
                 "公证书", "编号：RDN-7", inspection.number, "未填报核查结果的材料"):  # fmt: skip
        assert said in text, said


def test_profit_and_loss_is_the_sum_of_the_figures_given(world: World) -> None:
    figures = (
        Figure(item="处置价款", side="income", amount=Decimal("310000.00")),
        Figure(item="保证金", side="income", amount=Decimal("50000.00")),
        Figure(item="未收回本息", side="expense", amount=Decimal("402500.35")),
    )
    _, text = world.reported(world.prepare("profit_and_loss", role="finance", figures=figures))
    for said in ("310,000.00", "360,000.00", "402,500.35", "-42,500.35", "亏损", "财务部门"):
        assert said in text, said
    lonely, text = world.reported(world.prepare("profit_and_loss", occurrence=2, figures=figures[2:]))
    assert "未填报0.00" in text and lonely.number.endswith("00002")


def test_a_resolution_shows_decision_votes_and_result(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    figures = (Figure(item="处置价款", side="income", amount=Decimal("100.00")),)
    told.done(date(2026, 3, 2), "profit_and_loss", "issued", person("u-2", "finance"), figures=figures)
    told.done(DAY, "recourse_resolution", "pursue", person("u-gu", "general_manager"), present=4, in_favour=3)
    with world.database.session() as session:
        told.save(session)
    _, text = world.reported(world.prepare("recourse_resolution", role="general_manager"))
    for said in (
        "经审议，决定进一步追索。",
        "出席评审委员4人，同意3人",
        "100.00",
        "总经理进一步追索顾明远2026年3月10日",
    ):
        assert said in text, said


def test_the_blacklist_names_lessee_and_guarantors_and_not_the_vendor(world: World) -> None:
    _, text = world.reported(world.prepare("blacklist_names", role="risk_management"))
    assert "江城恒通机械制造有限公司公司承租人91310000MA1FL0000X" in text
    assert "陆文舟个人担保人310101198001010011" in text and "远景担保有限公司公司担保人" in text
    assert "大华设备" not in text


def test_a_suspension_names_its_last_day_and_the_evidence(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    asked = {"step": "suspension_application", "asked": ("business",), "mode": "any", "outcomes": ("submitted",)}
    opened = e.StepOpened.model_validate(
        {**asked, "deadline": at(DAY), "end_date": DAY + timedelta(20), "evidence": "f1"}
    )
    told.tell(DAY, opened, by=person("u-1", "business"))
    with world.database.session() as session:
        file = Attachment(id="f1", sha256="1" * 64, media_type="application/pdf", name="新订单.pdf", content=b"x",
                          uploaded_by="u-1", at=at(DAY))  # fmt: skip
        add_attachment(session, file)
        told.save(session)
    written = Section(heading="证明材料", text="银行流水\n采购合同")
    _, text = world.reported(world.prepare("suspension_application", role="business", sections=(written,)))
    for said in ("2026年3月30日（含当日）", "银行流水", "采购合同", "附件：新订单.pdf", "业务部门负责人", "总经理"):
        assert said in text, said


def test_a_statement_of_claim_says_which_claim_was_taken(world: World) -> None:
    """民法典第752条: all rent, or termination; the choice is recorded when the suit is filed."""
    told = world.story("L-1", date(2026, 1, 31))
    filed = e.StepCompleted(step="lawsuit", outcome="filed", role="legal_compliance", choice="termination")
    told.tell(date(2026, 2, 9), filed)
    with world.database.session() as session:
        told.save(session)
    _, text = world.reported(world.prepare("lawsuit", role="legal_compliance"))
    assert "第七百五十二条，选择解除合同、收回租赁物" in text


def test_a_statement_of_claim_names_parties_facts_and_evidence(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    told.tell(date(2026, 2, 9), e.MessageSent(step="litigation_letter", target="lessee/letter", document=NUMBER))
    with world.database.session() as session:
        told.save(session)
    own = (
        Section(heading="诉讼请求", text="判令被告支付全部租金。"),
        Section(heading="受理法院", text="江城市人民法院"),
    )
    _, text = world.reported(world.prepare("lawsuit", role="legal_compliance", sections=own))
    for said in ("被告2（担保人）：陆文舟", "证件号码：310101198001010011", "判令被告支付全部租金。", "江城市人民法院",
                 "编号：RDN-7", "已逾期38天", "具状人：示范融资租赁有限公司", "逾期租金72,300.00"):  # fmt: skip
        assert said in text, said


def test_characters_no_font_has_are_named_and_do_not_stop_a_paper(world: World) -> None:
    sections = (Section(heading="处置经过", text="购买人\U0002f9f4先生\r\n自提\t完成"),)
    _, text = world.reported(world.prepare("disposal", sections=sections))
    assert "购买人〔U+2F9F4〕先生" in text and "自提完成" in text


def test_texts_longer_than_a_section_go_on_in_the_next(world: World) -> None:
    sections = (Section(heading="处置经过", text="长" * 20_500), Section(heading="", text=""))
    _, text = world.reported(world.prepare("disposal", sections=sections))
    assert "处置经过（续1）" in text and text.count("长") == 20_500 and "说明未填报" in text


@pytest.mark.parametrize("document", ["vendor_written_notice", "rent_demand_notice", "weekly_report"])
def test_other_documents_are_refused(world: World, document: str) -> None:
    with pytest.raises(UnknownDocument):
        world.reported(world.prepare("disposal", document=document))
