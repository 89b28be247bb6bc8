"""The contact gate by example: hours, caps, stops, exemptions, and the first permitted time to the minute."""

from __future__ import annotations

from datetime import date

import pytest

from domain.conduct import (
    Allowed,
    Channel,
    Contact,
    Never,
    PastContact,
    Person,
    Postponed,
    Purpose,
    Verdict,
    gate,
    purpose_of,
)
from tests.builders.conduct import call, local, pack, shipped

DEFAULT = shipped("default")
WITH_US = shipped("default", "us")
SOMEBODY = Person()
CALL, SMS, LETTER, VISIT = (Contact(channel=name) for name in ("call", "sms", "letter", "visit"))
NOTICE = Contact(channel="letter", purpose="formal_notice")
NOON = "2026-03-10 12:00"


def ask(at: str, contact: Contact = CALL, *log: PastContact, person: Person = SOMEBODY, us: bool = False) -> Verdict:
    """The answer of the gate at a wall clock time in Shanghai."""
    return gate(WITH_US if us else DEFAULT, person, contact, log, local(at))


def postponed(reason: str, until: str, tz: str = "Asia/Shanghai") -> Postponed:
    return Postponed.model_validate({"reason": reason, "not_before": local(until, tz)})


# ── hours ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("2026-03-10 07:59", postponed("night", "2026-03-10 08:00")),
        ("2026-03-10 08:00", Allowed()),
        ("2026-03-10 20:59", Allowed()),
        ("2026-03-10 21:00", postponed("contact_hours", "2026-03-11 08:00")),
        ("2026-03-10 21:59", postponed("contact_hours", "2026-03-11 08:00")),
        ("2026-03-10 22:00", postponed("night", "2026-03-11 08:00")),
        ("2026-03-11 00:00", postponed("night", "2026-03-11 08:00")),
    ],
)
@pytest.mark.parametrize("contact", [CALL, SMS, LETTER, VISIT, NOTICE])
def test_permitted_hours_hold_for_every_contact(at: str, answer: Verdict, contact: Contact) -> None:
    assert ask(at, contact) == answer


def test_hours_are_those_of_the_person() -> None:
    person = Person(time_zone="America/New_York")
    assert ask("2026-03-10 12:00", person=person) == postponed("night", "2026-03-10 08:00", "America/New_York")
    assert ask("2026-03-10 20:00", person=person) == Allowed()  # 08:00 there: summer time has begun on 8 March


def test_recorded_consent_opens_the_night() -> None:
    consent = Person(night_consent=True)
    assert [ask(f"2026-03-10 {hour}", person=consent) for hour in ("03:00", "21:30", "23:00")] == [Allowed()] * 3
    assert ask("2026-03-10 23:00", CALL, *[call(f"2026-03-10 {h}:00") for h in (10, 11, 12)], person=consent) == (
        postponed("contact_cap", "2026-03-11 00:00")
    )


# ── caps of a day ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_three_connected_calls_are_enough_for_a_day() -> None:
    two, three = [[call(f"2026-03-10 {hour:02}:00") for hour in range(8, 8 + n)] for n in (2, 3)]
    assert ask(NOON, CALL, *two) == Allowed()
    assert ask(NOON, CALL, *three) == postponed("contact_cap", "2026-03-11 08:00")
    assert ask(NOON, VISIT, *three) == postponed("contact_cap", "2026-03-11 08:00")
    assert ask(NOON, SMS, *three) == Allowed()  # nobody answers a message
    assert ask("2026-03-11 08:00", CALL, *three) == Allowed()


@pytest.mark.parametrize("contact", [CALL, SMS, LETTER, VISIT])
def test_six_unanswered_attempts_are_enough_for_a_day_by_whatever_channel(contact: Contact) -> None:
    channels: tuple[Channel, ...] = ("call", "sms", "email", "letter", "visit", "social")
    log = [PastContact(at=local(f"2026-03-10 {8 + n:02}:00"), channel=name) for n, name in enumerate(channels)]
    assert ask(NOON, contact, *log[:5]) == Allowed()
    assert ask(NOON, contact, *log) == postponed("contact_cap", "2026-03-11 08:00")


def test_who_answered_was_no_unanswered_attempt_and_a_message_is_no_conversation() -> None:
    missed = [call("2026-03-10 09:00", connected=False)] * 5
    assert ask(NOON, SMS, *missed, *[call("2026-03-10 10:00")] * 2) == Allowed()
    chat = PastContact(at=local("2026-03-10 10:00"), channel="social", connected=True)
    assert ask(NOON, CALL, *[chat] * 9) == Allowed()


def test_a_day_begins_at_midnight_of_the_person() -> None:
    log = [PastContact(at=local("2026-03-10 23:59"), channel="sms")] * 6
    assert ask("2026-03-11 08:00", CALL, *log) == Allowed()
    in_berlin = Person(time_zone="Europe/Berlin")  # there it was 16:59 of the 10th, and is 16:00
    assert ask("2026-03-10 23:00", CALL, *log, person=in_berlin) == postponed(
        "contact_cap", "2026-03-11 08:00", "Europe/Berlin"
    )


@pytest.mark.parametrize("purpose", ["formal_notice", "asset_inspection"])
def test_what_a_rule_orders_is_exempt_and_uses_up_no_cap(purpose: Purpose) -> None:
    ordered = Contact(channel="letter", purpose=purpose)
    full = [call(f"2026-03-10 0{8 + n // 4}:00", connected=False) for n in range(6)]
    assert ask(NOON, ordered, *full) == Allowed()
    notices = [PastContact(at=local(NOON), channel="letter", purpose=purpose)] * 9
    assert ask(NOON, CALL, *notices) == Allowed()
    assert ask("2026-03-10 21:30", ordered) == postponed("contact_hours", "2026-03-11 08:00")


# ── caps of a week ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_seven_calls_in_seven_days_and_then_none() -> None:
    log = [call(f"2026-03-{day:02} 09:00", connected=False) for day in range(4, 11)]
    assert ask(NOON, CALL, *log) == Allowed()  # not active by default
    assert ask(NOON, CALL, *log[1:], us=True) == Allowed()
    assert ask(NOON, CALL, *log, us=True) == postponed("weekly_cap", "2026-03-11 08:00")  # the 4th drops out
    assert ask(NOON, SMS, *log, us=True) == Allowed()
    written = [past.model_copy(update={"channel": "sms"}) for past in log]
    assert ask(NOON, CALL, *written, us=True) == Allowed()


def test_after_a_conversation_no_call_for_seven_days() -> None:
    spoke = call("2026-03-10 09:00")
    assert ask(NOON, CALL, spoke, us=True) == postponed("weekly_cap", "2026-03-17 08:00")
    assert ask("2026-03-16 20:59", CALL, spoke, us=True) == postponed("weekly_cap", "2026-03-17 08:00")
    assert ask("2026-03-17 08:00", CALL, spoke, us=True) == Allowed()
    assert ask(NOON, VISIT, spoke, us=True) == Allowed()


def test_a_pack_binds_only_those_it_applies_to() -> None:
    spoke = call("2026-03-10 09:00")
    assert ask(NOON, CALL, spoke, person=Person(kind="company"), us=True) == Allowed()
    for_guarantors = (pack(applies_to=("guarantor",), hours={"from": "10:00", "to": "11:00"}),)
    company = Person(kind="company")
    assert gate(for_guarantors, company, CALL, (), local(NOON)) == Allowed()
    guarantor = Contact(channel="call", addressee="guarantor")
    assert gate(for_guarantors, company, guarantor, (), local(NOON)) == postponed("contact_hours", "2026-03-11 10:00")


# ── stops ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_must_not_be_contacted_is_not_except_by_what_a_rule_orders() -> None:
    silent = Person(do_not_contact=True)
    assert ask(NOON, CALL, person=silent) == Never(reason="do_not_contact")
    assert ask(NOON, Contact(channel="email", purpose="reminder"), person=silent) == Never(reason="do_not_contact")
    assert ask(NOON, NOTICE, person=silent) == Allowed()
    assert ask("2026-03-10 23:00", NOTICE, person=silent) == postponed("night", "2026-03-11 08:00")


def test_a_refusal_is_of_its_channels() -> None:
    refuses = Person(refused=("call", "visit"))
    assert ask(NOON, CALL, person=refuses) == Never(reason="refused")
    assert ask(NOON, SMS, person=refuses) == Allowed()
    inspection = Contact(channel="visit", purpose="asset_inspection")
    assert ask(NOON, inspection, person=refuses) == Allowed()


def test_a_stop_with_an_end_postpones() -> None:
    stopped = Person(stopped_until=local("2026-03-12 15:30"))
    assert ask(NOON, CALL, person=stopped) == postponed("do_not_contact", "2026-03-12 15:30")
    assert ask("2026-03-12 15:30", CALL, person=stopped) == Allowed()
    late = Person(stopped_until=local("2026-03-12 21:30"))
    assert ask(NOON, CALL, person=late) == postponed("do_not_contact", "2026-03-13 08:00")
    assert ask(NOON, NOTICE, person=late) == Allowed()
    assert ask("2026-03-10 22:00", NOTICE, person=late) == postponed("night", "2026-03-11 08:00")


@pytest.mark.parametrize("packs", [(), DEFAULT])
def test_third_parties_are_never_told_of_the_debt(packs: tuple[object, ...]) -> None:
    def answer(purpose: Purpose, addressee: str) -> Verdict:
        contact = Contact.model_validate({"channel": "call", "purpose": purpose, "addressee": addressee})
        return gate(DEFAULT if packs else (), SOMEBODY, contact, (), local(NOON))

    told: tuple[Purpose, ...] = ("collection", "reminder", "formal_notice", "entitled_party")
    assert {purpose: answer(purpose, "third_party") for purpose in told} == dict.fromkeys(
        told, Never(reason="third_party")
    )
    assert answer("asset_inspection", "third_party") == Allowed()
    assert answer("collection", "vendor") == answer("reminder", "vendor") == Never(reason="third_party")
    assert answer("entitled_party", "vendor") == answer("formal_notice", "vendor") == Allowed()
    assert answer("collection", "guarantor") == Allowed()


# ── several packs ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_strictest_wins() -> None:
    late = pack("late", hours={"from": "10:00", "to": "23:00"}, caps={"connected_per_day": 1})
    packs = (*DEFAULT, late)
    spoke = call("2026-03-10 10:30")
    assert gate(packs, SOMEBODY, CALL, (), local("2026-03-10 09:00")) == postponed("contact_hours", "2026-03-10 10:00")
    assert gate(packs, SOMEBODY, CALL, (), local("2026-03-10 21:00")) == postponed("contact_hours", "2026-03-11 10:00")
    assert gate(packs, SOMEBODY, CALL, (spoke,), local(NOON)) == postponed("contact_cap", "2026-03-11 10:00")


def test_a_newer_file_replaces_the_older_one_on_its_day() -> None:
    old = pack(hours={"from": "08:00", "to": "12:00"})
    new = pack(hours={"from": "14:00", "to": "16:00"}, effective=date(2026, 3, 11))
    packs = (new, old)
    assert gate(packs, SOMEBODY, CALL, (), local("2026-03-10 11:59")) == Allowed()
    assert gate(packs, SOMEBODY, CALL, (), local(NOON)) == postponed("contact_hours", "2026-03-11 14:00")


def test_hours_that_never_meet_are_no_endless_search() -> None:
    packs = (pack("a", hours={"from": "08:00", "to": "12:00"}), pack("b", hours={"from": "13:00", "to": "20:00"}))
    assert gate(packs, SOMEBODY, CALL, (), local(NOON)) == Never(reason="contact_hours")
    mended = pack("b", hours={"from": "11:00", "to": "20:00"}, effective=date(2026, 7, 1))
    assert gate((*packs, mended), SOMEBODY, CALL, (), local(NOON)) == postponed("contact_hours", "2026-07-01 11:00")


def test_the_same_time_twice_is_the_whole_day() -> None:
    assert gate((pack(hours={"from": "08:00", "to": "08:00"}),), SOMEBODY, CALL, (), local("2026-03-10 03:00")) == (
        Allowed()
    )


@pytest.mark.parametrize(
    ("document", "purpose"),
    [("rent_demand_notice", "formal_notice"), ("reminder", "reminder"), ("dunning_letter", "collection")],
)
def test_only_formal_notices_are_exempt_documents(document: str, purpose: str) -> None:
    assert purpose_of(document) == purpose
