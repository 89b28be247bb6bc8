"""What a case wakes for by itself when no fixed day of the ladder is near."""

from __future__ import annotations

from domain.ladder import Ladder
from tests.builders.cases import SHANGHAI, Desk
from tests.builders.leases import lease, paid
from tests.builders.rhythms import rhythms

BIG = """  - id: big
    title: {zh: 大额}
    rules: [R13]
    when: [{dpd: 31}]
    if: [{overdue_above: court_amount}]
    ask: {what: decision, of: chief, outcomes: [agency, wait]}
closing:
"""


def with_big() -> Ladder:
    return rhythms(("closing:\n", BIG))


def opened(desk: Desk, step: str) -> list[str]:
    return [f"{event.due_at.astimezone(SHANGHAI):%m-%d %H:%M}" for event in desk.of("step_opened", step)]


def test_a_ladder_begun_in_the_evening_has_its_first_calls_on_the_next_day() -> None:
    """The oldest rent is paid at 20:00; the calls of the newer one begin the next business day, not never."""
    desk = Desk(lease(due=("2026-03-02", "2026-03-10")), "2026-03-03 09:00", rhythms()).work("2026-03-11 20:00")
    desk.post(paid("2026-03-11", "10500.00")).work("2026-03-12 19:00")
    assert [at for at in opened(desk, "twice_a_day") if at.startswith("03-12")] == ["03-12 09:00", "03-12 13:30"]


def test_an_amount_that_is_passed_later_opens_the_step_when_it_is_passed() -> None:
    desk = Desk(lease(rate="0"), "2026-03-03 09:00", with_big()).to("2026-04-03 08:00")
    assert opened(desk, "big") == []  # day 31 was yesterday, with one rent of 10,500
    assert opened(desk.to("2026-04-05 12:00"), "big") == ["04-03 09:00"]  # the second rent makes 21,000
