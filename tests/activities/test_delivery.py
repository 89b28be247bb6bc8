"""A letter goes out once, whatever breaks between the claim and the answer, and never on figures that moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from activities.delivery import Delivery
from activities.messages import DispatchRequest
from domain.errors import Transient
from domain.ledger import PostingKind
from gateways.contract import GatewayUnavailable
from store import deliveries
from store.accounts import replace_parties
from store.documents import documents_of
from store.facts import ledger_version
from store.ledger import post
from store.session import Database
from tests.activities.outside import Outside, outside
from tests.activities.world import DAY, LESSEE, World, at, posting


@pytest.fixture
async def out(tmp_path: Path) -> AsyncIterator[Outside]:
    async with outside(tmp_path / "sent") as found:
        yield found


@pytest.fixture
def delivery(world: World, out: Outside) -> Delivery:
    return Delivery(world.database, world.writer, out.gateways, world.gate)


def notice(world: World, channel: str = "letter") -> DispatchRequest:
    """The demand notice to the lessee on the figures of now."""
    return world.dispatch("demand_notice", f"lessee/{channel}", signed_by="head_of_asset_management")


def status(world: World, key: str) -> str | None:
    """What is kept of a delivery."""
    with world.database.reading() as session:
        found = deliveries.find_delivery(session, key)
    return found.status if found else None


def numbers(world: World) -> list[str]:
    """The numbers of all documents of the case."""
    with world.database.reading() as session:
        return [line.number for line in documents_of(session, "L-1-1")]


def pay(world: World, receipt: str, amount: str = "100.00") -> None:
    """Money arrives: the ledger moves."""
    with world.database.session() as session:
        post(session, posting(receipt, PostingKind.PAYMENT, amount, DAY), "L-1")


# ── once ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_letter_is_sent_once(world: World, out: Outside, delivery: Delivery) -> None:
    request = notice(world)
    first = await delivery.dispatch_document(request)
    again = await delivery.dispatch_document(request)
    assert first.status == "sent" and first.document is not None
    assert again == first
    assert (out.deliveries(), out.requests(request.key)) == ({request.key: 1}, 1)
    assert numbers(world) == ["rent-demand-notice-2026-00001"] == [first.document.number]
    [taken] = out.store.newest(5)
    assert taken.files == ("rent-demand-notice-2026-00001.pdf",)


async def test_letter_and_mail_are_one_document_and_two_deliveries(
    world: World, out: Outside, delivery: Delivery
) -> None:
    by_letter, by_mail = notice(world), notice(world, "email")
    results = [await delivery.dispatch_document(request) for request in (by_letter, by_mail)]
    assert results[0] == results[1]
    assert out.deliveries() == {by_letter.key: 1, by_mail.key: 1}
    assert len(numbers(world)) == 1


@pytest.mark.parametrize("channel", ["letter", "email"])
async def test_two_workers_at_once_deliver_once(world: World, out: Outside, channel: str) -> None:
    request = notice(world, channel)
    out.fail(delay_ms=50)
    databases = [Database(str(world.database.url)) for _ in range(2)]
    workers = [Delivery(database, world.writer, out.gateways, world.gate) for database in databases]
    results = await asyncio.gather(*(worker.dispatch_document(request) for worker in workers))
    for database in databases:
        database.close()
    assert "sent" in {result.status for result in results}
    assert out.deliveries() == {request.key: 1}
    assert status(world, request.key) == "sent"
    assert len(numbers(world)) == 1


# ── the gateway fails ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_answer_lost_after_acceptance_is_asked_for(world: World, out: Outside, delivery: Delivery) -> None:
    request = notice(world)
    out.fail(drop_answers=1)
    with pytest.raises(Transient):
        await delivery.dispatch_document(request)
    assert (status(world, request.key), out.deliveries()) == ("claimed", {request.key: 1})
    result = await delivery.dispatch_document(request)
    assert result.status == "sent"
    assert (out.deliveries(), out.requests(request.key)) == ({request.key: 1}, 1)


async def test_a_sender_that_died_before_the_gateway_took_it_is_followed_by_another(
    world: World, out: Outside, delivery: Delivery
) -> None:
    request = notice(world)
    out.fail(server_errors=1)
    with pytest.raises(Transient):
        await delivery.dispatch_document(request)
    assert out.deliveries() == {request.key: 0}
    assert (await delivery.dispatch_document(request)).status == "sent"
    assert out.deliveries() == {request.key: 1}


async def test_while_the_gateway_is_away_the_claim_is_free(world: World, out: Outside, delivery: Delivery) -> None:
    request = notice(world)
    out.line.cut = True
    for _ in range(2):
        with pytest.raises(GatewayUnavailable):
            await delivery.dispatch_document(request)
        assert status(world, request.key) == "released"
    out.line.cut = False
    assert (await delivery.dispatch_document(request)).status == "sent"
    assert (out.deliveries(), status(world, request.key)) == ({request.key: 1}, "sent")
    assert len(numbers(world)) == 1


async def test_a_gateway_that_is_busy_gets_it_later(world: World, out: Outside, delivery: Delivery) -> None:
    request = notice(world)
    out.fail(too_many=1)
    with pytest.raises(GatewayUnavailable) as caught:
        await delivery.dispatch_document(request)
    assert caught.value.retry_after == 1
    assert (await delivery.dispatch_document(request)).status == "sent"


async def test_a_refusal_for_good_is_kept(world: World, out: Outside, delivery: Delivery) -> None:
    request = notice(world)
    out.fail(refuse="bad_address")
    first = await delivery.dispatch_document(request)
    out.fail()
    assert first.status == "refused" and first.document is not None
    assert await delivery.dispatch_document(request) == first
    assert (out.deliveries(), status(world, request.key)) == ({request.key: 0}, "refused")


async def test_a_mail_whose_fate_nobody_knows_is_never_sent_again(
    world: World, out: Outside, delivery: Delivery
) -> None:
    request = notice(world, "email")
    out.fail(mail_drop_answers=1)
    first = await delivery.dispatch_document(request)
    assert first.status == "unknown"
    assert await delivery.dispatch_document(request) == first
    assert (out.deliveries(), status(world, request.key)) == ({request.key: 1}, "unknown")


async def test_a_mail_claimed_by_a_sender_that_died_is_unknown(world: World, out: Outside, delivery: Delivery) -> None:
    """Nobody can ask a mail server, so a person decides."""
    request = notice(world, "email")
    with world.database.session() as session:
        letter = world.writer.letter(session, request)
        deliveries.claim(
            session,
            deliveries.Claim(
                key=request.key, case_no="L-1-1", account_no="L-1", step=request.step, target=request.target,
                document=letter.ref, ledger_version=request.ledger_version, at=request.at,
            ),
        )  # fmt: skip
    assert (await delivery.dispatch_document(request)).status == "unknown"
    assert out.deliveries() == {}


# ── the ledger moves ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_figures_that_moved_are_not_sent_and_cost_no_number(
    world: World, out: Outside, delivery: Delivery
) -> None:
    request = notice(world)
    pay(world, "late")
    result = await delivery.dispatch_document(request)
    assert (result.status, result.document) == ("stale", None)
    assert (out.deliveries(), numbers(world), status(world, request.key)) == ({}, [], None)
    after = await delivery.dispatch_document(notice(world))
    assert after.document is not None and after.document.number == "rent-demand-notice-2026-00001"


async def test_money_that_comes_while_the_gateway_is_away_stops_the_letter(
    world: World, out: Outside, delivery: Delivery
) -> None:
    request = notice(world)
    out.line.cut = True
    with pytest.raises(GatewayUnavailable):
        await delivery.dispatch_document(request)
    pay(world, "meanwhile")
    out.line.cut = False
    assert (await delivery.dispatch_document(request)).status == "stale"
    assert out.deliveries() == {}


async def test_money_that_comes_while_the_fate_is_asked_stops_the_letter(
    world: World, out: Outside, delivery: Delivery
) -> None:
    request = notice(world)
    out.fail(server_errors=1)
    with pytest.raises(Transient):
        await delivery.dispatch_document(request)
    pay(world, "meanwhile")
    assert (await delivery.dispatch_document(request)).status == "stale"
    assert out.deliveries() == {request.key: 0}


async def test_a_letter_decided_anew_goes_out_under_the_same_key_with_the_new_figures(
    world: World, out: Outside, delivery: Delivery
) -> None:
    request = notice(world)
    out.line.cut = True
    with pytest.raises(GatewayUnavailable):
        await delivery.dispatch_document(request)
    pay(world, "meanwhile")
    out.line.cut = False
    result = await delivery.dispatch_document(notice(world))
    assert result.status == "sent" and result.document is not None
    with world.database.reading() as session:
        kept = deliveries.find_delivery(session, request.key)
        version = ledger_version(session, "L-1")
    assert kept is not None
    assert (kept.number, kept.sha256) == (result.document.number, result.document.sha256)
    assert kept.ledger_version == version
    assert out.store.newest(1)[0].files == (f"{result.document.number}.pdf",)
    assert numbers(world) == ["rent-demand-notice-2026-00001", "rent-demand-notice-2026-00002"]


async def test_what_was_taken_stays_sent_though_money_comes(world: World, out: Outside, delivery: Delivery) -> None:
    request = notice(world)
    out.fail(drop_answers=1)
    with pytest.raises(Transient):
        await delivery.dispatch_document(request)
    pay(world, "meanwhile")
    result = await delivery.dispatch_document(request)
    assert result.status == "sent" and result.document is not None
    assert result.document.as_of == DAY
    assert out.deliveries() == {request.key: 1}


# ── what cannot be written ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "channel"),
    [
        ({"name": "\U0001f600有限公司"}, "letter"),  # no font has it
        ({"email": "财务@lessee.example"}, "email"),
        ({"email": None}, "email"),
    ],
)
async def test_what_cannot_be_written_is_a_task_and_not_an_endless_attempt(
    world: World, out: Outside, delivery: Delivery, change: dict[str, str | None], channel: str
) -> None:
    with world.database.session() as session:
        replace_parties(session, "L-1", (LESSEE.model_copy(update=change),), at(date(2026, 3, 10)))
    result = await delivery.dispatch_document(notice(world, channel))
    assert (result.status, result.document) == ("refused", None)
    assert (out.deliveries(), numbers(world)) == ({}, [])
