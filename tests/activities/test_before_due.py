"""Before the due date: each thing once, whatever dies in between, and nothing of what is paid meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import date, timedelta
from random import Random

import pytest

from domain.events import Actor
from domain.ledger import PartyRole
from domain.preferences import Preferences
from store import deliveries, ledger
from store.accounts import close_account
from store.preferences import change_preferences
from store.views import Party
from tests.activities.reminded import KilledError, Lender, Mood, local

MOODS: tuple[Mood, ...] = ("well", "well", "away", "silent", "forgetful", "dies")
DUE = "2026-09-21"  # a Monday; the SMS is due on Monday the 14th


def status(lender: Lender, account_no: str = "C-1", rule: str = "sms_reminder") -> list[str]:
    return [found.status for found in lender.reminders(account_no) if found.rule == rule]


# ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_one_sms_a_week_before_with_amount_date_and_contact(lender: Lender) -> None:
    """Z1.1, B2.1.1.1c."""
    lender.loan("C-1", DUE, "2026-10-21")
    await lender.day("2026-09-13")
    assert not lender.sms.sent
    await lender.day("2026-09-14")
    [text] = lender.texts()
    assert all(part in text for part in ("HT-C-1", "1,000.00元", "2026年9月21日", lender.policies.company.phone))
    assert "借款人甲" not in text
    [done] = [found for found in lender.reminders("C-1") if found.rule == "sms_reminder"]
    assert (done.status, done.targets, done.rules, done.occurrence) == ("sent", ("sms",), ("Z1.1",), date(2026, 9, 14))
    assert "C-1" in done.key("sms")
    for day in range(15, 22):
        await lender.day(f"2026-09-{day}")
    assert lender.sms.takings == 1


async def test_a_run_again_sends_nothing_again(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    for _ in range(3):
        await lender.run("2026-09-14 10:30")
    assert lender.sms.takings == 1
    assert not lender.sms.asked


async def test_after_an_outage_what_is_unpaid_is_made_up_and_what_is_paid_is_not(lender: Lender) -> None:
    """Nobody ran on the 14th and the 15th."""
    lender.loan("C-1", DUE)
    lender.loan("C-2", DUE)
    lender.loan("C-3", DUE)
    lender.pay("C-2", "2026-09-15")
    lender.pay("C-3", "2026-09-15", "400.00")
    await lender.day("2026-09-16", "11:00")
    assert (status(lender), status(lender, "C-2"), status(lender, "C-3")) == (["sent"], [], ["sent"])
    assert [found.occurrence for found in lender.reminders("C-1") if found.act == "send"] == [date(2026, 9, 14)]
    assert any("600.00元" in text for text in lender.texts())
    await lender.day("2026-09-17")
    assert lender.sms.takings == 2


async def test_a_gateway_that_is_away_is_tried_again_and_asks_nobody_who_paid_meanwhile(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    lender.loan("C-2", DUE)
    lender.sms.mood = "away"
    result = await lender.run("2026-09-14 10:30")
    assert result.again_at == local("2026-09-14 10:40")
    assert status(lender) == status(lender, "C-2") == ["claimed"]
    lender.pay("C-2", "2026-09-14")
    lender.sms.mood = "well"
    await lender.run("2026-09-14 10:40")
    assert (status(lender), status(lender, "C-2")) == (["sent"], ["paid"])
    assert lender.sms.takings == 1


async def test_a_gateway_that_is_away_is_not_tried_for_every_message(lender: Lender) -> None:
    """After fifty failures it is given ten minutes; then everybody is reminded, once."""
    lender.loans(200, DUE)
    lender.sms.mood = "away"
    result = await lender.run("2026-09-14 10:30")
    assert (result.again_at, lender.sms.tries) == (local("2026-09-14 10:40"), 50)
    await lender.run("2026-09-14 10:40")
    assert lender.sms.tries <= 150
    lender.sms.mood = "well"
    await lender.day("2026-09-14", "10:50")
    assert lender.sms.takings == 200


async def test_the_amount_of_a_late_message_is_that_of_its_day(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    lender.sms.mood = "away"
    await lender.run("2026-09-14 10:30")
    lender.pay("C-1", "2026-09-14", "250.00")
    lender.sms.mood = "well"
    await lender.run("2026-09-14 10:40")
    assert "750.00元" in lender.texts()[0]
    [done] = [found for found in lender.reminders("C-1") if found.act == "send"]
    assert str(done.amount) == "750.00"


async def test_a_message_whose_fate_is_unknown_is_asked_about_not_sent_again(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    lender.sms.mood = "silent"
    await lender.run("2026-09-14 10:30")
    assert status(lender) == ["claimed"]
    lender.sms.mood = "well"
    await lender.run("2026-09-14 10:40")
    assert (status(lender), lender.sms.takings, len(lender.sms.asked)) == (["sent"], 1, 1)


async def test_one_that_never_arrived_is_sent_again(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    lender.sms.mood = "forgetful"
    await lender.run("2026-09-14 10:30")
    lender.sms.mood = "well"
    await lender.run("2026-09-14 10:40")
    assert (status(lender), lender.sms.takings) == (["sent"], 1)


async def test_a_sender_that_dies_after_claiming_loses_nothing(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    lender.loan("C-2", DUE)
    lender.sms.mood = "dies"
    with pytest.raises(KilledError):
        await lender.run("2026-09-14 10:30")
    assert status(lender) == ["claimed"]
    lender.sms.mood = "well"
    lender.work = lender.worker()
    lender.pay("C-2", "2026-09-14")
    await lender.run("2026-09-14 10:31")
    assert (status(lender), status(lender, "C-2"), lender.sms.takings) == (["sent"], ["paid"], 1)


async def test_what_could_not_go_out_before_the_due_date_never_does(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    lender.sms.mood = "away"
    await lender.run("2026-09-20 10:30")
    lender.sms.mood = "well"
    await lender.run("2026-09-21 09:30")
    assert (status(lender), lender.sms.takings) == (["too_late"], 0)


async def test_two_processes_at_once_send_once(lender: Lender) -> None:
    lender.loans(60, DUE)
    await lender.run("2026-09-13 10:30")
    lender.clock.at = local("2026-09-14 10:30")
    with lender.database.session() as session:
        ledger.set_posted_through(session, date(2026, 9, 13))
    request = lender.request(date(2026, 9, 14))
    await asyncio.gather(lender.worker().run(request), lender.worker().run(request))
    assert lender.sms.takings == 60
    assert len(lender.errands("customer_list", "open")) == 60


async def test_a_refused_message_is_over(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    lender.sms.mood = "refuses"
    await lender.run("2026-09-14 10:30")
    assert status(lender) == ["refused"]


async def test_who_has_no_number_is_shown_as_not_reached(lender: Lender) -> None:
    nobody = Party(id="P", role=PartyRole.BORROWER, name="借款人乙", email="a@b.example")
    wrong = Party(id="Q", role=PartyRole.BORROWER, name="借款人丙", phone="1", channels=("sms",))
    lender.loan("C-1", DUE, parties=(nobody,))
    lender.loan("C-2", DUE, parties=(wrong,))
    await lender.run("2026-09-14 10:30")
    assert status(lender) == status(lender, "C-2") == ["unreachable"]


async def test_who_must_not_be_contacted_is_not(lender: Lender) -> None:
    """The contact gate goes before every message and every call."""
    lender.loan("C-1", DUE)
    stop = Preferences(do_not_contact=True)
    actor = Actor(user="u", role="risk_officer", authority="test")
    with lender.database.session() as session:
        change_preferences(session, "P-C-1", stop, "asked for it", None, actor, local("2026-09-13 10:00"))
    await lender.run("2026-09-14 10:30")
    assert (status(lender), lender.sms.takings) == (["barred"], 0)


async def test_nothing_goes_out_at_night_and_nothing_is_lost(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    result = await lender.run("2026-09-14 21:30")
    assert (status(lender), result.again_at) == ([], None)
    await lender.day("2026-09-15")
    assert status(lender) == ["sent"]


async def test_messages_of_one_due_date_are_spread_over_the_hour(lender: Lender) -> None:
    lender.loans(300, DUE)
    results = await lender.day("2026-09-14")
    sent = [result.opened for result in results if result.opened]
    assert lender.sms.takings == 300
    assert len(results) >= 12
    assert max(count for count in sent if count < 300) < 60
    with lender.database.reading() as session:
        known = [deliveries.find_delivery(session, key) for key in lender.sms.sent]
    claimed = [delivery.claimed_at for delivery in known if delivery]
    assert len(claimed) == 300
    assert max(claimed) - min(claimed) > timedelta(minutes=45)
    assert max(claimed) <= local("2026-09-14 10:05")


async def test_too_many_messages_wait_for_the_next_run(lender: Lender) -> None:
    lender.loans(350, DUE)
    lender.most = 100
    lender.work = lender.worker()
    first = await lender.run("2026-09-14 10:30")
    assert (lender.sms.takings, first.again_at) == (100, local("2026-09-14 10:35"))
    await lender.day("2026-09-14", "10:35")
    assert lender.sms.takings == 350


async def test_without_the_postings_of_yesterday_nobody_is_reminded(lender: Lender) -> None:
    """S9; a person may let it go on."""
    lender.loan("C-1", DUE)
    result = await lender.run("2026-09-14 10:30", posted=False)
    assert (lender.sms.takings, result.again_at) == (0, local("2026-09-14 11:00"))
    await lender.run("2026-09-14 11:00", posted=False, overridden=True)
    assert lender.sms.takings == 1


async def test_closed_accounts_and_those_of_an_unreleased_import_are_left_alone(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    with lender.database.session() as session:
        close_account(session, "C-1", local("2026-09-01 10:00"))
    await lender.day("2026-09-14")
    assert not lender.reminders("C-1")


async def test_the_bank_writes_three_days_before_by_sms_or_else_by_mail_and_calls_the_day_before(
    lender: Lender,
) -> None:
    """B2.1.1.1, B-Q2: due on 12 October; 11 October is a Sunday, so the call is made on the working Saturday."""
    bank = Lender(lender.database, policy_id="bank")
    mail = Party(id="M", role=PartyRole.BORROWER, name="借款人乙", email="a@b.example", channels=("sms", "email"))
    bank.loan("C-1", "2026-10-12")
    bank.loan("C-2", "2026-10-12", parties=(mail,))
    for day in range(8, 13):
        await bank.day(f"2026-10-{day:02}")
    found = {account: bank.reminders(account)[0] for account in ("C-1", "C-2")}
    assert {account: (one.status, one.targets) for account, one in found.items()} == {
        "C-1": ("sent", ("sms",)), "C-2": ("sent", ("email",)),
    }  # fmt: skip
    assert {one.occurrence for one in found.values()} == {date(2026, 10, 9)}
    calls = bank.errands("reminder_phone")
    assert [(one.account_no, one.occurrence, one.roles) for one in calls] == [
        ("C-1", date(2026, 10, 10), ("junior_specialist",)), ("C-2", date(2026, 10, 10), ("junior_specialist",)),
    ]  # fmt: skip
    assert "還款金額" in calls[0].say


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_fails_in_whatever_order_nobody_hears_twice_or_after_paying(lender: Lender, seed: int) -> None:
    """Runs at random hours, gateways in random moods, payments at random: at most one message for each instalment."""
    draw = Random(seed)
    accounts = [f"C-{number}" for number in range(12)]
    for account in accounts:
        lender.loan(account, f"2026-09-{draw.randint(18, 27)}", f"2026-10-{draw.randint(18, 27)}")
    paid: dict[str, int] = {}
    for hour in range(9, 24 * 12, 5):
        day = 12 + hour // 24
        if draw.random() < 0.3 and (left := [name for name in accounts if name not in paid]):
            name = draw.choice(left)
            lender.pay(name, f"2026-09-{day:02}")
            paid[name] = len(lender.sms.sent)
        lender.sms.mood = draw.choice(MOODS)
        with contextlib.suppress(KilledError):
            await lender.run(f"2026-09-{day:02} {hour % 24:02}:{draw.randint(0, 59):02}")
    keys = list(lender.sms.sent)
    assert len({key.rpartition("/20")[0] for key in keys}) == len(keys) == lender.sms.takings
    for name, before in paid.items():
        assert not [key for key in keys[before:] if key.startswith(f"{name}/202609")]
    assert keys, "nothing was sent at all"
