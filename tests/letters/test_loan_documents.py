"""Letters to the borrower of a loan and papers people write about one: read back from the PDF."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pydantic import ValidationError
from pypdf import PdfReader

from letters.content import DocumentContent
from letters.glyphs import MissingGlyphs
from letters.kinds import TITLES, WRITTEN_FORMS, DocumentKind
from letters.parts import Recipient
from letters.render import Renderer
from letters.tables import PlanRow, PlanTable
from letters.view import exact
from tests.letters.loans import BORROWER_LETTERS, line, loan, plan, upcoming

K = DocumentKind
Build = Callable[..., DocumentContent]
SAYS = {
    K.reminder: ("还款提醒", "信用记录", "特此提醒"),
    K.overdue_notice: (
        "计息起日", "2026年2月2日2026年3月10日375,300.000.05%98.05", "本次逾期罚息合计（计至截止日）98.05",
        "还款建议", "分期",
    ),
    K.dunning_letter: ("正式催告", "第六百七十六条", "提起诉讼"),
    K.legal_notice: ("可能产生的法律后果", "强制执行", "宣布借款提前到期", "协商还款安排"),
    K.summons: ("2026年3月18日", "9:00至17:00", "上海市浦东新区滨江大道1200号18层", "有效身份证件；借款合同",
                "派员上门"),
    K.lawyers_letter: ("郑重致函", "第六百七十五条", "书面催告"),
    K.repayment_proposal: (
        "12026年4月10日3,000.00", "22026年5月10日2,000.05含余款", "5,000.05", "人民币伍仟元零伍分", "不是还款协议",
    ),
}  # fmt: skip


def printed(renderer: Renderer, content: DocumentContent) -> str:
    """The text of all pages without any spaces, since line breaks fall anywhere."""
    pdf = renderer.render(content).pdf
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


@pytest.mark.parametrize("kind", BORROWER_LETTERS)
def test_a_letter_to_a_borrower_states_days_amounts_deadline_and_contact(
    kind: K, build: Build, renderer: Renderer
) -> None:
    text = printed(renderer, build(kind, **loan()))
    for said in (
        TITLES[kind], "致：陆文舟", "编号为JK-2025-0009的借款合同", "贵方作为借款人", "逾期37天",
        "有1期本息未按约足额支付",
        "72026年2月1日5,300.000.005,300.0037", "逾期本息5,300.00", "合计5,398.05",
        "人民币伍仟叁佰玖拾捌元零伍分", "2026年3月17日前（含当日）", "6222000012345678", "021-55500100",
        "借款合同JK-2025-0009还款",
        *SAYS[kind],
    ):  # fmt: skip
        assert said in text, said
    for foreign in ("租金", "承租人", "租赁物", "租赁合同", "垫付"):
        assert foreign not in text, foreign


@pytest.mark.parametrize("kind", sorted(WRITTEN_FORMS))
def test_papers_of_a_loan_print_whose_case_what_is_owed_and_what_was_written(
    kind: K, build: Build, renderer: Renderer
) -> None:
    parts = {name: part for name, part in loan().items() if name in ("case", "claim", "sections")}
    table = plan() if kind in (K.repayment_plan, K.repayment_agreement) else None
    text = printed(renderer, build(kind, **parts, table=table))
    for said in (
        TITLES[kind], "借款人陆文舟", "合同编号JK-2025-0009", "案件编号D-000009-1", "合计5,398.05",
        "人民币伍仟叁佰玖拾捌元零伍分", "一、基本情况", "二、结论及建议建议继续催收", "签字栏",
        "资产管理部负责人顾明远",
    ):  # fmt: skip
        assert said in text, said
    assert ("还款金额合计：人民币5,000.05元（大写：人民币伍仟元零伍分）" in text) == (table is not None)
    assert "租赁物" not in text


def test_a_paper_of_no_case_bears_its_date_and_no_claim(build: Build, renderer: Renderer) -> None:
    text = printed(renderer, build(K.audit_record))
    assert "审核记录" in text and "日期：2026年3月10日" in text and "逾期情况" not in text


def test_a_plan_with_an_amount_nobody_gave_has_no_total(build: Build, renderer: Renderer) -> None:
    rows = (PlanRow(no=1, due=date(2026, 4, 10), amount=Decimal(10)), PlanRow(no=2))
    text = printed(renderer, build(K.repayment_plan, **loan() | {"penalty": ()}, table=PlanTable(rows=rows)))
    assert "2未填报未填报" in text and "还款金额合计" not in text


def test_a_reminder_before_the_due_date_says_what_will_be_due(build: Build, renderer: Renderer) -> None:
    parts = {**loan(), "claim": None, "penalty": (), "upcoming": upcoming()}
    text = printed(renderer, build(K.reminder, **parts))
    for said in (
        "下一期还款日为2026年3月17日，应还金额为人民币5,300.00元（大写：人民币伍仟叁佰元整）", "6222000012345678",
    ):  # fmt: skip
        assert said in text, said
    assert "已逾期" not in text


@pytest.mark.parametrize("kind", [K.guarantor_notice, K.statement_of_claim, K.capacity_report])
def test_what_leases_and_loans_share_speaks_of_the_borrower(kind: K, build: Build, renderer: Renderer) -> None:
    text = printed(renderer, build(kind, **loan() | {"penalty": ()}))
    assert "借款人" in text and "JK-2025-0009" in text
    for foreign in ("租金", "承租人", "租赁物", "租赁合同"):
        assert foreign not in text, foreign


def test_a_reminder_needs_something_owed_or_something_to_come(build: Build) -> None:
    with pytest.raises(ValidationError, match="claim or upcoming: a reminder needs it"):
        build(K.reminder, claim=None)


def test_penalty_lines_must_add_up_to_the_claim(build: Build) -> None:
    short = line(date(2026, 2, 2), date(2026, 3, 9), "5300.00")
    for lines in ((short,), ()):
        with pytest.raises(ValidationError, match=r"the claim says 98\.05"):
            build(K.overdue_notice, **loan() | {"penalty": lines})
    with pytest.raises(ValidationError, match=r"amount must be owed \* rate \* days"):
        type(short).model_validate({**short.model_dump(), "days": 3})


def test_an_appointment_lies_in_the_future(build: Build) -> None:
    early = build(K.summons).appointment
    assert early is not None
    with pytest.raises(ValidationError, match=r"appointment\.on: 2026-03-09"):
        build(K.summons, appointment=early.model_copy(update={"on": date(2026, 3, 9)}))


@pytest.mark.parametrize("kind", BORROWER_LETTERS)
def test_a_borrower_whose_name_the_font_lacks_gets_no_letter_with_a_blank(
    kind: K, build: Build, renderer: Renderer
) -> None:
    named = Recipient(name="陆\U0002f9f4", address="江城市")
    with pytest.raises(MissingGlyphs, match=r"U\+2F9F4 in recipient\.name"):
        renderer.render(build(kind, **loan() | {"recipient": named}))


@pytest.mark.parametrize(
    ("amount", "places", "text"),
    [("211.5", 2, "211.50"), ("1270.0012", 2, "1,270.0012"), ("100", 2, "100.00"), ("0.05000", 0, "0.05"),
     ("1", 0, "1"), ("-0.83", 2, "-0.83"), ("0", 2, "0.00")],
)  # fmt: skip
def test_exact_amounts_keep_their_decimals(amount: str, places: int, text: str) -> None:
    assert exact(Decimal(amount), places) == text
