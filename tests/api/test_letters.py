"""Proof that a letter arrived, receipts put right, a wrong letter corrected by another and never by a second notice."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

import httpx
import pytest
from pypdf import PdfReader

from activities.correcting_letters import CorrectingLetters
from activities.outbox import Outbox
from store import deliveries, documents, letters
from store.documents import NewDocument, claim_number
from tests.api.corrected import (
    TARGET,
    WRONG,
    Post,
    corrected,
    lines,
    posted,
    put_right,
    sign,
    text_of,
)
from tests.api.world import World, key
from tests.builders.files import PDF


async def test_a_wrong_letter_is_corrected_by_one_that_names_its_number_and_date(world: World) -> None:
    case_no, number = await posted(world)
    made = await put_right(world, number)
    assert (made["correction"], made["target"]) == ("correction-letter-2026-00001", TARGET)
    text = text_of(world, made["correction"])
    assert "更正函" in text and number in text and "付款期限应为2026年3月25日" in text
    assert "2026年3月9日" in text or "2026年3月10日" in text
    assert "账号" not in text  # it demands nothing
    found = await lines(world, case_no)
    assert found[number]["corrected_by"] == made["correction"]


async def test_the_case_records_it_as_a_correcting_entry_and_no_step_begins_anew(world: World) -> None:
    case_no, number = await posted(world)
    async with world.client("auditor") as client:
        before = (await client.get(f"/cases/{case_no}/timeline")).json()
        made = await put_right(world, number)
        after = (await client.get(f"/cases/{case_no}/timeline")).json()
    (entry,) = after[len(before) :]
    sending = next(one["seq"] for one in before if one["kind"] == "message_sent")
    assert (entry["kind"], entry["body"]["corrects"], entry["body"]["letter"]) == (
        "entry_corrected", sending, made["correction"],
    )  # fmt: skip
    notices = [one for one in (await lines(world, case_no)).values() if one["kind"] == "rent_demand_notice"]
    assert len(notices) == 1


async def test_it_goes_out_once_to_the_same_target(world: World) -> None:
    case_no, number = await posted(world)
    made = await put_right(world, number)
    post = Post()
    sender = CorrectingLetters(world.database, Outbox(world.database, {"letter": post}), world.deps.gate,
                               world.deps.texts, world.clock)  # fmt: skip
    assert [await sender.send(), await sender.send()] == [1, 0]
    (message,) = post.sent
    assert message.attachments[0].name == f"{made['correction']}.pdf"
    assert made["correction"] in message.subject and "更正函" in message.text
    sent = (await lines(world, case_no))[made["correction"]]["deliveries"]
    assert [(one["target"], one["status"]) for one in sent] == [(TARGET, "sent")]


async def test_in_the_night_it_waits(world: World) -> None:
    _, number = await posted(world)
    await put_right(world, number)
    world.later(hours=15)
    post = Post()
    sender = CorrectingLetters(world.database, Outbox(world.database, {"letter": post}), world.deps.gate,
                               world.deps.texts, world.clock)  # fmt: skip
    assert await sender.send() == 0
    world.later(hours=8)
    assert await sender.send() == 1


async def test_sent_again_with_the_same_key_it_is_one_and_with_another_it_is_refused(world: World) -> None:
    case_no, number = await posted(world)
    lawyer = world.staff("legal_compliance")
    async with world.client(as_user=lawyer) as client:
        first, again, other = [
            await client.post(f"/documents/{number}/correction", json=WRONG, headers=key(name))
            for name in ("c-1", "c-1", "c-2")
        ]
        await sign(world)
        later = await client.post(f"/documents/{number}/correction", json=WRONG, headers=key("c-1"))
        one_more = await client.post(f"/documents/{number}/correction", json=WRONG, headers=key("c-3"))
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "already_corrected")
    assert one_more.json()["code"] == "already_corrected"
    found = [one for one in await lines(world, case_no) if one.startswith("correction")]
    assert found == [later.json()["correction"]] == ["correction-letter-2026-00001"]


async def test_what_did_not_go_out_or_is_no_letter_is_not_corrected(world: World) -> None:
    case_no = await world.case()
    with world.database.session() as session:
        for kind in ("rent_demand_notice", "capacity_report"):
            made = NewDocument(
                number=claim_number(session, kind, 2026), case_no=case_no, step="x", occurrence=1,
                as_of=world.deps.today(), sha256=sha256(kind.encode()).hexdigest(), pdf=kind.encode(), content="{}",
                created_at=world.clock.now(),
            )  # fmt: skip
            documents.save_document(session, made)
    answers = [await corrected(world, number, f"c{number}") for number in
               ("rent-demand-notice-2026-00001", "capacity-report-2026-00001", "nothing")]  # fmt: skip
    assert [one.json()["code"] for one in answers] == ["not_sent", "not_a_letter", "unknown_document"]


async def test_a_letter_is_not_named_as_a_correction_without_being_written(world: World) -> None:
    case_no, _ = await posted(world)
    async with world.client("legal_compliance") as client:
        body = {"do": "correct_entry", "seq": 1, "reason": "x", "letter": "correction-letter-2026-00009"}
        answer = await client.post(f"/cases/{case_no}/commands", json=body, headers=key("k"))
    assert answer.json()["code"] == "not_a_letter"


async def proof(world: World, of: str, name: str = "p-1", **more: str) -> httpx.Response:
    async with world.client("asset_manager") as client:
        upload = (await client.post("/attachments", files={"file": ("回执.pdf", PDF)})).json()["id"]
        body = {"delivery": of, "registered_no": "XA12345678931", "receipt": upload, **more}
        return await client.post("/deliveries/proof", json=body, headers=key(name))


async def test_a_registered_number_and_its_receipt_stand_with_the_documents_of_the_case(world: World) -> None:
    case_no, number = await posted(world)
    delivery = f"{case_no}/demand_notice/1/{TARGET}"
    assert (await proof(world, delivery, "p-1", registered_no="XA00000000000")).status_code == 201
    answer = await proof(world, delivery, "p-2")
    assert answer.status_code == 201, answer.text
    (sent,) = (await lines(world, case_no))[number]["deliveries"]
    assert sent["registered_no"] == "XA12345678931"
    assert sent["receipt"] == answer.json()["receipt"]
    with world.database.reading() as session:
        assert letters.proofs_of(session, case_no)[delivery].evidence == sent["receipt"]


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"delivery": "L-9-1/demand_notice/1/lessee/letter"}, 404, "unknown_delivery"),
        ({"receipt": "att-none"}, 404, "unknown_attachment"),
        ({"registered_no": "x"}, 422, "invalid"),
        ({"received_on": "2026-03-11"}, 422, "file_invalid"),  # tomorrow
        ({"received_on": "2026-03-09"}, 422, "file_invalid"),  # before it went out
    ],
)
async def test_a_proof_needs_its_letter_its_receipt_and_a_number(
    world: World, more: dict[str, str], status: int, code: str
) -> None:
    case_no, _ = await posted(world)
    answer = await proof(world, f"{case_no}/demand_notice/1/{TARGET}", "p-1", **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_wrong_receipt_is_put_right_in_the_timeline_and_with_the_delivery(world: World) -> None:
    case_no, number = await posted(world)
    delivery = f"{case_no}/demand_notice/1/{TARGET}"
    with world.database.session() as session:
        deliveries.apply_receipt(session, delivery, "returned", world.clock.now())
    async with world.client("asset_manager") as client:
        before = (await client.get(f"/cases/{case_no}/timeline")).json()
        body = {"do": "correct_entry", "seq": before[-1]["seq"], "reason": "退件单属于另一封信",
                "receipt": {"key": delivery, "status": "delivered"}}  # fmt: skip
        answer = await client.post(f"/cases/{case_no}/commands", json=body, headers=key("r-1"))
        assert answer.status_code == 200, answer.text
        entry = (await client.get(f"/cases/{case_no}/timeline")).json()[-1]
    assert (entry["kind"], entry["body"]["key"], entry["body"]["status"]) == ("entry_corrected", delivery, "delivered")
    (sent,) = (await lines(world, case_no))[number]["deliveries"]
    assert sent["status"] == "delivered"
    with world.database.session() as session:  # the provider repeats itself
        deliveries.apply_receipt(session, delivery, "returned", world.clock.now())
    assert (await lines(world, case_no))[number]["deliveries"] == [{**sent}]


async def test_a_demand_counts_from_the_day_on_its_receipt_not_from_the_day_it_is_entered(world: World) -> None:
    """民法典第195条: sent on 10 March, signed for on the twelfth, entered on the sixteenth; last due date 2 April."""
    case_no, number = await posted(world)
    delivery = f"{case_no}/demand_notice/1/{TARGET}"
    world.later(days=6)
    answer = await proof(world, delivery, received_on="2026-03-12")
    assert (answer.status_code, answer.json()["received_on"]) == (201, "2026-03-12")
    assert (await lines(world, case_no))[number]["deliveries"][0]["received_on"] == "2026-03-12"
    world.later(minutes=1)
    async with world.client("legal_compliance") as client:
        found = (await client.get(f"/cases/{case_no}/limitation")).json()["limitation"]
        index = (await client.get(f"/cases/{case_no}/evidence.pdf")).content
    assert [(one["on"], one["of"], one["unproven"]) for one in found["counted"]] == [("2026-03-12", number, False)]
    said = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(index)).pages).split())
    receipt = answer.json()["receipt"][:16]
    assert f"2026-03-12送达，单号XA12345678931，见附件{receipt}" in said
    assert said.count(f"租金催收通知书于2026-03-12送达{receipt}") == 1  # an exhibit of its own


async def test_a_corrected_receipt_says_the_day_and_a_wrong_day_changes_nothing(world: World) -> None:
    case_no, _ = await posted(world)
    delivery = f"{case_no}/demand_notice/1/{TARGET}"
    world.later(days=6)
    async with world.client("asset_manager") as client:
        last = (await client.get(f"/cases/{case_no}/timeline")).json()[-1]["seq"]
        receipt = {"key": delivery, "status": "delivered", "received_on": "2026-03-12"}
        body = {"do": "correct_entry", "seq": last, "reason": "邮局查询结果", "receipt": receipt}
        for name, wrong in (("r-1", {"received_on": "2026-03-17"}), ("r-2", {"received_on": "2026-03-09"}),
                            ("r-3", {"status": "returned", "received_on": "2026-03-30"})):  # fmt: skip
            bad = await client.post(f"/cases/{case_no}/commands", json=body | {"receipt": receipt | wrong},
                                    headers=key(name))  # fmt: skip
            assert (bad.status_code, bad.json()["code"]) == (422, "file_invalid")
        assert [one["place"] for one in bad.json()["errors"]] == ["received_on", "received_on"]
        assert (await client.post(f"/cases/{case_no}/commands", json=body, headers=key("r-4"))).status_code == 200
        found = (await client.get(f"/cases/{case_no}/limitation")).json()["limitation"]
    assert [one["on"] for one in found["counted"]] == ["2026-03-12"]


async def test_the_evidence_of_a_corrected_receipt_has_to_exist(world: World) -> None:
    case_no, _ = await posted(world)
    body = {"do": "correct_entry", "seq": 1, "reason": "x",
            "receipt": {"key": f"{case_no}/x/1/{TARGET}", "status": "sent", "evidence": "att-0"}}  # fmt: skip
    async with world.client("asset_manager") as client:
        answer = await client.post(f"/cases/{case_no}/commands", json=body, headers=key("r-1"))
    assert answer.json()["code"] == "unknown_attachment"
