"""Before the due date: several loans of a person with one due date are one SMS that names them all."""

from __future__ import annotations

import pytest

from domain.ledger import PartyRole
from store import deliveries, named
from store.views import Party
from tests.activities.reminded import KilledError, Lender

DUE = "2026-09-21"  # the SMS is due on Monday the 14th
PERSON = Party(id="P-1", role=PartyRole.BORROWER, name="借款人甲", phone="13800000001", channels=("sms",))


def loans(lender: Lender, *names: str, **more: object) -> None:
    for name in names:
        lender.loan(name, DUE, **{"parties": (PERSON,), **more})


def status(lender: Lender, *names: str) -> list[str]:
    """How far the SMS of each loan came."""
    return [found.status for name in names for found in lender.reminders(name) if found.rule == "sms_reminder"]


async def test_one_sms_names_every_loan_of_the_person_and_the_total(lender: Lender) -> None:
    loans(lender, "C-1", "C-2", "C-3")
    lender.loan("C-4", DUE)
    await lender.day("2026-09-14")
    ours = [text for text in lender.texts() if "HT-C-4" not in text]
    assert len(ours) == 1 and lender.sms.takings == 2
    assert all(f"HT-C-{number}" in ours[0] for number in (1, 2, 3)) and "合计人民币3,000.00元" in ours[0]
    assert status(lender, "C-1", "C-2", "C-3", "C-4") == ["sent"] * 4
    texts = {found.text for name in ("C-1", "C-2", "C-3") for found in lender.reminders(name) if found.act == "send"}
    assert texts == {ours[0]}
    await lender.day("2026-09-15")
    assert lender.sms.takings == 2


async def test_what_is_paid_and_another_due_date_are_not_named(lender: Lender) -> None:
    loans(lender, "C-1", "C-2")
    lender.loan("C-3", "2026-09-22", parties=(PERSON,))
    lender.pay("C-2", "2026-09-14")
    await lender.day("2026-09-14")
    [text] = lender.texts()
    assert "HT-C-1" in text and "HT-C-2" not in text and "HT-C-3" not in text and "合计" not in text


async def test_currencies_stand_apart(lender: Lender) -> None:
    loans(lender, "C-1", "C-2")
    loans(lender, "C-3", currency="USD")
    await lender.day("2026-09-14")
    [text] = lender.texts()
    assert "人民币2,000.00元" in text and "USD 1,000.00" in text and "3,000.00" not in text


async def test_one_whose_figures_moved_after_the_message_goes_by_itself(lender: Lender) -> None:
    """In the hour over which messages are spread C-6 comes first, at 09:01, and C-1 last, at 09:59."""
    loans(lender, "C-1", "C-6")
    await lender.run("2026-09-14 09:10")
    assert status(lender, "C-1", "C-6") == ["sent"]
    lender.pay("C-1", "2026-09-14", "400.00")
    await lender.day("2026-09-14", "10:05")
    first, second = lender.texts()
    assert "合计人民币2,000.00元" in first and "600.00元" in second and "HT-C-6" not in second
    assert status(lender, "C-1", "C-6") == ["sent", "sent"]


async def test_one_that_falls_due_later_on_the_day_needs_no_message_of_its_own(lender: Lender) -> None:
    loans(lender, "C-1", "C-6")
    await lender.run("2026-09-14 09:10")
    await lender.day("2026-09-14", "10:05")
    assert lender.sms.takings == 1 and status(lender, "C-1", "C-6") == ["sent", "sent"]


async def test_the_others_wait_for_what_became_of_the_one_and_nothing_goes_twice(lender: Lender) -> None:
    loans(lender, "C-1", "C-2", "C-3")
    lender.sms.mood = "silent"
    await lender.run("2026-09-14 10:59")
    assert set(status(lender, "C-1", "C-2", "C-3")) == {"claimed"}
    lender.sms.mood = "well"
    await lender.day("2026-09-14", "11:05")
    assert status(lender, "C-1", "C-2", "C-3") == ["sent"] * 3
    assert (lender.sms.takings, len(lender.sms.asked)) == (1, 1)


async def test_when_the_one_is_refused_the_others_go_by_themselves(lender: Lender) -> None:
    loans(lender, "C-1", "C-2")
    lender.sms.mood = "refuses"
    await lender.run("2026-09-14 10:59")
    assert sorted(status(lender, "C-1", "C-2")) == ["claimed", "refused"]
    lender.sms.mood = "well"
    await lender.day("2026-09-14", "11:05")
    assert sorted(status(lender, "C-1", "C-2")) == ["refused", "sent"]
    assert lender.sms.takings == 1


async def test_a_gateway_that_is_away_gets_one_message_later(lender: Lender) -> None:
    loans(lender, "C-1", "C-2", "C-3")
    lender.sms.mood = "away"
    await lender.run("2026-09-14 10:59")
    lender.sms.mood = "well"
    await lender.day("2026-09-14", "11:10")
    assert status(lender, "C-1", "C-2", "C-3") == ["sent"] * 3
    assert lender.sms.takings == 1 and "合计人民币3,000.00元" in lender.texts()[0]


async def test_a_sender_that_dies_after_claiming_sends_one_for_all(lender: Lender) -> None:
    loans(lender, "C-1", "C-2")
    lender.sms.mood = "dies"
    with pytest.raises(KilledError):
        await lender.run("2026-09-14 10:59")
    lender.sms.mood = "well"
    lender.work = lender.worker()
    await lender.day("2026-09-14", "11:05")
    assert status(lender, "C-1", "C-2") == ["sent", "sent"] and lender.sms.takings == 1


async def test_the_message_that_stands_for_another_is_one_contact_and_one_delivery(lender: Lender) -> None:
    loans(lender, "C-1", "C-2")
    await lender.day("2026-09-14")
    with lender.database.reading() as session:
        found = [deliveries.find_delivery(session, done.key("sms")) for name in ("C-1", "C-2")
                 for done in lender.reminders(name) if done.act == "send"]  # fmt: skip
        sent = next(one for one in found if one and one.status == "sent")
        other = next(one for one in found if one and one.status != "sent")
        assert (other.status, other.code) == ("released", "named_with_another")
        stands = named.taken_for(session, other.key)
    assert stands and stands.key == sent.key
