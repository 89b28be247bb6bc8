"""What the ladder does when things do not go as planned."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest

from domain import commands as c
from domain.base import days
from domain.decide import decide
from domain.errors import Refused
from domain.ledger import DoneStep
from domain.outcome import Finished, ReadFacts
from tests.builders.cases import Desk, local
from tests.builders.ladders import leasing
from tests.builders.leases import BUYBACK_VENDOR, GUARANTOR, LESSEE, lease, paid, taken_back

DAY_1 = "2026-03-03 09:00"
OBJECTION = c.OpenStep(step="vendor_objection", evidence="D1")
WITHDRAWAL = c.EndHold(hold="vendor_objection", evidence="D2")


def fresh() -> Desk:
    return Desk(lease(), DAY_1)


def due(desk: Desk, kind: str, step: str | None = None) -> list[str]:
    """Local due times of these events."""
    return [f"{event.due_at.astimezone(desk.now.tzinfo):%m-%d %H:%M}" for event in desk.of(kind, step)]


# ── facts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_facts_are_read_first_on_every_new_day_and_whenever_the_ledger_moved() -> None:
    desk = fresh()
    assert isinstance(decide(desk.ladder, desk.case, local("2026-03-04 09:00")), ReadFacts)
    assert isinstance(decide(desk.ladder, desk.case, desk.now, facts_behind=True), ReadFacts)


def test_a_closed_case_is_finished() -> None:
    desk = fresh().to("2026-03-05 10:00").post(paid("2026-03-05", "10500.00"))
    assert isinstance(decide(desk.ladder, desk.case, desk.now), Finished)


def test_before_nine_the_day_of_the_ladder_has_not_begun() -> None:  # S9
    desk = fresh().to("2026-03-10 08:59")
    desk.tell("collector", c.AddNote(text="early"))  # something makes it decide
    assert desk.status("demand_notice_signature") == "idle"
    assert desk.to("2026-03-10 09:00").status("demand_notice_signature") == "open"


# ── letters: hours, postings, figures ──────────────────────────────────────────────────────────────────────────────


def test_a_letter_released_at_night_waits_for_the_permitted_hours() -> None:
    desk = fresh().work("2026-04-02 22:30", leave=("rent_collection_letter_release", "litigation_letter_release"))
    desk.answer("litigation_letter_release", "released")
    assert desk.of("message_sent", "litigation_letter") == []
    assert len(desk.of("step_postponed", "litigation_letter")) == 1
    desk.to("2026-04-03 09:00")
    sent = desk.of("message_sent", "litigation_letter")
    assert [event.at for event in sent] == [local("2026-04-03 08:00")]


def test_a_notice_signed_at_night_is_of_yesterday_in_the_morning_and_is_signed_again() -> None:  # settled: as-of date
    desk = fresh().to("2026-03-10 22:30").answer("demand_notice_signature", "signed")
    assert desk.of("message_sent", "demand_notice") == []
    desk.to("2026-03-11 08:30")
    assert [event.body.kind for event in desk.of("step_completed", "demand_notice")] == ["step_completed"]
    assert desk.case.ended("demand_notice", "figures_moved")
    assert desk.status("demand_notice_signature") == "open"
    desk.answer("demand_notice_signature", "signed")
    assert len(desk.of("message_sent", "demand_notice")) == 2  # letter and e-mail
    assert desk.case.ended("demand_notice", "sent")


def test_a_posting_between_signature_and_dispatch_needs_a_new_signature() -> None:  # settled: figures
    desk = fresh().to("2026-03-11 07:30").answer("demand_notice_signature", "signed")
    desk.to("2026-03-11 07:45").post(paid("2026-03-11", "300.00", known="2026-03-10"))
    desk.to("2026-03-11 08:00")
    assert desk.of("message_sent", "demand_notice") == []
    assert desk.status("demand_notice_signature") == "open"
    desk.answer("demand_notice_signature", "signed")
    assert desk.case.ended("demand_notice", "sent")


def test_missing_postings_stop_letters_raise_an_alert_and_can_be_overridden() -> None:  # S9
    desk = Desk(lease(), DAY_1, posted_through=lambda today: today - days(3))
    assert desk.status("first_week_phone_collection") == "idle"
    assert due(desk, "step_postponed", "first_week_phone_collection") == ["03-03 09:00"]
    assert desk.to("2026-03-03 10:59").of("postings_alerted") == []
    assert due(desk.to("2026-03-03 11:30"), "postings_alerted") == ["03-03 11:00"]
    assert desk.status("first_week_phone_collection") == "idle"
    desk.tell("head_of_asset_management", c.OverridePostings())
    assert desk.status("first_week_phone_collection") == "open"


def test_an_override_is_for_one_day() -> None:
    desk = Desk(lease(), "2026-03-10 09:00", posted_through=lambda today: today - days(3))
    desk.tell("head_of_asset_management", c.OverridePostings())
    assert desk.status("phone_collection") == "open"
    desk.to("2026-03-18 09:30")
    assert len(desk.of("step_opened", "phone_collection")) == 1
    assert desk.status("asset_inspection") == "open"  # the work inside the company goes on


def test_a_weekend_without_postings_postpones_nothing() -> None:  # settled: posting days
    desk = Desk(lease(due=("2026-03-07",)), "2026-03-08 09:00", posted_through=lambda today: date(2026, 3, 6))
    assert desk.status("first_week_phone_collection") == "open"
    assert desk.of("step_postponed") == []


def test_vendor_notice_goes_out_where_the_setting_says_so() -> None:  # L-Q21
    ladder = leasing(("committee_members: 5", "committee_members: 5\n    vendor_notice: true"))
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1, ladder).work("2026-04-18 12:00")
    assert due(desk, "message_sent", "vendor_notice") == ["04-02 09:00", "04-17 09:00"]


@pytest.mark.parametrize("status", ["refused", "unknown"])
def test_a_refused_delivery_becomes_a_task(status: Literal["refused", "unknown"]) -> None:
    desk = Desk(lease(), DAY_1, delivery=lambda target: status if target == "lessee/email" else "sent")
    desk.work("2026-03-10 12:00", leave=("delivery_check",))
    assert [event.body.kind for event in desk.events if getattr(event.body, "target", "")] == [
        "message_sent", "delivery_failed",
    ]  # fmt: skip
    assert desk.case.ended("demand_notice", "sent")  # the letter arrived
    assert desk.status("delivery_check") == "open"
    desk.answer("delivery_check", "settled")
    assert len(desk.of("step_opened", "delivery_check")) == 1


def test_a_letter_nobody_can_be_sent_becomes_a_task_and_is_not_repeated() -> None:
    unreachable = LESSEE.model_copy(update={"channels": ()})
    desk = Desk(lease(parties=(unreachable,)), DAY_1).work("2026-03-12 12:00", leave=("delivery_check",))
    assert len(desk.of("delivery_failed", "demand_notice")) == 1
    assert desk.case.ended("demand_notice", "failed")
    assert desk.status("delivery_check") == "open"


# ── committee and suspension ───────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_that_the_committee_returns_is_drawn_up_again() -> None:
    desk = fresh().work("2026-04-03 12:00", leave=("disposal_plan_decision",))
    desk.answer("disposal_plan_decision", "returned")
    assert desk.status("disposal_plan") == "open"
    desk.answer("disposal_plan", "submitted")
    assert desk.status("disposal_plan_decision") == "open"
    desk.answer("disposal_plan_decision", "accepted")
    assert desk.work("2026-04-17 12:00", leave=("disposal",)).status("disposal") == "open"


def test_without_an_accepted_plan_the_disposal_waits_and_the_suit_does_not() -> None:  # L-Q15
    desk = fresh().work("2026-04-03 12:00", leave=("disposal_plan_decision",))
    desk.answer("disposal_plan_decision", "refused")
    desk.work("2026-04-17 12:00", leave=("lawsuit", "disposal_plan_refused"))
    assert (desk.status("disposal"), desk.status("lawsuit")) == ("blocked", "open")


def test_a_refused_suspension_suspends_nothing() -> None:  # L7.5b
    desk = fresh().work("2026-04-20 12:00", leave=("disposal",))
    desk.tell("business", c.OpenStep(step="suspension_application", evidence="D1", end_date=date(2026, 5, 8)))
    desk.answer("suspension_approval", "approved", "head_of_business", "head_of_asset_management")
    desk.answer("suspension_approval", "refused", "review_committee")
    assert desk.case.ended("suspension_approval", "refused")
    assert (desk.case.holds, desk.status("disposal")) == ((), "open")


def test_a_suspension_holds_through_its_last_day() -> None:  # settled: the end date is the last held day
    desk = fresh().work("2026-04-20 12:00", leave=("disposal",))
    desk.tell("business", c.OpenStep(step="suspension_application", evidence="D1", end_date=date(2026, 5, 8)))
    desk.work("2026-04-20 12:00", leave=("disposal",))
    assert desk.to("2026-05-08 23:59").status("disposal") == "frozen"
    desk.to("2026-05-09 09:00")
    assert (desk.status("disposal"), due(desk, "step_resumed", "disposal")) == ("open", ["05-09 09:00"])


# ── vendor objection ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_unconfirmed_objection_stops_nothing() -> None:  # S10
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1).work("2026-04-03 12:00", leave=("disposal_plan",))
    desk.tell("asset_manager", OBJECTION)
    assert desk.status("disposal_plan") == "open"
    desk.answer("vendor_objection", "not_confirmed")
    assert (desk.case.holds, desk.status("disposal_plan")) == ((), "open")


def test_the_vendor_can_object_to_a_fast_tracked_disposal_before_46() -> None:  # settled: fast track
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1).work("2026-03-24 12:00")
    desk.tell("review_committee", c.OpenStep(step="fast_track", present=4, in_favour=3, evidence="minutes"))
    desk.work("2026-03-25 12:00", leave=("disposal",))
    assert desk.status("disposal") == "open"
    desk.tell("asset_manager", OBJECTION).answer("vendor_objection", "confirmed")
    assert desk.status("disposal") == "frozen"
    desk.to("2026-03-27 10:00").tell("asset_manager", WITHDRAWAL)
    assert (desk.status("disposal"), due(desk, "step_resumed", "disposal")) == ("open", ["03-27 10:00"])
    assert desk.deadline("disposal") == "2026-05-13 18:00"  # thirty business days from the release


def test_what_is_held_stays_as_it_was_until_the_withdrawal() -> None:
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR, GUARANTOR)), DAY_1).work("2026-04-01 23:00")
    desk.tell("asset_manager", OBJECTION).answer("vendor_objection", "confirmed")
    desk.to("2026-04-10 12:00")
    assert desk.of("message_sent", "guarantor_notice") == []
    assert desk.status("disposal_plan") == "idle"
    desk.tell("legal_compliance", WITHDRAWAL)
    assert due(desk, "message_sent", "guarantor_notice") == ["04-10 12:00"]
    assert due(desk, "step_opened", "disposal_plan") == ["04-10 12:00"]


# ── the ladder moves ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_upward_jump_is_a_take_over() -> None:  # settled: an upward jump is treated like a take-over
    first = paid("2026-03-02", "10500.00")
    # 2 March was paid; the case opens on the rent of 2 April
    desk = Desk(lease(first), "2026-04-03 09:00").work("2026-04-08 10:00", leave=("asset_inspection",))
    assert desk.case.bucket == "I"
    desk.post(taken_back(first, "2026-04-08"))  # 37 days past due at once
    assert (desk.case.bucket, desk.case.floor) == ("III", 31)
    listed = {getattr(event.body, "step", "") for event in desk.of("step_not_done")}
    assert listed == {"demand_notice_signature", "phone_collection"}  # the first call was made
    assert desk.status("asset_inspection") == "open"  # made up
    assert desk.status("litigation_letter_consent") == "offered"


def test_nothing_is_repeated_when_the_account_falls_back_a_bucket() -> None:  # S6, settled: part payment
    desk = Desk(lease(due=("2026-03-02", "2026-03-17")), DAY_1).work("2026-03-22 12:00")
    done = {step: len(desk.of("step_opened", step)) for step in ("asset_inspection", "demand_notice_signature")}
    desk.post(paid("2026-03-22", "10500.00"))
    assert desk.case.bucket == "I"
    desk.work("2026-04-10 12:00")
    assert done == {step: len(desk.of("step_opened", step)) for step in done} == dict.fromkeys(done, 1)


def test_a_letter_sent_before_the_take_over_was_prepared_and_released() -> None:  # S7
    history = (DoneStep(step="litigation_letter", outcome="sent", on=date(2026, 4, 2), document_no="法-17"),)
    desk = Desk(lease(), "2026-04-09 09:00", history=history)
    for step, outcome in (("litigation_letter_release", "released"), ("prepare_litigation_letter", "prepared")):
        assert desk.case.ended(step, outcome)
    assert desk.of("message_sent", "rent_collection_letter") == []
    assert desk.status("rent_collection_letter_release") == "idle"


def test_a_notice_sent_before_the_take_over_was_signed() -> None:
    history = (DoneStep(step="demand_notice", outcome="sent", on=date(2026, 3, 10)),)
    desk = Desk(lease(), "2026-03-20 09:00", history=history)
    assert desk.case.ended("demand_notice_signature", "signed")
    assert "demand_notice_signature" not in {getattr(event.body, "step", "") for event in desk.of("step_not_done")}
    assert desk.of("message_sent") == []


def test_a_payment_taken_back_while_the_suit_is_being_settled_revokes_the_end() -> None:
    payment = paid("2026-04-20", "21000.00")
    desk = fresh().work("2026-04-20 10:00", leave=("disposal",)).post(payment)
    assert (desk.case.status, desk.status("suit_settlement")) == ("ending", "open")
    desk.to("2026-04-21 10:00").post(taken_back(payment, "2026-04-21"))
    assert (desk.case.status, desk.status("suit_settlement")) == ("open", "idle")
    assert desk.status("disposal") == "open"


def test_a_released_task_is_escalated_anew_from_its_head() -> None:  # settled: full new deadlines from the release day
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1).work("2026-04-10 12:00", leave=("disposal_plan",))
    desk.tell("asset_manager", OBJECTION).answer("vendor_objection", "confirmed")
    desk.to("2026-04-13 10:00").tell("asset_manager", WITHDRAWAL)
    assert desk.deadline("disposal_plan") == "2026-04-16 18:00"
    desk.to("2026-04-16 19:00")
    told = [getattr(event.body, "to", "") for event in desk.of("escalated", "disposal_plan")]
    assert told == ["head_of_asset_management", "head_of_asset_management"]


def test_only_one_litigation_letter_is_ordered_in_a_case() -> None:  # S6
    desk = Desk(lease(), DAY_1).work("2026-04-28 10:00", leave=("lawsuit", "disposal"))
    assert desk.case.ended("litigation_letter", "sent")
    desk.post(paid("2026-04-28", "10500.00"))  # the oldest is paid: 26 days past due again
    assert desk.case.bucket == "II"
    with pytest.raises(Refused) as refused:
        desk.tell("head_of_business", c.OpenStep(step="early_demand"))
    assert refused.value.code == "already_decided"
