"""The people of an agency: what they see, what they may do, and every route that refuses them."""

from __future__ import annotations

from typing import Any

import pytest

from store import cases, staff
from tests.api.placed import (
    command,
    document,
    errands_of,
    outsider,
    placed,
    register,
)
from tests.api.world import World, key


async def test_an_agency_sees_its_own_cases_and_the_least_of_them(world: World) -> None:
    case_no = await placed(world)
    await register(world)
    async with world.client(as_user=outsider(world)) as client:
        (shown,) = (await client.get("/agency/cases")).json()
        due = {"amount_due": "10500.00", "currency": "CNY"}
        assert {**shown, "id": ""} == {
            "id": "", "name": "借款人乙", "phone": "13800000001", "contract_no": "C-B-1", "held": False, **due,
        }  # fmt: skip
        await command(world, case_no, "r1", do="recall_from_agency", note="到期")
        assert (await client.get("/agency/cases")).json() == []
        gone = await client.post(f"/agency/cases/{shown['id']}/permission", json={"channel": "call"})
        assert gone.json()["code"] == "unknown_placement"
    async with world.client(as_user=outsider(world, "x-2", "A-2")) as client:
        assert (await client.get("/agency/cases")).json() == []
    async with world.client("collection_supervisor") as client:
        assert (await client.get("/agency/cases")).status_code == 403


async def test_the_contact_gate_holds_for_agencies_too_and_their_contacts_count(world: World) -> None:
    case_no = await placed(world)
    async with world.client(as_user=outsider(world)) as client:
        (shown,) = (await client.get("/agency/cases")).json()
        path = f"/agency/cases/{shown['id']}"
        assert (await client.post(f"{path}/permission", json={"channel": "call"})).json() == {"permitted": True}
        for name in ("c1", "c1"):
            call = await client.post(f"{path}/contacts", json={"outcome": "not_reached"}, headers=key(name))
            assert (call.status_code, call.json()) == (201, {"permitted": True})
        answers = []
        for name in ("c2", "c3", "c4", "c5", "c6", "c7"):  # six unanswered calls a day
            world.later(minutes=1)
            asked = await client.post(f"{path}/permission", json={"channel": "call"})
            answers.append(asked.status_code)
            if asked.status_code == 200:
                await client.post(f"{path}/contacts", json={"outcome": "not_reached"}, headers=key(name))
        assert answers[-1] == 409 and asked.json()["code"] == "contact_postponed"
        anyway = await client.post(f"{path}/contacts", json={"outcome": "contacted"}, headers=key("c9"))
        assert anyway.json() == {"permitted": False}
    with world.database.reading() as session:
        made = [event for event in cases.timeline(session, case_no) if event.body.kind == "contact_recorded"]
    assert {(e.actor.user, e.actor.role, e.actor.authority) for e in made if e.actor} == {
        ("x-1", "agency", "agency:A-1")
    }
    assert len(errands_of(world, "agency_contact")) == 1
    async with world.client("junior_specialist") as client:  # one cap for all who call
        own = await client.get(f"/cases/{case_no}/contact-permission", params={"channel": "call"})
        assert own.json()["reason"] == "contact_cap"


@pytest.mark.parametrize("hold", ["dispute", "death", "insolvency", "disaster"])
async def test_b2_3_2_1c_an_agency_is_told_not_to_contact_while_the_case_is_held(world: World, hold: str) -> None:
    """S5: who goes on all the same is looked into, and what took place is in the record; afterwards they may again."""
    case_no = await placed(world)
    paper = await held(world, case_no, hold)
    async with world.client(as_user=outsider(world)) as client:
        (shown,) = (await client.get("/agency/cases")).json()
        path = f"/agency/cases/{shown['id']}"
        assert shown["held"] is True
        for channel in ("call", "visit", "sms"):
            asked = await client.post(f"{path}/permission", json={"channel": channel})
            assert (asked.status_code, asked.json()["code"]) == (409, "contact_barred")
            assert hold not in asked.text  # why it is held is no business of an agency
        made = await client.post(f"{path}/contacts", json={"outcome": "contacted"}, headers=key("c1"))
        assert (made.status_code, made.json()) == (201, {"permitted": False})
        assert len(errands_of(world, "agency_contact")) == 1
        async with world.client("junior_specialist") as own:
            said = await own.get(f"/cases/{case_no}/contact-permission", params={"channel": "call", "to": "borrower"})
            assert (said.json()["verdict"], said.json()["reason"]) == ("never", "held")
        if hold == "dispute":
            await command(world, case_no, "a1", do="answer_step", step="dispute_answer", outcome="unfounded")
        else:
            await command(world, case_no, "e1", do="end_hold", hold=hold, evidence=paper)
        world.later(days=1)
        assert [one["held"] for one in (await client.get("/agency/cases")).json()] == [False]
        assert (await client.post(f"{path}/permission", json={"channel": "call"})).status_code == 200


async def held(world: World, case_no: str, hold: str) -> str:
    """The case is held, as was reported on this paper and confirmed."""
    more = {"end_date": "2026-04-01"} if hold == "disaster" else {}
    async with world.client("junior_specialist") as client:
        paper = await document(client)
    wanted: dict[str, Any] = {"do": "open_step", "step": hold, "evidence": paper, **more}
    reported = await command(world, case_no, "h1", role="junior_specialist", **wanted)
    confirmed = await command(world, case_no, "h2", do="answer_step", step=hold, outcome="confirmed")
    assert (reported.status_code, confirmed.status_code) == (200, 200), reported.text + confirmed.text
    return paper


async def test_reports_are_handed_in_once_per_period(world: World) -> None:
    await placed(world)
    async with world.client(as_user=outsider(world)) as client:
        early = await client.post("/agency/reports", json={"period": "2026-03-01", "text": "三月"})
        assert early.status_code == 422
        report = {"period": "2026-02-01", "text": "二月"}
        assert (await client.post("/agency/reports", json=report)).status_code == 201
        assert (await client.post("/agency/reports", json=report)).status_code == 201
        other = await client.post("/agency/reports", json={**report, "text": "改"})
        assert other.json()["code"] == "report_differs"
        assert [one["text"] for one in (await client.get("/agency/reports")).json()] == ["二月"]


def routes(world: World) -> list[tuple[str, str]]:
    """Every route outside of /agency, its parameters filled in."""
    paths = world.app.openapi()["paths"]
    return sorted(
        (method.upper(), path)
        for path, known in paths.items() if not path.startswith("/agency/")
        for method in known
    )  # fmt: skip


async def test_every_other_route_refuses_the_people_of_an_agency(world: World) -> None:
    wanted = {"Idempotency-Key": "k"}
    async with world.client() as nobody, world.client(as_user=outsider(world)) as client:
        closed = 0
        for method, path in routes(world):
            filled = path.replace("{", "").replace("}", "")
            if path in ("/events", "/cases/events"):
                continue
            if "token_missing" not in (await nobody.request(method, filled, json={}, headers=wanted)).text:
                continue  # open to all, or signed by a gateway
            answer = await client.request(method, filled, json={}, headers=wanted)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_entitled"), (method, path)
            closed += 1
    assert closed > 80


@pytest.mark.parametrize("change", [{"active": False}, {"agency": ""}, {"roles": ("agency", "collection_supervisor")}])
async def test_an_account_that_is_not_of_an_agency_only_sees_nothing(world: World, change: dict[str, object]) -> None:
    await placed(world)
    member = outsider(world)
    async with world.client(as_user=member) as client:
        assert (await client.get("/agency/cases")).status_code == 200
        with world.database.session() as session:
            staff.change(session, member.model_copy(update=change))
        assert (await client.get("/agency/cases")).status_code in (401, 403)
        assert (await client.get("/cases")).status_code in (401, 403)
