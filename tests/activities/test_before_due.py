"""Before the due date: each thing once, whatever dies in between, and nothing of what is paid meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from domain.events import Actor
from domain.ledger import PartyRole
from domain.preferences import Preferences
from store import deliveries, errands, ledger, staff
from store.accounts import close_account
from store.errands import Answer
from store.preferences import change_preferences
from store.views import Party
from tests.activities.reminded import KilledError, Lender, Mood, database_in, local

MOODS: tuple[Mood, ...] = ("well", "well", "away", "silent", "forgetful", "dies")
DUE = "2026-09-21"  # a Monday; the SMS is due on Monday the 14th


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A migrated database with its calendar; every test gets a copy."""
    folder = tmp_path_factory.mktemp("lender")
    lender = Lender(database_in(folder))
    lender.prepare()
    lender.database.close()
    return (folder / "lender.db").read_bytes()


@pytest.fixture
def lender(tmp_path: Path, empty: bytes) -> Iterator[Lender]:
    (tmp_path / "lender.db").write_bytes(empty)
    made = Lender(database_in(tmp_path))
    yield made
    made.database.close()


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
        claimed = [
            deliveries.find_delivery(session, key).claimed_at
            for key in lender.sms.sent  # pyright: ignore
        ]
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


# ── errands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_list_at_ten_to_each_manager_and_the_missing_answer(lender: Lender) -> None:
    """Z4.1: asked at 10:00, wanted by 16:00, then shown to the team leader, the next day to the general manager."""
    for number, manager in (("C-1", "u-li"), ("C-2", "u-li"), ("C-3", "u-wang")):
        lender.loan(number, DUE)
        lender.manage(number, manager)
    lender.loan("C-4", DUE)
    await lender.run("2026-09-14 09:00")
    assert not lender.errands("customer_list")
    await lender.run("2026-09-14 10:00")
    asked = {one.account_no: one.assignee for one in lender.errands("customer_list", "open")}
    assert asked == {"C-1": "u-li", "C-2": "u-li", "C-3": "u-wang", "C-4": None}
    one = lender.errands("customer_list")[0]
    assert (one.deadline, one.roles, one.report) == (
        local("2026-09-14 16:00"), ("business_manager",), ("willingness", "ability"),
    )  # fmt: skip
    result = await lender.run("2026-09-14 10:06")
    assert result.again_at is not None
    with lender.database.session() as session:
        given = Answer(outcome="reported", willingness="willing", ability="able")
        errands.answer(session, one.id, given, "c1", "u-li", "business_manager", local("2026-09-14 15:00"))
    lender.pay("C-2", "2026-09-14")
    await lender.run("2026-09-14 16:00")
    found = {one.account_no: (one.status, one.level, one.escalated_to) for one in lender.errands("customer_list")}
    assert found == {
        "C-1": ("answered", 0, None), "C-2": ("paid", 0, None),
        "C-3": ("open", 1, "team_leader"), "C-4": ("open", 1, "team_leader"),
    }  # fmt: skip
    with lender.database.reading() as session:
        told = {alert.key.removeprefix("consumer/customer_list/") for alert in staff.pending_alerts(session)}
    assert told == {
        "20260914/business_manager/u-li", "20260914/business_manager/u-wang", "20260914/business_manager/",
        "20260914/team_leader/level-1",
    }  # fmt: skip


async def test_lists_come_every_day_and_the_old_one_gives_way(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    for day in range(14, 22):
        await lender.day(f"2026-09-{day}")
    found = lender.errands("customer_list")
    assert [one.occurrence.day for one in found] == [14, 15, 16, 17, 18, 19, 20]
    assert {one.status for one in found} == {"missed"}


async def test_enhanced_calls_only_for_who_was_often_and_long_overdue(lender: Lender) -> None:
    """Z1.2: four instalments overdue for three days each are four times and twelve days."""
    months = ("2026-05-21", "2026-06-21", "2026-07-21", "2026-08-21")
    for number in ("C-1", "C-2"):
        lender.loan(number, *months, DUE)
    for month in (5, 6, 7, 8):
        lender.pay("C-1", f"2026-0{month}-25")
        lender.pay("C-2", f"2026-0{month}-21")
    for day in range(14, 22):
        await lender.day(f"2026-09-{day}")
    calls = lender.errands("enhanced_call")
    assert {one.account_no for one in calls} == {"C-1"}
    assert [one.occurrence.day for one in calls] == [15, 16, 17, 18, 20]
    assert (calls[0].report, calls[0].outcomes, calls[0].rank) == (
        ("deposits",), ("contacted", "not_reached"), -(4 * 100_000 + 12),
    )  # fmt: skip
    assert "逾期危害" in calls[0].say  # Z1.2c
    assert [one.account_no for one in lender.errands("reminder_visit")] == ["C-1"]


async def test_a_selective_visit_follows_its_decision_on_the_next_day(lender: Lender) -> None:
    """Z3.3b: chosen late, the visit is made up; not chosen or not answered, there is none."""
    months = ("2026-04-21", "2026-05-21", "2026-06-21", "2026-07-21", "2026-08-21")
    for number in ("C-1", "C-2", "C-3"):
        lender.loan(number, *months, DUE)
        for month in (4, 5, 6, 7):
            lender.pay(number, f"2026-0{month}-27")
        lender.pay(number, "2026-08-21")
    await lender.day("2026-09-15")
    choices = lender.errands("selective_visit_choice", "open")
    assert [one.account_no for one in choices] == ["C-1", "C-2", "C-3"]
    await lender.day("2026-09-18")
    for one, outcome in zip(choices, ("chosen", "not_chosen"), strict=False):
        with lender.database.session() as session:
            errands.answer(
                session, one.id, Answer(outcome=outcome), one.id, "u", "head_of_risk_control",
                local("2026-09-18 20:00"),
            )  # fmt: skip
    await lender.day("2026-09-20")
    visits = lender.errands("selective_visit")
    assert [(one.account_no, one.occurrence) for one in visits] == [("C-1", date(2026, 9, 18))]
    assert visits[0].opened_at.astimezone(local(f"{DUE} 09:00").tzinfo).date() == date(2026, 9, 20)


async def test_what_is_asked_too_late_in_the_day_is_for_the_next_business_day(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    await lender.run("2026-09-18 17:00")
    [one] = lender.errands("customer_list", "open")
    assert one.deadline == local("2026-09-20 16:00")  # Sunday, a make-up working day


async def test_one_day_of_runs_ends(lender: Lender) -> None:
    """Each run says when the next is due on this day, and the last one says none is."""
    lender.loan("C-1", DUE)
    results = await lender.day("2026-09-14")
    assert results[-1].again_at is None
    assert all(result.again_at is None or result.again_at.astimezone(local(DUE).tzinfo).day == 14 for result in results)
