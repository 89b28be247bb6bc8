"""A lawsuit under time skipping: reminders, escalation, periods that run out, the case heard and answered (L7.1)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain.base import zone
from domain.commands import AnswerStep
from domain.events import Actor
from domain.litigation import SuitEscalated, SuitReminded
from domain.litigation_acts import SettleCosts
from store import staff
from store.account_facts import account_facts
from store.costs import cost_of_collection
from tests.builders.suits import accepted, cost, hearing, judgment
from tests.workflows.court import CASE, Court, at

SETTLEMENT = "suit_settlement"


async def filed(engine: WorkflowEnvironment, folder: Path, asks: str = "", busy: int = 0) -> tuple[Court, datetime]:
    court, began = Court(engine.client, folder, asks=asks, busy=busy), await engine.get_current_time()
    await court.file(began)
    return court, began


def told(court: Court) -> list[tuple[str, str, str]]:
    """(local time, deadline, to whom) of every reminder and escalation."""
    rows = [(one.at, one.body) for one in court.events()]
    return [
        (at.astimezone(zone("Asia/Shanghai")).strftime("%m-%d %H:%M"), f"{body.kind[5:]} {body.clock}", body.to)
        for at, body in rows
        if isinstance(body, SuitReminded | SuitEscalated)
    ]


async def test_l7_1_the_filing_of_a_case_starts_the_suit_and_nobody_answers(
    engine: WorkflowEnvironment, tmp_path: Path
) -> None:
    court, began = await filed(engine, tmp_path)
    async with court.working():
        await court.until(1)
        assert (court.recorded().status, court.recorded().choice) == ("open", "termination")
        await at(engine, began, "2026-04-23T12:00+08:00")
        await court.until(3)
    assert told(court) == [
        ("04-21 18:00", "escalated acceptance", "head_of_legal_compliance"),
        ("04-22 18:00", "escalated acceptance", "general_manager"),
    ]
    with court.database.reading() as session:
        assert [one.role for one in staff.pending_alerts(session)] == ["head_of_legal_compliance", "general_manager"]


async def test_l7_1_a_court_date_is_reminded_of_and_its_outcome_asked_for(
    engine: WorkflowEnvironment, tmp_path: Path
) -> None:
    court, began = await filed(engine, tmp_path)
    async with court.working():
        await at(engine, began, "2026-04-20T12:00+08:00")
        await court.act("accepted", accepted())
        await court.act("hearing", hearing("2026-05-07 09:30"))
        await at(engine, began, "2026-05-08T20:00+08:00")
        await court.until(6)
    assert told(court) == [
        ("04-30 09:00", "reminded session", "legal_compliance"),
        ("05-06 09:00", "reminded session", "legal_compliance"),
        ("05-08 18:00", "escalated session", "head_of_legal_compliance"),
    ]


async def test_l7_1_a_final_judgment_makes_the_debtor_owe_its_costs_and_its_period_runs_out(
    engine: WorkflowEnvironment, tmp_path: Path
) -> None:
    court, began = await filed(engine, tmp_path)
    async with court.working():
        await at(engine, began, "2026-06-01T10:00+08:00")
        await court.act("accepted", accepted())
        await court.act("fee", cost("1000.00"))
        await court.act("judgment", judgment(costs_owed=Decimal("800.00")))
        assert await court.act("judgment", judgment(costs_owed=Decimal("800.00")))  # sent twice, carried out once
        await at(engine, began, "2026-06-17T10:00+08:00")
        await court.until(8)
        assert court.recorded().stage == "final"
        await at(engine, began, "2028-07-01T10:00+08:00")
        for _ in range(3):
            await engine.sleep(1)
        await court.until(15)
    assert (court.recorded().status, court.recorded().closed_for) == ("closed", "enforcement_lapsed")
    assert court.commands == []  # this case asks for no judgment
    with court.database.reading() as session:
        owed = [one.amount for one in account_facts(session, "L-000001").postings if one.kind == "cost"]
        spent = cost_of_collection(session, date(2026, 4, 1), date(2026, 4, 30))
    assert owed == [Decimal("800.00")]
    assert [(line.item, line.amount) for line in spent.lines] == [("court_fee", Decimal("1000.00"))]


async def test_l7_1_at_cure_the_suit_is_settled_once_and_only_by_those_who_handle_it(
    engine: WorkflowEnvironment, tmp_path: Path
) -> None:
    court, _ = await filed(engine, tmp_path)
    settle = SettleCosts(on=date(2026, 4, 14))
    async with court.working():
        await court.until(1)
        with pytest.raises(WorkflowUpdateFailedError) as early:
            await court.act("early", settle)
        assert isinstance(early.value.cause, ApplicationError)
        assert early.value.cause.type == "wrong_stage"
        assert await court.say("settlement_due", "cured", 7)
        assert await court.say("settlement_due", "cured", 7)
        await court.until(2)
        with pytest.raises(WorkflowUpdateFailedError) as stranger:
            await court.act("stranger", settle, Actor(user="u-1", role="collector", authority=""))
        assert isinstance(stranger.value.cause, ApplicationError)
        assert stranger.value.cause.type == "not_entitled"
        await court.act("settle", settle)
        await court.until(3)
    assert court.recorded().closed_for == "settled"
    assert [event.body.kind for event in court.events()] == ["suit_filed", "case_told", "suit_handled"]
    assert court.recorded().case_no == CASE


async def test_l7_1_a_case_that_takes_its_time_is_answered_all_the_same_and_once(
    engine: WorkflowEnvironment, tmp_path: Path
) -> None:
    court, _ = await filed(engine, tmp_path, asks=SETTLEMENT, busy=2)
    async with court.working():
        await court.until(1)
        assert await court.say("settlement_due", "cured", 7)
        await court.act("settle", SettleCosts(on=date(2026, 4, 14)))
        for _ in range(20):
            await engine.sleep(1)
        await court.until(3)
    assert [one.body for one in court.commands] == [AnswerStep(step=SETTLEMENT, outcome="settled", note=court.number)]
    assert (court.busy, court.recorded().closed_for) == (0, "settled")


async def test_l7_1_what_is_answered_in_the_case_closes_the_suit_and_a_closed_one_is_tolerated(
    engine: WorkflowEnvironment, tmp_path: Path
) -> None:
    court, _ = await filed(engine, tmp_path)
    async with court.working():
        await court.until(1)
        assert await court.say("settled", "", 9)
        await court.until(2)
        for _ in range(50):
            if not await court.say("closed", "cured", 10):
                break
            await engine.sleep(1)
        assert not await court.say("closed", "cured", 10)
    assert court.recorded().closed_for == "settled"
    assert court.commands == []  # the case knows it already
