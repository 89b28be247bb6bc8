"""A person with five leases: one call, recorded in each case, counted once; nobody sets out while the gate is shut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from domain import events as e
from domain.ledger import PartyRole
from domain.preferences import Preferences
from store import accounts, cases
from store.contacts import contacts_of
from store.facts import ledger_version
from store.preferences import change_preferences
from store.views import Party
from tests.api.world import World, key

CALL = "first_week_phone_collection"
LEASES = ("L-000001", "L-000002", "L-000003", "L-000004", "L-000005")
PERSON = Party(id="P-1", role=PartyRole.LESSEE, name="承租人甲", address="上海市")


def recorded(outcome: str = "contacted", **more: Any) -> dict[str, Any]:
    return {"do": "record_contact", "contact": {"channel": "phone", "outcome": outcome, **more}}


@pytest.fixture
async def five(tmp_path: Path) -> World:
    """One lessee with five leases, each one day overdue: five tasks ask for a call."""
    world = World(tmp_path, now="2026-03-03T10:00")
    for number in LEASES:
        world.lease(number)
        with world.database.session() as session:
            accounts.replace_parties(session, number, [PERSON], world.clock.now())
    await world.deps.intake.run(world.deps.today())
    return world


def log(world: World) -> int:
    with world.database.reading() as session:
        return len(contacts_of(session, "P-1", world.clock.now()))


def bodies(world: World, kind: type[e.ContactRecorded | e.StepCompleted]) -> dict[str, list[Any]]:
    with world.database.reading() as session:
        return {
            number: [event.body for event in cases.timeline(session, f"{number}-1") if isinstance(event.body, kind)]
            for number in LEASES
        }


def open_calls(world: World) -> list[str]:
    return [number for number in LEASES if world.cases.running[f"{number}-1"].step(CALL).is_open]


async def test_one_call_is_recorded_in_all_five_cases_and_counts_once(five: World) -> None:
    assert open_calls(five) == list(LEASES)
    async with five.client("collector") as client:
        answer = await client.post("/cases/L-000003-1/commands", json=recorded(), headers=key("c1"))
        assert (answer.status_code, answer.json()["state"]) == (200, "recorded")
        permission = (await client.get("/cases/L-000001-1/contact-permission")).json()
    assert open_calls(five) == []
    assert (log(five), permission["verdict"]) == (1, "allowed")
    told = {number: [body.of for body in found] for number, found in bodies(five, e.ContactRecorded).items()}
    (own,) = told.pop("L-000003")
    assert own is None
    (of,) = {one for found in told.values() for one in found}
    assert of is not None and of.startswith("L-000003-1/")


async def test_the_same_command_again_is_passed_on_once(five: World) -> None:
    async with five.client("collector") as client:
        for _ in range(2):
            await client.post("/cases/L-000001-1/commands", json=recorded(), headers=key("c1"))
    assert {len(found) for found in bodies(five, e.ContactRecorded).values()} == {1}


async def test_what_was_passed_on_to_some_before_a_failure_reaches_the_others_on_a_repeat(five: World) -> None:
    stopped = five.cases.running.pop("L-000004-1")
    async with five.client("collector") as client:
        await client.post("/cases/L-000001-1/commands", json=recorded(), headers=key("c1"))
        five.cases.running["L-000004-1"] = stopped
        assert open_calls(five) == ["L-000004"]
        await client.post("/cases/L-000001-1/commands", json=recorded(), headers=key("c1"))
    assert open_calls(five) == []


async def test_an_amount_promised_is_promised_once(five: World) -> None:
    async with five.client("collector") as client:
        said = recorded(promise_amount="10500.00", promise_date="2026-03-09", attitude="cooperative")
        await client.post("/cases/L-000001-1/commands", json=said, headers=key("c1"))
    found = {number: body.contact for number, (body,) in bodies(five, e.ContactRecorded).items()}
    assert found.pop("L-000001").promise_amount is not None
    assert {contact.promise_amount for contact in found.values()} == {None}
    assert {contact.attitude for contact in found.values()} == {"cooperative"}


async def test_who_was_not_reached_is_still_to_be_called_about_all_five(five: World) -> None:
    async with five.client("collector") as client:
        await client.post("/cases/L-000001-1/commands", json=recorded("not_reached"), headers=key("c1"))
    assert open_calls(five) == list(LEASES)


async def test_a_corrected_record_is_corrected_everywhere(five: World) -> None:
    async with five.client("collector") as client:
        done = await client.post("/cases/L-000002-1/commands", json=recorded(), headers=key("c1"))
        learned = {"channel": "phone", "outcome": "contacted", "attitude": "refuses"}
        entry = {"do": "correct_entry", "seq": done.json()["first_seq"], "reason": "misheard", "contact": learned}
        assert (await client.post("/cases/L-000002-1/commands", json=entry, headers=key("c2"))).status_code == 200
    assert {five.cases.running[f"{number}-1"].contacts.attitude for number in LEASES} == {"refuses"}
    assert log(five) == 1


async def test_nobody_starts_a_call_in_the_night_but_one_that_was_made_is_recorded(five: World) -> None:
    five.later(hours=12)
    start = {"do": "start_task", "step": CALL}
    async with five.client("collector") as client:
        refused = await client.post("/cases/L-000001-1/commands", json=start, headers=key("s1"))
        assert (refused.status_code, refused.json()["code"]) == (409, "contact_postponed")
        assert "2026-03-04T00:00:00" in refused.json()["remedy"]
        happened = await client.post("/cases/L-000001-1/commands", json=recorded(), headers=key("c1"))
        assert happened.status_code == 200


async def test_nobody_starts_a_call_to_who_refused_calls(five: World) -> None:
    async with five.client("collector") as client:
        wanted = {"preferences": {"refused": ["call"]}, "reason": "said so"}
        assert (await client.put("/parties/P-1/contact-preferences", json=wanted)).status_code == 200
        start = {"do": "start_task", "step": CALL}
        refused = await client.post("/cases/L-000001-1/commands", json=start, headers=key("s1"))
    assert refused.json()["code"] == "contact_barred"


async def test_a_changed_preference_leaves_a_notice_for_every_account_of_the_person(five: World) -> None:
    def versions() -> list[int]:
        with five.database.reading() as session:
            return [ledger_version(session, number) for number in LEASES]

    before, now = versions(), five.clock.now()
    actor = e.Actor(user="u", role="collector", authority="permission:change_preferences")
    for _ in range(2):  # what counts already wakes nobody
        with five.database.session() as session:
            change_preferences(session, "P-1", Preferences(do_not_contact=True), "letter", None, actor, now)
    assert versions() == [version + 1 for version in before]


async def test_a_wrong_number_asks_once_for_another_one(five: World) -> None:
    async with five.client("collector") as client:
        for _ in range(2):
            await client.post("/cases/L-000001-1/commands", json=recorded("wrong_number"), headers=key("c1"))
        await client.post("/cases/L-000001-1/commands", json=recorded("not_reached"), headers=key("c2"))
        found = (await client.get("/errands")).json()["rows"]
    assert [(errand["kind"], errand["account_no"], errand["status"]) for errand in found] == [
        ("dead_number", "L-000001", "open")
    ]
