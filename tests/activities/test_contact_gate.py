"""A letter passes the contact gate in the transaction that claims its key; what is refused leaves no claim."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from activities.approach import Approaches
from activities.contact_gate import ContactGate, Wanted, addressee_of, read_packs
from activities.delivery import Delivery
from activities.messages import ApproachRequest, ApproachResult, DispatchRequest, DispatchResult
from domain.conduct import Allowed, Channel, Never, PastContact, Postponed
from domain.errors import Invalid, Transient
from domain.events import Actor
from domain.preferences import Preferences
from gateways.contract import GatewayUnavailable
from settings import SettingsError, load_settings
from store import deliveries
from store.contacts import NewContact, contacts_of, enter_contact
from store.documents import documents_of
from store.facts import ledger_version
from store.preferences import change_preferences
from tests.activities.outside import Outside, outside
from tests.activities.world import DAY, ROOT, World, at

TOMORROW = DAY + timedelta(days=1)
STAFF = Actor(user="u-1", role="asset_manager", authority="permission:change_preferences")


@pytest.fixture
async def out(tmp_path: Path) -> AsyncIterator[Outside]:
    async with outside(tmp_path / "sent") as found:
        yield found


@pytest.fixture
def delivery(world: World, out: Outside) -> Delivery:
    return Delivery(world.database, world.writer, out.gateways, world.gate)


def notice(world: World, **more: object) -> DispatchRequest:
    """The demand notice to the lessee; a rule orders it."""
    return world.dispatch("demand_notice", "lessee/letter", signed_by="head_of_asset_management", **more)


def reminder(world: World, **more: object) -> DispatchRequest:
    """The same letter sent as a reminder, which is not exempt from anything."""
    return notice(world, document="reminder", **more)


def known_of(world: World, **preferences: object) -> None:
    """The lessee of L-1 says how they want to be contacted."""
    with world.database.session() as session:
        wanted = Preferences.model_validate(preferences)
        change_preferences(session, "P1", wanted, "by phone", "A-1", STAFF, at(DAY))


def attempts(world: World, count: int, channel: Channel = "call") -> None:
    """Contacts with the lessee of L-1 about other leases, since nine o'clock."""
    with world.database.session() as session:
        for number in range(count):
            enter_contact(
                session,
                NewContact(
                    id=f"L-9-1/{number}", party_id="P1", case_no="L-9-1", account_no="L-9", channel=channel,
                    purpose="collection", at=at(DAY, 9),
                ),
            )  # fmt: skip


def traces(world: World, key: str) -> tuple[str | None, int, int]:
    """Status of the delivery, how many documents have numbers, how many contacts count."""
    with world.database.reading() as session:
        found = deliveries.find_delivery(session, key)
        numbers = documents_of(session, "L-1-1")
        return found.status if found else None, len(numbers), len(log(world))


def log(world: World) -> tuple[PastContact, ...]:
    with world.database.reading() as session:
        return contacts_of(session, "P1", at(DAY, 23))


def until(day: date, hour: int, reason: str) -> DispatchResult:
    return DispatchResult.model_validate({"status": "postponed", "reason": reason, "not_before": at(day, hour)})


# ── at the claim ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_even_a_notice_waits_for_the_morning(world: World, out: Outside, delivery: Delivery) -> None:
    world.clock.at = at(DAY, 22)
    request = notice(world, at=at(DAY, 22))
    assert await delivery.dispatch_document(request) == until(TOMORROW, 8, "night")
    assert (out.deliveries(), traces(world, request.key)) == ({}, (None, 0, 0))
    world.clock.at = at(TOMORROW, 8)
    assert (await delivery.dispatch_document(notice(world, at=at(TOMORROW, 8)))).status == "sent"
    assert (out.deliveries(), traces(world, request.key)) == ({request.key: 1}, ("sent", 1, 1))


async def test_the_day_of_the_person_counts_not_that_of_the_account(world: World, delivery: Delivery) -> None:
    known_of(world, time_zone="Europe/Berlin")
    answer = await delivery.dispatch_document(notice(world))  # ten in Shanghai is three in Berlin
    assert answer == until(DAY, 15, "night")


async def test_a_person_with_six_attempts_gets_no_reminder_but_the_notice(
    world: World, out: Outside, delivery: Delivery
) -> None:
    attempts(world, 6)
    refused = reminder(world)
    assert await delivery.dispatch_document(refused) == until(TOMORROW, 8, "contact_cap")
    assert (out.deliveries(), traces(world, refused.key)) == ({}, (None, 0, 6))
    assert (await delivery.dispatch_document(notice(world))).status == "sent"


async def test_the_sixth_attempt_goes_out_and_counts(world: World, out: Outside, delivery: Delivery) -> None:
    attempts(world, 5)
    first, second = reminder(world), reminder(world, occurrence=2, key="L-1-1/demand_notice/2/lessee/letter")
    assert (await delivery.dispatch_document(first)).status == "sent"
    assert (await delivery.dispatch_document(first)).status == "sent"  # asked again, it is the same contact
    assert len(log(world)) == 6
    assert await delivery.dispatch_document(second) == until(TOMORROW, 8, "contact_cap")
    assert out.deliveries() == {first.key: 1}


async def test_who_must_not_be_contacted_gets_the_notice_only(world: World, out: Outside, delivery: Delivery) -> None:
    known_of(world, do_not_contact=True)
    refused = reminder(world)
    answer = await delivery.dispatch_document(refused)
    assert answer == DispatchResult(status="refused", reason="do_not_contact")
    assert (out.deliveries(), traces(world, refused.key)) == ({}, (None, 0, 0))
    assert (await delivery.dispatch_document(notice(world))).status == "sent"


async def test_a_stop_with_an_end_postpones(world: World, delivery: Delivery) -> None:
    known_of(world, stopped_until=at(TOMORROW, 15))
    assert await delivery.dispatch_document(reminder(world)) == until(TOMORROW, 15, "do_not_contact")


async def test_a_guarantor_is_somebody_else(world: World, delivery: Delivery) -> None:
    known_of(world, do_not_contact=True)
    attempts(world, 6)
    request = world.dispatch("guarantor_notice", "guarantor-1/letter", document="reminder")
    assert (await delivery.dispatch_document(request)).status == "sent"
    with world.database.reading() as session:
        assert [past.channel for past in contacts_of(session, "P2", at(DAY, 23))] == ["letter"]


# ── later ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_hours_that_end_while_the_gateway_is_away_stop_the_letter(
    world: World, out: Outside, delivery: Delivery
) -> None:
    request = notice(world)
    out.line.cut = True
    with pytest.raises(GatewayUnavailable):
        await delivery.dispatch_document(request)
    world.clock.at = at(DAY, 21)
    out.line.cut = False
    assert await delivery.dispatch_document(request) == until(TOMORROW, 8, "contact_hours")
    assert out.deliveries() == {}
    world.clock.at = at(TOMORROW, 8)
    assert (await delivery.dispatch_document(notice(world, at=at(TOMORROW, 8)))).status == "sent"
    assert out.deliveries() == {request.key: 1}


async def test_hours_that_end_while_the_fate_is_asked_stop_the_letter(
    world: World, out: Outside, delivery: Delivery
) -> None:
    request = notice(world)
    out.fail(server_errors=1)
    with pytest.raises(Transient):
        await delivery.dispatch_document(request)
    world.clock.at = at(DAY, 22)
    assert await delivery.dispatch_document(request) == until(TOMORROW, 8, "night")
    assert (out.deliveries(), traces(world, request.key)[0]) == ({request.key: 0}, "released")


async def test_what_the_gateway_did_not_take_was_no_contact(world: World, out: Outside, delivery: Delivery) -> None:
    attempts(world, 5)
    request = reminder(world)
    out.line.cut = True
    for _ in range(3):
        with pytest.raises(GatewayUnavailable):
            await delivery.dispatch_document(request)
    assert len(log(world)) == 5
    out.line.cut = False
    out.fail(refuse="bad_address")
    assert (await delivery.dispatch_document(request)).status == "refused"
    assert len(log(world)) == 5


async def test_an_attempt_in_doubt_does_not_stand_in_its_own_way(
    world: World, out: Outside, delivery: Delivery
) -> None:
    attempts(world, 5)
    request = reminder(world)
    out.fail(server_errors=1)
    with pytest.raises(Transient):
        await delivery.dispatch_document(request)
    assert len(log(world)) == 6
    assert (await delivery.dispatch_document(request)).status == "sent"


async def test_a_clock_that_is_behind_the_decision_does_not_postpone_it(world: World, delivery: Delivery) -> None:
    world.clock.at = at(DAY, 8) - timedelta(milliseconds=5)
    assert (await delivery.dispatch_document(notice(world, at=at(DAY, 8)))).status == "sent"


# ── before a call task or a visit opens ─────────────────────────────────────────────────────────────────────────────


def approach(world: World, way: str, **more: object) -> ApproachResult:
    """Asks for the lessee of L-1, about collection."""
    with world.database.reading() as session:
        version = ledger_version(session, "L-1")
    values = {"case_no": "L-1-1", "account_no": "L-1", "step": "s", "target": f"customer/{way}", "at": at(DAY),
              "ledger_version": version}  # fmt: skip
    return Approaches(world.database, world.gate).permit_contact(ApproachRequest.model_validate({**values, **more}))


def test_a_task_opens_only_when_the_person_may_be_contacted(world: World) -> None:
    assert approach(world, "call") == ApproachResult(status="allowed")
    assert log(world) == ()  # a task that opens is no contact yet
    late = ApproachResult(status="postponed", reason="night", not_before=at(TOMORROW, 8))
    assert approach(world, "visit", at=at(DAY, 22)) == late
    attempts(world, 6)
    full = ApproachResult(status="postponed", reason="contact_cap", not_before=at(TOMORROW, 8))
    assert (approach(world, "call"), approach(world, "visit"), approach(world, "other")) == (full, full, full)


def test_a_barred_person_is_waited_for_until_something_changes(world: World) -> None:
    with world.database.reading() as session:
        before = ledger_version(session, "L-1")
    known_of(world, refused=("visit",))
    assert approach(world, "visit", ledger_version=before) == ApproachResult(status="stale")
    assert approach(world, "visit") == ApproachResult(status="postponed", reason="refused")
    assert approach(world, "call") == ApproachResult(status="allowed")


# ── the gate itself ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_asking_enters_nothing(world: World) -> None:
    wanted = Wanted(account_no="L-1", who="lessee", channel="call", purpose="collection")
    with world.database.reading() as session:
        assert world.gate.ask(session, wanted) == Allowed()
        assert world.gate.ask(session, wanted.model_copy(update={"who": "guarantor-9"})) is None
        vendor = world.gate.ask(session, wanted.model_copy(update={"who": "vendor"}))
    assert vendor == Never(reason="third_party")
    assert log(world) == ()


def test_of_strangers_nobody_is_told() -> None:
    assert [addressee_of(who) for who in ("lessee", "borrower", "guarantor-2", "vendor", "neighbour")] == [
        "customer", "customer", "guarantor", "vendor", "third_party",
    ]  # fmt: skip


def test_on_a_fast_clock_no_hour_is_closed_and_caps_stay(world: World) -> None:
    folder = ROOT / "policies" / "conduct"
    gate = ContactGate(read_packs(folder, ["default", "us"], always_open=True), world.clock)
    world.clock.at = at(DAY, 23)
    wanted = Wanted(account_no="L-1", who="lessee", channel="sms", purpose="reminder")
    attempts(world, 6)
    with world.database.reading() as session:
        answer = gate.ask(session, wanted)
    midnight = at(TOMORROW, 8) - timedelta(hours=8)
    assert answer == Postponed(reason="contact_cap", not_before=midnight)


def test_an_installation_names_its_packs() -> None:
    for named, ids in (("default", ["default"]), ("default,us", ["default", "us"])):
        settings = load_settings(conduct=named)
        assert [pack.id for pack in read_packs(settings.conduct_path, settings.conduct_ids)] == ids
    with pytest.raises(SettingsError, match="ARREARS_CONDUCT"):
        load_settings(conduct="default us")


def test_a_pack_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="there is no pack mars"):
        read_packs(ROOT / "policies" / "conduct", ["default", "mars"])
    with pytest.raises(Invalid, match="there is no pack default"):
        read_packs(tmp_path, ["default"])
