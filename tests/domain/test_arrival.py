"""The day of a receipt: not in the future and not before the letter went out, with every fault at once."""

from __future__ import annotations

from datetime import date

from domain.arrival import day_of_receipt

SENT, TODAY = date(2026, 3, 9), date(2026, 3, 20)


def faults(received_on: date, sent_on: date | None = SENT, today: date = TODAY) -> list[str]:
    return [one.message for one in day_of_receipt("received_on", received_on, sent_on, today)]


def test_a_letter_is_received_between_the_day_it_went_out_and_today() -> None:
    assert faults(SENT) == faults(TODAY) == faults(date(2026, 1, 1), sent_on=None) == []
    assert faults(date(2026, 3, 8)) == ["2026-03-08 is before the letter was sent"]
    assert faults(date(2026, 3, 21)) == ["2026-03-21 has not come yet"]


def test_both_faults_are_told_at_once() -> None:
    """A letter that goes out tomorrow was not received today."""
    assert len(faults(date(2026, 3, 21), sent_on=date(2026, 3, 22))) == 2
