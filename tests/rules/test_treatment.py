"""Treatment of overdue customers: a cell of the matrix that the timelines by hand do not reach."""

from __future__ import annotations

from collections.abc import Iterable

from domain.events import Event
from tests.rules.loan import silent
from tests.rules.walk import days_of

ONE = ("2026-03-02",)  # a single instalment: the customer stays in the first column


def test_h2_3_1_who_is_behind_for_the_first_time_is_reminded_from_day_61_as_at_first() -> None:
    desk = silent("treatment", 75, ONE)
    messages = desk.of("message_sent", "reminder_from_61")
    assert [(event.dpd, getattr(event.body, "target", "")) for event in messages] == [(61, "borrower/sms")]
    assert kinds(messages) == ["reminder"]
    assert days_of(desk, "step_opened", "reminder_call_from_61") == [61]
    harder = ("summons_from_61", "lawyer_contact", "overdue_plan", "lawsuit")
    assert all(desk.of("step_opened", step) == desk.of("message_sent", step) == [] for step in harder)


def test_h2_3_1_the_first_bucket_does_the_same_on_day_1() -> None:
    desk = silent("treatment", 1, ONE)
    assert kinds(desk.of("message_sent", "reminder")) == ["reminder"]
    assert days_of(desk, "step_opened", "reminder_call") == [1]


def kinds(events: Iterable[Event]) -> list[str]:
    """What was sent."""
    return [event.body.document.kind for event in events if event.body.kind == "message_sent" and event.body.document]
