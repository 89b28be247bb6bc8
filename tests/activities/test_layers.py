"""Layers on a real database: opened once whatever happens, answered by their role, escalated, kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.before_due import BeforeDueWork
from activities.by_hand import open_duty
from activities.contact_gate import ContactGate, read_packs
from activities.contents import Writer
from activities.costs import CostBooking
from activities.early_warnings import EarlyWarningWork
from activities.intake import Intake
from activities.portfolio import Portfolio
from domain.errors import Refused
from domain.evidence import Actor, ByHand
from letters.glyphs import FontSet
from letters.render import Renderer
from store import staff
from store.costs import cost_of_collection
from tests.activities.layered import Lessor
from tests.activities.reminded import database_in, local
from tests.activities.test_intake import Engine
from tests.builders.ladders import ROOT
from tests.builders.wording import shipped_texts


@pytest.fixture
def lessor(tmp_path: Path, empty_lender: bytes) -> Iterator[Lessor]:
    (tmp_path / "lender.db").write_bytes(empty_lender)
    made = Lessor(database_in(tmp_path))
    yield made
    made.database.close()


async def test_a_current_account_is_registered_and_inspected_without_a_case(lessor: Lessor) -> None:
    """P6.1 on its first day, P6.2 within the first ten business days of the quarter; three business days each."""
    lessor.account("C-1", due="2026-12-15", opened="2026-03-16")
    await lessor.run("2026-03-16")
    registration = lessor.one("servicing", "registration")
    assert (registration.roles, registration.deadline) == (("post_lending_specialist",), local("2026-03-19 18:00"))
    assert (registration.account_no, registration.document) == ("C-1", "lease_register")
    assert not lessor.duties("servicing", "inspection")
    for day in range(1, 16):
        await lessor.run(f"2026-04-{day:02}")
    inspection = lessor.one("servicing", "inspection")
    assert (inspection.period, inspection.opened_at) == ("2026-Q2", local(f"{inspection.occurrence} 09:00"))


async def test_run_again_after_an_outage_nothing_is_doubled_and_the_present_period_is_made_up(lessor: Lessor) -> None:
    lessor.account("C-1")
    assert await lessor.run("2026-03-16") > 0
    assert await lessor.run("2026-03-16") == 0
    assert await Lessor(lessor.database).run("2026-03-16", "09:05") == 0
    await lessor.run("2026-08-31")  # nobody was there for five months
    assert [one.period for one in lessor.duties("servicing", "inspection")] == ["2026-Q1", "2026-Q3"]
    late = lessor.duties("servicing", "inspection", "open")
    assert [(one.period, one.deadline) for one in late] == [("2026-Q3", local("2026-09-03 18:00"))]
    assert lessor.duties("servicing", "inspection", "missed")[0].period == "2026-Q1"


async def test_the_engine_hears_of_a_run_also_when_there_is_nothing_to_do(lessor: Lessor) -> None:
    heard: list[object] = []
    engine = ActivityEnvironment()
    engine.on_heartbeat = lambda *details: heard.append(details)
    for _ in range(2):  # the second run finds everything opened
        heard.clear()
        await engine.run(lessor.work.run, lessor.request())
        layers = sum("leasing" in layer.beside for layer in lessor.policies.layers.values())
        assert len(heard) >= 2 * layers  # missed duties, and each page of accounts


async def test_a_sudden_event_by_hand(lessor: Lessor) -> None:
    """P4.4, day by day. The lessee's works burn on Friday 13 March 2026; a specialist reports it on Monday the 16th.

    The account owes nothing and has no case. The head of the department has until the close of Tuesday; nobody answers:
    the general manager hears of it on Wednesday, once, and on Thursday at 15:00 the head reports what was done.
    """
    lessor.account("C-1", due="2026-12-15")
    lessor.clock.at = local("2026-03-16 09:30")
    told = ByHand(
        step="sudden_event", since=date(2026, 3, 13), reason="厂房失火", command_id="k1",
        actor=Actor(user="u-9", role="post_lending_specialist", authority="test"),
    )  # fmt: skip
    for _ in range(2):  # a repeat changes nothing
        asked = open_duty(lessor.database, lessor.policies, "C-1", "servicing", told, lessor.clock.now())
    assert asked == lessor.one("servicing", "sudden_event")
    assert (asked.roles, asked.chain) == (("head_of_post_lending",), ("general_manager",))
    assert (asked.occurrence, asked.answer_by) == (date(2026, 3, 13), local("2026-03-17 18:00"))
    assert (asked.say, asked.rules) == ("2026-03-13 厂房失火", ("P4.4",))
    for day in ("2026-03-16", "2026-03-17"):
        await lessor.run(day)
        assert lessor.one("servicing", "sudden_event").level == 0
    for day in ("2026-03-18", "2026-03-19"):
        await lessor.run(day)
        late = lessor.one("servicing", "sudden_event")
        assert (late.status, late.level, late.escalated_to) == ("open", 1, "general_manager")
    lessor.answer(late, "handled", "2026-03-19")
    assert [row.outcome for row in lessor.register("event_record")] == ["handled"]
    await lessor.run("2026-04-10")  # it does not recur
    assert lessor.one("servicing", "sudden_event").status == "answered"


async def test_an_inspection_that_finds_a_risk_is_followed_on_the_next_business_day(lessor: Lessor) -> None:
    """P6.3, P7: every item is spoken of, or the answer is refused and nothing is changed."""
    lessor.account("C-1", due="2026-12-15")
    await lessor.run("2026-03-16")
    inspection = lessor.one("servicing", "inspection")
    with pytest.raises(Refused) as refused:
        lessor.answer(inspection, "risk_found", "2026-03-16", asset_use="闲置", compliance="合规")
    assert refused.value.code == "answer_incomplete"
    assert "business, lessee_credit, performance" in refused.value.message
    lessor.answer(inspection, "risk_found", "2026-03-16")
    await lessor.run("2026-03-17")
    measure = lessor.one("servicing", "risk_measure")
    assert (measure.occurrence.day, measure.deadline) == (16, local("2026-03-17 18:00"))
    kept = lessor.register("inspection_record")
    assert [(one.id, one.answers["asset_use"]) for one in kept] == [(inspection.id, "已查")]


@pytest.mark.parametrize(
    ("policy", "product", "layer", "duty", "mine", "other"),
    [
        ("leasing", "leasing", "servicing", "registration", "post_lending_specialist", "assistant_of_post_lending"),
        ("leasing", "leasing", "servicing", "rating", "risk_assessment_specialist", "post_lending_specialist"),
        ("leasing", "leasing", "servicing", "summary", "head_of_post_lending", "disposal_specialist"),
        ("leasing", "leasing", "servicing", "recovery", "disposal_specialist", "head_of_business"),
        ("lender", "business_loan", "trade", "means", "operations_management", "finance"),
        ("lender", "business_loan", "trade", "means", "operations_management", "marketing"),
        ("credit", "credit_loan", "collection_1", "invitation", "collector", "head_of_collection"),
        ("credit", "credit_loan", "collection_1", "wilful_choice", "head_of_collection", "collector"),
    ],
)
async def test_what_waits_for_a_role_nobody_else_may_answer(
    lessor: Lessor, policy: str, product: str, layer: str, duty: str, mine: str, other: str
) -> None:
    lessor = Lessor(lessor.database, policy, product)
    lessor.account("C-1", due="2025-12-01")
    await lessor.run("2026-04-15")
    if duty == "recovery":
        lessor.answer(lessor.one(layer, "disposal_way"), "recovery", "2026-04-15")
        await lessor.run("2026-04-16")
    errand = lessor.one(layer, duty)
    with pytest.raises(Refused) as refused:
        lessor.answer(errand, errand.outcomes[0], "2026-04-16", other)
    assert refused.value.code == "not_entitled"
    assert lessor.answer(errand, errand.outcomes[0], "2026-04-16", mine).answered_role == mine


async def test_what_was_not_done_in_time_is_escalated_and_stays_open(lessor: Lessor) -> None:
    """F5.3.1: on the next morning to the head, a business day later to the general manager; nobody answers for them."""
    lessor.account("C-1", opened="2026-03-16", due="2026-12-15")
    await lessor.run("2026-03-16")
    for day, level, to in (
        ("2026-03-19", 0, None), ("2026-03-20", 1, "head_of_business"), ("2026-03-23", 1, "head_of_business"),
        ("2026-03-24", 2, "general_manager"), ("2026-03-25", 2, "general_manager"),
    ):  # fmt: skip
        await lessor.run(day)
        found = lessor.one("daily", "acceptance")
        assert (found.status, found.level, found.escalated_to) == ("open", level, to), day
    with lessor.database.reading() as session:
        told = {alert.key for alert in staff.pending_alerts(session, 500) if alert.key.startswith("daily/acceptance/")}
    assert told == {
        "daily/acceptance/20260316/business/", "daily/acceptance/20260320/head_of_business/level-1",
        "daily/acceptance/20260324/general_manager/level-2",
    }  # fmt: skip


async def test_a_customer_with_two_leases_is_rated_once_by_the_worse_of_them(lessor: Lessor) -> None:
    """P8.1: C-2 is 31 days past due, C-1 is current."""
    lessor.account("C-1", debtor="P-7", due="2026-12-15")
    lessor.account("C-2", debtor="P-7", due="2026-03-15")
    lessor.account("C-3", debtor="P-8", due="2026-12-15")
    await lessor.run("2026-04-15")
    found = {one.account_no: one.say for one in lessor.duties("servicing", "rating")}
    assert found == {
        "C-1": "按天数和金额建议：C（逾期天数 31：C）",
        "C-3": "按天数和金额建议：A（逾期天数 0：A）",
    }
    assert len(lessor.duties("servicing", "inspection")) == 3
    assert not any("P-7" in one.id for one in lessor.duties("servicing"))
    lessor.answer(lessor.duties("servicing", "rating")[0], "D", "2026-04-15")
    await lessor.run("2026-04-16")
    assert lessor.one("servicing", "strategy").roles == ("head_of_post_lending",)
    assert [one.outcome for one in lessor.register("rating")] == ["D"]


async def test_an_assessment_is_proposed_factor_by_factor_and_confirmed_by_a_person(lessor: Lessor) -> None:
    """M6.1a: one day is "watch", 220,000 are "high": the worse of the two is proposed, a person may say otherwise."""
    lessor = Lessor(lessor.database, "lender", "business_loan")
    lessor.account("C-1", amount="220000.00")
    await lessor.run("2026-03-16")
    assessment = lessor.one("trade", "assessment")
    assert assessment.say == "按天数和金额建议：high（逾期天数 1：watch；逾期金额 220000.00：high）"
    assert lessor.register("risk_assessment") == []  # nothing is graded until a person has answered
    lessor.answer(assessment, "severe", "2026-03-16")
    assert [one.outcome for one in lessor.register("risk_assessment")] == ["severe"]


async def test_the_grade_is_entered_when_it_changes_and_the_worst_come_first(lessor: Lessor) -> None:
    """MB2.1a, MB4.2a: by days and by amount, by the system itself; what is asked is listed by grade."""
    lessor = Lessor(lessor.database, "treatment", "instalment_loan")
    lessor.account("C-1", "P-1", due="2026-03-15")
    lessor.account("C-2", "P-2", due="2026-03-15", amount="150000.00")
    lessor.account("C-3", "P-3", due="2026-12-15")
    for day in ("2026-03-16", "2026-03-17", "2026-03-18"):
        await lessor.run(day)
    entered = {(one.account_no, one.outcome, one.answered_by) for one in lessor.register("grade")}
    assert entered == {("C-1", "two", "system"), ("C-2", "three", "system")}
    assert [one.account_no for one in lessor.duties("collection_2", "follow_up", "open")] == ["C-2", "C-1"]
    await lessor.run("2026-05-15")
    assert [(one.account_no, one.outcome) for one in lessor.register("grade")][-1] == ("C-1", "three")


async def test_an_answer_is_kept_at_once_and_cannot_be_given_twice(lessor: Lessor) -> None:
    """MA3.3, MB2.2b: course and result, by whom and when."""
    lessor = Lessor(lessor.database, "credit", "credit_loan")
    lessor.account("C-1")
    await lessor.run("2026-03-16")
    invitation = lessor.one("collection_1", "invitation")
    lessor.answer(invitation, "invited", "2026-03-16", call="约定周五面谈", message="已发")
    kept = lessor.register("invitation_record")
    assert [(one.answers["call"], one.answered_by, one.ended_at) for one in kept] == [
        ("约定周五面谈", "u-1", local("2026-03-16 15:00"))
    ]
    with pytest.raises(Refused):
        lessor.answer(invitation, "not_reached", "2026-03-17", call="改口", message="无")
    assert lessor.register("invitation_record") == kept


async def test_registers_of_the_system_need_nobody(lessor: Lessor) -> None:
    """M8.2b: every overdue customer on day 1; M8.2a and MA5.3a: by decision only."""
    lessor = Lessor(lessor.database, "lender", "business_loan")
    lessor.account("C-1")
    await lessor.run("2026-03-16")
    assert [one.account_no for one in lessor.register("overdue_customers")] == ["C-1"]
    for day in range(17, 32):
        await lessor.run(f"2026-03-{day}")
    lessor.answer(lessor.one("trade", "assessment"), "severe", "2026-03-31")
    await lessor.run("2026-04-01")
    assert lessor.register("blacklist") == []
    lessor.answer(lessor.one("trade", "blacklist_choice"), "listed", "2026-04-01")
    await lessor.run("2026-04-02")
    assert [one.account_no for one in lessor.register("blacklist")] == ["C-1"]


async def test_accounts_of_every_branch_and_of_no_other_policy(lessor: Lessor) -> None:
    """D2.1: the branches are covered; an account of another policy and a closed one are left alone."""
    lessor.account("C-1", branch="上海")
    lessor.account("C-2", branch="成都")
    lessor.account("C-3", product="bank_loan")
    await lessor.run("2026-03-16")
    assert {one.account_no for one in lessor.duties("claims", "person_in_charge")} == {"C-1", "C-2"}
    summary = lessor.one("servicing", "summary")
    assert (summary.account_no, summary.period, summary.subject) == ("", "2026-03", "portfolio-leasing")


async def test_pages_and_chunks_lose_nobody(lessor: Lessor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("activities.layers.PAGE", 3)
    monkeypatch.setattr("activities.layers.CHUNK", 2)
    for number in range(8):
        lessor.account(f"C-{number}", f"P-{number % 5}")
    await lessor.run("2026-03-16")
    assert len(lessor.duties("servicing", "registration")) == 8
    assert len(lessor.duties("daily", "credit_assessment")) == 5


async def test_the_daily_run_of_the_portfolio_runs_the_layers(lessor: Lessor) -> None:
    """Cases are opened first; `opened` counts only them."""
    lessor.account("C-1")
    intake = Intake(lessor.database, lessor.policies, Engine(), lessor.clock)
    gate = ContactGate(read_packs(ROOT / "policies" / "conduct", ["default"]), lessor.clock)
    before_due = BeforeDueWork(lessor.database, lessor.policies, {}, lessor.clock, gate, shipped_texts())
    writer = Writer(Renderer(FontSet.bundled()), lessor.policies, shipped_texts())
    warnings = EarlyWarningWork(lessor.database, lessor.policies, lessor.clock)
    costs = CostBooking(lessor.database, lessor.policies, lessor.clock)
    portfolio = Portfolio(lessor.database, writer, intake, before_due, (lessor.work, warnings, costs))
    lessor.clock.at = local("2026-03-16 09:00")
    lessor.called("C-1", "2026-03-15 10:00")
    request = lessor.request()
    assert (await portfolio.run_work(request)).opened == 1
    with lessor.database.reading() as session:  # one call at the tariff of the demonstration (C6.1.3)
        assert cost_of_collection(session, date(2026, 3, 1), date(2026, 3, 31)).total == Decimal("0.30")
    assert lessor.one("claims", "person_in_charge").account_no == "C-1"
