"""Receipts of gateways: signed, at least once, in any order; the status only moves forward."""

from __future__ import annotations

from datetime import timedelta

import httpx

from gateways.contract import Receipt, Status
from gateways.signature import sign
from store import cases, deliveries, named
from store.named import Named
from tests.api.world import GATEWAY_KEY, World

KEY = "L-000001-1/demand_notice/1/lessee/letter"


async def post(
    world: World, status: str, key: str = KEY, secret: bytes = GATEWAY_KEY, path: str = "/receipts/letter"
) -> httpx.Response:
    receipt = Receipt(key=key, status=Status(status), at=world.wall.now(), provider_ref="p-1")
    body = receipt.model_dump_json().encode()
    headers = sign(secret, world.wall.now(), "POST", path, body)
    async with world.client() as client:
        return await client.post(path, content=body, headers=headers)


def noted(world: World, case_no: str) -> list[str]:
    """The statuses that stand in the record of the case."""
    with world.database.reading() as session:
        happened = cases.timeline(session, case_no)
    return [event.body.status for event in happened if event.body.kind == "receipt_received"]


async def test_repeated_and_reversed_receipts_only_move_forward(world: World) -> None:
    case_no = await world.case()
    world.delivery(case_no, KEY)
    for status, now in [
        ("queued", "claimed"), ("delivered", "delivered"), ("sent", "delivered"), ("delivered", "delivered"),
        ("returned", "returned"), ("failed", "returned"),
    ]:  # fmt: skip
        answer = await post(world, status)
        assert (answer.status_code, answer.json()) == (202, {"key": KEY, "status": now})
    assert noted(world, case_no) == ["delivered", "returned"]


async def test_a_receipt_while_the_engine_is_away_is_posted_again_and_noted(world: World) -> None:
    case_no = await world.case()
    world.delivery(case_no, KEY)
    world.cases.mode = "away"
    assert (await post(world, "delivered")).status_code == 503
    world.cases.mode = "quick"
    assert (await post(world, "delivered")).status_code == 202
    assert noted(world, case_no) == ["delivered"]


async def test_a_receipt_for_a_closed_case_stays_in_the_deliveries(world: World) -> None:
    case_no = await world.case()
    world.delivery(case_no, KEY)
    world.cases.mode = "cut off"
    assert (await post(world, "delivered")).status_code == 202
    with world.database.reading() as session:
        found = deliveries.find_delivery(session, KEY)
    assert found and found.status == "delivered"


async def test_unsigned_stale_and_alien_receipts_are_refused(world: World) -> None:
    alien = await post(world, "sent", secret=b"another secret")
    unknown = await post(world, "sent", key="L-9-1/demand_notice/1/lessee/letter")
    body = b"{}"
    headers = sign(GATEWAY_KEY, world.wall.now() - timedelta(minutes=6), "POST", "/receipts/letter", body)
    async with world.client() as client:
        stale = await client.post("/receipts/letter", content=body, headers=headers)
        unsigned = await client.post("/receipts/letter", content=body)
        fresh = sign(GATEWAY_KEY, world.wall.now(), "POST", "/receipts/letter", body)
        empty = await client.post("/receipts/letter", content=body, headers=fresh)
    assert [answer.json()["detail"] for answer in (alien, stale, unsigned)] == [
        "signature_wrong", "timestamp_outside_window", "signature_missing",
    ]  # fmt: skip
    assert {answer.status_code for answer in (alien, stale, unsigned)} == {401}
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_delivery")
    assert (empty.status_code, len(empty.json()["errors"])) == (422, 4)


async def test_a_provider_of_several_channels_posts_to_one_address(world: World) -> None:
    case_no = await world.case()
    world.delivery(case_no, KEY)
    assert (await post(world, "delivered", path="/receipts")).status_code == 202
    with world.database.reading() as session:
        last = cases.timeline(session, case_no)[-1]
    assert last.actor and (last.actor.user, last.actor.role) == ("gateway-letter", "system")


async def test_a_receipt_reaches_every_case_for_which_the_message_stands(world: World) -> None:
    """One letter that speaks of two contracts; each case notes it once, under the key of its own dispatch."""
    first, second = await world.case(), await world.case("L-000002")
    own = KEY.replace("000001", "000002")
    world.delivery(first, KEY)
    with world.database.session() as session:
        named.name_accounts(session, KEY, [Named(account_no="L-000002", case_no=second, ledger_version=1)])
        named.take(session, KEY, "L-000002", own)
    for _ in range(2):
        assert (await post(world, "delivered")).status_code == 202
    assert (noted(world, first), noted(world, second)) == (["delivered"], ["delivered"])
    with world.database.reading() as session:
        last = cases.timeline(session, second)[-1].body
        assert named.shared_with(session, second)[0].status == "delivered"
    assert last.kind == "receipt_received" and last.key == own
    assert (await post(world, "returned")).status_code == 202
    assert noted(world, second) == ["delivered", "returned"]


async def test_a_receipt_of_a_reminder_that_belongs_to_no_case_stays_in_the_deliveries(world: World) -> None:
    """Before the due date there is no case to tell, so the engine is not needed."""
    reminder = "C-1/20260921/consumer.sms_reminder/20260914/sms"
    world.delivery("", reminder)
    world.cases.mode = "away"
    answer = await post(world, "delivered", key=reminder, path="/receipts/sms")
    assert (answer.status_code, answer.json()["status"]) == (202, "delivered")
