"""What needed a signature is corrected under the same signature, which nobody gives to their own proposal."""

from __future__ import annotations

from activities.correcting_letters import CorrectingLetters
from activities.outbox import Outbox
from store import staff
from tests.api.corrected import (
    HEAD,
    WRONG,
    Post,
    asked_to_sign,
    corrected,
    lines,
    posted,
    put_right,
    sign,
    text_of,
)
from tests.api.world import World, key


async def test_what_the_head_had_to_sign_is_corrected_only_with_the_signature_of_the_head(world: World) -> None:
    """L4.2c: the demand notice carries the personal signature of the head; so does the letter that corrects it."""
    case_no, number = await posted(world)
    answer = await corrected(world, number)
    assert (answer.status_code, answer.json()["correction"]) == (201, None)
    assert answer.json()["waits_for"] == [HEAD]
    post, unsigned = Post(), await lines(world, case_no)
    sender = CorrectingLetters(world.database, Outbox(world.database, {"letter": post}), world.deps.gate,
                               world.deps.texts, world.clock)  # fmt: skip
    assert (await sender.send(), list(unsigned), unsigned[number]["corrected_by"]) == (0, [number], None)
    (asked,) = await asked_to_sign(world)
    assert WRONG["right"] in asked["say"] and asked["roles"] == [HEAD]
    for role in ("head_of_legal_compliance", "asset_manager", "general_manager"):
        async with world.client(role) as client:
            refused = await client.post(f"/errands/{asked['id']}/answer", json={"outcome": "signed"}, headers=key(role))
        assert (refused.status_code, refused.json()["code"]) == (403, "not_entitled")
    world.later(days=1)
    head = world.staff(HEAD)
    assert (await sign(world, who=head)).status_code == 200
    text = text_of(world, "correction-letter-2026-00001")
    assert "资产管理部负责人" in text and head.name in text and "2026年3月11日" in text
    assert (await sender.send(), len(post.sent)) == (1, 1)
    async with world.client("auditor") as client:
        entries = (await client.get(f"/cases/{case_no}/timeline")).json()
    told = [one["body"]["letter"] for one in entries if one["kind"] == "entry_corrected"]
    assert told == ["correction-letter-2026-00001"]


async def test_a_signature_given_again_with_the_same_key_writes_one_letter(world: World) -> None:
    case_no, number = await posted(world)
    await corrected(world, number)
    (asked,) = await asked_to_sign(world)
    async with world.client(HEAD) as client:
        for _ in range(2):
            body = {"outcome": "signed"}
            again = await client.post(f"/errands/{asked['id']}/answer", json=body, headers=key("s-1"))
            assert again.status_code == 200, again.text
        entries = (await client.get(f"/cases/{case_no}/timeline")).json()
    assert [one["kind"] for one in entries].count("entry_corrected") == 1


async def test_nobody_signs_the_correction_they_proposed(world: World) -> None:
    _, number = await posted(world)
    head = world.staff(HEAD)
    async with world.client(as_user=head) as client:
        await client.post(f"/documents/{number}/correction", json=WRONG, headers=key("c-1"))
    refused = await sign(world, who=head)
    assert (refused.status_code, refused.json()["code"]) == (403, "own_proposal")
    assert (await asked_to_sign(world))[0]["status"] == "open"
    assert (await sign(world, "s-2")).status_code == 200


async def test_a_correction_that_is_declined_is_not_written_and_may_be_proposed_anew(world: World) -> None:
    case_no, number = await posted(world)
    await corrected(world, number)
    assert (await sign(world, outcome="declined")).status_code == 200
    assert list(await lines(world, case_no)) == [number]
    assert (await corrected(world, number, "c-2")).status_code == 201
    assert (await sign(world, "s-2")).status_code == 200
    assert (await lines(world, case_no))[number]["corrected_by"] == "correction-letter-2026-00001"


async def test_a_correcting_letter_is_corrected_under_the_same_signature(world: World) -> None:
    _, number = await posted(world)
    made = await put_right(world, number)
    sender = CorrectingLetters(world.database, Outbox(world.database, {"letter": Post()}), world.deps.gate,
                               world.deps.texts, world.clock)  # fmt: skip
    await sender.send()
    answer = await corrected(world, made["correction"], "c-2")
    assert (answer.status_code, answer.json()["waits_for"]) == (201, [HEAD])
    assert (await sign(world, "s-2")).status_code == 200
    assert [await sender.send(), await sender.send()] == [1, 0]
    found = await lines(world, made["case_no"])
    assert found[made["correction"]]["corrected_by"] == "correction-letter-2026-00002"


async def test_who_does_not_sign_is_told_each_day_and_nothing_goes_out(world: World) -> None:
    _, number = await posted(world)
    await corrected(world, number)
    sender = CorrectingLetters(world.database, Outbox(world.database, {"letter": Post()}), world.deps.gate,
                               world.deps.texts, world.clock)  # fmt: skip
    told: list[int] = []
    for _ in range(4):
        assert await sender.send() == 0
        with world.database.reading() as session:
            told.append(len([one for one in staff.pending_alerts(session) if one.title == "更正函签字"]))
        world.later(days=1)
    assert told == [0, 0, 2, 4]  # the head, and who proposed it; the deadline is the evening of the next business day
