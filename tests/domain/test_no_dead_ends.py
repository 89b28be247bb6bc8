"""A case always ends or waits for somebody named: what follows after refusals, stops, failures and a take-over."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c
from domain.errors import Refused
from domain.ledger import DoneStep
from tests.builders.cases import Desk
from tests.builders.leases import BUYBACK_VENDOR, LESSEE, lease

DAY_1 = "2026-03-03 09:00"
OBJECTION = c.OpenStep(step="vendor_objection", evidence="D1")


def test_what_nobody_answers_stays_overdue_after_its_last_escalation() -> None:  # S10
    desk = Desk(lease(), DAY_1).to("2026-03-20 19:00")
    assert len(desk.of("escalated", "demand_notice_signature")) == 1
    assert desk.deadline("demand_notice_signature") == "2026-03-11 18:00"


def test_a_disposal_on_the_fast_track_can_be_suspended_before_46() -> None:  # settled
    desk = Desk(lease(), DAY_1).work("2026-03-24 10:00")
    application = c.OpenStep(step="suspension_application", evidence="d1", end_date=date(2026, 4, 1))
    with pytest.raises(Refused) as refused:
        desk.tell("business", application)
    assert refused.value.code == "outside_days"
    desk.tell("review_committee", c.OpenStep(step="fast_track", present=4, in_favour=3, evidence="minutes"))
    desk.answer("disposal_plan", "submitted").tell("business", application)
    desk.answer("suspension_approval", "approved")
    assert desk.case.step("disposal").frozen == "suspension"


def test_an_objection_taken_over_keeps_the_day_on_which_it_was_confirmed() -> None:  # L-Q11, S7
    history = (DoneStep(step="vendor_objection", outcome="confirmed", on=date(2026, 4, 4)),)
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), "2026-04-21 09:00", history=history).to("2026-04-21 10:00")
    assert desk.case.holds[0].placed_dpd == 33
    assert (desk.status("litigation_confirmation"), desk.status("lawsuit")) == ("open", "idle")


def test_a_suspension_taken_over_without_its_last_day_suspends_nothing() -> None:  # L-Q14
    history = (DoneStep(step="suspension_approval", outcome="approved", on=date(2026, 4, 20)),)
    assert Desk(lease(), "2026-04-21 09:00", history=history).case.holds == ()


def test_a_letter_that_cannot_be_delivered_does_not_stop_the_suit_for_ever() -> None:  # L7.1 names no stop
    desk = Desk(lease(), DAY_1, delivery=lambda target: "refused" if target == "lessee/letter" else "sent")
    desk.work("2026-04-17 10:00", leave=("letter_not_out", "lawsuit"))
    assert (desk.status("letter_not_out"), desk.status("lawsuit")) == ("open", "blocked")
    desk.answer("letter_not_out", "release_again").answer("litigation_letter_release", "released")
    assert (desk.status("letter_not_out"), len(desk.of("delivery_failed", "litigation_letter"))) == ("open", 2)
    assert desk.answer("letter_not_out", "without_letter").status("lawsuit") == "open"


def test_the_group_may_agree_after_it_refused() -> None:  # L5.5a
    desk = Desk(lease(), DAY_1).work("2026-04-01 10:00", leave=("litigation_letter_consent",))
    desk.answer("litigation_letter_consent", "refused", "head_of_business").work("2026-04-03 10:00")
    desk.tell("head_of_business", c.OpenStep(step="litigation_letter_consent"))
    desk.answer("litigation_letter_consent", "agreed", "head_of_risk_management").work("2026-04-03 11:00")
    assert all(desk.case.ended(letter, "sent") for letter in ("rent_collection_letter", "litigation_letter"))


def test_legal_may_confirm_the_suit_after_a_no() -> None:  # L-Q11
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1).work("2026-04-04 10:00")
    desk.tell("asset_manager", OBJECTION).answer("vendor_objection", "confirmed")
    desk.work("2026-04-17 10:00", leave=("litigation_confirmation",)).answer("litigation_confirmation", "not_confirmed")
    assert desk.to("2026-04-20 10:00").status("lawsuit") == "idle"
    assert desk.tell("legal_compliance", c.OpenStep(step="litigation_confirmation")).status("lawsuit") == "open"
