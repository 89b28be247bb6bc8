"""Article 6: lawyer's letters, guarantors, litigation material, disposal plan, and the vendor's objection."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.base import days
from domain.errors import Refused
from tests.builders.cases import Desk
from tests.builders.leases import GUARANTOR, LESSEE, VENDOR
from tests.rules.walk import DUE, answered, days_of, diligent, object_to, on, unpaid


def test_l6_1a_legal_sends_the_litigation_letter_on_day_31() -> None:
    desk = diligent(31)
    assert days_of(desk, "message_sent", "litigation_letter") == [31]
    assert desk.of("message_sent", "rent_collection_letter") == []


def test_l6_1a_without_consent_the_rent_collection_letter_goes() -> None:
    desk = on(diligent(29), 31, "litigation_letter_consent")
    assert days_of(desk, "message_sent", "rent_collection_letter") == [31]
    assert desk.of("message_sent", "litigation_letter") == []


@pytest.mark.parametrize(
    ("release", "letter", "left"),
    [
        ("litigation_letter_release", "litigation_letter", ()),
        ("rent_collection_letter_release", "rent_collection_letter", ("litigation_letter_consent",)),
    ],
)
def test_l6_1a_nothing_goes_out_before_legal_releases_it(release: str, letter: str, left: tuple[str, ...]) -> None:
    desk = on(diligent(29), 32, release, *left)
    assert desk.of("message_sent", letter) == []
    desk.answer(release, "released", "legal_compliance")
    assert days_of(desk, "message_sent", letter) == [32]


def test_l6_1a_a_letter_that_could_not_be_delivered_becomes_a_task() -> None:
    desk = diligent(30, parties=(LESSEE,))
    desk.delivery = lambda target: "refused"
    on(desk, 31, "delivery_check", "letter_not_out")
    assert desk.status("delivery_check") == "open"


def test_l6_1b_legal_begins_the_litigation_material() -> None:
    (opened,) = unpaid(31).of("step_opened", "litigation_file")
    assert (opened.dpd, getattr(opened.body, "asked", ())) == (31, ("legal_compliance",))


def test_l6_1c_each_guarantor_is_told_in_writing_at_the_same_time() -> None:
    second = GUARANTOR.model_copy(update={"id": "P4"})
    desk = unpaid(31, parties=(LESSEE, GUARANTOR, second))
    sent = [getattr(event.body, "target", "") for event in desk.of("message_sent", "guarantor_notice")]
    assert sent == ["guarantor-1/letter", "guarantor-2/letter"]
    assert unpaid(31, parties=(LESSEE,)).of("message_sent", "guarantor_notice") == []


def test_l6_1c_a_notice_that_could_not_be_delivered_becomes_a_task() -> None:
    desk = unpaid(30)
    desk.delivery = lambda target: "unknown"
    assert on(desk, 31, "delivery_check", "litigation_letter_release", "rent_collection_letter_release").status(
        "delivery_check"
    ) == "open"  # fmt: skip


def test_l6_1d_legal_checks_the_collateral_file() -> None:
    (opened,) = unpaid(31).of("step_opened", "collateral_file_check")
    assert (opened.dpd, getattr(opened.body, "asked", ())) == (31, ("legal_compliance",))
    assert days_of(diligent(31), "step_completed", "collateral_file_check") == [31]


def test_l6_2a_asset_management_draws_up_the_plan_from_day_31() -> None:
    (done,) = diligent(31).of("step_completed", "disposal_plan")
    assert (done.dpd, getattr(done.body, "document", "")) == (31, "disposal_plan")


def test_l6_2b_the_committee_decides_on_the_plan() -> None:
    desk = diligent(33, leave=("disposal_plan_decision",))
    assert desk.case.step("disposal_plan_decision").asked == ("review_committee",)
    desk.answer("disposal_plan_decision", "returned")
    assert len(desk.of("step_opened", "disposal_plan")) == 2  # returned: it is drawn up again


HELD = ("litigation_file", "collateral_file_check", "disposal_plan")


def test_l6_3_a_confirmed_objection_stops_the_measures_of_article_6() -> None:
    desk = object_to(diligent(33, leave=HELD))
    assert {name: desk.status(name) for name in HELD} == dict.fromkeys(HELD, "frozen")
    desk.tell("asset_manager", c.EndHold(hold="vendor_objection", evidence="vendor_written_notice"))
    assert {name: desk.status(name) for name in HELD} == dict.fromkeys(HELD, "open")


def received(desk: Desk, dpd: int, note: str = "came by post to the branch") -> Desk:
    """Entered now and confirmed at once, with the day on which the vendor's letter had arrived."""
    body = c.OpenStep(step="vendor_objection", evidence="vendor_written_notice", since=DUE + days(dpd), note=note)
    return desk.tell("asset_manager", body).answer("vendor_objection", "confirmed")


def test_l6_3_an_objection_entered_late_says_when_it_was_received_and_stops_nothing_before() -> None:
    """S10, settled: without confirmation no effect; what had been done between receipt and confirmation stands."""
    desk = received(diligent(35, leave=HELD[:1]), 33)
    (placed,) = desk.of("hold_placed")
    assert (placed.dpd, getattr(placed.body, "since", None)) == (35, DUE + days(33))
    assert desk.status("litigation_file") == "frozen"
    assert {name: desk.case.step(name).status for name in HELD[1:]} == dict.fromkeys(HELD[1:], "completed")
    assert days_of(desk, "message_sent", "litigation_letter") == [31]


def test_l6_3_received_before_46_and_confirmed_later_stops_the_disposal_only() -> None:
    """L-Q11: the preparation of the suit was not stopped before 46, so Legal need not confirm the suit."""
    desk = received(diligent(47, leave=("disposal", "lawsuit")), 45)
    assert (desk.status("disposal"), desk.status("lawsuit")) == ("frozen", "open")
    assert desk.of("step_opened", "litigation_confirmation") == []


@pytest.mark.parametrize(
    ("dpd", "note", "code"),
    [(36, "ahead", "since_in_future"), (0, "before the case", "since_before_case"), (33, " ", "since_without_reason")],
)  # fmt: skip
def test_l6_3_the_day_of_receipt_is_neither_to_come_nor_without_a_reason(dpd: int, note: str, code: str) -> None:
    desk = diligent(35, leave=HELD)
    before = desk.case
    with pytest.raises(Refused) as refused:
        received(desk, dpd, note)
    assert (refused.value.code, desk.case) == (code, before)


def test_l6_3_without_buyback_guarantee_nobody_can_object() -> None:
    desk = diligent(33, parties=(LESSEE, VENDOR), leave=HELD)
    with pytest.raises(Refused):
        object_to(desk)


def test_l6_3_the_vendor_is_told_of_the_planned_steps_where_the_company_wants_it() -> None:
    changes = (('larger_lease_amount: "3000000.00"', 'larger_lease_amount: "3000000.00"\n    vendor_notice: true'),)
    assert days_of(unpaid(46, changes=changes), "step_completed", "vendor_notice") == [31, 46]


def test_l6_3_an_objection_of_article_6_lets_the_suit_go_on_only_when_legal_confirms() -> None:
    desk = on(object_to(diligent(33, leave=HELD)), 46, "litigation_confirmation", "lawsuit")
    assert desk.of("step_opened", "lawsuit") == []
    desk.answer("litigation_confirmation", "confirmed", "legal_compliance")
    assert desk.status("litigation_file") == "open"
    answered(desk, "lawsuit")
    assert desk.status("lawsuit") == "open"
