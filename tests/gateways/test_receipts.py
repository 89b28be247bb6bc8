"""Receipts reach the webhook signed, at least once, in any order, and the status comes out right."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from pydantic import ValidationError

from gateways.contract import OutboundMessage, Receipt, Status, merge_status
from gateways.faults import Faults, FaultSwitches
from gateways.http import read_receipt
from gateways.receipt_poster import ReceiptPoster
from gateways.signature import SignatureRefused, sign
from gateways.standin import PROGRESS
from gateways.standin_store import SentStore
from gateways.standins import wall_clock

SECRET = b"secret"
PATH = "/webhooks/gateway"


@dataclass
class Receiver:
    """Our side of the webhook: verifies, keeps, and answers as told."""

    answers: list[int] = field(default_factory=list)
    received: list[Receipt] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post(PATH)
        async def receive(request: Request) -> Response:
            receipt = read_receipt(SECRET, request.headers, wall_clock(), PATH, await request.body())
            self.received.append(receipt)
            return Response(status_code=self.answers.pop(0) if self.answers else 204)

        return app

    def status(self) -> Status | None:
        status = None
        for receipt in self.received:
            status = merge_status(status, receipt.status)
        return status


async def post(store: SentStore, receiver: Receiver, **faults: bool) -> int:
    switches = FaultSwitches()
    switches.set(Faults.model_validate(faults))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(receiver.app())) as client:
        poster = ReceiptPoster(store, client, f"http://127.0.0.1{PATH}", SECRET, wall_clock)
        return await poster.post_waiting(switches)


@pytest.fixture
def store(tmp_path: Path, sms: OutboundMessage) -> SentStore:
    store = SentStore(tmp_path)
    store.take(sms, wall_clock(), PROGRESS["sms"])
    return store


async def test_receipts_come_in_order_and_once_acknowledged_never_again(store: SentStore, sms: OutboundMessage) -> None:
    receiver = Receiver()
    assert await post(store, receiver) == 3
    assert [receipt.status for receipt in receiver.received] == [Status.queued, Status.sent, Status.delivered]
    assert {receipt.key for receipt in receiver.received} == {sms.key}
    assert await post(store, receiver) == 0


async def test_repeated_and_reversed_receipts_give_the_same_status(store: SentStore) -> None:
    receiver = Receiver()
    await post(store, receiver, repeat_receipts=True, reverse_receipts=True)
    assert [receipt.status for receipt in receiver.received] == [
        Status.delivered, Status.delivered, Status.sent, Status.sent, Status.queued, Status.queued,
    ]  # fmt: skip
    assert receiver.status() is Status.delivered


async def test_what_was_not_acknowledged_comes_again(store: SentStore) -> None:
    receiver = Receiver(answers=[503, 204, 500])
    assert await post(store, receiver) == 1
    assert await post(store, receiver) == 2
    assert receiver.status() is Status.delivered
    assert len(receiver.received) == 5


async def test_a_letter_that_comes_back_is_reported(tmp_path: Path, letter: OutboundMessage) -> None:
    store = SentStore(tmp_path)
    store.take(letter, wall_clock(), PROGRESS["letter"])
    assert store.queue_receipt(letter.key, Status.returned, wall_clock())
    assert not store.queue_receipt("unknown", Status.returned, wall_clock())
    receiver = Receiver()
    await post(store, receiver)
    assert receiver.status() is Status.returned


def test_a_tampered_receipt_and_a_body_that_is_none_are_refused() -> None:
    body = b'{"key":"k","status":"delivered","at":"2026-03-10T09:00:00Z","provider_ref":"p"}'
    headers = sign(SECRET, wall_clock(), "POST", PATH, body)
    assert read_receipt(SECRET, headers, wall_clock(), PATH, body).status is Status.delivered
    with pytest.raises(SignatureRefused):
        read_receipt(SECRET, headers, wall_clock(), PATH, body.replace(b"delivered", b"returned"))
    with pytest.raises(ValidationError):
        read_receipt(SECRET, sign(SECRET, wall_clock(), "POST", PATH, b"{}"), wall_clock(), PATH, b"{}")
