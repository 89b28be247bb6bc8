"""Findings, cells of a matrix, amounts and business days: what makes a step fall due beside the day past due."""

from __future__ import annotations

import pytest

from domain import commands as c, events as e
from domain.errors import Invalid, Refused
from tests.builders.cases import SHANGHAI, Desk
from tests.builders.leases import lease, paid
from tests.builders.rhythms import rhythms

DAY_1 = "2026-03-03 09:00"


def contact(outcome: str = "contacted", attitude: str | None = None) -> c.RecordContact:
    return c.RecordContact(contact=e.ContactResult.model_validate({"outcome": outcome, "attitude": attitude}))


def fresh() -> Desk:
    return Desk(lease(), DAY_1, rhythms())


def opened(desk: Desk, step: str) -> list[str]:
    return [f"{event.due_at.astimezone(SHANGHAI):%m-%d %H:%M}" for event in desk.of("step_opened", step)]


def test_a_refusal_opens_the_decision_at_once() -> None:  # B2.3.1.3
    desk = fresh().to("2026-03-10 10:00").tell("caller", contact(attitude="refuses"))
    assert opened(desk, "legal") == ["03-10 10:00"]


def test_a_refusal_is_asked_about_once_until_the_customer_refuses_again() -> None:
    desk = fresh().to("2026-03-10 10:00").tell("caller", contact(attitude="refuses")).answer("legal", "wait")
    assert opened(desk.to("2026-03-20 10:00"), "legal") == ["03-10 10:00"]
    desk.tell("caller", contact(attitude="refuses"))
    assert opened(desk, "legal") == ["03-10 10:00", "03-20 10:00"]


def test_who_was_not_reached_refuses_nothing() -> None:
    desk = fresh().to("2026-03-10 10:00").tell("caller", contact("not_reached", "refuses"))
    assert opened(desk, "legal") == []


def test_a_corrected_attitude_is_the_one_that_counts() -> None:
    desk = fresh().to("2026-03-10 10:00").tell("caller", contact(attitude="cooperative"))
    said = e.ContactResult(attitude="refuses")
    desk.tell("caller", c.CorrectEntry(seq=desk.case.contacts.last, reason="misheard", contact=said))
    assert opened(desk, "legal") == ["03-10 10:00"]


def test_contact_is_lost_from_the_thirty_first_day_without_any() -> None:  # B-Q5
    desk = fresh().to("2026-03-10 10:00").tell("caller", contact()).to("2026-04-30 10:00")
    assert opened(desk, "legal") == ["04-10 09:00"]


def test_contact_that_is_found_again_is_not_lost() -> None:
    desk = fresh().to("2026-03-20 10:00").tell("caller", contact()).to("2026-04-15 10:00").tell("caller", contact())
    assert opened(desk.to("2026-05-01 10:00"), "legal") == []


def test_without_effect_needs_both_the_day_and_the_attempts() -> None:  # B2.3.1.1
    desk = fresh().tell("caller", contact()).to("2026-04-01 10:00").tell("caller", contact()).to("2026-05-03 08:00")
    assert opened(desk, "legal") == ["05-02 09:00"]  # contact is lost, that is all
    desk.answer("legal", "wait").tell("caller", contact())
    assert opened(desk, "legal") == ["05-02 09:00", "05-03 08:00"]  # day 61, the third attempt


def test_enough_attempts_wait_for_their_day() -> None:
    desk = fresh()
    for day in ("2026-03-10", "2026-04-05", "2026-04-20"):
        desk.to(f"{day} 10:00").tell("caller", contact())
    assert opened(desk.to("2026-05-03 10:00"), "legal") == ["05-02 09:00"]  # day 61


def test_the_amount_is_strictly_above() -> None:  # settled: above 50,000 there, 20,000 here
    below = Desk(lease(rate="0"), DAY_1, rhythms()).tell("caller", contact(attitude="refuses")).answer("legal", "sue")
    assert opened(below, "claim") == []
    exact = rhythms(("20000.00", "10500.00"))
    same = Desk(lease(rate="0"), DAY_1, exact).tell("caller", contact(attitude="refuses")).answer("legal", "sue")
    assert opened(same, "claim") == []
    above = rhythms(("20000.00", "10499.99"))
    over = Desk(lease(rate="0"), DAY_1, above).tell("caller", contact(attitude="refuses")).answer("legal", "sue")
    assert opened(over, "claim") == ["03-03 09:00"]


def test_a_visit_on_the_fourth_business_day_needs_its_team() -> None:  # Z2.2, Z3.4b
    desk = fresh().to("2026-03-06 10:00")
    assert opened(desk, "visit") == ["03-06 09:00"]
    with pytest.raises(Refused) as refusal:
        desk.tell("caller", c.AnswerStep(step="visit", outcome="visited", participants=("u1", "u1")))
    assert refusal.value.code == "team_too_small"
    desk.tell("caller", c.AnswerStep(step="visit", outcome="visited", participants=("u1", "u2")))
    assert desk.status("visit") == "completed"


def test_nobody_at_home_needs_no_team() -> None:
    desk = fresh().to("2026-03-06 10:00").tell("caller", c.AnswerStep(step="visit", outcome="not_met"))
    assert desk.case.step("visit").outcome == "not_met"


# ── bucket x occurrence ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cell_is_entered_with_the_bucket_or_with_the_count() -> None:  # H-Q1, H-Q7
    desk = fresh().to("2026-05-10 10:00")  # rents of 2 March, 2 April, 2 May missed
    assert opened(desk, "summons") == [
        "04-03 09:00",
        "05-02 09:00",
    ]  # bucket 2 with two missed, bucket 3 a day before the third
    early = Desk(lease(due=("2026-03-02", "2026-03-17")), DAY_1, rhythms()).to("2026-05-10 10:00")
    assert opened(early, "summons") == ["04-02 09:00", "05-02 09:00"]  # second missed in bucket 1, then each cell


def test_a_rent_paid_late_counts_as_missed() -> None:
    account = lease(paid("2026-03-05", "10500.00"), due=("2026-02-28", "2026-03-20"))
    desk = Desk(account, "2026-03-21 09:00", rhythms()).to("2026-04-20 10:00")
    assert opened(desk, "summons") == ["04-20 09:00"]


def test_a_lead_counts_business_days_back() -> None:  # U-Q2, settled
    desk = fresh().to("2026-05-01 10:00")
    assert opened(desk, "lawsuit_decision") == ["04-28 09:00"]  # day 60 is Friday 1 May
    assert desk.deadline("lawsuit_decision") == "2026-05-06 18:00"  # three business days, after the holiday


FAULTS = [
    ('during: {bucket: "2"}', 'during: {bucket: "9"}', "unknown bucket 9"),
    ("during: {business_days: {from: 1, to: 3}}", "during: {}", "runs in a bucket or between business days"),
    ("earliest: 5, latest: 7", "earliest: 8, latest: 7", "the earliest day is after the latest"),
    ("occurrence: 2}", "occurrence: 4}", "never comes"),
    ("occurrence: {rules: [R4], counts: missed_instalments, most: 3}\n", "", "needs a count of occurrences"),
    ("  lost_contact_days: {type: integer, default: 30}\n", "", "setting lost_contact_days (integer) is not declared"),
    ("{overdue_above: court_amount}", "{overdue_above: task_days}", "setting task_days (money) is not declared"),
    ("team: [caller, chief]", "team: [caller, cook]", "unknown role cook"),
    ("{business_day: 4}", "{business_day: 0}", "business days count from 1"),
    ("{dpd: 60, lead: 3}", "{dpd: [60, 61], lead: 3}", "a lead needs one day past due"),
    ("per: week, during", "during", "counts per block or from the last contact"),
]


@pytest.mark.parametrize(("old", "new", "message"), FAULTS)
def test_a_rhythm_that_makes_no_sense_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(Invalid) as invalid:
        rhythms((old, new))
    assert any(message in problem.message for problem in invalid.value.problems), invalid.value.problems
