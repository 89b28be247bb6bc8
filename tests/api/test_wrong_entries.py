"""A confirmation and a signature given by mistake: a correcting entry takes them back, seen by all (L6.3, L4.2c)."""

from __future__ import annotations

from typing import Any

import httpx

from tests.api.world import World, key
from tests.builders.files import PDF

HEAD = "head_of_asset_management"


async def give(world: World, case_no: str, role: str, name: str, **body: Any) -> httpx.Response:
    async with world.client(role) as client:
        if body["do"] != "correct_entry":
            body |= {"evidence": (await client.post("/attachments", files={"file": ("a.pdf", PDF)})).json()["id"]}
        return await client.post(f"/cases/{case_no}/commands", json=body, headers=key(name))


async def timeline(world: World, case_no: str) -> list[dict[str, Any]]:
    async with world.client(HEAD) as client:
        return (await client.get(f"/cases/{case_no}/timeline")).json()


async def test_a_wrong_confirmation_is_taken_back_and_what_it_stopped_goes_on(world: World) -> None:
    case_no = await world.case()
    await give(world, case_no, "collector", "c1", do="open_step", step="insolvency")
    confirmed = await give(world, case_no, HEAD, "c2", do="answer_step", step="insolvency", outcome="confirmed")
    assert confirmed.status_code == 200, confirmed.text
    (wrong,) = [one["seq"] for one in await timeline(world, case_no) if one["kind"] == "step_completed"
                and one["body"]["step"] == "insolvency"]  # fmt: skip
    assert world.cases.running[case_no].holds[0].ended_at is None
    stranger = await give(world, case_no, "collector", "c3", do="correct_entry", seq=wrong, reason="看错合同")
    assert stranger.json()["code"] == "not_entitled"
    taken = await give(world, case_no, HEAD, "c4", do="correct_entry", seq=wrong, reason="看错合同")
    assert taken.status_code == 200, taken.text
    entries = {one["kind"]: one["body"] for one in await timeline(world, case_no)}
    assert (entries["step_reopened"]["corrects"], entries["step_reopened"]["reason"]) == (wrong, "看错合同")
    assert entries["hold_ended"]["reason"] == "corrected"
    case = world.cases.running[case_no]
    assert case.step("insolvency").is_open and not any(state.frozen for state in case.steps.values())


async def test_a_signature_whose_letter_is_out_stands_and_nothing_is_sent_again(world: World) -> None:
    case_no = await world.case()
    signature = await give(
        world, case_no, HEAD, "s0", do="answer_step", step="demand_notice_signature", outcome="signed"
    )
    assert signature.status_code == 200, signature.text
    before = await timeline(world, case_no)
    (signed,) = [one["seq"] for one in before if one["kind"] == "step_completed"
                 and one["body"]["step"] == "demand_notice_signature"]  # fmt: skip
    refused = await give(world, case_no, HEAD, "s1", do="correct_entry", seq=signed, reason="签错")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_acted")
    assert "correcting letter" in refused.json()["remedy"]
    assert await timeline(world, case_no) == before
