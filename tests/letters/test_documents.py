"""Every kind of document is rendered and read back: what it must say is in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from letters.content import DocumentContent
from letters.glyphs import FontSet, MissingGlyphs
from letters.kinds import REQUIRED, DocumentKind, Part
from letters.parts import CaseReference, Recipient, Section
from letters.render import TEMPLATES, Renderer
from letters.tables import MasterRow, MasterTable, Period, WeeklyTable
from tests.letters.loans import BORROWER_LETTERS

K = DocumentKind
Build = Callable[..., DocumentContent]
OUTWARD = (
    K.rent_demand_notice, K.rent_collection_letter, K.litigation_letter, K.guarantor_notice, K.guarantor_demand,
    K.vendor_notice, *BORROWER_LETTERS,
)  # fmt: skip

PRINTED: dict[DocumentKind, tuple[str, ...]] = {
    K.asset_inspection_report: (
        "VMC850-24-0091",
        "一号车间",
        "江城市高新区兴业路88号",
        "2026年3月9日",
        "会签栏",
    ),
    K.capacity_report: ("风险管理部意见", "主要客户回款放缓"),
    K.disposal_plan: ("取回租赁物并封存", "2026年5月20日", "310,000.00", "评审委员会审议意见"),
    K.suspension_application: ("2026年4月15日", "银行回款流水", "新签订单合同复印件", "审批栏"),
    K.profit_and_loss_report: (
        "360,000.00",
        "402,500.35",
        "-42,500.35",
        "人民币负肆万贰仟伍佰元叁角伍分",
        "亏损",
    ),
    K.recourse_resolution: ("-42,500.35", "人民币负肆万贰仟伍佰元叁角伍分"),
    K.blacklist_names: ("陆文舟", "个人", "3101****0011", "未履行保证责任"),
    K.weekly_report: ("2026年3月4日", "示例承租人2有限公司", "1,300.25", "3,800.75", "3,830.75", "总经理"),
    K.master_table: ("2026年3月5日", "电话催收", "承诺于3月12日前支付第19期租金", "2026年3月31日"),
    K.litigation_file: ("融资租赁合同", "尚缺1项材料：租赁物发票", "向业务部门调取"),
    K.collateral_file_checklist: ("租赁物发票", "缺失", "齐备"),
    K.committee_list: ("2026年3月31日", "ZJ-2026-0007", "缺报告", "73,024.12", "审议资产处置方案"),
    K.kpi_report: ("2026年2月1日", "催收成功率46.51%40.00%>50.00%未达标", "2,100.00", "31-60天", "120.00"),
    K.collection_record: ("2026-03-0510:30", "承诺3月12日前付款", "3月12日回访"),
}


def read(pdf: bytes) -> str:
    """The text of all pages without any spaces, since line breaks fall anywhere."""
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("kind", list(K))
def test_title_number_date_company_and_signatures_are_printed(kind: K, build: Build, renderer: Renderer) -> None:
    content = build(kind)
    rendered = renderer.render(content)
    text = read(rendered.pdf)

    for said in (
        kind.title,
        content.number,
        "2026年3月10日",
        content.issuer.company,
        "资产管理部负责人",
        "顾明远",
    ):
        assert squeezed(said) in text
    assert rendered.pages == len(PdfReader(BytesIO(rendered.pdf)).pages) == text.count("页，共")


@pytest.mark.parametrize("kind", [kind for kind in K if Part.case in REQUIRED[kind]])
def test_papers_of_a_case_name_the_lease(kind: K, build: Build, renderer: Renderer) -> None:
    text = read(renderer.render(build(kind)).pdf)
    for said in ("YS-2024-0731", "数控立式加工中心VMC-850两台"):
        assert said in text
    if kind not in (*OUTWARD, K.buyback_claim, K.dispute_acknowledgement, K.dispute_answer, K.correction_letter):
        assert "江城恒通机械制造有限公司" in text and "L-000123-1" in text


@pytest.mark.parametrize("kind", OUTWARD)
def test_letters_state_instalments_amounts_days_and_the_vendors_advance(
    kind: K, build: Build, renderer: Renderer
) -> None:
    text = read(renderer.render(build(kind)).pdf)

    assert "致：江城恒通机械制造有限公司地址：江城市高新区兴业路88号" in text
    for said in (
        "192026年1月31日42,300.0512,300.0030,000.0538",
        "202026年2月28日42,300.000.0042,300.0010",
        "逾期租金72,300.05",
        "已发生费用260.00",
        "累计罚息118.40",
        "345.67",
        "合计73,024.12",
        "人民币柒万叁仟零贰拾肆元壹角贰分",
        "38天",
        "2期",
        "垫付租金人民币20,000.00元（大写：人民币贰万元整）",
        "不自上述合计金额中扣减",
    ):
        assert said in text, said


@pytest.mark.parametrize("kind", [kind for kind in K if Part.demand in REQUIRED[kind]])
def test_demands_name_deadline_account_and_total(kind: K, build: Build, renderer: Renderer) -> None:
    text = read(renderer.render(build(kind)).pdf)
    for said in (
        "2026年3月17日前（含当日）",
        "远山融资租赁有限公司",
        "东海银行上海滨江支行",
        "6222000012345678",
    ):
        assert said in text
    assert text.count("73,024.12") >= 2


def test_a_vendor_reads_the_price_of_the_buyback_line_by_line(build: Build, renderer: Renderer) -> None:
    text = read(renderer.render(build(K.buyback_claim)).pdf)
    for said in (
        "72,300.05", "126,900.00", "464.07", "260.00", "-10,000.00", "调整（协商减免罚息）", "-464.07", "189,460.05",
        "-89,460.05", "人民币壹拾万元整", "2026年3月24日前（含当日）", "6222000012345678",
    ):  # fmt: skip
        assert said in text


def test_a_vendor_is_told_of_the_steps_and_until_when_it_may_object(build: Build, renderer: Renderer) -> None:
    text = read(renderer.render(build(K.vendor_notice)).pdf)
    for said in (
        "（一）向承租人发送律师函",
        "（二）制定资产处置预案",
        "2026年3月20日前（含当日）",
        "回购担保",
    ):
        assert said in text


@pytest.mark.parametrize("kind", list(PRINTED))
def test_inward_papers_print_what_they_are_for(kind: K, build: Build, renderer: Renderer) -> None:
    text = read(renderer.render(build(kind)).pdf)
    for said in PRINTED[kind]:
        assert said in text, said


def test_without_a_vendors_advance_nothing_is_said_of_one(build: Build, renderer: Renderer) -> None:
    content = build(K.rent_demand_notice)
    assert content.claim is not None
    amounts = content.claim.amounts.model_copy(update={"vendor_advance": Decimal(0)})
    changed = content.model_copy(update={"claim": content.claim.model_copy(update={"amounts": amounts})})
    assert "垫付" not in read(renderer.render(changed).pdf)


def test_empty_weeks_months_and_meetings_say_so(build: Build, renderer: Renderer) -> None:
    period = Period(start=date(2026, 3, 4), end=date(2026, 3, 10))
    weekly = build(K.weekly_report, table=WeeklyTable(period=period))
    assert "本期无逾期账户" in read(renderer.render(weekly).pdf)
    assert "本月无催收记录" in read(renderer.render(build(K.master_table, table=MasterTable(period=period))).pdf)


def test_a_long_table_runs_over_pages_with_its_head_repeated(build: Build, renderer: Renderer) -> None:
    row = MasterRow(
        on=date(2026, 3, 5),
        account_no="L-000123",
        lessee="江城恒通机械制造有限公司",
        dpd=33,
        action="电话催收",
        by="催收专员",
        result="无人接听",
    )
    table = MasterTable(period=Period(start=date(2026, 3, 1), end=date(2026, 3, 31)), rows=(row,) * 120)
    rendered = renderer.render(build(K.master_table, table=table))
    assert rendered.pages > 3
    assert read(rendered.pdf).count("催收方式") >= rendered.pages - 1
    assert read(rendered.pdf).count("无人接听") == 120


@pytest.mark.parametrize("kind", list(K))
def test_the_same_content_gives_the_same_bytes(kind: K, build: Build, renderer: Renderer) -> None:
    first = renderer.render(build(kind))
    assert first == Renderer(FontSet.bundled()).render(build(kind))
    other = renderer.render(build(kind, number="YS-OTHER-1"))
    assert other.sha256 != first.sha256


def test_the_file_says_when_by_whom_and_what_it_is(build: Build, renderer: Renderer) -> None:
    content = build(K.rent_demand_notice)
    about = PdfReader(BytesIO(renderer.render(content).pdf)).metadata
    assert about is not None and about.creation_date is not None
    assert about.creation_date.date() == content.as_of
    assert (about.title, about.author) == (content.kind.title, content.issuer.company)


def test_threads_can_share_a_renderer(build: Build, renderer: Renderer) -> None:
    contents = [
        build(kind, number=f"N-{turn}") for turn in range(4) for kind in (K.rent_demand_notice, K.weekly_report)
    ]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(renderer.render, contents))
    assert together == [renderer.render(content) for content in contents]


def test_another_process_gives_the_same_bytes(build: Build, renderer: Renderer) -> None:
    content = build(K.rent_demand_notice)
    program = (
        "import sys; from letters.content import DocumentContent as C; from letters.glyphs import FontSet;"
        "from letters.render import Renderer;"
        "print(Renderer(FontSet.bundled()).render(C.model_validate_json(sys.stdin.read())).sha256)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=content.model_dump_json(),
        capture_output=True,
        text=True,
        check=True,
        cwd=TEMPLATES.parents[1],
    )
    assert done.stdout.strip() == renderer.render(content).sha256


@pytest.mark.parametrize(
    "name", ["#lorem(9)公司", "*甲*_乙_", "$x^2$ \\ \\n", "@ref <label> `raw`", '"; #panic() //', "= 一\t"]
)
def test_names_are_never_read_as_markup(name: str, build: Build, renderer: Renderer) -> None:
    party = Recipient(name=name, address=name)
    text = read(renderer.render(build(K.rent_demand_notice, recipient=party)).pdf)
    assert f"致：{squeezed(name)}地址：{squeezed(name)}" in text


def test_sections_keep_their_paragraphs_and_are_not_markup(build: Build, renderer: Renderer) -> None:
    section = Section(heading="#说明", text="第一段 #1\n\n= 第二段 *重点*")
    text = read(renderer.render(build(K.capacity_report, sections=(section,))).pdf)
    assert "一、#说明第一段#1=第二段*重点*" in text


def test_a_character_the_font_lacks_is_refused_with_its_places(build: Build, renderer: Renderer) -> None:
    party = Recipient(name="𠮷田机械有限公司", address="江城市")
    lease = build(K.rent_demand_notice).case
    assert lease is not None
    asset = CaseReference.model_validate({**lease.model_dump(), "asset": "设备🙂𠮷"})
    with pytest.raises(MissingGlyphs) as refused:
        renderer.render(build(K.rent_demand_notice, recipient=party, case=asset))

    assert refused.value.places == {"𠮷": ("recipient.name", "case.asset"), "🙂": ("case.asset",)}
    assert refused.value.characters == ("𠮷", "🙂")
    assert "U+20BB7 in recipient.name, case.asset" in str(refused.value)
    assert "田机械" not in str(refused.value)


@pytest.mark.parametrize("char", ["\u200b", "\u202e", "\x07", "\ue000"])
def test_invisible_and_private_characters_are_refused(char: str, build: Build, renderer: Renderer) -> None:
    section = Section(heading="说明", text=f"正文{char}正文")
    with pytest.raises(MissingGlyphs) as refused:
        renderer.render(build(K.capacity_report, sections=(section,)))
    assert refused.value.places == {char: ("sections[0].text",)}


def test_rare_characters_of_names_that_the_font_has_are_printed(build: Build, renderer: Renderer) -> None:
    party = Recipient(name="镕喆堃玥翀赟䶮有限公司", address="深圳")
    assert party.name in read(renderer.render(build(K.rent_demand_notice, recipient=party)).pdf)


def test_templates_use_only_characters_of_the_font() -> None:
    fonts = FontSet.bundled()
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(Path(TEMPLATES).glob("*.typ"))}
    assert {f"{kind.template}.typ" for kind in K} <= set(texts)
    fonts.refuse_missing(texts)


def test_content_survives_json_unchanged(build: Build) -> None:
    for kind in K:
        content = build(kind)
        assert DocumentContent.model_validate(json.loads(content.model_dump_json())) == content
