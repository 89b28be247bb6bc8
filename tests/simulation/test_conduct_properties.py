"""What holds of the contact gate for every pack, every person and every sequence of events."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings, strategies as st

from domain.conduct import (
    EXEMPT,
    Allowed,
    Contact,
    Never,
    Pack,
    PastContact,
    Person,
    Postponed,
    Verdict,
    gate,
)
from tests.builders.conduct import CALLED, pack, shipped, violations
from tests.builders.effort import examples

ORDINARY = settings(max_examples=examples(120), deadline=None)
START = datetime(2026, 3, 5, tzinfo=UTC)  # clocks change on 8 March in New York, on 29 March in Berlin
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Africa/Cairo")
MINUTES = st.integers(0, 40 * 24 * 60).map(lambda number: START + timedelta(minutes=number))
CHANNELS = st.sampled_from(("call", "call", "visit", "sms", "email", "letter", "social", "other"))
PURPOSES = st.sampled_from(("collection", "collection", "reminder", "formal_notice", "asset_inspection"))
ADDRESSEES = st.sampled_from(("customer", "customer", "guarantor", "vendor", "third_party"))
CONTACTS = st.builds(Contact, channel=CHANNELS, purpose=PURPOSES, addressee=ADDRESSEES)
PAST = st.builds(PastContact, at=MINUTES, channel=CHANNELS, connected=st.booleans(), purpose=PURPOSES)
LATELY = st.tuples(PAST, st.integers(0, 8 * 24 * 60))  # with the minutes that it lies back
Lately = list[tuple[PastContact, int]]
BOUNDS = st.sampled_from(("00:00", "04:00", "08:00", "09:30", "12:00", "20:59", "21:00", "22:00", "23:00"))
SPANS = st.none() | st.fixed_dictionaries({"from": BOUNDS, "to": BOUNDS})
NUMBERS = st.none() | st.integers(1, 4)
CAPS = st.fixed_dictionaries({
    "connected_per_day": NUMBERS, "unanswered_per_day": NUMBERS, "calls_in_seven_days": NUMBERS,
    "days_after_connected_call": st.none() | st.integers(1, 9),
})  # fmt: skip
KINDS = st.sampled_from(("individual", "sole_trader", "company"))
PERSONS = st.builds(
    Person, kind=KINDS, time_zone=st.sampled_from(ZONES), night_consent=st.booleans(),
    do_not_contact=st.sampled_from((False, False, True)), stopped_until=st.none() | MINUTES,
    refused=st.sampled_from(((), (), ("call",), ("sms", "visit"))),
    unreachable=st.sampled_from(((), (), ("call", "sms"), ("letter", "visit"))),
    complains=st.sampled_from((False, False, True)),
)  # fmt: skip


@st.composite
def packs(draw: st.DrawFn) -> tuple[Pack, ...]:
    """The shipped ones, or up to three of any content, some coming into force in the middle."""
    if draw(st.booleans()):
        return shipped("default", "us")
    return tuple(
        pack(
            draw(st.sampled_from(("a", "b"))), hours=draw(SPANS), night=draw(SPANS), caps=draw(CAPS),
            effective=draw(st.sampled_from((date(2020, 1, 1), date(2026, 3, 20)))),
            applies_to=draw(st.sampled_from((("individual",), ("individual", "company"), ("guarantor",)))),
        )
        for _ in range(draw(st.integers(0, 3)))
    )  # fmt: skip


@dataclass
class Collection:
    """A person, everything that happens to them, and what waits for its time."""

    packs: tuple[Pack, ...]
    person: Person
    now: datetime = START
    log: list[PastContact] = field(default_factory=list[PastContact])
    broken: list[str] = field(default_factory=list[str])

    def attempt(self, contact: Contact, answers: bool) -> Verdict:
        """Ask the gate, and make the contact if it lets us."""
        answer = gate(self.packs, self.person, contact, self.log, self.now)
        if isinstance(answer, Allowed):
            connected = answers and contact.channel in CALLED
            made = PastContact(at=self.now, channel=contact.channel, connected=connected, purpose=contact.purpose)
            self.broken += violations(self.packs, self.person, contact, self.log, made)
            self.log.append(made)
        return answer


EVENTS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 3000)),
    st.tuples(st.just("contact"), st.tuples(CONTACTS, st.booleans(), st.integers(1, 5))),
    st.tuples(st.just("recorded"), st.tuples(CHANNELS, st.booleans())),
    st.tuples(st.just("person"), PERSONS),
)


@ORDINARY
@given(packs(), PERSONS, st.lists(EVENTS, max_size=25))
def test_no_sequence_of_events_leads_to_a_contact_that_breaks_a_rule(
    known: tuple[Pack, ...], person: Person, events: list[tuple[str, object]]
) -> None:
    collection = Collection(known, person)
    for event in events:
        match event:
            case ("wait", int(minutes)):
                collection.now += timedelta(minutes=minutes)
            case ("contact", (Contact() as contact, bool(answers), int(times))):
                for _ in range(times):  # two cases of one person at the same minute
                    collection.attempt(contact, answers)
            case ("recorded", (str(channel), bool(connected))):  # made by staff without asking
                past = {"at": collection.now, "channel": channel, "connected": connected}
                collection.log.append(PastContact.model_validate(past))
            case ("person", Person() as changed):
                collection.person = changed
            case _:
                raise AssertionError(event)
    assert collection.broken == []


@ORDINARY
@given(packs(), PERSONS, CONTACTS, st.lists(LATELY, max_size=12), MINUTES, st.integers(0, 999))
def test_not_before_is_the_first_permitted_time(
    known: tuple[Pack, ...], person: Person, contact: Contact, lately: Lately, now: datetime, part: int
) -> None:
    past = [one.model_copy(update={"at": now - timedelta(minutes=ago)}) for one, ago in lately]
    answer = gate(known, person, contact, past, now)
    if not isinstance(answer, Postponed):
        return
    assert answer.not_before > now
    assert gate(known, person, contact, past, answer.not_before) == Allowed()
    earlier = now + (answer.not_before - now) * part // 1000
    for instant in (earlier, answer.not_before - timedelta(microseconds=1)):
        sooner = gate(known, person, contact, past, instant)
        assert isinstance(sooner, Postponed) and sooner.not_before == answer.not_before


@ORDINARY
@given(packs(), PERSONS, CONTACTS, st.lists(PAST, max_size=12), MINUTES)
def test_what_is_never_permitted_is_under_a_lasting_stop(
    known: tuple[Pack, ...], person: Person, contact: Contact, log: list[PastContact], now: datetime
) -> None:
    answer = gate(known, person, contact, log, now)
    if not isinstance(answer, Never):
        return
    match answer.reason:
        case "third_party":
            assert contact.addressee in ("third_party", "vendor")
        case "do_not_contact":
            assert person.do_not_contact and contact.purpose not in EXEMPT
        case "refused":
            assert contact.channel in person.refused and contact.purpose not in EXEMPT
        case "complaint":
            assert person.complains and contact.purpose not in EXEMPT
        case "unreachable":
            assert contact.channel in person.unreachable and contact.purpose not in EXEMPT
        case "contact_hours":  # packs whose hours never meet: no minute of the coming weeks is open
            assert not person.night_consent and len(known) > 0
            coming = (now + timedelta(hours=hours, minutes=1) for hours in range(24 * 80))
            assert all(gate(known, person, contact, (), at) != Allowed() for at in coming if contact.channel != "call")


@ORDINARY
@given(
    packs(), PERSONS, st.lists(st.tuples(CONTACTS, st.booleans()), min_size=1, max_size=15), st.lists(PAST, max_size=6)
)
def test_nothing_postponed_is_lost(
    known: tuple[Pack, ...], person: Person, wanted: list[tuple[Contact, bool]], log: list[PastContact]
) -> None:
    collection = Collection(known, person, START + timedelta(days=40), list(log))
    made = never = turns = 0
    queue = [(collection.now, number) for number in range(len(wanted))]
    while queue:
        collection.now, number = heapq.heappop(queue)
        match collection.attempt(*wanted[number]):
            case Allowed():
                made += 1
            case Never():
                never += 1
            case Postponed(not_before=later):
                assert later > collection.now
                heapq.heappush(queue, (later, number))
        turns += 1
        assert turns < 2_000
    assert made + never == len(wanted)
    assert collection.broken == []


@ORDINARY
@given(packs(), packs(), PERSONS, CONTACTS, st.lists(PAST, max_size=10), MINUTES)
def test_one_more_pack_never_permits_more(
    some: tuple[Pack, ...], more: tuple[Pack, ...], person: Person, contact: Contact, log: list[PastContact],
    now: datetime,
) -> None:  # fmt: skip
    renamed = tuple(one.model_copy(update={"id": f"more_{one.id}"}) for one in more)
    if gate((*some, *renamed), person, contact, log, now) == Allowed():
        assert gate(some, person, contact, log, now) == Allowed()
        assert gate(renamed, person, contact, log, now) == Allowed()
