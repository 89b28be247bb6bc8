"""How often people are contacted: windows, what counts, what is missed, where it ends."""

from __future__ import annotations

from domain import commands as c, events as e
from domain.ledger import AccountFacts
from tests.builders.cases import SHANGHAI, Desk
from tests.builders.leases import lease
from tests.builders.rhythms import rhythms

DAY_1 = "2026-03-03 09:00"  # Tuesday; the rent was due on Monday 2 March
REACHED = c.RecordContact(contact=e.ContactResult())
NOT_REACHED = c.RecordContact(contact=e.ContactResult(outcome="not_reached"))


def fresh(account: AccountFacts | None = None, opened: str = DAY_1) -> Desk:
    return Desk(account or lease(), opened, rhythms())


def windows(desk: Desk, step: str) -> list[str]:
    """When each was due to open, and its deadline."""
    found: list[str] = []
    for event in desk.of("step_opened", step):
        assert isinstance(event.body, e.StepOpened)
        opens, closes = event.due_at.astimezone(SHANGHAI), event.body.deadline.astimezone(SHANGHAI)
        found.append(f"{opens:%m-%d %H:%M} to {closes:%m-%d %H:%M}")
    return found


def due(desk: Desk, kind: str, step: str) -> list[str]:
    return [f"{event.due_at.astimezone(SHANGHAI):%m-%d %H:%M}" for event in desk.of(kind, step)]


# ── twice a day on business days 1 to 3 ────────────────────────────────────────────────────────────────────────────


def test_twice_a_day_makes_six_calls_in_three_business_days() -> None:  # Z2.1b
    desk = fresh().work("2026-03-08 12:00")
    assert windows(desk, "twice_a_day") == [
        "03-03 09:00 to 03-03 13:30", "03-03 13:30 to 03-03 18:00",
        "03-04 09:00 to 03-04 13:30", "03-04 13:30 to 03-04 18:00",
        "03-05 09:00 to 03-05 13:30", "03-05 13:30 to 03-05 18:00",
    ]  # fmt: skip
    assert len(desk.of("step_completed", "twice_a_day")) == 6


def test_business_days_skip_the_weekend() -> None:
    desk = fresh(lease(due=("2026-03-05",)), "2026-03-06 09:00").work("2026-03-12 12:00")
    days = sorted({line[:5] for line in windows(desk, "twice_a_day")})
    assert days == ["03-06", "03-09", "03-10"]  # Friday, then Monday and Tuesday


def test_a_missed_window_is_escalated_once_and_the_next_takes_its_place() -> None:
    desk = fresh().to("2026-03-03 14:00")
    assert due(desk, "escalated", "twice_a_day") == ["03-03 13:30"]
    assert windows(desk, "twice_a_day")[1] == "03-03 13:30 to 03-03 18:00"
    assert desk.case.step("twice_a_day").level == 0


def test_what_is_still_asked_lapses_after_the_last_day() -> None:
    desk = fresh().to("2026-03-06 10:00")
    assert due(desk, "step_lapsed", "twice_a_day") == ["03-06 09:00"]
    assert desk.status("twice_a_day") == "idle"


def test_an_attempt_counts_in_a_cadence() -> None:  # B2.1.1.2d
    desk = fresh().tell("caller", NOT_REACHED)
    assert desk.case.step("twice_a_day").outcome == "attempted"
    assert desk.case.contacts.collections == 1
    assert desk.case.contacts.last == 0  # nobody was reached


def test_only_the_team_that_is_asked_counts() -> None:  # C-Q4
    desk = fresh().tell("chief", REACHED)
    assert desk.status("twice_a_day") == "open"


# ── times per week ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_a_week_in_blocks_from_the_entry_into_the_bucket() -> None:  # C4.3.1a, C-Q2
    desk = fresh().work("2026-04-20 12:00")
    assert windows(desk, "twice_a_week")[:4] == [
        "04-02 09:00 to 04-07 18:00",  # day 31; the second must still fit on another day
        "04-03 09:00 to 04-08 18:00",
        "04-09 09:00 to 04-14 18:00",
        "04-10 09:00 to 04-15 18:00",
    ]


def test_two_contacts_on_one_day_count_once() -> None:
    desk = fresh().work("2026-04-02 09:30", leave=("summons",)).tell("caller", REACHED)
    assert windows(desk, "twice_a_week") == ["04-02 09:00 to 04-07 18:00"]
    assert desk.to("2026-04-03 10:00").status("twice_a_week") == "open"


def test_a_week_that_was_missed_begins_anew() -> None:
    desk = fresh().to("2026-04-09 10:00")
    assert due(desk, "escalated", "twice_a_week") == ["04-07 18:00"]
    assert windows(desk, "twice_a_week") == ["04-02 09:00 to 04-07 18:00", "04-09 09:00 to 04-14 18:00"]


def test_a_block_cut_short_by_the_end_of_the_bucket_has_no_shortfall() -> None:  # settled
    desk = fresh().to("2026-05-02 10:00")  # day 61
    assert windows(desk, "twice_a_week")[-1] == "04-30 09:00 to 05-05 18:00"
    assert due(desk, "step_lapsed", "twice_a_week") == ["05-02 09:00"]
    assert "05-05 18:00" not in due(desk, "escalated", "twice_a_week")


def test_an_account_taken_over_in_the_middle_counts_from_there() -> None:
    desk = fresh(opened="2026-04-10 11:00").to("2026-04-10 12:00")  # day 39
    assert windows(desk, "twice_a_week") == ["04-10 11:00 to 04-15 18:00"]


# ── every five to seven days ───────────────────────────────────────────────────────────────────────────────────────


def test_every_five_to_seven_days_counts_from_the_last_contact() -> None:  # B2.1.2.1e, B-Q7
    desk = fresh().work("2026-05-07 08:00").to("2026-05-09 10:00").tell("caller", REACHED).to("2026-05-15 12:00")
    assert windows(desk, "every_few_days") == ["05-07 09:00 to 05-09 18:00", "05-14 09:00 to 05-16 18:00"]


def test_a_late_one_stays_open() -> None:
    desk = fresh().to("2026-05-20 12:00")
    assert windows(desk, "every_few_days") == ["05-07 09:00 to 05-09 18:00"]
    assert due(desk, "escalated", "every_few_days") == ["05-09 18:00"]
    assert desk.status("every_few_days") == "open"
