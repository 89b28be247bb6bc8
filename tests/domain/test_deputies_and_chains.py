"""Deputies and whom they stand for are one in every decision; a chain falls where it breaks; corrections ask anew."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c, events as e
from domain.errors import Refused
from tests.builders.cases import Desk
from tests.builders.ladders import leasing
from tests.builders.leases import BUYBACK_VENDOR, LESSEE, lease

DAY_1 = "2026-03-03 09:00"
APPROVAL = "suspension_approval"
SUSPENSION = c.OpenStep(step="suspension_application", evidence="D1", end_date=date(2026, 5, 20))
YES = c.AnswerStep(step=APPROVAL, outcome="approved")


def applied(user: str, behalf: str | None = None) -> Desk:
    """A suspension of the disposal is applied for at 46 days past due (L7.5a)."""
    desk = Desk(lease(), DAY_1).work("2026-04-17 12:00", leave=("disposal", "lawsuit"))
    return desk.tell("business", SUSPENSION, user=user, behalf=behalf)


def code_of(desk: Desk, role: str, body: c.CommandBody, user: str | None = None, behalf: str | None = None) -> str:
    before, events = desk.case, list(desk.events)
    with pytest.raises(Refused) as refusal:
        desk.tell(role, body, user=user, behalf=behalf)
    assert (desk.case, desk.events) == (before, events), "a refusal changes nothing"
    return refusal.value.code


# ── deputies ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("proposes", "decides"),
    [
        (("dep", "li"), ("li", None)),  # the deputy proposes, the person they stand for approves
        (("li", None), ("dep", "li")),  # the person proposes, their deputy approves
        (("dep", "li"), ("dep", None)),  # the deputy proposes, and approves under a role of their own
        (("dep", "li"), ("other", "li")),  # another deputy of the same person
    ],
)
def test_a_deputy_and_whom_they_stand_for_do_not_decide_on_each_others_proposal(
    proposes: tuple[str, str | None], decides: tuple[str, str | None]
) -> None:
    """L7.5b; nobody approves their own proposal, nor has it approved in their name."""
    desk = applied(*proposes)
    assert code_of(desk, "head_of_business", YES, *decides) == "own_proposal"
    assert desk.tell("head_of_business", YES, user="wang").case.step(APPROVAL).answers


def test_the_same_holds_for_a_document_that_is_brought_in() -> None:  # L6.3
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1)
    desk.tell("asset_manager", c.OpenStep(step="vendor_objection", evidence="D1"), user="dep", behalf="li")
    confirm = c.AnswerStep(step="vendor_objection", outcome="confirmed")
    assert code_of(desk, "head_of_asset_management", confirm, user="li") == "own_proposal"
    assert desk.tell("head_of_asset_management", confirm, user="wu").of("hold_placed")


def test_a_deputy_is_no_second_person_in_a_chain() -> None:  # L7.5b
    desk = applied("zhao").tell("head_of_business", YES, user="dep", behalf="li")
    assert code_of(desk, "head_of_asset_management", YES, user="li") == "already_answered"
    assert desk.tell("head_of_asset_management", YES, user="wu").case.step(APPROVAL).answers[1:]


def test_the_entry_says_for_whom_it_was_done_and_nothing_when_for_nobody() -> None:
    desk = applied("dep", "zhao").tell("head_of_business", YES, user="dep2", behalf="li")
    [opened, answered] = [event.body for event in desk.of("step_opened", "suspension_application")] + [
        event.body for event in desk.of("step_answered", APPROVAL)
    ]
    assert isinstance(opened, e.StepOpened) and isinstance(answered, e.StepAnswered)
    assert (opened.on_behalf_of, answered.on_behalf_of) == ("zhao", "li")
    plain = applied("zhao").of("step_opened", "suspension_application")[-1]
    assert "on_behalf_of" not in plain.model_dump_json()


# ── a chain falls where it breaks ────────────────────────────────────────────────────────────────────────────────────


def test_l7_5b_who_signed_earlier_withdraws_and_what_was_signed_after_it_falls() -> None:
    desk = applied("zhao").answer(APPROVAL, "approved", "head_of_business", "head_of_asset_management")
    vote = c.CastVote(step=APPROVAL, outcome="approved", reason="sound")
    desk.tell("review_committee", vote, user="m1")
    desk.tell("head_of_business", c.WithdrawAnswer(step=APPROVAL, reason="the vendor has offered to pay"))
    state, entry = desk.case.step(APPROVAL), desk.of("answer_withdrawn", APPROVAL)[0].body
    assert (state.answers, state.votes) == ((), ())
    assert isinstance(entry, e.AnswerWithdrawn)
    assert entry.falls == ("head_of_asset_management", "review_committee")
    assert code_of(desk, "head_of_asset_management", YES) == "not_entitled", "first the one who broke the chain"
    desk.answer(APPROVAL, "approved", "head_of_business", "head_of_asset_management")
    assert code_of(desk, "general_manager", YES) == "not_entitled", "the committee votes anew"


def test_the_last_who_signed_withdraws_alone() -> None:
    desk = applied("zhao").answer(APPROVAL, "approved", "head_of_business", "head_of_asset_management")
    desk.tell("head_of_asset_management", c.WithdrawAnswer(step=APPROVAL, reason="too early"))
    assert [one.role for one in desk.case.step(APPROVAL).answers] == ["head_of_business"]
    assert "falls" not in desk.of("answer_withdrawn", APPROVAL)[0].model_dump_json()


# ── a correction after a move ────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_corrected_after_a_move_is_asked_of_whom_the_policy_in_force_names() -> None:
    """S8: the objection was confirmed by one head; the version in force has it confirmed by another."""
    confirms = "ask: {what: confirmation, of: head_of_asset_management}"
    second = leasing(
        ("\nversion: 1\ntitle", "\nversion: 2\ntitle"), (confirms, confirms.replace("asset_management", "business"))
    )
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1)
    desk.tell("asset_manager", c.OpenStep(step="vendor_objection", evidence="D1"), user="li")
    desk.answer("vendor_objection", "confirmed").move("risk_management", second).to("2026-03-03 12:00")
    wrong = c.CorrectEntry(seq=desk.case.step("vendor_objection").done, reason="the wrong contract")
    assert code_of(desk, "head_of_asset_management", wrong) == "not_entitled"
    desk.tell("head_of_business", wrong)
    assert desk.case.step("vendor_objection").asked == ("head_of_business",)
    confirm = c.AnswerStep(step="vendor_objection", outcome="confirmed")
    assert code_of(desk, "head_of_asset_management", confirm) == "not_entitled"
    assert desk.tell("head_of_business", confirm).case.ended("vendor_objection", "confirmed")
