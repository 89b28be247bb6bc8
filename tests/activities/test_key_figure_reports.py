"""The reports of key figures as people read them: targets, classes, who has to improve."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import insert, select, text
from sqlmodel import col

from activities.classification import classified_on
from activities.contents import Writer
from activities.messages import IssueRequest
from activities.registry import Policies
from domain.calendar import Calendar
from domain.classification import ClassificationPack
from domain.cycles import next_cycle
from letters.render import Renderer
from store.documents import get_pdf
from store.session import Database
from store.tables import CaseEventRow, CaseRow
from tests.activities.world import ROOT, read
from tests.builders.wording import shipped_texts

CALENDAR = Calendar(version="CN.1", official_through=date(2026, 12, 31))
ISSUED = datetime(2026, 5, 1, 1, tzinfo=UTC)


def test_the_monthly_report_is_one_page_with_targets_and_classes(
    database: Database, policies: Policies, renderer: Renderer
) -> None:
    pages, said = _issue(database, policies, renderer, "bank")
    assert pages == 1
    for words in (
        "催收考核指标报告", "2026年4月1日至2026年4月30日", "2026年3月1日至2026年3月31日", "催收成功率46.51%",
        "催收成本率6.00%", "<5.00%未达标", "1-30天12,100.001,050.001,050.0033.33%>80.00%未达标",
        "1-30天31-60天150.00%", "催收主管",
    ):  # fmt: skip
        assert words in said, words
    assert "限期整改" not in said


def test_departments_and_persons_below_the_target_are_told_to_improve_in_time(
    database: Database, policies: Policies, renderer: Renderer
) -> None:
    with database.session() as session:
        session.execute(text("UPDATE account SET assigned_policy = 'credit'"))
        session.execute(text("UPDATE \"case\" SET policy_id = 'credit'"))
    _, said = _issue(database, policies, renderer, "credit")
    # east 1,500 of 2,100 principal and interest; west 400 of 2,100; u-1 nothing, u-2 450 of 1,050
    assert "机构west：清收率19.05%，未达到考核标准60.00%（CNY），责令于2026年5月30日前整改。" in said
    assert "责任人u-2：清收率42.86%" in said and "责任人u-1：清收率0.00%" in said
    assert "机构east" not in said


def test_the_report_of_a_credit_union_shows_the_npl_ratio_and_how_it_should_fall(
    database: Database, policies: Policies, renderer: Renderer
) -> None:
    with database.session() as session:
        session.execute(text("UPDATE account SET assigned_policy = 'union'"))
        session.execute(text("UPDATE \"case\" SET policy_id = 'union'"))
    _, said = _issue(database, policies, renderer, "union")
    assert "不良贷款率22.76%-≤2.50%未达标" in said
    assert "不良贷款率变动+2.76pp-≤-0.17pp未达标" in said  # 0.5 percentage points a quarter, for a month
    assert "清收率45.24%0.00%≥60.00%未达标" in said and "催收费用120.00" in said


def test_u4_1b_the_monthly_report_of_a_credit_union_analyses_recovery_by_class_of_customer(
    database: Database, policies: Policies, renderer: Renderer
) -> None:
    with database.session() as session:
        session.execute(text("UPDATE account SET assigned_policy = 'union'"))
        session.execute(text("UPDATE \"case\" SET policy_id = 'union'"))
        case_no = session.scalar(select(col(CaseRow.case_no)).order_by(col(CaseRow.case_no)))
        for seq, outcome in ((901, "low"), (902, "high")):
            session.execute(insert(CaseEventRow).values(
                case_no=case_no, seq=seq, kind="step_completed", step="risk_class", due_at=ISSUED, at=ISSUED,
                rules="[]", why="", body=f'{{"outcome": "{outcome}"}}',
            ))  # fmt: skip
    _, said = _issue(database, policies, renderer, "union")
    assert "按客户类别分析" in said
    assert "高风险客户：1户，逾期账户量" in said and "未评定客户：" in said
    assert "低风险客户" not in said  # the class that was said last counts


def classified(day: date) -> ClassificationPack | None:
    return classified_on(ROOT / "policies" / "classification", "cn", day)


def _issue(database: Database, policies: Policies, renderer: Renderer, policy: str) -> tuple[int, str]:
    ladder = policies.current(policy)
    step = ladder.by_id["kpi_report"]
    cycles = [next_cycle(trigger.every, date(2026, 4, 1), CALENDAR) for trigger in step.when if trigger.every]
    assert cycles == [date(2026, 4, 30)]  # the last business day of the month; here it is issued on the day after
    rule = step.rule.issue
    assert rule is not None
    request = IssueRequest(
        case_no=f"portfolio-{policy}",
        step="kpi_report",
        document=rule.document,
        period=date(2026, 5, 1),
        to=step.receivers,
        copy_to=rule.copy_to,
        at=ISSUED,
        policy=policies.pin(policy),
        settings=ladder.settings_id,
    )
    with database.session() as session:
        ref = Writer(renderer, policies, shipped_texts(), classified).issue(session, request)
        said = read(get_pdf(session, ref.number) or b"")
    return said.count("页，共"), said
