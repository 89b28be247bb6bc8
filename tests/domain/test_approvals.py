"""How decisions fall: n of several, committees that vote, answers taken back, own proposals, conditions, limits."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c, events as e
from domain.errors import Invalid, Refused
from tests.builders.cases import Desk
from tests.builders.ladders import leasing
from tests.builders.leases import BUYBACK_VENDOR, LESSEE, lease

DAY_1 = "2026-03-03 09:00"
CONFIRMS = "ask: {what: confirmation, of: head_of_asset_management}"
HEADS = ("head_of_asset_management", "head_of_business", "head_of_finance")
TWO_OF_THREE = (
    CONFIRMS,
    f"ask: {{what: confirmation, of: {{n_of: {{n: 2, roles: [{', '.join(HEADS)}]}}}}}}",
)
OBJECTION = c.OpenStep(step="vendor_objection", evidence="D1")
SUSPENSION = c.OpenStep(step="suspension_application", evidence="D1", end_date=date(2026, 5, 20))
APPROVAL = "suspension_approval"


def objected(*changes: tuple[str, str], user: str | None = None) -> Desk:
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1, ladder=leasing(*changes))
    return desk.tell("asset_manager", OBJECTION, user=user)


def applied() -> Desk:
    """A suspension of the disposal is applied for at 46 days past due (L7.5a)."""
    desk = Desk(lease(), DAY_1).work("2026-04-17 12:00", leave=("disposal", "lawsuit"))
    return desk.tell("business", SUSPENSION, user="li")


def before_the_committee() -> Desk:
    return applied().answer(APPROVAL, "approved", "head_of_business", "head_of_asset_management")


def vote(outcome: str, reason: str = "evidence of the contract is convincing") -> c.CastVote:
    return c.CastVote(step=APPROVAL, outcome=outcome, reason=reason)


def refused(desk: Desk, role: str, body: c.CommandBody, user: str | None = None, behalf: str | None = None) -> Refused:
    before, events = desk.case, list(desk.events)
    with pytest.raises(Refused) as refusal:
        desk.tell(role, body, user=user, behalf=behalf)
    assert (desk.case, desk.events) == (before, events), "a refusal changes nothing"
    assert refusal.value.message and refusal.value.remedy
    return refusal.value


# ── n of ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_of_three_are_enough() -> None:
    desk = objected(TWO_OF_THREE).answer("vendor_objection", "confirmed", HEADS[0])
    assert not desk.of("hold_placed")
    desk.answer("vendor_objection", "confirmed", HEADS[2])
    assert desk.of("hold_placed")


def test_two_of_three_against_end_it_and_one_does_not() -> None:
    desk = objected(TWO_OF_THREE).answer("vendor_objection", "not_confirmed", HEADS[0])
    assert desk.status("vendor_objection") == "open"
    desk.answer("vendor_objection", "confirmed", HEADS[1])
    desk.answer("vendor_objection", "not_confirmed", HEADS[2])
    assert desk.case.ended("vendor_objection", "not_confirmed")


def test_nobody_counts_twice_among_n() -> None:
    desk = objected(TWO_OF_THREE).tell(HEADS[0], c.AnswerStep(step="vendor_objection", outcome="confirmed"), user="wu")
    again = c.AnswerStep(step="vendor_objection", outcome="confirmed")
    assert refused(desk, HEADS[0], again, user="xu").code == "already_answered"
    assert refused(desk, HEADS[1], again, user="wu").code == "already_answered"


def test_a_number_that_can_never_be_reached_is_a_fault_of_the_policy() -> None:
    with pytest.raises(Invalid) as faults:
        leasing((CONFIRMS, "ask: {what: confirmation, of: {n_of: {n: 3, roles: [finance, business]}}}"))
    assert "3 of them can never answer" in str(faults.value.problems)


# ── committees ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_chain_then_committee_and_general_manager() -> None:  # L7.5b
    desk = before_the_committee()
    for member in ("m1", "m2"):
        desk.tell("review_committee", vote("approved"), user=member)
    assert desk.status(APPROVAL) == "open" and not desk.case.step(APPROVAL).answers[2:]
    assert refused(desk, "general_manager", c.AnswerStep(step=APPROVAL, outcome="approved")).code == "not_entitled"
    desk.tell("review_committee", vote("approved"), user="m3")  # 3 of 5: cannot be overturned
    assert desk.case.step(APPROVAL).answers[2].outcome == "approved"
    assert not desk.of("hold_placed"), "the general manager has not approved yet"
    desk.answer(APPROVAL, "approved", "general_manager")
    assert [hold.until for hold in desk.case.holds] == [date(2026, 5, 20)]


def test_three_votes_against_refuse_the_suspension() -> None:  # L7.5b
    desk = before_the_committee()
    for member, outcome in (("m1", "approved"), ("m2", "refused"), ("m3", "refused"), ("m4", "refused")):
        desk.tell("review_committee", vote(outcome), user=member)
    completed = desk.of("step_completed", APPROVAL)[0].body
    assert isinstance(completed, e.StepCompleted)
    assert (completed.outcome, completed.present, completed.in_favour) == ("refused", 4, 1)
    assert not desk.of("hold_placed")


def test_each_member_votes_once_also_by_a_deputy() -> None:
    desk = before_the_committee().tell("review_committee", vote("approved"), user="m1")
    assert refused(desk, "review_committee", vote("refused"), user="m1").code == "already_answered"
    assert refused(desk, "review_committee", vote("refused"), user="dep", behalf="m1").code == "already_answered"
    desk.tell("review_committee", vote("approved"), user="dep", behalf="m2")
    assert [one.member for one in desk.case.step(APPROVAL).votes] == ["m1", "m2"]


def test_votes_without_a_majority_are_taken_again() -> None:
    four = ("committee_members: 5", "committee_members: 4")
    desk = Desk(lease(), DAY_1, ladder=leasing(four)).work("2026-04-17 12:00", leave=("disposal", "lawsuit"))
    desk.tell("business", SUSPENSION).answer(APPROVAL, "approved", "head_of_business", "head_of_asset_management")
    for number, outcome in enumerate(("approved", "approved", "refused", "refused")):
        desk.tell("review_committee", vote(outcome), user=f"m{number}")
    assert desk.status(APPROVAL) == "open"
    assert desk.case.step(APPROVAL).votes == ()
    assert len(desk.of("vote_cast")) == 4


def test_a_session_cannot_contradict_the_votes_that_were_cast() -> None:
    desk = before_the_committee()
    for member in ("m1", "m2"):
        desk.tell("review_committee", vote("refused"), user=member)
    session = c.AnswerStep(step=APPROVAL, outcome="approved", present=5, in_favour=4, evidence="minutes")
    assert refused(desk, "review_committee", session, user="chair").code == "vote_impossible"
    desk.tell("review_committee", session.model_copy(update={"in_favour": 3}), user="chair")
    assert desk.case.step(APPROVAL).answers[-1].role == "review_committee"


def test_only_committees_vote() -> None:
    assert refused(applied(), "head_of_business", vote("approved")).code == "not_entitled"


def test_silence_of_a_committee_decides_nothing() -> None:
    desk = before_the_committee().tell("review_committee", vote("approved"), user="m1")
    desk.tell("review_committee", vote("approved"), user="m2").to("2026-06-30 12:00")
    assert desk.status(APPROVAL) == "open"
    assert [ev.body.to for ev in desk.of("escalated", APPROVAL) if isinstance(ev.body, e.Escalated)] == [
        "general_manager"
    ]
    assert not desk.of("hold_placed")


# ── withdrawn ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_vote_is_taken_back_until_the_decision_falls() -> None:
    desk = before_the_committee()
    back = c.WithdrawAnswer(step=APPROVAL, reason="the guarantee was not disclosed")
    for member in ("m1", "m2"):
        desk.tell("review_committee", vote("approved"), user=member)
    assert refused(desk, "review_committee", back, user="m9").code == "nothing_to_withdraw"
    desk.tell("review_committee", back, user="m2").tell("review_committee", vote("approved"), user="m3")
    assert desk.status(APPROVAL) == "open", "two votes stand, three are needed"
    desk.tell("review_committee", vote("approved"), user="m4")
    assert refused(desk, "review_committee", back, user="m4").code == "already_decided"


def test_a_signature_in_the_chain_is_taken_back_and_the_turn_is_theirs_again() -> None:  # L7.5b
    desk = applied().answer(APPROVAL, "approved", "head_of_business")
    desk.tell("head_of_business", c.WithdrawAnswer(step=APPROVAL, reason="wrong lease"))
    approve = c.AnswerStep(step=APPROVAL, outcome="approved")
    assert refused(desk, "head_of_asset_management", approve).code == "not_entitled"
    desk.answer(APPROVAL, "approved", *desk.case.step(APPROVAL).asked)
    assert [hold.hold for hold in desk.case.holds] == ["suspension"]
    late = c.WithdrawAnswer(step=APPROVAL, reason="too late")
    assert refused(desk, "head_of_business", late).code == "not_open"


# ── own proposals ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_applied_does_not_approve() -> None:  # L7.5b; one person with both roles
    approve = c.AnswerStep(step=APPROVAL, outcome="approved")
    assert refused(applied(), "head_of_business", approve, user="li").code == "own_proposal"
    assert refused(applied(), "head_of_business", approve, user="dep", behalf="li").code == "own_proposal"
    assert applied().tell("head_of_business", approve, user="wang").case.step(APPROVAL).answers


def test_who_entered_the_objection_does_not_confirm_it() -> None:  # L6.3
    confirm = c.AnswerStep(step="vendor_objection", outcome="confirmed")
    assert refused(objected(user="li"), "head_of_asset_management", confirm, user="li").code == "own_proposal"
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1)
    desk.tell("head_of_asset_management", OBJECTION, user="li")
    assert desk.status("vendor_objection") == "open", "who brings the document in does not confirm it by that"
    assert refused(desk, "head_of_asset_management", confirm, user="li").code == "own_proposal"
    assert desk.tell("head_of_asset_management", confirm, user="wu").of("hold_placed")


def test_who_wrote_the_plan_does_not_vote_on_it() -> None:  # L6.2b
    desk = Desk(lease(), DAY_1).work("2026-04-10 12:00", leave=("disposal_plan", "disposal_plan_decision"))
    desk.tell("asset_manager", c.AnswerStep(step="disposal_plan", outcome="submitted"), user="li")
    yes = c.CastVote(step="disposal_plan_decision", outcome="accepted", reason="sound")
    assert refused(desk, "review_committee", yes, user="li").code == "own_proposal"
    assert desk.tell("review_committee", yes, user="wu").case.step("disposal_plan_decision").votes


def test_a_committee_decides_on_its_own_motion() -> None:  # L5.4b
    desk = Desk(lease(), DAY_1).work("2026-03-24 12:00")
    desk.tell(
        "review_committee", c.OpenStep(step="fast_track", present=4, in_favour=3, evidence="minutes"), user="chair"
    )
    assert desk.case.ended("fast_track", "direct_disposal")
