"""The bank: wishes of borrowers, and what each of its people may do."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.affordability import INCOME, INSTALMENT
from domain.errors import Refused
from domain.evidence import Figure
from domain.money import ZERO, rounded
from tests.rules.loan import delinquent, silent
from tests.rules.walk import days_of, to

UNDECIDED = ("agreement_signature", "lawsuit_decision", "agency_decision")


def test_b2_1_2_1gs_a_wish_for_a_plan_goes_from_the_junior_to_the_senior_who_begins_at_once() -> None:
    desk = silent("bank", 40).tell("junior_specialist", c.OpenStep(step="plan_request"))
    assert desk.case.step("plan_request").asked == ("senior_specialist",)
    assert desk.of("step_opened", "income_data") == []
    desk.answer("plan_request", "taken_up", "senior_specialist")
    assert days_of(desk, "step_opened", "income_data") == [40]


def test_b2_1_2_1gs_from_day_61_the_senior_has_the_case_anyway() -> None:
    desk = silent("bank", 61)
    with pytest.raises(Refused) as refused:
        desk.tell("junior_specialist", c.OpenStep(step="plan_request"))
    assert refused.value.code == "outside_days"
    assert days_of(desk, "step_opened", "income_data") == [61]


def test_b4_2_1a_a_junior_is_asked_for_calls_and_confirmations_and_for_nothing_else() -> None:
    desk = delinquent("bank", 95, "agreement_signature")
    asked = {getattr(event.body, "step", "") for event in desk.of("step_opened")
             if "junior_specialist" in getattr(event.body, "asked", ())}  # fmt: skip
    assert asked == {"reminder_call", "intensified_call", "moderate_calls", "delivery_confirmation"}


@pytest.mark.parametrize(
    ("step", "outcome", "dpd"),
    [("assignment", "assigned", 31), ("income_data", "collected", 61), ("agency_decision", "place", 91)],
)
def test_b4_2_1_what_others_are_asked_a_junior_may_not_answer(step: str, outcome: str, dpd: int) -> None:
    """B4.2.1a and B4.2.1s: the attempt is refused and changes nothing."""
    desk = to(delinquent("bank", dpd - 1, "agreement_signature", "plan_approval"), dpd)
    if desk.status(step) != "open":
        desk.tell("collection_supervisor", c.OpenStep(step=step))
    before = desk.case
    with pytest.raises(Refused) as refused:
        desk.answer(step, outcome, "junior_specialist")
    assert refused.value.code == "not_entitled"
    assert desk.case == before


@pytest.mark.parametrize(("step", "yes"), [("lawsuit_decision", "file"), ("agency_decision", "place")])
def test_b4_2_1c_the_supervisor_decides_up_to_a_limit_and_beyond_it_the_general_manager(step: str, yes: str) -> None:
    small = delinquent("bank", 95, *UNDECIDED, rent="60000.00").answer(step, yes, "collection_supervisor")
    assert small.case.ended(step, yes)
    large = delinquent("bank", 95, *UNDECIDED, rent="6000000.00")
    assert large.case.step(step).asked == ("general_manager",)
    with pytest.raises(Refused) as refused:
        large.answer(step, yes, "collection_supervisor")
    assert (refused.value.code, refused.value.remedy) == ("over_limit", "Allowed: general_manager.")
    large.answer(step, "not_now", "collection_supervisor")  # to leave it is within everybody's authority
    with pytest.raises(Refused) as refused:
        large.tell("collection_supervisor", c.OpenStep(step=step, outcome=yes))
    assert refused.value.code == "over_limit"
    large.tell("collection_supervisor", c.OpenStep(step=step)).answer(step, yes, "general_manager")
    assert large.case.ended(step, yes)


@pytest.mark.parametrize("role", ["junior_specialist", "senior_specialist", "legal"])
def test_b4_2_1_no_specialist_decides_on_lawsuit_or_agency(role: str) -> None:
    desk = delinquent("bank", 95, *UNDECIDED, rent="60000.00")
    for step, yes in (("lawsuit_decision", "file"), ("agency_decision", "place")):
        with pytest.raises(Refused) as refused:
            desk.answer(step, yes, role)
        assert refused.value.code == "not_entitled"


def test_b4_2_1s_whoever_is_named_for_nothing_may_open_nothing() -> None:
    with pytest.raises(Refused) as refused:
        silent("bank", 95).tell("junior_specialist", c.OpenStep(step="lawsuit_decision"))
    assert refused.value.code == "not_entitled"


@pytest.mark.parametrize(("count", "code"), [(2, "plan_unfit"), (3, None), (6, None), (7, "plan_unfit")])
def test_b2_2_2_1c_a_plan_has_three_to_six_instalments(count: int, code: str | None) -> None:
    """Of an income that bears any of them."""
    desk = delinquent("bank", 61, "repayment_plan")
    owed = desk.case.facts.total_overdue if desk.case.facts else ZERO
    each = rounded(owed / count)
    amounts = [each] * (count - 1) + [owed - each * (count - 1)]
    figures = (
        Figure(item=INCOME, side="income", amount=owed * 10),
        *(Figure(item=INSTALMENT, side="expense", amount=amount) for amount in amounts),
    )
    plan = c.AnswerStep(step="repayment_plan", outcome="submitted", figures=figures)
    if code is None:
        assert desk.tell("senior_specialist", plan).status("repayment_plan") == "completed"
        return
    with pytest.raises(Refused) as refused:
        desk.tell("senior_specialist", plan)
    assert refused.value.code == code
