"""What happens before a due date, on which days: by hand for the autumn of 2026, and what holds for every day."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from domain.base import days
from domain.before_due import (
    BeforeDue,
    DueSoon,
    Occurrence,
    due_soon,
    due_today,
    horizon,
    instant_of,
    offset,
    planned,
    rules_before_due,
)
from domain.calendar import Calendar
from domain.counters import Counters
from domain.ledger import AccountFacts, Instalment, Posting, PostingKind
from domain.terms import Terms
from tests.builders.calendars import CHINA_2026
from tests.builders.effort import examples
from tests.builders.ladders import ladder

FIRST, LAST = date(2026, 9, 14), date(2026, 10, 31)
ORDINARY = settings(max_examples=examples(80), deadline=None)
OFTEN = Counters(missed=4, delinquencies=4, overdue_days=11, missed_months=(date(2026, 1, 1),))
TWO_MONTHS = Counters(missed=2, delinquencies=1, overdue_days=40, missed_months=(date(2026, 7, 1), date(2026, 8, 1)))


def _rule(policy_id: str, name: str, *changes: tuple[str, str]) -> BeforeDue:
    found = ladder(policy_id, *changes)
    return next(rule for rule in rules_before_due(found.policy, found.settings) if rule.id == name)


def _days(text: str) -> list[date]:
    """ "9-14 10-8" as days of 2026."""
    return [date(2026, *map(int, day.split("-"))) for day in text.split()]


def _runs(
    rule: BeforeDue,
    due: date,
    counters: Counters = OFTEN,
    away: tuple[date, ...] = (),
    decided: dict[str, str] | None = None,
    calendar: Calendar = CHINA_2026,
) -> list[date]:
    """The days on which the rule runs from 14 September on, looked at every morning but those of an outage."""
    seen: set[Occurrence] = set()
    found: list[date] = []
    soon = DueSoon(due=due, unpaid=Decimal("1.00"), decided=decided or {})
    for number in range((LAST - FIRST).days + 1):
        today = FIRST + days(number)
        run = None if today in away else due_today(rule, soon, counters, today, calendar)
        if run is not None and run not in seen:
            seen.add(run)
            found.append(today)
    return found


@pytest.mark.parametrize(
    ("due", "sms", "calls", "lists"),
    [
        # Sunday 20 September is a make-up working day: a call day.
        ("9-21", "9-14", "9-15 9-16 9-17 9-18 9-20", "9-14 9-15 9-16 9-17 9-18 9-19 9-20"),
        # Friday 25 September is Mid-Autumn, 26 and 27 are a weekend: the calls end on the 24th.
        ("9-28", "9-21", "9-20 9-21 9-22 9-23 9-24", "9-21 9-22 9-23 9-24 9-25 9-26 9-27"),
        # The whole week before is National Day: the calls lie before it, the SMS and the lists inside it.
        ("10-8", "10-1", "9-23 9-24 9-28 9-29 9-30", "10-1 10-2 10-3 10-4 10-5 10-6 10-7"),
        # Saturday 10 October is a make-up working day, Sunday the 11th is not.
        ("10-12", "10-5", "9-29 9-30 10-8 10-9 10-10", "10-5 10-6 10-7 10-8 10-9 10-10 10-11"),
        ("10-15", "10-8", "10-9 10-10 10-12 10-13 10-14", "10-8 10-9 10-10 10-11 10-12 10-13 10-14"),
        # A due date on a Saturday is not shifted.
        ("10-31", "10-24", "10-26 10-27 10-28 10-29 10-30", "10-24 10-25 10-26 10-27 10-28 10-29 10-30"),
    ],
)
def test_consumer_days_of_autumn(due: str, sms: str, calls: str, lists: str) -> None:
    """Z1.1, Z1.2b, Z4.1a."""
    [on] = _days(due)
    assert _runs(_rule("consumer", "sms_reminder"), on) == _days(sms)
    assert _runs(_rule("consumer", "enhanced_call"), on) == _days(calls)
    assert _runs(_rule("consumer", "customer_list"), on) == _days(lists)


@pytest.mark.parametrize(
    ("due", "lists"),
    [
        ("9-21", "9-14 9-15 9-16 9-17 9-18 9-20"),
        ("9-28", "9-21 9-22 9-23 9-24"),
        ("10-8", "9-30"),
        ("10-15", "10-8 10-9 10-10 10-12 10-13 10-14"),
    ],
)
def test_lists_on_business_days_where_the_setting_says_so(due: str, lists: str) -> None:
    """Z-Q4; what falls on days off is on the list of the business day before."""
    rule = _rule(
        "consumer",
        "customer_list",
        ("[calendar, business], default: calendar", "[calendar, business], default: business"),
    )
    assert _runs(rule, _days(due)[0]) == _days(lists)


@pytest.mark.parametrize(("due", "visit"), [("9-28", "9-23"), ("10-8", "9-29"), ("10-12", "10-9"), ("9-22", "9-20")])
def test_reminder_visit_two_business_days_before(due: str, visit: str) -> None:
    """Z3.2 with the lead of the demonstration company."""
    counters = TWO_MONTHS
    if due.startswith("10"):
        counters = counters.model_copy(update={"missed_months": (date(2026, 8, 1), date(2026, 9, 1))})
    assert _runs(_rule("consumer", "reminder_visit"), _days(due)[0], counters) == _days(visit)


@pytest.mark.parametrize(
    ("due", "message", "phone"),
    [("9-21", "9-18", "9-20"), ("10-8", "10-5", "9-30"), ("10-12", "10-9", "10-10"), ("10-15", "10-12", "10-14")],
)
def test_bank_days_of_autumn(due: str, message: str, phone: str) -> None:
    """B2.1.1.1b: D-3 by SMS; D-1 by telephone, on the business day before when D-1 is a day off."""
    [on] = _days(due)
    assert _runs(_rule("bank", "reminder_message"), on) == _days(message)
    assert _runs(_rule("bank", "reminder_phone"), on) == _days(phone)


def test_both_thresholds_of_the_enhanced_calls_or_one_of_them() -> None:
    """Z1.2a and Z-Q1: above 3 and above 10, strictly."""
    both = _rule("consumer", "enhanced_call")
    one = _rule("consumer", "enhanced_call", ("[all, any], default: all", "[all, any], default: any"))
    due = date(2026, 10, 15)
    for missed, overdue, strict, loose in [(3, 11, 0, 5), (4, 10, 0, 5), (4, 11, 5, 5), (3, 10, 0, 0)]:
        counters = Counters(missed=missed, overdue_days=overdue)
        assert (len(_runs(both, due, counters)), len(_runs(one, due, counters))) == (strict, loose)


def test_delinquencies_counted_the_other_way() -> None:
    """Z-Q2: five instalments of one delinquency are five times, or one."""
    counters = Counters(missed=5, delinquencies=1, overdue_days=100)
    change = (
        "missed_instalments, delinquencies], default: missed_instalments",
        "missed_instalments, delinquencies], default: delinquencies",
    )
    assert _runs(_rule("consumer", "enhanced_call"), date(2026, 10, 15), counters)
    assert not _runs(_rule("consumer", "enhanced_call", change), date(2026, 10, 15), counters)


def test_selective_visit_needs_its_decision() -> None:
    """Z3.3b: nobody is visited by silence; those visited anyway (Z3.2) are not decided on."""
    choice, visit = (_rule("consumer", name) for name in ("selective_visit_choice", "selective_visit"))
    due = date(2026, 10, 15)
    assert _runs(choice, due) == [date(2026, 10, 9)]
    assert _runs(choice, due, TWO_MONTHS.model_copy(update={"missed": 9})) == [date(2026, 10, 9)]
    last_two = Counters(missed=9, missed_months=(date(2026, 8, 1), date(2026, 9, 1)))
    assert _runs(choice, due, last_two) == []
    assert _runs(visit, due) == []
    assert _runs(visit, due, decided={"selective_visit_choice": "not_chosen"}) == []
    assert _runs(visit, due, decided={"selective_visit_choice": "chosen"}) == [date(2026, 10, 13)]


def test_an_outage_makes_up_what_has_one_day_only() -> None:
    """The SMS of the 17th goes out on the 20th; lists and calls of the days between are gone."""
    away = tuple(_days("9-17 9-18 9-19"))
    due = date(2026, 9, 24)
    assert _runs(_rule("consumer", "sms_reminder"), due, away=away) == _days("9-20")
    assert _runs(_rule("consumer", "customer_list"), due, away=away) == _days("9-20 9-21 9-22 9-23")
    assert _runs(_rule("consumer", "enhanced_call"), due, away=away) == _days("9-20 9-21 9-22 9-23")


def test_a_call_missed_on_friday_is_not_made_on_saturday() -> None:
    away = tuple(_days("10-16"))
    assert _runs(_rule("consumer", "enhanced_call"), date(2026, 10, 20), away=away) == _days("10-13 10-14 10-15 10-19")


def test_nothing_is_reminded_on_the_due_date_or_when_it_is_paid() -> None:
    rule, due = _rule("consumer", "sms_reminder"), date(2026, 9, 21)
    unpaid = DueSoon(due=due, unpaid=Decimal("1.00"))
    assert due_today(rule, unpaid, OFTEN, date(2026, 9, 20), CHINA_2026)
    assert due_today(rule, unpaid, OFTEN, due, CHINA_2026) is None
    paid = DueSoon(due=due, unpaid=Decimal("0.00"))
    assert due_today(rule, paid, OFTEN, date(2026, 9, 14), CHINA_2026) is None


# ── what is unpaid of an instalment that is coming ──────────────────────────────────────────────────────────────────


def _loan(*postings: tuple[str, str]) -> AccountFacts:
    dues = (date(2026, 8, 21), date(2026, 9, 21), date(2026, 10, 21))
    schedule = tuple(
        Instalment(no=no, due=due, principal=Decimal("900.00"), interest=Decimal("100.00"))
        for no, due in enumerate(dues, start=1)
    )
    entered = tuple(
        Posting(id=day, kind=PostingKind.PAYMENT, value_date=on, at=datetime(on.year, on.month, on.day, 4, tzinfo=UTC),
                amount=Decimal(amount))
        for day, amount in postings
        for on in _days(day)
    )  # fmt: skip
    return AccountFacts(account_no="P", schedule=schedule, postings=entered)


def _unpaid(account: AccountFacts, today: str, until: str) -> dict[str, str]:
    found = due_soon(account, _days(today)[0], _days(until)[0], Terms())
    return {f"{soon.due.month}-{soon.due.day}": str(soon.unpaid) for soon in found}


def test_what_is_paid_ahead_is_not_asked_for() -> None:
    account = _loan(("8-21", "1000.00"), ("9-16", "1400.00"))
    assert _unpaid(account, "9-15", "10-21") == {"9-21": "1000.00", "10-21": "1000.00"}
    assert _unpaid(account, "9-16", "10-21") == {"9-21": "0.00", "10-21": "600.00"}
    assert _unpaid(account, "9-16", "9-20") == {}


def test_money_goes_to_what_is_overdue_first() -> None:
    assert _unpaid(_loan(("9-16", "1000.00")), "9-16", "9-21") == {"9-21": "1000.00"}
    assert _unpaid(_loan(("9-16", "1500.00")), "9-16", "9-21") == {"9-21": "500.00"}


# ── what holds for every day ────────────────────────────────────────────────────────────────────────────────────────

some_day = st.integers(0, 300).map(lambda number: date(2026, 1, 20) + timedelta(days=number))
RULES = [
    *(("consumer", rule.id) for rule in ladder("consumer").policy.before_due),
    *(("bank", rule.id) for rule in ladder("bank").policy.before_due),
]


@ORDINARY
@given(st.sampled_from(RULES), some_day, some_day)
def test_whatever_is_planned_lies_between_now_and_the_due_date(name: tuple[str, str], due: date, today: date) -> None:
    rule = _rule(*name)
    run = planned(rule, due, today, CHINA_2026)
    if run is None:
        return
    assert run.day <= today < due <= horizon([rule], today, CHINA_2026)
    assert not rule.business_only or CHINA_2026.is_business_day(run.day)
    assert planned(rule, due, run.day, CHINA_2026) == run


@ORDINARY
@given(st.sampled_from(RULES), some_day)
def test_looked_at_every_day_a_rule_runs_once_for_each_of_its_days(name: tuple[str, str], due: date) -> None:
    rule = _rule(*name)
    first_seen: dict[date, date] = {}
    for number in range(60, 0, -1):
        run = planned(rule, due, due - days(number), CHINA_2026)
        if run is not None:
            first_seen.setdefault(run.day, due - days(number))
    assert all(seen == day for day, seen in first_seen.items())
    assert len(first_seen) <= len(rule.offsets)
    assert len(first_seen) == len(rule.offsets) or not rule.business


def test_a_hundred_thousand_accounts_do_not_fire_in_one_instant() -> None:
    """Stable, inside the window, and no minute has more than a hundredth above its share."""
    window = timedelta(minutes=60)
    places = [offset(f"C-{number:06d}", window) for number in range(100_000)]
    assert min(places) >= timedelta(0)
    assert max(places) < window
    assert places[:100] == [offset(f"C-{number:06d}", window) for number in range(100)]
    minutes = Counter(int(place.total_seconds()) // 60 for place in places)
    assert len(minutes) == 60
    assert max(minutes.values()) < 100_000 / 60 * 1.1
    assert max(Counter(places).values()) < 60


def test_only_messages_are_spread() -> None:
    window, day = timedelta(minutes=60), date(2026, 9, 21)
    sms, lists = _rule("consumer", "sms_reminder"), _rule("consumer", "customer_list")
    assert instant_of(lists, "C-1", day, "Asia/Shanghai", window).time() == time(10)
    at = instant_of(sms, "C-1", day, "Asia/Shanghai", window)
    assert time(9) <= at.time() < time(10)
    assert instant_of(sms, "C-1", day, "Asia/Shanghai", timedelta(0)).time() == time(9)
