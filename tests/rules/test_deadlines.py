"""Deadlines and other numbers that a regulation or its company sets, worked out on the calendar of 2026.

Holidays on the way: Qingming 4 to 6 April, Labour Day 1 to 5 May with the make-up Saturday 9 May.
"""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import cast

import pytest

from activities.content.borrower import appointment
from activities.content.material import Material
from domain import commands as c
from domain.errors import Refused
from domain.evidence import ContactResult
from domain.standing import standing
from tests.builders.cases import Desk
from tests.builders.ladders import ladder
from tests.builders.leases import lease, paid
from tests.rules.loan import delinquent, silent
from tests.rules.walk import answered, day, days_of, diligent, on

TWICE, THRICE = ("2026-03-02", "2026-03-16"), ("2026-03-02", "2026-03-12", "2026-03-22")
TALKS = ("negotiation", "plan_negotiation", "repayment_agreement")


@pytest.mark.parametrize(
    ("policy", "dpd", "step", "deadline"),
    [
        ("bank", 31, "delivery_confirmation", "2026-04-08"),  # 3 business days: 3, 7, 8 April (B2.1.2.2c)
        ("bank", 36, "moderate_calls", "2026-04-09"),  # 7 days after 2 April (B2.1.2.1e)
        ("bank", 61, "repayment_plan", "2026-05-18"),  # 10: 6 to 9, 11 to 15, 18 May (B2.2.1.1bs)
        ("credit", 31, "negotiation", "2026-04-17"),  # 10: 3, 7 to 10, 13 to 17 April (C4.2.2a)
        ("union", 6, "interview", "2026-04-01"),  # day 30 (U3.2.2.2)
        ("union", 6, "negotiation", "2026-03-20"),  # 10: 9 to 13, 16 to 20 March (U3.2.2.2)
        ("lender", 31, "plan_negotiation", "2026-04-17"),  # as credit (O2.3a)
    ],
)
def test_how_long_people_have(policy: str, dpd: int, step: str, deadline: str) -> None:
    assert delinquent(policy, dpd, step, *TALKS).deadline(step) == f"{deadline} 18:00"


@pytest.mark.parametrize(
    ("dpd", "step", "due", "deadline"),
    [
        (15, "management_negotiation", TWICE, "2026-03-31"),  # 10: 18 to 20, 23 to 27, 30, 31 March (H2.1.2b)
        (21, "further_negotiation", THRICE, "2026-04-07"),  # 10: 24 to 27 March, 30 March to 3 April, 7 April (H2.1.3a)
        (31, "appearance_from_31", TWICE, "2026-04-13"),  # 6: 3, 7 to 10, 13 April (H2.2.2b)
    ],
)
def test_how_long_talks_and_appearances_take(dpd: int, step: str, due: tuple[str, ...], deadline: str) -> None:
    desk = delinquent("treatment", dpd, "management_negotiation", step, due=due)
    assert desk.deadline(step) == f"{deadline} 18:00"


@pytest.mark.parametrize(
    ("dpd", "step", "deadline"),
    [
        (31, "disposal_plan", day(38)),  # L6.2a
        (31, "disposal_plan_decision", day(45)),  # L6.2b: the meeting before day 46
        (46, "disposal", "2026-06-02"),  # 30 business days from 17 April (L7.2)
    ],
)
def test_how_long_the_plan_and_the_disposal_of_a_leased_asset_take(dpd: int, step: str, deadline: str) -> None:
    assert diligent(dpd, leave=(step,)).deadline(step) == f"{deadline} 18:00"


def test_c4_5_legal_begins_on_the_next_business_day_and_waits_seven_after_its_letter() -> None:
    """Friday 5 June: begun by Monday 8 (C4.5.1); after the letter until Tuesday 16 (C4.5.2a)."""
    desk = delinquent("credit", 95, *TALKS)
    desk.tell("collector", c.RecordContact(contact=ContactResult(attitude="refuses")))
    start = desk.case.step("legal_means").start_by
    assert start is not None and f"{start:%Y-%m-%d}" == "2026-06-08"
    desk.answer("legal_means", "lawyers_letter").answer("lawyers_letter_review", "released")
    assert desk.deadline("suit_after_letter") == "2026-06-16 18:00"


def test_c4_3_1c_daily_means_on_saturday_and_sunday_too() -> None:
    """C-Q3. Day 91 is Monday 1 June; 6 and 7 June are a weekend."""
    desk = delinquent("credit", 98, *TALKS)
    assert days_of(desk, "step_opened", "daily_collection") == list(range(91, 99))


def test_o2_5b_a_disposal_takes_thirty_business_days() -> None:
    """From Friday 5 June with the Dragon Boat Festival on Friday 19 June: until Monday 20 July."""
    desk = delinquent("lender", 95, *TALKS).tell("legal", c.OpenStep(step="disposal_decision"))
    desk.answer("disposal_decision", "dispose")
    assert desk.deadline("disposal") == "2026-07-20 18:00"


def test_l7_3b_recourse_takes_sixty_business_days() -> None:
    """From 17 April, day 46: 9 in April, 19 in May, 21 in June, 11 in July."""
    desk = diligent(46, leave=("recourse_resolution", "recourse"))
    desk.answer("recourse_resolution", "pursue")
    assert desk.deadline("recourse") == "2026-07-15 18:00"


def test_l4_2b_the_demand_notice_goes_out_once_in_a_case() -> None:
    """14.8: the first rent is paid on 8 April; on the eighth day of the second, 10 April, no second notice goes out."""
    desk = diligent(37, leave=("disposal_plan",)).post(paid("2026-04-08", "11000.00"))
    desk = on(desk, 45, "disposal_plan")
    assert desk.case.status == "open"
    assert days_of(desk, "message_sent", "demand_notice") == [8, 8]


@pytest.mark.parametrize(("present", "code"), [(2, "no_quorum"), (6, "vote_impossible")])
def test_l5_4a_the_committee_has_five_members(present: int, code: str) -> None:
    desk = diligent(31, leave=("disposal_plan_decision",))
    answer = c.AnswerStep(step="disposal_plan_decision", outcome="accepted", present=present, in_favour=present)
    with pytest.raises(Refused) as refused:
        desk.tell("review_committee", answer)
    assert refused.value.code == code


@pytest.mark.parametrize("step", ["master_table_signature", "committee_report"])
def test_l_q8_the_month_ends_on_its_last_business_day(step: str) -> None:
    """31 May 2026 is a Sunday: Friday 29 May."""
    desk = Desk(None, "2026-05-25 09:00", ladder("leasing")).to("2026-06-02 09:00")
    found = [event for event in desk.events if getattr(event.body, "step", "") == step]
    assert f"{found[0].due_at:%m-%d}" == "05-29"


def test_l5_3_the_risk_check_is_monthly() -> None:
    desk = Desk(None, "2026-03-02 09:00", ladder("leasing"))
    for month_end in ("2026-03-31", "2026-04-30"):
        answered(desk.to(f"{month_end} 10:00"))
    assert [f"{event.due_at:%m-%d}" for event in desk.of("step_opened", "risk_check")] == ["03-31", "04-30"]


@pytest.mark.parametrize("policy", ["union", "lender", "treatment"])
def test_days_past_due_are_calendar_days_from_the_day_after_the_due_date(policy: str) -> None:
    """U-Q5, O2.1a, H1.0b: due on 2 March, day 1 is 3 March and day 31 is 2 April, holidays counted."""
    terms = ladder(policy).terms
    counted = [standing(lease(), date(2026, *on), terms).dpd for on in ((3, 2), (3, 3), (4, 2), (5, 2))]
    assert counted == [0, 1, 31, 61]


def test_h2_2_2_the_summons_is_for_the_seventh_day_while_the_company_is_open() -> None:
    """H-Q4: sent on Thursday 2 April for Thursday 9 April."""
    desk = silent("treatment", 31, TWICE)
    asked = SimpleNamespace(
        ladder=desk.ladder, case=desk.case, as_of=desk.now.date(), company=SimpleNamespace(address="一号路1号")
    )
    found = appointment(cast(Material, asked))
    assert (found.on, found.hours, found.place) == (date(2026, 4, 9), "09:00至18:00", "一号路1号")
