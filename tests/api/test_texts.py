"""Texts over HTTP: proposed with all faults at once, passed by Legal, read out without anything private."""

from __future__ import annotations

from typing import Any

import httpx

from tests.api.world import World, key
from tests.builders.wording import shipped_texts

CALL = "/texts/script.first_call/versions"
BODY = shipped_texts().shipped["script.first_call"].body
NEW = BODY.replace("现在方便通话吗？", "您现在方便吗？")
PASSED = {"verdict": "passed", "reason": "符合规定"}
PRIVATE = ("C-L-000001", "10,5", "逾期", "罚息", "上海市", "overdue", "penalty", "L-000001")


async def propose(client: httpx.AsyncClient, body: str = NEW, name: str = "t-1", to: str = CALL) -> httpx.Response:
    return await client.post(to, json={"body": body, "note": "更口语化"}, headers=key(name))


async def said(client: httpx.AsyncClient, case_no: str, **query: Any) -> httpx.Response:
    return await client.get(f"/cases/{case_no}/steps/phone_collection/script", params=query)


async def test_a_script_is_proposed_passed_by_legal_and_then_used(world: World) -> None:
    case_no = await world.case()
    async with world.client("collector") as collector, world.client("legal_compliance") as legal:
        assert (await said(collector, case_no)).json()["version"] == "1"
        first, again = await propose(collector), await propose(collector)
        assert (first.status_code, first.json()["version"], first.json()["state"]) == (201, "own-1", "proposed")
        assert again.json() == first.json()
        waiting = (await legal.get("/texts", params={"state": "proposed"})).json()
        assert [(one["text"], one["version"]) for one in waiting] == [("script.first_call", "own-1")]
        assert (await said(collector, case_no)).json()["version"] == "1"
        verdict = await legal.post(f"{CALL}/own-1/verdict", json=PASSED, headers=key("v-1"))
        assert (verdict.json()["state"], verdict.json()["reason"]) == ("in_use", "符合规定")
        used = (await said(collector, case_no)).json()
        body = await collector.get(f"{CALL}/own-1")
    assert used["version"] == "own-1" and any("您现在方便吗" in line["zh"] for line in used["script"]["lines"])
    assert body.content.decode() == NEW


async def test_what_is_said_has_the_figures_of_the_day_and_its_checklist(world: World) -> None:
    case_no = await world.case()
    async with world.client("collector") as client:
        found = (await said(client, case_no)).json()
    lines = [line["zh"] for line in found["script"]["lines"]]
    assert lines[0] == "您好，我是示范融资租赁有限公司的资产管理部催收人员。请问您是承租人甲吗？"
    assert lines[2].startswith("您编号C-L-000001的合同已逾期8天，截至2026年3月10日应还10,5")
    assert [item["id"] for item in found["script"]["must_say"]][:2] == ["identity", "purpose"]
    assert not any("{" in line for line in lines)


async def test_a_third_party_hears_who_calls_and_nothing_private(world: World) -> None:  # B4.1.1.1a, B2.2.1.2g, C5.3a
    case_no = await world.case()
    async with world.client("collector") as client:
        found = (await said(client, case_no, to="third_party")).json()
        nobody = await said(client, case_no, to="guarantor")
    told = " ".join(f"{line['zh']} {line['en']}" for line in found["script"]["lines"])
    assert found["text"] == "script.third_party_call" and "示范融资租赁有限公司" in told and "承租人甲" in told
    assert not any(private in told for private in PRIVATE), told
    assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown_party")


async def test_faults_are_all_named_at_once_and_nothing_is_kept(world: World) -> None:
    body = NEW.replace("请问是什么原因", "你这个骗子，{salary}是什么原因").replace("{caller}", "某人")
    async with world.client("collector") as client:
        refused = await propose(client, body)
        found = (await client.get("/texts")).json()
    assert (refused.status_code, refused.json()["code"]) == (422, "file_invalid")
    faults = [f"{one['place']} {one['message']}" for one in refused.json()["errors"]]
    assert any("骗子 (insult)" in fault and "script.first_call:" in fault for fault in faults)
    assert any("{salary}" in fault for fault in faults) and any("who is calling" in fault for fault in faults)
    assert not any(one["version"].startswith("own") for one in found)


async def test_only_legal_passes_and_nobody_their_own(world: World) -> None:
    both = world.staff("legal_compliance")
    async with world.client("collector") as collector, world.client(as_user=both) as legal:
        await propose(legal)
        by_collector = await collector.post(f"{CALL}/own-1/verdict", json=PASSED, headers=key("v-1"))
        by_proposer = await legal.post(f"{CALL}/own-1/verdict", json=PASSED, headers=key("v-2"))
        silent = await legal.post(f"{CALL}/1/verdict", json={**PASSED, "reason": ""}, headers=key("v-3"))
        unknown = await legal.post(f"{CALL}/own-9/verdict", json=PASSED, headers=key("v-4"))
        letter = await propose(legal, "x", "t-2", "/texts/letter.overdue_notice/versions")
        same = await propose(legal, BODY, "t-3")
        other = await propose(legal, NEW + "\n", "t-1")
    assert [(a.status_code, a.json()["code"]) for a in (by_collector, by_proposer, silent, unknown)] == [
        (403, "not_entitled"), (403, "own_proposal"), (422, "invalid"), (404, "unknown_text"),
    ]  # fmt: skip
    assert [a.json()["code"] for a in (letter, same, other)] == ["file_invalid", "text_known", "key_differs"]


async def test_a_call_without_a_passed_script_shows_none(world: World) -> None:  # B4.1.1.2b
    case_no = await world.case()
    refusal = {"verdict": "refused", "reason": "语气不当"}
    async with world.client("head_of_legal_compliance") as legal:
        await legal.post(f"{CALL}/1/verdict", json=refusal, headers=key("v-1"))
        none = await said(legal, case_no)
        unknown = await legal.get(f"/cases/{case_no}/steps/none/script")
        errand = await legal.get("/errands/none/script")
    assert (none.status_code, none.json()["code"]) == (409, "text_not_passed")
    assert (unknown.json()["code"], errand.json()["code"]) == ("unknown_step", "unknown_errand")


async def test_the_words_of_a_delivery_are_shown_as_they_were_sent(world: World) -> None:
    case_no = await world.case()
    world.delivery(case_no, "k-1")
    async with world.client("auditor") as client:
        found = (await client.get("/deliveries/text", params={"key": "k-1"})).json()
        none = await client.get("/deliveries/text", params={"key": "k-2"})
    assert (found["number"], found["texts"], found["wording"]) == ("N-1", [], "")
    assert (none.status_code, none.json()["code"]) == (404, "unknown_delivery")
