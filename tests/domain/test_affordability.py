"""Instalments within 30 per cent of income, to the last cent (B2.2.2.1), and waivers within 20 per cent (B2.2.2.2)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from domain import commands as c
from domain.affordability import INCOME, INSTALMENT, PlanLimits, options, plan_problems
from domain.errors import Refused
from domain.evidence import ContactResult, Figure
from domain.step_events import StepCompleted
from tests.builders.cases import Desk
from tests.builders.ladders import ladder
from tests.builders.leases import lease

LIMITS = PlanLimits()
CENTS = st.decimals(min_value="0.01", max_value="999999.99", places=2)


def plan(income: str, *amounts: str) -> tuple[Figure, ...]:
    rows = [Figure(item=INSTALMENT, side="expense", amount=Decimal(amount)) for amount in amounts]
    return (Figure(item=INCOME, side="income", amount=Decimal(income)), *rows)


def _bank() -> Desk:
    return Desk(lease(), "2026-03-03 09:00", ladder("bank"))


def _planning() -> Desk:
    """Past due for 61 days; the income is known, the plan is to be drawn up."""
    return _bank().to("2026-05-02 10:00").answer("income_data", "collected")


def _answer(outcome: str, figures: tuple[Figure, ...]) -> c.AnswerStep:
    return c.AnswerStep(step="repayment_plan", outcome=outcome, figures=figures)


def _asked_for_waiver() -> Desk:
    """On day 10 the borrower called by himself."""
    own = c.RecordContact(contact=ContactResult(initiated_by="customer"))
    opened = c.OpenStep(step="penalty_waiver", evidence="call-1")
    return _bank().to("2026-03-12 10:00").tell("junior_specialist", own).tell("junior_specialist", opened)


def _waiver(amount: str) -> c.AnswerStep:
    figure = Figure(item="waiver", side="expense", amount=Decimal(amount))
    return c.AnswerStep(step="penalty_waiver", outcome="granted", figures=(figure,))


def test_b2_2_2_1b_an_income_of_ten_thousand_bears_three_thousand_a_month() -> None:
    assert [len(one) for one in options(Decimal("12000.00"), Decimal("10000.00"), LIMITS)] == [4, 5, 6]
    assert [len(one) for one in options(Decimal("9000.00"), Decimal("10000.00"), LIMITS)] == [3, 4, 5, 6]
    assert options(Decimal("18000.01"), Decimal("10000.00"), LIMITS) == ()


def test_b2_2_2_1c_equal_instalments_of_which_the_last_takes_the_remainder() -> None:
    third = Decimal("3333.34")
    assert options(Decimal("10000.00"), Decimal("12000.00"), LIMITS)[0] == (third, third, Decimal("3333.32"))


@given(CENTS, CENTS)
def test_every_choice_adds_up_and_keeps_within_the_share(owed: Decimal, income: Decimal) -> None:
    for one in options(owed, income, LIMITS):
        assert sum(one) == owed
        assert 3 <= len(one) <= 6
        assert len(set(one[:-1])) == 1
        assert 0 < one[-1] <= one[0] <= income * 30 / 100


@given(CENTS, CENTS)
def test_b2_2_2_1s_what_does_not_fit_into_six_instalments_does_not_fit(owed: Decimal, income: Decimal) -> None:
    if owed > 6 * (income * 30 / 100):
        assert options(owed, income, LIMITS) == ()


def test_a_bad_plan_is_told_everything_at_once() -> None:
    found = plan_problems(plan("10000.00", "3000.00", "6000.00"), Decimal("9000.01"), LIMITS)
    assert [one.place for one in found] == ["instalment 2", "instalment 2", INSTALMENT, INSTALMENT]
    assert all(one.remedy for one in found)


def test_a_plan_that_fits_has_no_fault_and_may_not_be_called_infeasible() -> None:
    good = plan("10000.00", "3000.00", "3000.00", "3000.00")
    assert plan_problems(good, Decimal("9000.00"), LIMITS) == []
    assert [one.place for one in plan_problems(plan("10000.00"), Decimal("9000.00"), LIMITS, feasible=False)] == [
        INSTALMENT
    ]


def test_b_q12_an_infeasible_plan_goes_to_the_supervisor_with_its_reason() -> None:
    desk = _planning()
    with pytest.raises(Refused, match="30 per cent") as refused:
        desk.tell("senior_specialist", _answer("submitted", plan("100.00", "30.00", "30.00", "30.00")))
    assert (refused.value.code, "not_feasible" in refused.value.remedy) == ("plan_unfit", True)
    desk.tell("senior_specialist", _answer("not_feasible", plan("100.00")))
    (ended,) = [e.body for e in desk.events if isinstance(e.body, StepCompleted) and e.body.step == "repayment_plan"]
    assert "30 per cent of income" in ended.note
    assert desk.case.step("plan_not_feasible").is_open


def test_b2_2_2_1_a_plan_above_the_limit_is_refused_in_the_case() -> None:
    desk = _planning()
    with pytest.raises(Refused, match=r"above 6000\.00") as refused:
        desk.tell("senior_specialist", _answer("submitted", plan("20000.00", "7000.00", "7000.00", "7000.00")))
    assert refused.value.code == "plan_unfit"


def test_b2_2_2_2c_at_most_a_fifth_of_the_penalty_interest() -> None:
    """10,500 at 0.05 per cent for 10 days is 52.50: at most 10.50."""
    desk = _asked_for_waiver()
    for amount in ("10.51", "0.00", "1.001"):
        with pytest.raises(Refused) as refused:
            desk.tell("collection_supervisor", _waiver(amount))
        assert refused.value.code == "waiver_unfit"
    desk.tell("collection_supervisor", _waiver("10.50"))
    (ended,) = [e.body for e in desk.events if isinstance(e.body, StepCompleted) and e.body.step == "penalty_waiver"]
    assert ended.waived is not None
    assert (ended.waived.amount, str(ended.waived.paid_by)) == (Decimal("10.50"), "2026-03-22")


def test_b2_2_2_2b_not_after_day_30() -> None:
    desk = _asked_for_waiver().to("2026-04-02 12:00")
    with pytest.raises(Refused, match="30 days past due"):
        desk.tell("collection_supervisor", _waiver("1.00"))


def test_b2_2_2_2a_only_with_the_record_of_the_borrowers_own_call() -> None:
    with pytest.raises(Refused) as refused:
        _bank().to("2026-03-12 10:00").tell("junior_specialist", c.OpenStep(step="penalty_waiver"))
    assert refused.value.code == "document_missing"
