"""What is asked is proposed where the rules propose it, and withdrawn when something else has made it needless."""

from __future__ import annotations

import pytest

from domain import commands as c, events as e
from domain.errors import Invalid, Refused
from domain.ledger import PartyFact, PartyRole
from tests.builders.cases import Desk
from tests.builders.ladders import ladder
from tests.builders.leases import lease

BORROWER = PartyFact(id="P1", role=PartyRole.BORROWER)

DAY_1 = "2026-03-03 09:00"  # due on 2 March


def union_until_the_decision(risk: str, *, reached: bool) -> Desk:
    """A loan that is not paid: its class by the recovery group, and whether the customer refused and got a notice."""
    desk = Desk(lease(parties=(BORROWER,)), DAY_1, ladder=ladder("union")).answer("credit_file", "completed")
    desk.answer("ability_inquiry", "personal_hardship").answer("risk_class", risk).to("2026-04-10 10:00")
    if not reached:
        desk.tell("recovery_group", c.RecordContact(contact=e.ContactResult(attitude="refuses")))
    return desk.to("2026-04-28 10:00")


@pytest.mark.parametrize(
    ("risk", "reached", "proposed"),
    [("low", True, None), ("low", False, "sue"), ("high", True, "sue"), ("medium", True, None)],
)
def test_one_decision_to_sue_for_everybody_and_what_is_proposed_in_it(
    risk: str, reached: bool, proposed: str | None
) -> None:
    """U-Q2: "sue" by default when a legal notice was sent and ignored or the class is high; else nothing."""
    desk = union_until_the_decision(risk, reached=reached)
    assert desk.case.ended("legal_notice", "sent") is not reached
    [asked] = [event.body for event in desk.of("step_opened") if "lawsuit_decision" in str(event.body)]
    assert isinstance(asked, e.StepOpened)
    assert (asked.step, asked.preselected) == ("lawsuit_decision", proposed)
    desk.to("2026-05-20 10:00")
    assert desk.case.step("lawsuit_decision").is_open  # silence takes nothing (S10)
    assert desk.case.step("lawsuit_decision").preselected == proposed
    assert not desk.of("step_opened", "lawsuit")


def test_a_class_entered_by_hand_withdraws_the_question_about_it() -> None:
    """U3.1.1c: after day 90 it is asked whether the class becomes high; who enters that class has answered it."""
    desk = Desk(lease(), "2026-03-03 09:00", ladder=ladder("union")).to("2026-06-02 10:00")
    assert desk.case.step("long_delinquency").is_open
    assert desk.case.step("long_delinquency").preselected == "high"
    desk.answer("ability_inquiry", "bad_faith").answer("risk_class", "high")
    [lapsed] = desk.of("step_lapsed", "long_delinquency")
    assert (lapsed.due_at, lapsed.why) == (lapsed.at, "no longer needed: risk_class: high")
    assert lapsed.rules == ("U3.1.1c",)
    with pytest.raises(Refused) as refusal:
        desk.answer("long_delinquency", "unchanged", "recovery_group")
    assert refusal.value.code == "not_open"
    desk.to("2026-07-20 10:00")
    assert len(desk.of("step_opened", "long_delinquency")) == 1
    assert not [event for event in desk.of("escalated", "long_delinquency") if event.due_at > lapsed.due_at]


@pytest.mark.parametrize(
    ("ask", "fault"),
    [
        ("preselected: perhaps", "perhaps can never be answered"),
        ("preselected_if: [{answered: {risk_class: [high]}}]", "nothing is preselected"),
        ("preselected: high, preselected_if: [{answered: {risk_class: [huge]}}]", "risk_class never ends with huge"),
    ],
)
def test_a_proposal_that_makes_no_sense_is_refused(ask: str, fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        ladder("union", ("outcomes: [high, unchanged], preselected: high", f"outcomes: [high, unchanged], {ask}"))
    assert any(fault in problem.message for problem in refused.value.problems)
