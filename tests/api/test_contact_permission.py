"""Whether somebody may be contacted, and what a person has said about it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.world import World, key
from tests.builders.files import PDF

PARTY = "/parties/P-L-000001/contact-preferences"
CALLED = {"do": "record_contact", "contact": {"channel": "phone", "outcome": "contacted"}}


async def ask(client: httpx.AsyncClient, case_no: str, **query: str) -> dict[str, Any]:
    answer = await client.get(f"/cases/{case_no}/contact-permission", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def put(client: httpx.AsyncClient, evidence: str | None = None, **wanted: Any) -> httpx.Response:
    body = {"preferences": wanted, "reason": "asked on the phone", "evidence": evidence}
    return await client.put(PARTY, json=body)


ALLOWED = {"verdict": "allowed", "reason": None, "not_before": None}


async def test_three_recorded_conversations_are_enough_for_a_day(world: World) -> None:
    case_no = await world.case()
    async with world.client("collector") as client:
        for number in range(3):
            assert await ask(client, case_no, channel="call") == ALLOWED
            recorded = await client.post(f"/cases/{case_no}/commands", json=CALLED, headers=key(f"c{number}"))
            assert recorded.status_code == 200
        refused = await ask(client, case_no)
        assert refused == {"verdict": "postponed", "reason": "contact_cap", "not_before": "2026-03-11T00:00:00Z"}
        assert await ask(client, case_no, channel="sms", purpose="reminder") == ALLOWED
        assert await ask(client, case_no, channel="letter", purpose="formal_notice") == ALLOWED
        world.later(hours=22)
        assert await ask(client, case_no) == ALLOWED


async def test_nobody_is_called_in_the_night(world: World) -> None:
    case_no = await world.case()
    world.later(hours=12)
    async with world.client("auditor") as client:
        found = await ask(client, case_no)
    assert (found["reason"], found["not_before"]) == ("night", "2026-03-11T00:00:00Z")


async def test_what_is_not_there_is_said(world: World) -> None:
    case_no = await world.case()
    async with world.client("collector") as client:
        vendor = await client.get(f"/cases/{case_no}/contact-permission?to=vendor")
        case = await client.get("/cases/none/contact-permission")
        party = await client.get("/parties/none/contact-preferences")
    assert [(a.status_code, a.json()["code"]) for a in (vendor, case, party)] == [
        (404, "unknown_party"), (404, "unknown_case"), (404, "unknown_party"),
    ]  # fmt: skip


async def test_preferences_hold_at_once_and_keep_who_and_why(world: World) -> None:
    case_no = await world.case()
    collector = world.staff("collector")
    async with world.client(as_user=collector) as client:
        assert (await client.get(PARTY)).json() == []
        entered = await put(client, refused=["call"])
        assert (entered.status_code, entered.json()["version"]) == (200, 1)
        assert await ask(client, case_no) == {"verdict": "never", "reason": "refused", "not_before": None}
        assert await ask(client, case_no, channel="visit") == ALLOWED
        assert (await put(client, refused=["call"])).json() == entered.json()
        (entry,) = (await client.get(PARTY)).json()
    assert entry["actor"] == {"user": collector.id, "role": "collector", "authority": "permission:change_preferences"}
    assert (entry["reason"], entry["preferences"]["refused"]) == ("asked on the phone", ["call"])


async def test_a_stop_is_lifted_by_a_document_only(world: World) -> None:
    await world.case()
    async with world.client("head_of_legal_compliance") as client:
        await put(client, do_not_contact=True)
        bare, invented = await put(client), await put(client, evidence="att-none")
        assert [a.json()["code"] for a in (bare, invented)] == ["document_missing", "unknown_attachment"]
        uploaded = await client.post("/attachments", files={"file": ("a.pdf", PDF)})
        lifted = await put(client, evidence=uploaded.json()["id"], night_consent=True)
    assert (lifted.status_code, lifted.json()["version"]) == (200, 2)


@pytest.mark.parametrize(
    "wanted",
    [{"time_zone": "Mars/Olympus"}, {"time_zone": "Asia"}, {"stopped_until": "9999-12-31T23:59:59Z"},
     {"stopped_until": "2026-04-01T09:00:00"}, {"refused": ["pigeon"]}, {"kind": "ghost"}, {"unknown": 1}],
)  # fmt: skip
async def test_preferences_that_make_no_sense_are_refused(world: World, wanted: dict[str, Any]) -> None:
    await world.case()
    async with world.client("collector") as client:
        answer = await put(client, **wanted)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert (await client.get(PARTY)).json() == []
