"""Complaints over HTTP: from staff, from the mailbox, without a case, with both clocks in view (B4.2.2)."""

from __future__ import annotations

from httpx import Response

from gateways.signature import sign
from tests.api.world import GATEWAY_KEY, World, key

PHONE = {"channel": "phone", "complainant": "王某", "phone": "13800000001", "text": "催收员深夜来电"}
ANSWER = {"act": {"do": "respond", "by": "phone", "text": "已收到"}}
CLEAR = {"act": {"do": "report_findings", "violation": False, "text": "未见违规"}}
TELL = {"act": {"do": "tell_result", "by": "phone", "text": "未见违规"}}


async def entered(world: World, name: str = "k1") -> Response:
    async with world.client("junior_specialist") as client:
        return await client.post("/complaints", json=PHONE, headers=key(name))


async def mailed(world: World, body: bytes) -> Response:
    headers = sign(GATEWAY_KEY, world.wall.now(), "POST", "/complaints/inbound", body)
    async with world.client() as client:
        return await client.post("/complaints/inbound", content=body, headers=headers)


async def test_b4_2_2s_anybody_enters_a_complaint_without_a_case_and_both_clocks_run(world: World) -> None:
    found = await entered(world)  # Tuesday, 10 March, 10:00
    assert found.status_code == 201
    assert [(one["clock"], one["due_at"][:16], one["overdue"]) for one in found.json()["clocks"]] == [
        ("response", "2026-03-11T10:00", False), ("investigation", "2026-03-13T18:00", False),
    ]  # fmt: skip
    assert (await entered(world)).json()["code"] == "command_differs"  # somebody else's complaint with the same key


async def test_a_complaint_sent_twice_is_entered_once(world: World) -> None:
    async with world.client("junior_specialist") as client:
        first, again = [await client.post("/complaints", json=PHONE, headers=key("k1")) for _ in range(2)]
    assert first.json()["number"] == again.json()["number"]


async def test_b4_2_2a_a_mail_to_the_complaint_mailbox_is_a_complaint_once(world: World) -> None:
    body = '{"message_id": "<m1@example.com>", "sender": "wang@example.com", "subject": "催收投诉", "text": "骚扰"}'
    first, again = await mailed(world, body.encode()), await mailed(world, body.encode())
    assert (first.status_code, first.json()["channel"], first.json()["email"]) == (202, "email", "wang@example.com")
    assert again.json()["number"] == first.json()["number"]
    assert first.json()["text"] == "催收投诉\n\n骚扰"
    async with world.client() as client:
        assert (await client.post("/complaints/inbound", content=body.encode())).status_code == 401
    assert (await mailed(world, b'{"message_id": ""}')).status_code == 422


async def test_b4_2_2_from_the_answer_to_the_result(world: World) -> None:
    number = (await entered(world)).json()["number"]
    async with world.client("collection_supervisor") as client:
        early = await client.post(f"/complaints/{number}/acts", json=TELL, headers=key("a0"))
        assert (early.status_code, early.json()["code"]) == (409, "needs_missing")
        for name, act in (("a1", ANSWER), ("a2", CLEAR), ("a3", TELL)):
            assert (await client.post(f"/complaints/{number}/acts", json=act, headers=key(name))).status_code == 200
        found = (await client.get(f"/complaints/{number}")).json()
        late = await client.post(f"/complaints/{number}/acts", json=TELL, headers=key("a4"))
    assert (found["complaint"]["status"], found["complaint"]["clocks"]) == ("closed", [])
    assert [event["seq"] for event in found["events"]] == [1, 2, 3, 4]
    assert late.json()["code"] == "complaint_closed"


async def test_overdue_ones_are_found_and_only_the_chain_handles_them(world: World) -> None:
    number = (await entered(world)).json()["number"]
    async with world.client("collection_supervisor") as client:
        assert (await client.get("/complaints", params={"overdue": True})).json()["rows"] == []
        world.later(hours=25)
        rows = (await client.get("/complaints", params={"overdue": True})).json()["rows"]
    assert [(row["number"], row["clocks"][0]["overdue"], row["clocks"][1]["overdue"]) for row in rows] == [
        (number, True, False)
    ]
    async with world.client("head_of_legal") as client:
        refused = await client.post(f"/complaints/{number}/acts", json=ANSWER, headers=key("b1"))
        assert refused.json()["code"] == "not_entitled"
    async with world.client("junior_specialist") as client:
        assert (await client.get(f"/complaints/{number}")).status_code == 403


async def test_bad_complaints_are_refused(world: World) -> None:
    async with world.client("junior_specialist") as client:
        nothing = await client.post("/complaints", json={"channel": "phone", "text": ""}, headers=key("c1"))
        alien = await client.post("/complaints", json=PHONE | {"case_no": "X-1"}, headers=key("c2"))
        future = PHONE | {"received_at": "2026-03-11T10:00:00+08:00"}
        ahead = await client.post("/complaints", json=future, headers=key("c3"))
    assert [one.status_code for one in (nothing, alien, ahead)] == [422, 404, 422]


async def acted(world: World, number: str, name: str, act: dict[str, object]) -> Response:
    async with world.client("collection_supervisor") as client:
        return await client.post(f"/complaints/{number}/acts", json={"act": act}, headers=key(name))


async def violations(world: World) -> list[dict[str, object]]:
    async with world.client("auditor") as client:
        return (await client.get("/violations")).json()["rows"]


async def test_b4_2_2d_a_violation_found_stands_in_the_register_until_its_correction_is_confirmed(world: World) -> None:
    collector = world.staff("collector")
    number = (await entered(world)).json()["number"]
    found = {
        "do": "report_findings", "violation": True, "text": "深夜来电属实", "correction": "培训", "who": collector.id,
        "correction_by": "2026-03-20", "kind": "hours", "serious": True,
    }  # fmt: skip
    for _ in range(2):  # sent twice, entered once
        assert (await acted(world, number, "v1", found)).status_code == 200
    (open_one,) = await violations(world)
    assert {name: open_one[name] for name in ("found_by", "kind", "severity", "who", "correct_by", "standing")} == {
        "found_by": "complaint", "kind": "hours", "severity": "serious", "who": collector.id,
        "correct_by": "2026-03-20", "standing": "open",
    }  # fmt: skip
    assert open_one["evidence"] == number
    assert (await acted(world, number, "v2", {"do": "confirm_correction", "text": "已培训"})).status_code == 200
    (settled,) = await violations(world)
    assert (settled["standing"], settled["measure"]) == ("corrected", "已培训")


async def test_without_a_violation_nothing_is_entered_and_without_a_name_it_is_nobodys(world: World) -> None:
    first, second = (await entered(world)).json()["number"], (await entered(world, "k2")).json()["number"]
    await acted(world, first, "f1", CLEAR["act"])
    assert await violations(world) == []
    found = {"do": "report_findings", "violation": True, "text": "属实", "correction": "整改", "who": "nobody-here",
             "correction_by": "2026-03-20"}  # fmt: skip
    await acted(world, second, "f2", found)
    assert [(one["who"], one["kind"]) for one in await violations(world)] == [("", "other")]


async def test_a_person_names_the_case_that_the_sender_did_not_lead_to(world: World) -> None:
    case_no, number = await world.case(), (await entered(world)).json()["number"]
    async with world.client("collection_supervisor") as client:
        loose = (await client.get("/complaints", params={"linked": False})).json()["rows"]
        unknown = await client.put(f"/complaints/{number}/case", json={"case_no": "X-1"})
        linked = (await client.put(f"/complaints/{number}/case", json={"case_no": case_no})).json()
        of_case = (await client.get("/complaints", params={"case_no": case_no})).json()["rows"]
        rest = (await client.get("/complaints", params={"linked": False})).json()["rows"]
    assert ([one["number"] for one in loose], unknown.status_code, rest) == ([number], 404, [])
    assert (linked["case_no"], linked["account_no"], of_case) == (case_no, "L-000001", [linked])
    assert linked["linked_by"] and linked["next_due"].startswith("2026-03-11T02:00")
    async with world.client("junior_specialist") as client:
        assert (await client.put(f"/complaints/{number}/case", json={"case_no": case_no})).status_code == 403
