"""Weekly report, committee list, master table and check record over the whole portfolio."""

from __future__ import annotations

from datetime import date

import pytest

from activities.contents import UnknownDocument
from domain import events as e
from domain.events import ContactResult
from tests.activities.world import DAY, World, at, person

NUMBER = e.DocumentRef(kind="rent_demand_notice", number="RDN-7", sha256="0" * 64, as_of=date(2026, 2, 8))
COLLECTOR = person("u-gu", "collector")
PORTFOLIO = {"case_no": "portfolio-leasing", "account_no": ""}


def opened(world: World, step: str) -> e.StepOpened:
    asked = world.ladder.by_id[step].asked
    assert asked is not None
    return e.StepOpened(step=step, asked=asked.roles, mode="any", outcomes=asked.outcomes, deadline=at(DAY, 18))


def test_the_weekly_report_lists_every_overdue_lease_with_class_stage_and_next_step(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    told.tell(DAY, opened(world, "asset_inspection"), opened(world, "disposal_plan"))
    told.tell(DAY, e.StepFrozen(step="disposal_plan", hold="vendor_objection"))
    with world.database.session() as session:
        told.save(session)
    ref, text = world.issued(world.issue("weekly_report"))
    assert world.issued(world.issue("weekly_report", at=at(DAY, 20))) == (ref, text)

    rows = text.split("逾期明细")[-1]
    assert "L-1江城恒通机械制造有限公司C-L-131-45天38272,300.00" in rows
    assert "现场资产检查、制定资产处置预案（因出卖人异议暂停）" in rows
    assert "下一步：2026年3月18日（逾期46天）" in rows and "提起诉讼" in rows
    assert "L-4示例承租人4有限公司C-L-416-30天20142,300.00" in rows and "未立案" in rows
    assert "L-2示例承租人2有限公司C-L-21-15天5142,300.00" in rows
    assert "示例承租人3有限公司" not in text
    assert rows.index("L-1江城") < rows.index("L-4示例") < rows.index("L-2示例")
    assert "三、其他币种账户" in text and "应付合计42,300.00（USD）" in text
    for said in ("2026年3月4日至2026年3月10日", "抄送：总经理", "合计3156,900.00"):
        assert said in text, said


def test_reports_count_on_and_the_period_begins_after_the_one_before(world: World) -> None:
    first, _ = world.issued(world.issue("weekly_report", date(2026, 3, 6)))
    told = world.story("")
    issued = e.ReportIssued(step="weekly_report", period=date(2026, 3, 6), to=(), copy_to=(), document=first)
    told.tell(date(2026, 3, 6), issued)
    with world.database.session() as session:
        told.save(session)
    second, text = world.issued(world.issue("weekly_report", date(2026, 3, 13)))
    assert (first.number, second.number) == ("weekly-report-2026-00001", "weekly-report-2026-00002")
    assert "2026年3月7日至2026年3月13日" in text

    _, text = world.issued(world.issue("committee_report", date(2026, 3, 13)))
    assert "所附逾期租金周报：weekly-report-2026-00002" not in text  # it is not in the record yet
    assert "所附逾期租金周报：weekly-report-2026-00001" in text


def test_an_empty_week_is_reported_as_such(world: World) -> None:
    _, text = world.issued(world.issue("weekly_report", date(2026, 1, 9)))
    assert "本期无逾期账户" in text


def test_the_committee_sees_accounts_in_range_with_missing_reports_marked(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    with world.database.session() as session:
        told.save(session)
    inspection, _ = world.reported(world.prepare("asset_inspection"))
    capacity, _ = world.reported(world.prepare("capacity_report"))
    _, text = world.issued(world.issue("committee_report"))

    assert f"{inspection.number}{capacity.number}审议是否直接进入资产处置程序" in text
    assert "L-4示例承租人4有限公司16-30天2042,300.00缺报告缺报告报告不全，暂不审议" in text
    assert "L-2示例" not in text and "示例承租人3" not in text
    assert text.count("评审委员") >= 5

    _, later = world.issued(world.issue("committee_report", date(2026, 3, 20)))
    assert "L-1江城" not in later and "L-4示例" in later  # 48 days: no longer the committee's to fast-track


def test_a_waiting_plan_is_on_the_list_whatever_its_age(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    told.tell(DAY, opened(world, "disposal_plan_decision"))
    with world.database.session() as session:
        told.save(session)
    plan, _ = world.reported(world.prepare("disposal_plan"))
    _, text = world.issued(world.issue("committee_report", date(2026, 3, 20)))
    assert f"审议资产处置预案（{plan.number}）" in text


def test_the_master_table_holds_every_action_once_with_corrections(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    promise = ContactResult(outcome="contacted", promise_date=date(2026, 3, 12), note="财务经理接听")
    told.tell(date(2026, 2, 20), e.ContactRecorded(contact=promise), by=COLLECTOR, command="c0")
    done = e.StepCompleted(step="phone_collection", outcome="contacted", role="collector")
    told.tell(date(2026, 3, 3), e.ContactRecorded(contact=promise), done, by=COLLECTOR, command="c1")
    told.tell(date(2026, 3, 4), e.ContactRecorded(contact=promise), by=COLLECTOR, command="c2")
    wrong = ContactResult(outcome="wrong_number")
    told.tell(date(2026, 3, 5), e.EntryCorrected(corrects=told.case.seq, reason="错号", contact=wrong), by=COLLECTOR)
    told.tell(date(2026, 3, 6), e.MessageSent(step="demand_notice", target="lessee/letter", document=NUMBER))
    told.tell(
        date(2026, 3, 6), e.DeliveryFailed(step="guarantor_notice", target="guarantor-2/letter", status="refused")
    )
    alone = e.StepCompleted(step="phone_collection", outcome="contacted", role="collector", note="当面")
    told.tell(date(2026, 3, 9), alone, by=COLLECTOR, command="c3")
    with world.database.session() as session:
        told.save(session)
    request = world.prepare("master_table_signature", role="head_of_risk_management", **PORTFOLIO)
    ref, text = world.reported(request)

    for said in ("2026年3月1日至2026年3月10日", "记录条数：5", "已联系上；承诺于2026年3月12日前支付款项；财务经理接听",
                 "号码错误（已更正）", "资产管理部催收人员顾明远", "承租人，信函已发出RDN-7", "担保人2，信函发送被拒",
                 "电话催收资产管理部催收人员顾明远—已联系上；当面"):  # fmt: skip
        assert said in text, said
    assert ref.number == "master-table-2026-00001"

    told.tell(date(2026, 3, 11), e.ContactRecorded(contact=promise), by=COLLECTOR, command="c4")
    with world.database.session() as session:
        told.save(session)
    april = {"occurrence": 2, "as_of": date(2026, 4, 30), "at": at(date(2026, 4, 30)), **PORTFOLIO}
    _, text = world.reported(world.prepare("master_table_signature", **april))
    assert "2026年3月10日至2026年4月30日" in text and "记录条数：1" in text  # nothing falls between two tables


def test_both_heads_are_named_with_the_day_they_signed(world: World) -> None:
    told = world.story("")
    told.tell(DAY, opened(world, "master_table_signature"))
    first = e.StepAnswered(step="master_table_signature", role="head_of_asset_management", outcome="signed")
    told.tell(date(2026, 3, 10), first, by=person("u-gu", "head_of_asset_management"))
    last = e.StepCompleted(step="master_table_signature", outcome="signed", role="head_of_risk_management")
    told.tell(date(2026, 3, 11), last, by=person("u-shen", "head_of_risk_management"))
    with world.database.session() as session:
        told.save(session)
    _, text = world.reported(world.prepare("master_table_signature", role="head_of_risk_management", **PORTFOLIO))
    assert "资产管理部负责人顾明远2026年3月10日" in text and "风险管理部负责人沈律2026年3月11日" in text
    assert "本月无催收记录" in text


def test_the_check_record_counts_what_was_there_to_check(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    told.tell(date(2026, 3, 3), e.ContactRecorded(contact=ContactResult()), by=COLLECTOR)
    told.tell(date(2026, 3, 4), e.StartMissed(step="asset_inspection", to="head_of_asset_management"))
    with world.database.session() as session:
        told.save(session)
    world.reported(world.prepare("asset_inspection", at=at(date(2026, 3, 5))))
    found = (e.Section(heading="检查结论", text="流程执行到位。"),)
    request = world.prepare("risk_check", role="risk_management", sections=found, **PORTFOLIO)
    _, text = world.reported(request)
    for said in (
        "风险检查记录",
        "催收联系记录1条",
        "资产检查报告1份",
        "现场资产检查1次",
        "检查情况未填报",
        "流程执行到位。",
        "风险管理部",
    ):
        assert said in text, said


def test_only_reports_of_the_portfolio_are_issued(world: World) -> None:
    with pytest.raises(UnknownDocument):
        world.issued(world.issue("weekly_report", document="capacity_report"))
