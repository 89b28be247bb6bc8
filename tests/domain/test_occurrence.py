"""Which time it is: missed instalments, delinquencies or contact rounds, each on the same histories."""

from __future__ import annotations

import pytest

from domain import commands as c, events as e
from domain.ledger import AccountFacts
from tests.builders.cases import Desk
from tests.builders.leases import lease, paid
from tests.builders.rhythms import rhythms

TWO_MISSED = lease(due=("2026-03-02", "2026-03-20"))  # one delinquency, two instalments
LATE_BEFORE = lease(paid("2026-01-12", "10500.00"), due=("2026-01-02", "2026-03-02"))  # paid late, then late again
ONE_MISSED = lease(due=("2026-03-02", "2026-09-02"))


@pytest.mark.parametrize(
    ("counts", "account", "called", "second_time"),
    [
        ("missed_instalments", TWO_MISSED, False, True),
        ("missed_instalments", LATE_BEFORE, False, True),
        ("missed_instalments", ONE_MISSED, True, False),
        ("delinquencies", TWO_MISSED, False, False),
        ("delinquencies", LATE_BEFORE, False, True),
        ("delinquencies", ONE_MISSED, True, False),
        ("contact_rounds", TWO_MISSED, False, False),
        ("contact_rounds", LATE_BEFORE, False, False),
        ("contact_rounds", ONE_MISSED, True, True),
    ],
)
def test_the_cell_of_the_second_time_is_entered_by_each_reading(
    counts: str, account: AccountFacts, called: bool, second_time: bool
) -> None:  # H-Q1
    ladder = rhythms(("counts: missed_instalments", f"counts: {counts}"))
    desk = Desk(account, "2026-03-03 09:00", ladder)
    if called:
        desk.tell("caller", c.RecordContact(contact=e.ContactResult()))
    desk.to("2026-04-05 10:00")  # day 34, in the second bucket
    assert bool(desk.of("step_opened", "summons")) is second_time
