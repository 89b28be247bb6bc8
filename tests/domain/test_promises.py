"""Promises to pay and recovery plans: filled by real payments, judged when their day is over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain import commands as c
from domain.agreement_events import RecoveryStage
from domain.base import days
from domain.concessions import owed
from domain.errors import Refused
from domain.evidence import ContactResult
from domain.ledger import PostingKind
from domain.money import CENT, ZERO
from domain.view import View
from tests.builders.cases import Desk
from tests.builders.ladders import ladder
from tests.builders.leases import lease
from tests.builders.payments import kinds, payment, reversal


def promise(desk: Desk, amount: str, by: str) -> Desk:
    said = ContactResult(promise_amount=Decimal(amount), promise_date=date.fromisoformat(by))
    return desk.tell("credit_department", c.RecordContact(contact=said))


def called() -> Desk:
    return Desk(lease(), "2026-03-03 09:00", ladder("credit")).to("2026-03-05 10:00")


def test_promises_are_filled_first_in_first_out_and_judged_when_their_day_is_over() -> None:
    desk = promise(promise(called(), "1000.00", "2026-03-10"), "1200.00", "2026-03-12")
    desk.to("2026-03-10 11:00").post(payment("R1", "2026-03-10", "1500.00"))
    desk.to("2026-03-12 23:00")
    assert kinds(desk, "promise_kept", "promise_part", "promise_broken") == [("2026-03-11", "promise_kept")]
    desk.to("2026-03-13 09:00")
    assert kinds(desk, "promise_part")[0] == ("2026-03-13", "promise_part_kept")
    assert desk.status("promise_call") == "open"


@pytest.mark.parametrize(
    ("policy", "role", "on", "step"),
    [
        ("credit", "credit_department", "2026-03-05", "promise_call"),
        ("bank", "junior_specialist", "2026-03-05", "promise_call"),
        ("bank", "senior_specialist", "2026-05-04", "senior_promise_call"),
    ],
)
def test_a_promise_not_kept_opens_a_call_and_a_kept_one_opens_none(policy: str, role: str, on: str, step: str) -> None:
    """Follow-up of what was recorded (B2.1.2.1d, C4.3.3)."""
    made = date.fromisoformat(on)
    said = ContactResult(promise_amount=Decimal("1000.00"), promise_date=made + days(2))
    broken, kept = (Desk(lease(), "2026-03-03 09:00", ladder(policy)).to(f"{on} 10:00") for _ in range(2))
    for desk in (broken, kept):
        desk.tell(role, c.RecordContact(contact=said))
    kept.to(f"{made + days(1)} 11:00").post(payment("R1", str(made + days(1)), "1000.00"))
    assert kept.to(f"{made + days(4)} 10:00").status(step) == "idle"
    broken.to(f"{made + days(4)} 10:00")
    assert kinds(broken, "promise_broken") == [(str(made + days(3)), "promise_broken")]
    assert broken.status(step) == "open"


def test_a_payment_taken_back_unfills_the_promise() -> None:
    desk = (
        promise(called(), "1000.00", "2026-03-10").to("2026-03-09 11:00").post(payment("R1", "2026-03-09", "1000.00"))
    )
    desk.to("2026-03-12 10:00").post(reversal("B1", "R1", "2026-03-12"))
    assert kinds(desk, "promise_kept", "promise_broken") == [
        ("2026-03-11", "promise_kept"), ("2026-03-12", "promise_broken"),
    ]  # fmt: skip


def test_what_was_paid_before_and_what_the_vendor_advances_fill_nothing() -> None:
    desk = Desk(lease(), "2026-03-03 09:00", ladder("credit")).to("2026-03-05 09:30")
    desk.post(payment("R0", "2026-03-05", "5000.00"))
    promise(desk, "1000.00", "2026-03-10").to("2026-03-06 10:00")
    desk.post(payment("V1", "2026-03-06", "1000.00", kind=PostingKind.VENDOR_ADVANCE))
    assert kinds(desk.to("2026-03-11 09:00"), "promise_broken") == [("2026-03-11", "promise_broken")]


@pytest.mark.parametrize(
    ("money", "verdict"),
    [
        # (value date, entered) of 1,000.00 and what becomes of a promise of 1,000.00 made on 5 March for 10 March
        ([("2026-03-04", "2026-03-04")], "promise_broken"),  # paid before
        ([("2026-03-04", "2026-03-09")], "promise_broken"),  # paid before, entered after
        ([("2026-03-05", "2026-03-05")], "promise_broken"),  # paid that day, before the call
        ([("2026-03-05", "2026-03-06")], "promise_kept"),  # that day, came in after the call
        ([("2026-03-05", "2026-03-05"), ("2026-03-05", "2026-03-06")], "promise_kept"),  # only the second counts
        ([("2026-03-10", "2026-03-10")], "promise_kept"),  # on the last day
        ([("2026-03-11", "2026-03-11")], "promise_broken"),  # a day late
        ([("2026-03-04", "2026-03-09"), ("2026-03-09", "2026-03-09")], "promise_kept"),  # the first takes nothing away
    ],
)
def test_which_money_fills_a_promise(money: list[tuple[str, str]], verdict: str) -> None:
    """B2.1.2.1d, C4.3.3: money that counts for the day of the promise or later, when it had not come in by then."""
    desk = Desk(lease(), "2026-03-03 09:00", ladder("credit")).to("2026-03-05 08:30")
    rows = [payment(f"R{no}", day, "1000.00", at=entered) for no, (day, entered) in enumerate(money)]
    before = [one for one in rows if one.at <= desk.now]
    for one in before:
        desk.post(one)
    promise(desk.to("2026-03-05 10:00"), "1000.00", "2026-03-10")
    for one in rows[len(before) :]:
        desk.to(f"{one.at:%Y-%m-%d} 11:00").post(one)
    assert kinds(desk.to("2026-03-13 10:00"), "promise_kept", "promise_part", "promise_broken")[-1][1] == verdict


def test_an_earlier_promise_opens_no_door_for_money_of_before_the_later_one() -> None:
    """Since the first promise payments are watched one by one; what came between fills the first one only."""
    desk = promise(called(), "500.00", "2026-03-12").to("2026-03-06 11:00")
    desk.post(payment("R1", "2026-03-06", "700.00")).to("2026-03-09 10:00")
    promise(desk, "1000.00", "2026-03-11").to("2026-03-10 11:00")
    desk.post(payment("R2", "2026-03-07", "900.00", at="2026-03-10")).to("2026-03-13 10:00")
    assert kinds(desk, "promise_kept", "promise_part", "promise_broken") == [
        ("2026-03-12", "promise_broken"), ("2026-03-13", "promise_kept"),
    ]  # fmt: skip


def test_a_reversal_of_what_was_paid_before_takes_nothing_from_the_promise() -> None:
    desk = Desk(lease(), "2026-03-03 09:00", ladder("credit")).to("2026-03-04 09:30")
    desk.post(payment("R0", "2026-03-04", "400.00")).to("2026-03-05 10:00")
    promise(desk, "1000.00", "2026-03-10").to("2026-03-09 11:00").post(payment("R1", "2026-03-09", "1000.00"))
    desk.post(reversal("B0", "R0", "2026-03-09"))
    assert kinds(desk.to("2026-03-12 10:00"), "promise_kept", "promise_part") == [("2026-03-11", "promise_kept")]


def test_money_entered_late_keeps_the_promise_and_takes_the_call_off() -> None:
    """The call after a broken promise is needless when the ledger shows that it was kept (B2.1.2.1d)."""
    desk = promise(called(), "1000.00", "2026-03-10").to("2026-03-11 10:00")
    assert desk.status("promise_call") == "open"
    desk.to("2026-03-12 10:00").post(payment("R1", "2026-03-10", "1000.00", at="2026-03-12"))
    assert kinds(desk, "promise_kept") == [("2026-03-12", "promise_kept")]
    assert desk.of("step_lapsed", "promise_call")[0].why == "no longer needed: the promise was kept"
    assert desk.status("promise_call") == "idle"
    desk.post(reversal("B1", "R1", "2026-03-12"))
    assert desk.status("promise_call") == "open", "broken after all: it is asked for again"


def test_the_call_stays_while_another_promise_is_broken() -> None:
    desk = promise(promise(called(), "1000.00", "2026-03-10"), "500.00", "2026-03-10").to("2026-03-11 10:00")
    desk.to("2026-03-12 10:00").post(payment("R1", "2026-03-10", "1000.00", at="2026-03-12"))
    assert kinds(desk, "promise_kept") == [("2026-03-12", "promise_kept")]
    assert desk.status("promise_call") == "open"


@pytest.mark.parametrize(
    ("amount", "by", "places"),
    [
        ("100.00", None, ["promise_date: "]),
        (None, "2026-03-10", ["promise_amount: "]),
        ("0.001", None, ["promise_amount: ", "promise_date: "]),
        (None, "2026-03-04", ["promise_amount: ", "promise_date: "]),
    ],
)
def test_half_a_promise_is_refused_with_every_fault(amount: str | None, by: str | None, places: list[str]) -> None:
    said = ContactResult.model_validate({"promise_amount": amount, "promise_date": by})
    desk = called().tell("credit_department", c.RecordContact(contact=ContactResult()))
    entry = desk.of("contact_recorded")[-1].seq
    for body in (c.RecordContact(contact=said), c.CorrectEntry(seq=entry, reason="he promised", contact=said)):
        with pytest.raises(Refused) as refused:
            desk.tell("credit_department", body)
        assert refused.value.code == "promise_unfit"
        assert all(place in refused.value.message and place in refused.value.remedy for place in places)


def test_correcting_the_contact_corrects_the_promise() -> None:
    desk = promise(called(), "9000.00", "2026-03-10")
    entry = desk.of("contact_recorded")[-1].seq
    said = ContactResult(promise_amount=Decimal("900.00"), promise_date=date(2026, 3, 10))
    desk.tell("credit_department", c.CorrectEntry(seq=entry, reason="a nought too many", contact=said))
    assert [one.amount for one in desk.case.undertakings.promises] == [Decimal("900.00")]
    desk.tell("credit_department", c.CorrectEntry(seq=entry, reason="nothing promised", contact=ContactResult()))
    assert desk.case.undertakings.promises == ()


def test_a_promise_is_judged_in_time_while_a_suit_is_being_settled() -> None:
    """Paid up, but the suit is still open: the case sleeps until the promise's day is over, and no longer."""
    desk = Desk(lease(), "2026-03-03 09:00").work("2026-04-17 09:30", leave=("disposal",))
    desk.post(payment("R1", "2026-04-17", "99000.00"))
    assert (desk.case.status, desk.status("suit_settlement")) == ("ending", "open")
    said = ContactResult(promise_amount=Decimal("100.00"), promise_date=date(2026, 4, 18))
    desk.tell("collector", c.RecordContact(contact=said)).to("2026-04-22 18:00")
    assert kinds(desk, "promise_broken") == [("2026-04-19", "promise_broken")]


def test_a_promise_for_yesterday_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        promise(called(), "0.001", "2026-03-04")
    assert refused.value.code == "promise_unfit"
    assert "promise_amount: " in refused.value.message
    assert "promise_date: " in refused.value.message


# ── the recovery plan ──────────────────────────────────────────────────────────────────────────────────────────────


def plan(*stages: tuple[str, str]) -> c.SetRecoveryPlan:
    rows = tuple(RecoveryStage(day=date.fromisoformat(day), target=Decimal(target)) for day, target in stages)
    return c.SetRecoveryPlan(responsible="u-7", stages=rows)


def test_c2_2_1b_stages_that_are_missed_stand_in_the_record() -> None:
    desk = called().tell("credit_department", plan(("2026-03-10", "1000.00"), ("2026-03-20", "3000.00")))
    desk.to("2026-03-09 11:00").post(payment("R1", "2026-03-09", "1000.00"))
    desk.to("2026-03-25 10:00")
    assert kinds(desk, "recovery") == [("2026-03-05", "recovery_plan_set"), ("2026-03-21", "recovery_stage_missed")]
    desk.tell("credit_department", plan(("2026-04-20", "500.00")))
    recovery = desk.case.undertakings.recovery
    assert recovery is not None
    assert len(recovery.stages) == 1


def test_c2_2_1b_a_plan_reaches_for_no_more_than_all_that_is_owed() -> None:
    """What is overdue, with its penalty interest, and what is still to come of the contract."""
    desk = called()
    whole = owed(View(desk.ladder, desk.case, desk.now)) + desk.case.facts.to_come if desk.case.facts else ZERO
    assert whole > Decimal("10000.00")
    with pytest.raises(Refused) as refused:
        desk.tell("credit_department", plan(("2026-03-04", "10.00"), ("2026-12-20", str(whole + CENT))))
    assert refused.value.code == "recovery_plan_unfit"
    assert "stages 1, day: " in refused.value.message
    assert f"stages 2, target: {whole + CENT} is above {whole}" in refused.value.message
    assert desk.tell("credit_department", plan(("2026-12-20", str(whole)))).case.undertakings.recovery


def test_stages_out_of_order_are_refused_with_every_fault() -> None:
    with pytest.raises(Refused) as refused:
        called().tell("credit_department", plan(("2026-03-04", "10.00"), ("2026-03-04", "10.00")))
    assert refused.value.code == "recovery_plan_unfit"
    assert all(place in refused.value.message for place in ("stages 1, day", "stages 2, day", "stages 2, target"))
