"""Mistakes are corrected by correcting entries: a wrong signature, confirmation or receipt; nothing is erased."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c, events as e
from domain.errors import Refused
from tests.builders.cases import Desk
from tests.builders.leases import BUYBACK_VENDOR, LESSEE, lease

DAY_1 = "2026-03-03 09:00"
LETTER = "L-000001-1/demand_notice/1/lessee/letter"


def seq_of(desk: Desk, kind: type[e.Body]) -> int:
    return next(event.seq for event in reversed(desk.events) if isinstance(event.body, kind))


def corrected(desk: Desk, seq: int, role: str, **more: object) -> Desk:
    wanted = {"seq": seq, "reason": "entered by mistake", **more}
    return desk.tell(role, c.CorrectEntry.model_validate(wanted))


def returned() -> Desk:
    """The notice went out at 8 days past due; the post says that it came back."""
    desk = Desk(lease(), DAY_1).work("2026-03-10 12:00")
    desk.tell("asset_manager", c.ReportReceipt(key=LETTER, status="returned"))
    assert desk.case.step("delivery_check").is_open
    return desk


def test_a_wrong_receipt_is_corrected_and_nobody_looks_into_it_any_more() -> None:
    desk = returned()
    receipt = seq_of(desk, e.ReceiptReceived)
    corrected(desk, receipt, "asset_manager", receipt={"key": LETTER, "status": "delivered", "evidence": "D1"})
    entry = next(event.body for event in desk.events if isinstance(event.body, e.EntryCorrected))
    assert (entry.corrects, entry.key, entry.status, entry.evidence) == (receipt, LETTER, "delivered", "D1")
    assert not desk.case.step("delivery_check").is_open
    assert not desk.to("2026-03-20 12:00").case.step("delivery_check").is_open
    assert [event.body.status for event in desk.events if isinstance(event.body, e.ReceiptReceived)] == ["returned"]


def test_a_letter_that_came_back_after_all_is_looked_into() -> None:
    desk = Desk(lease(), DAY_1).work("2026-03-10 12:00")
    desk.tell("asset_manager", c.ReportReceipt(key=LETTER, status="delivered"))
    corrected(desk, desk.case.seq, "asset_manager", receipt={"key": LETTER, "status": "returned"})
    assert desk.case.step("delivery_check").is_open


def test_a_later_failure_keeps_the_look_open() -> None:
    desk = returned()
    first = seq_of(desk, e.ReceiptReceived)
    desk.tell("asset_manager", c.ReportReceipt(key=LETTER.replace("letter", "email"), status="failed"))
    corrected(desk, first, "asset_manager", receipt={"key": LETTER, "status": "delivered"})
    assert desk.case.step("delivery_check").is_open


@pytest.mark.parametrize(
    ("role", "key", "code"),
    [
        ("collector", LETTER, "not_entitled"),
        ("asset_manager", "L-000009-1/demand_notice/1/lessee/letter", "nothing_to_correct"),
        ("asset_manager", "L-000001-1/asset_inspection/1/lessee/letter", "nothing_to_correct"),
    ],
)
def test_a_receipt_is_corrected_by_those_who_look_after_them_and_only_of_a_dispatch(
    role: str, key: str, code: str
) -> None:
    desk = returned()
    before = desk.case
    with pytest.raises(Refused) as refusal:
        corrected(desk, seq_of(desk, e.ReceiptReceived), role, receipt={"key": key, "status": "delivered"})
    assert (refusal.value.code, desk.case) == (code, before)


def objected() -> Desk:
    """An objection at 33 days past due, confirmed at once: planning of the disposal is stopped."""
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1).work("2026-04-04 10:00", leave=("disposal_plan",))
    desk.tell("asset_manager", c.OpenStep(step="vendor_objection", evidence="D1"))
    desk.answer("vendor_objection", "confirmed").to("2026-04-10 10:00")
    assert [hold.ended_at for hold in desk.case.holds] == [None]
    return desk


def test_a_wrong_confirmation_ends_its_hold_from_then_and_what_was_stopped_goes_on() -> None:  # L6.3
    desk = objected()
    stopped = {name for name, state in desk.case.steps.items() if state.is_open and state.frozen}
    corrected(desk, desk.case.step("vendor_objection").done, "head_of_asset_management")
    assert [hold.ended_at for hold in desk.case.holds] == [desk.now]
    ended = next(event.body for event in desk.events if isinstance(event.body, e.HoldEnded))
    assert ended.reason == "corrected"
    assert not any(desk.case.step(name).frozen for name in stopped)
    resumed = {event.body.step for event in desk.events if isinstance(event.body, e.StepResumed)}
    assert resumed == stopped != set()


def test_the_objection_is_asked_for_anew_and_may_be_confirmed_rightly() -> None:  # L6.3
    desk = objected()
    corrected(desk, desk.case.step("vendor_objection").done, "head_of_asset_management")
    assert desk.case.step("vendor_objection").is_open
    desk.answer("vendor_objection", "confirmed")
    assert [hold.ended_at is None for hold in desk.case.holds] == [False, True]


def test_a_wrong_signature_is_asked_for_anew_before_the_letter_is_out() -> None:  # L4.2c
    desk = Desk(lease(), DAY_1, posted_through=lambda today: date(2026, 3, 1)).work("2026-03-10 12:00")
    signed = desk.case.step("demand_notice_signature").done
    assert signed and not desk.case.step("demand_notice").dispatches  # waits for the postings
    corrected(desk, signed, "head_of_asset_management")
    state = desk.case.step("demand_notice_signature")
    assert (state.is_open, state.answers) == (True, ())
    entry = next(event.body for event in desk.events if isinstance(event.body, e.StepReopened))
    assert (entry.corrects, entry.reason) == (signed, "entered by mistake")


def test_a_signature_whose_letter_is_out_stands_and_the_remedy_is_a_correcting_letter() -> None:  # L4.2c
    desk = Desk(lease(), DAY_1).work("2026-03-11 12:00")
    signed = desk.case.step("demand_notice_signature").done
    with pytest.raises(Refused) as refusal:
        corrected(desk, signed, "head_of_asset_management")
    assert refusal.value.code == "already_acted"
    assert "correcting letter" in refusal.value.remedy


def test_the_same_objection_confirmed_anew_after_46_keeps_the_day_it_was_made_and_a_new_one_does_not() -> None:
    """L-Q11: an objection of before 46 lets the suit go on only when Legal confirms it."""
    desk = objected().work("2026-04-21 10:00", leave=("disposal_plan", "litigation_confirmation", "lawsuit"))
    assert (desk.status("lawsuit"), desk.status("litigation_confirmation")) == ("idle", "open")  # DPD 50
    corrected(desk, desk.case.step("vendor_objection").done, "head_of_asset_management")
    assert desk.status("lawsuit") == "open"
    desk.answer("vendor_objection", "confirmed")
    assert [hold.placed_dpd for hold in desk.case.holds] == [33, 33]
    assert (desk.status("lawsuit"), desk.status("litigation_confirmation")) == ("frozen", "open")
    desk.answer("litigation_confirmation", "confirmed")
    assert desk.status("lawsuit") == "open"
    desk.tell("asset_manager", c.EndHold(hold="vendor_objection", evidence="D2"))
    desk.tell("asset_manager", c.OpenStep(step="vendor_objection", evidence="D3")).answer(
        "vendor_objection", "confirmed"
    )
    assert (desk.case.holds[-1].placed_dpd, desk.status("lawsuit")) == (50, "open")
