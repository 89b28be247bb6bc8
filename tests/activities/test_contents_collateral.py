"""The papers of collateral and disposal, filled in from what is recorded (L5.1b, L6.1d, L7.2, L7.3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain import events as e
from domain.asset import AssetState, asset_papers
from domain.events import Actor, Figure, Section
from domain.ledger import PostingKind
from store.assets import AssetEntry, enter_asset
from store.documents import Attachment, add_attachment
from store.evidence import EvidencePaper, PaperKind, add_paper
from store.ledger import post
from tests.activities.world import DAY, World, at, person, posting

WHO = Actor(user="u-1", role="asset_manager", authority="test")
MACHINE = AssetState(
    asset="M1", kind="leased_asset", description="数控立式加工中心", serial_no="SN-0001", place="江城市一号厂房",
    tracker="GPS-77", insured_until=date(2026, 2, 28), register_no="04201234", registered_on=date(2025, 12, 1),
)  # fmt: skip
OLD = AssetState(asset="M2", kind="leased_asset", description="铣床", insured_until=date(2026, 12, 31))
CASH = AssetState(
    asset="D1", kind="deposit", description="保证金", value=Decimal("50000.00"), valued_on=date(2026, 1, 1)
)


def recorded(world: World, *states: AssetState) -> None:
    with world.database.session() as session:
        for state in states:
            enter_asset(session, AssetEntry(account_no="L-1", key=state.asset, state=state, actor=WHO, at=at(DAY)))


def uploaded(world: World, kind: PaperKind, reference: str = "") -> None:
    with world.database.session() as session:
        name = f"f-{kind}{reference}"
        file = Attachment(
            id=name,
            name="a.pdf",
            media_type="application/pdf",
            sha256=name,
            content=b"x",
            uploaded_by="u-1",
            at=at(DAY),
        )
        add_attachment(session, file)
        add_paper(session, EvidencePaper(id=f"p-{kind}{reference}", case_no="L-1-1", kind=kind, attachment_id=file.id,
                                         reference=reference, actor=WHO, at=at(DAY)))  # fmt: skip


def test_l6_1d_each_gap_follows_from_the_facts() -> None:
    papers = {paper.name: (paper.there, paper.why) for paper in asset_papers((MACHINE, OLD, CASH), DAY)}
    assert papers == {
        "租赁物权属凭证及登记证明（M1 数控立式加工中心）": (True, "登记证明号：04201234，登记日：2025-12-01"),
        "保险单（M1 数控立式加工中心）": (False, "保险已于2026-02-28到期"),
        "租赁物权属凭证及登记证明（M2 铣床）": (False, "未登记"),
        "保险单（M2 铣床）": (True, "保险至2026-12-31"),
        "租赁物序列号（M2 铣床）": (False, "未登记序列号"),
        "保证金凭证（D1 保证金）": (None, "金额：50,000.00，日期：2026-01-01"),
    }
    assert asset_papers((OLD.model_copy(update={"released": True}),), DAY) == ()


def test_l6_1d_insurance_is_good_through_its_last_day() -> None:
    last = MACHINE.model_copy(update={"insured_until": DAY})
    assert [paper.there for paper in asset_papers((last,), DAY)] == [True, True]


def test_l6_1d_the_checklist_names_the_gaps_and_people_have_the_last_word(world: World) -> None:
    recorded(world, MACHINE, OLD)
    with world.database.session() as session:
        world.story("L-1", date(2026, 1, 31)).save(session)
    uploaded(world, "contract")
    uploaded(world, "guarantee", "P2")
    _, text = world.reported(world.prepare("collateral_file_check"))
    for said in ("合同原件——齐备已上传", "保险已于2026-02-28到期", "保证合同（陆文舟）——齐备", "尚缺3项材料",
                 "担保人主体资格及决议文件（远景担保有限公司）"):  # fmt: skip
        assert said in text, said
    found = (Section(heading="材料清单", text="保险单（M1 数控立式加工中心）|1|原件|齐备|已续保"),)
    _, text = world.reported(world.prepare("collateral_file_check", occurrence=2, sections=found))
    assert "尚缺2项材料" in text and "已续保" in text


def test_l5_1b_the_inspection_lists_every_recorded_asset_with_number_and_place(world: World) -> None:
    recorded(world, MACHINE, OLD)
    _, text = world.reported(world.prepare("asset_inspection"))
    for said in ("数控立式加工中心", "SN-0001", "江城市一号厂房（登记地点）", "定位装置：GPS-77", "铣床"):
        assert said in text, said


def test_l7_2_the_record_of_the_disposal_tells_it_part_by_part(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    fee = Figure(item="评估费", side="expense", amount=Decimal("3000.00"))
    who = person("u-2", "asset_manager")
    ended = {"step": "disposal", "day": DAY}
    done = {**ended, "part": "appraisal", "outcome": "finished", "note": "评估值31万元", "figures": (fee,)}
    stopped = {**ended, "part": "publicity", "outcome": "aborted", "note": "异议"}
    told.tell(DAY, *(e.PartFinished.model_validate(one) for one in (done, stopped)), by=who)
    with world.database.session() as session:
        told.save(session)
    _, text = world.reported(world.prepare("disposal"))
    for said in ("评估：2026年3月10日完成。评估值31万元", "公告：2026年3月10日中止。异议", "未完成：公告、变卖。",
                 "评估：评估费（支出）3,000.00元"):  # fmt: skip
        assert said in text, said


def test_l7_3a_profit_and_loss_is_prefilled_from_the_books_and_adds_up(world: World) -> None:
    with world.database.session() as session:
        post(session, posting("p", PostingKind.DISPOSAL_PROCEEDS, "310000.00", DAY), "L-1")
    _, text = world.reported(world.prepare("profit_and_loss", role="finance"))
    # 12,300.00 of rents, 20,000.00 advanced, 310,000.00 proceeds; 5,000,000.00 financed, 260.00 of costs
    for said in ("处置价款310,000.00", "出卖人垫付20,000.00", "合同金额（投放）5,000,000.00", "-4,657,960.00", "亏损"):
        assert said in text, said
    # three rents of 42,300.00, penalty and costs, are less than what came in
    assert "应返还客户" in text
    assert "逾期38天的款项已由处置价款清偿" in text  # paid, and still a delinquency


def test_l7_3a_an_amended_line_is_shown_with_the_amount_of_the_books(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    own = (Figure(item="处置价款", side="income", amount=Decimal("300000.00")),)
    told.done(DAY, "profit_and_loss", "issued", person("u-2", "finance"), figures=own, note="按到账金额核定")
    with world.database.session() as session:
        told.save(session)
        post(session, posting("p", PostingKind.DISPOSAL_PROCEEDS, "310000.00", DAY), "L-1")
    _, text = world.reported(world.prepare("profit_and_loss", role="finance", figures=own))
    assert "处置价款：账面310,000.00元，核定300,000.00元" in text and "按到账金额核定" in text


def test_l7_3b_the_resolution_shows_the_deficiency_that_would_be_pursued(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    told.done(DAY, "recourse_resolution", "pursue", person("u-gu", "general_manager"), present=4, in_favour=3)
    with world.database.session() as session:
        told.save(session)
    _, before = world.reported(world.prepare("recourse_resolution", role="general_manager"))
    with world.database.session() as session:
        post(session, posting("p", PostingKind.DISPOSAL_PROCEEDS, "100000.00", DAY), "L-1")
    _, text = world.reported(world.prepare("recourse_resolution", role="general_manager", occurrence=2))
    assert "可追索的差额债权为115,703.00元" in before and "可追索的差额债权为15,703.00元" in text
