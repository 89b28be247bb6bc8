"""Dead numbers, mail that came back, addresses nobody verified: each opens a task, whose answer everybody then uses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from activities.contact_data import keeper
from activities.supervision import Supervision
from domain.ledger import PartyRole
from store import accounts, staff
from store.facts import ledger_version
from store.views import Party
from tests.api.test_receipts import post
from tests.api.world import World, key

LEASES = ("L-000001", "L-000002")
PERSON = Party(id="P-1", role=PartyRole.LESSEE, name="承租人甲", phone="13800000001", address="上海市一号路1号")
WRONG = {"do": "record_contact", "contact": {"channel": "phone", "outcome": "wrong_number"}}
NOBODY = {"do": "record_contact", "contact": {"channel": "visit", "outcome": "wrong_address"}}
LETTER = "L-000001-1/demand_notice/1/lessee/letter"


@pytest.fixture
async def two(tmp_path: Path) -> World:
    """One lessee with two leases, both overdue since yesterday."""
    world = World(tmp_path, now="2026-03-03T10:00")
    for number in LEASES:
        world.lease(number)
        with world.database.session() as session:
            accounts.replace_parties(session, number, [PERSON], world.clock.now())
    await world.deps.intake.run(world.deps.today())
    return world


async def command(world: World, body: dict[str, Any], name: str = "w1") -> None:
    async with world.client("collector") as client:
        assert (await client.post("/cases/L-000001-1/commands", json=body, headers=key(name))).is_success


async def asked(world: World) -> list[dict[str, Any]]:
    """What the collectors are asked to find out."""
    async with world.client("collector") as client:
        return (await client.get("/errands")).json()["rows"]


async def answer(world: World, errand: dict[str, Any], outcome: str, name: str = "a1", **known: str) -> httpx.Response:
    body = {"outcome": outcome, "answers": {"finding": "向担保人了解", **known}}
    async with world.client("collector") as client:
        return await client.post(f"/errands/{errand['id']}/answer", json=body, headers=key(name))


async def gate(world: World, channel: str, number: int = 2, purpose: str = "collection") -> tuple[str, str | None]:
    """What the contact gate says of the lessee in another case of theirs."""
    async with world.client("collector") as client:
        path = f"/cases/L-00000{number}-1/contact-permission"
        found = (await client.get(path, params={"channel": channel, "purpose": purpose})).json()
    return found["verdict"], found["reason"]


def known(world: World) -> list[tuple[str | None, str | None]]:
    """(phone, address) of the lessee in both leases."""
    with world.database.reading() as session:
        return [(p.phone, p.address) for number in LEASES for p in accounts.parties(session, number)]


def versions(world: World) -> list[int]:
    with world.database.reading() as session:
        return [ledger_version(session, number) for number in LEASES]


async def test_a_dead_number_stops_calls_in_all_cases_until_another_is_found(two: World) -> None:
    await command(two, WRONG)
    (errand,) = await asked(two)
    assert (errand["rule"], errand["roles"], errand["outcomes"][0]) == ("dead_number", ["collector"], "new_number")
    assert errand["deadline"].startswith("2026-03-06T10:00")  # three business days, close of business
    assert [await gate(two, way) for way in ("call", "sms")] == [("never", "unreachable")] * 2
    assert await gate(two, "letter") == ("allowed", None)
    before = versions(two)
    assert (await answer(two, errand, "new_number", phone="13911110000")).status_code == 200
    assert known(two) == [("13911110000", "上海市一号路1号")] * 2
    assert versions(two) == [version + 1 for version in before]  # what was held back is decided anew
    assert await gate(two, "call") == ("allowed", None)


async def test_one_inquiry_at_a_time_and_a_late_one_goes_up(two: World) -> None:
    await command(two, WRONG)
    await command(two, WRONG, "w2")
    assert len(await asked(two)) == 1
    supervision = Supervision(two.database, two.policies, two.clock)
    two.later(days=3, hours=9)
    assert (supervision.settle(), supervision.settle()) == (1, 0)
    with two.database.reading() as session:
        (alert,) = staff.pending_alerts(session)
    assert (alert.role, alert.title) == ("head_of_asset_management", "核实无效号码")


@pytest.mark.parametrize("phone", ["", "no idea", "1380000000１", "13800000001\n"])
async def test_a_number_nobody_can_dial_is_no_answer(two: World, phone: str) -> None:
    await command(two, WRONG)
    (errand,) = await asked(two)
    refused = await answer(two, errand, "new_number", **({"phone": phone} if phone else {}))
    if phone.strip() == "13800000001":  # spaces around it do not count
        assert refused.status_code == 200
        return
    assert (refused.status_code, refused.json()["code"]) in ((422, "answer_incomplete"), (409, "answer_incomplete"))
    assert "no idea" not in refused.text
    assert known(two) == [("13800000001", "上海市一号路1号")] * 2
    assert len(await asked(two)) == 1


async def test_without_another_number_nobody_calls_the_old_one_again(two: World) -> None:
    await command(two, WRONG)
    (errand,) = await asked(two)
    assert (await answer(two, errand, "no_number")).status_code == 200
    assert await asked(two) == []
    assert await gate(two, "call") == ("never", "unreachable")
    with two.database.session() as session:  # until the file of the core system brings another one
        changed = PERSON.model_copy(update={"phone": "13922220000"})
        for number in LEASES:
            accounts.replace_parties(session, number, [changed], two.clock.now())
    assert await gate(two, "call") == ("allowed", None)


async def test_a_number_that_was_right_after_all_is_called_again(two: World) -> None:
    await command(two, WRONG)
    (errand,) = await asked(two)
    assert (await answer(two, errand, "number_right")).status_code == 200
    assert await gate(two, "call") == ("allowed", None)
    assert known(two) == [("13800000001", "上海市一号路1号")] * 2


async def test_a_letter_that_came_back_asks_once_for_the_address_and_the_new_one_is_verified(two: World) -> None:
    two.delivery("L-000001-1", LETTER)
    for _ in range(2):
        await post(two, "returned")
    (errand,) = await asked(two)
    assert (errand["rule"], errand["title"]) == ("returned_mail", "信件退回，核实地址")
    assert await gate(two, "letter") == ("never", "unreachable")
    assert await gate(two, "letter", purpose="formal_notice") == ("allowed", None)  # what a rule orders goes out
    assert (await answer(two, errand, "new_address", address="杭州市二号路2号")).status_code == 200
    assert await gate(two, "letter") == ("allowed", None)
    (unverified,) = await asked(two)
    assert (unverified["rule"], unverified["outcomes"][0]) == ("address_unverified", "address_right")
    assert (await answer(two, unverified, "address_right", "a2")).status_code == 200
    assert await asked(two) == []
    assert known(two) == [("13800000001", "杭州市二号路2号")] * 2


async def test_an_address_that_does_not_hold_is_looked_for_anew(two: World) -> None:
    await command(two, NOBODY)
    (errand,) = await asked(two)
    assert errand["rule"] == "address_wrong"
    assert [await gate(two, way) for way in ("visit", "letter")] == [("never", "unreachable")] * 2
    assert await gate(two, "visit", purpose="asset_inspection") == ("allowed", None)
    await answer(two, errand, "new_address", address="杭州市二号路2号")
    (unverified,) = await asked(two)
    await answer(two, unverified, "no_address", "a2")
    (again,) = await asked(two)
    assert again["rule"] == "address_wrong" and again["id"] != errand["id"]


async def test_staff_report_what_they_learned_of_a_guarantor_too(two: World) -> None:
    body = {"finding": "address_unverified", "note": "合同上无门牌号"}
    async with two.client("collector") as client:
        path = "/accounts/L-000001/contact-findings"
        first = await client.post(path, json=body, headers=key("f1"))
        second = await client.post(path, json=body, headers=key("f2"))
        nobody = await client.post(path, json={**body, "who": "guarantor-1"}, headers=key("f3"))
        alien = await client.post("/accounts/L-9/contact-findings", json=body, headers=key("f4"))
    assert (first.status_code, second.json()["errand"]) == (201, None)
    assert [one.json()["code"] for one in (nobody, alien)] == ["unknown_party", "unknown_account"]
    (errand,) = await asked(two)
    assert (errand["id"], errand["say"]) == (first.json()["errand"], "合同上无门牌号")
    assert await gate(two, "visit") == ("allowed", None)  # an address in doubt is visited: that is how it is verified
    async with two.client("auditor") as client:
        assert (await client.post(path, json=body, headers=key("f5"))).status_code == 403


@pytest.mark.parametrize(
    ("policy", "role"),
    [
        ("leasing", "collector"), ("consumer", "risk_officer"), ("bank", "junior_specialist"),
        ("credit", "collector"), ("union", "recovery_group"), ("treatment", "collector"),
        ("lender", "collection_team"),
    ],
)  # fmt: skip
def test_under_every_policy_those_who_go_to_the_customer_keep_the_contact_data(
    two: World, policy: str, role: str
) -> None:
    assert keeper(two.policies.current(policy)) == role
