"""Lawsuits and agencies of the loan regulations: enforced after judgment, and taken back when everything is paid."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.evidence import ContactResult
from tests.builders.cases import Desk
from tests.rules.loan import delinquent, pay_everything
from tests.rules.walk import answered, days_of, on

REFUSES = c.RecordContact(contact=ContactResult(attitude="refuses"))
UNSIGNED = (  # the customer agrees to no plan, so that nothing stands still
    "agreement_signature", "repayment_agreement", "plan_negotiation", "negotiation", "overdue_plan",
    "further_negotiation", "management_negotiation",
)  # fmt: skip
REGULAR = ("moderate_calls", "senior_calls")
DUE = ("2026-03-02", "2026-03-12", "2026-03-22")  # three delinquencies, and more than any amount of a policy


def sued(policy: str, dpd: int) -> Desk:
    """A large loan at that day after a lawsuit was filed."""
    desk = delinquent(policy, dpd, *UNSIGNED, due=DUE, rent="100000.00")
    if policy == "credit":
        answered(desk.tell("collector", REFUSES).answer("legal_means", "lawsuit"), *UNSIGNED)
    assert desk.status("lawsuit") == "completed"
    return desk


@pytest.mark.parametrize(
    ("policy", "dpd", "by"),
    [("bank", 95, "legal"), ("credit", 95, "legal"), ("union", 61, "recovery_group"), ("lender", 95, "legal"),
     ("treatment", 65, "legal")],
)  # fmt: skip
def test_after_payment_the_suit_is_withdrawn_or_its_costs_settled_before_the_case_closes(
    policy: str, dpd: int, by: str
) -> None:
    desk = pay_everything(sued(policy, dpd))
    assert desk.case.status == "ending"
    assert desk.case.step("suit_settlement").asked == (by,)
    answered(desk)
    assert (desk.case.status, desk.case.closed_for) == ("closed", "cured")


@pytest.mark.parametrize(("policy", "by"), [("bank", "collection_supervisor"), ("lender", "head_of_collection")])
def test_after_payment_the_agency_gives_its_mandate_back(policy: str, by: str) -> None:
    """B2.3.2.1c, O3.4a: an agency may not collect what is paid."""
    desk = pay_everything(sued(policy, 95))
    assert desk.status("agency_mandate") == "completed"
    assert desk.case.step("agency_recall").asked == (by,)
    desk.answer("agency_recall", "recalled")
    assert desk.status("agency_recall") == "completed"


@pytest.mark.parametrize(("policy", "dpd"), [("bank", 91), ("credit", 95)])
def test_a_judgment_is_enforced(policy: str, dpd: int) -> None:
    """B2.3.2.2c, C4.5.2a: legal applies for it as soon as there is a judgment, and files the application."""
    (done,) = sued(policy, 95).of("step_completed", "enforcement")
    assert (done.dpd, getattr(done.body, "document", None)) == (dpd, "enforcement_application")


def test_without_a_judgment_nothing_is_enforced() -> None:
    desk = delinquent("bank", 95, *UNSIGNED, "judgment", due=DUE, rent="100000.00")
    assert desk.status("judgment") == "open"
    assert desk.of("step_opened", "enforcement") == []


def test_b2_3_1_1_the_third_collection_without_effect_makes_the_supervisor_decide_on_day_91() -> None:
    """B-Q5: three; with two nobody is asked, the third opens the decision at once."""
    desk = on(delinquent("bank", 90, *UNSIGNED, *REGULAR, "reminder_call"), 91, *UNSIGNED, *REGULAR, "senior_call")
    assert days_of(desk, "contact_recorded") == [31, 61]
    assert desk.of("step_opened", "agency_decision") == []
    desk.tell("senior_specialist", c.RecordContact(contact=ContactResult()))
    assert days_of(desk, "step_opened", "agency_decision") == [91]


@pytest.mark.parametrize(("risk", "proposed"), [("high", "sue"), ("low", None)])
def test_u3_1_2c_to_a_customer_of_high_risk_the_suit_is_proposed(risk: str, proposed: str | None) -> None:
    """U-Q2: the decision before day 60 is the same for everybody; "sue" is preselected for high risk only."""
    desk = delinquent("union", 20, "risk_class", "negotiation").answer("risk_class", risk)
    answered(desk.to("2026-04-28 09:00"), "negotiation", "lawsuit_decision")
    assert desk.status("lawsuit_decision") == "open"
    assert desk.case.step("lawsuit_decision").preselected == proposed
    assert (desk.of("step_completed", "evidence") != []) == (risk == "high")


def test_u2_2d_a_suit_that_was_put_off_is_considered_again_when_the_group_asks() -> None:
    desk = delinquent("union", 70, "negotiation", "lawsuit_decision")
    assert desk.of("step_opened", "lawsuit") == []
    desk.tell("recovery_group", c.OpenStep(step="lawsuit_reconsidered"))
    assert desk.case.step("lawsuit_reconsidered").asked == ("head_of_recovery_group",)
    desk.answer("lawsuit_reconsidered", "sue")
    answered(desk, "negotiation", "lawsuit_decision")
    assert desk.status("lawsuit") == "completed"


def test_h1_0b_a_person_may_raise_the_occurrence_and_the_column_of_the_matrix_follows() -> None:
    """H-Q6: one missed instalment, treated as the third time on day 40: the suit is decided on."""
    desk = delinquent("treatment", 40, due=("2026-03-02",))
    assert desk.of("step_opened", "lawsuit_decision") == []
    desk.tell("collector", c.OpenStep(step="raised_occurrence")).answer("raised_occurrence", "third")
    assert days_of(desk, "step_opened", "lawsuit_decision") == [40]


def test_o2_1a_a_person_may_set_a_more_severe_class_than_the_days() -> None:
    """O-Q2: severe on day 10 puts the legal means to the approvers eighty-one days early."""
    desk = delinquent("lender", 10).tell("collection_team", c.OpenStep(step="more_severe_class"))
    assert desk.case.step("more_severe_class").asked == ("head_of_collection",)
    desk.answer("more_severe_class", "severe")
    assert days_of(desk, "step_opened", "legal_decision") == [10]
