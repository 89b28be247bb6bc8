"""Violations: who, what, evidence, correction until when; put right or rejected with a reason, escalated when late."""

from __future__ import annotations

from typing import Any

import httpx

from activities.supervision import Supervision
from store import staff
from tests.api.world import World, key
from tests.builders.files import PDF

HEAD = "head_of_asset_management"


async def evidence(client: httpx.AsyncClient) -> str:
    return (await client.post("/attachments", files={"file": ("a.pdf", PDF)})).json()["id"]


async def report(world: World, who: str, name: str = "v1", **more: Any) -> httpx.Response:
    async with world.client("head_of_risk_management") as client:
        body = {"kind": "privacy", "who": who, "text": "向邻居透露住址", "evidence": await evidence(client), **more}
        return await client.post("/violations", json=body, headers=key(name))


async def listed(world: World, **query: str) -> list[dict[str, Any]]:
    async with world.client("auditor") as client:
        return (await client.get("/violations", params=query)).json()["rows"]


async def test_a_violation_is_an_errand_of_the_head_and_is_put_right(world: World) -> None:
    """B4.1.1.1b: who is responsible, what was done, what it led to; wanted in three business days by default."""
    collector = world.staff("collector")
    entered = (await report(world, collector.id, found_by="complaint", severity="serious")).json()
    assert (entered["standing"], entered["correct_by"], entered["roles"]) == ("open", "2026-03-13", [HEAD])
    async with world.client(HEAD) as head:
        (errand,) = (await head.get("/errands")).json()["rows"]
        silent = await head.post(f"/errands/{errand['id']}/answer", json={"outcome": "corrected"}, headers=key("a0"))
        answer = {"outcome": "corrected", "answers": {"measure": "书面警告，已向客户致歉"}}
        done = await head.post(f"/errands/{errand['id']}/answer", json=answer, headers=key("a1"))
        (found,) = (await head.get("/violations", params={"standing": "corrected"})).json()["rows"]
    assert (silent.json()["code"], done.status_code) == ("answer_incomplete", 200)
    assert (found["measure"], found["who"], found["settled_by"]) == (
        "书面警告，已向客户致歉", collector.id, done.json()["answered_by"],
    )  # fmt: skip


async def test_a_rejected_violation_keeps_its_reason(world: World) -> None:
    await report(world, world.staff("collector").id)
    async with world.client(HEAD) as head:
        (errand,) = (await head.get("/errands")).json()["rows"]
        answer = {"outcome": "rejected", "answers": {"measure": "录音中无此内容"}}
        await head.post(f"/errands/{errand['id']}/answer", json=answer, headers=key("a1"))
    (found,) = await listed(world, standing="rejected")
    assert (found["measure"], await listed(world, standing="open")) == ("录音中无此内容", [])


async def test_nobody_is_asked_to_judge_what_they_did_themselves(world: World) -> None:
    entered = (await report(world, world.staff("collector", HEAD).id)).json()
    assert entered["roles"] == ["general_manager"]


async def test_what_is_not_put_right_in_time_goes_up(world: World) -> None:
    await report(world, world.staff("collector").id, correct_by="2026-03-11")
    supervision = Supervision(world.database, world.policies, world.clock)
    assert supervision.settle() == 0
    world.later(days=1, hours=9)
    assert (supervision.settle(), supervision.settle()) == (1, 0)
    (found,) = await listed(world)
    assert (found["standing"], found["escalated_to"]) == ("open", "general_manager")
    async with world.client("general_manager") as manager:
        (errand,) = (await manager.get("/errands")).json()["rows"]
        answer = {"outcome": "corrected", "answers": {"measure": "解除劳动合同"}}
        assert (await manager.post(f"/errands/{errand['id']}/answer", json=answer, headers=key("a"))).is_success
    with world.database.reading() as session:
        told = [alert.role for alert in staff.pending_alerts(session)]
    assert told == [HEAD, "general_manager"]


async def test_a_violation_is_entered_once_per_key_and_paged(world: World) -> None:
    who = [world.staff("collector").id for _ in range(2)]
    supervisor = world.staff("head_of_risk_management")
    async with world.client(as_user=supervisor) as client:
        body = {"kind": "hours", "who": who[0], "text": "夜间致电", "evidence": await evidence(client)}
        first, again = [(await client.post("/violations", json=body, headers=key("k"))).json() for _ in range(2)]
        other = await client.post("/violations", json={**body, "kind": "insult"}, headers=key("k"))
        for number in range(4):
            await client.post("/violations", json={**body, "who": who[1]}, headers=key(f"k{number}"))
        page = (await client.get("/violations", params={"who": who[1], "limit": 3})).json()
        rest = (await client.get("/violations", params={"who": who[1], "limit": 3, "cursor": page["next"]})).json()
    assert first == again and other.json()["code"] == "key_differs"
    assert (len(page["rows"]), len(rest["rows"]), rest["next"]) == (3, 1, None)
    assert len({one["id"] for one in (*page["rows"], *rest["rows"])}) == 4


async def test_what_cannot_be_a_violation_is_refused(world: World) -> None:
    who = world.staff("collector").id
    answers = [
        await report(world, "nobody"), await report(world, who, evidence="att-none"),
        await report(world, who, case_no="L-9-1"), await report(world, who, correct_by="2026-03-09"),
    ]  # fmt: skip
    assert [answer.json()["code"] for answer in answers] == [
        "unknown_staff", "unknown_evidence", "unknown_case", "correction_past",
    ]  # fmt: skip
    async with world.client("collector") as client:
        assert (await client.get("/violations")).status_code == 403
    assert await listed(world) == []
