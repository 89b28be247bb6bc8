"""Calls and social messages by the contract of the gateways; what happens in a call comes as signed events."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from domain.calls import CallFacts, Happening, after
from gateways.contract import Accepted, GatewayUnavailable, OutboundMessage, SocialRecipient, Unknown
from gateways.faults import Faults, FaultSwitches
from gateways.receipt_poster import ReceiptPoster
from gateways.sent_page import masked
from gateways.signature import verify
from gateways.voice import CallEvent, NoDialler, order
from gateways.voice_standin import Exchange
from tests.gateways.conftest import SECRET, Provider

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
CHAT = OutboundMessage(
    key="L-1/plan/1", recipient=SocialRecipient(account="oGZUI0egBJY1zhBYw2KhdUfwVJJE"), subject="还款建议", text="您好"
)


def happened(exchange: Exchange) -> list[tuple[str, int | None]]:
    return [(event.event, event.duration) for _, event in exchange.receipts_to_post(10)]


@pytest.mark.parametrize(
    ("phone", "course"),
    [("138 0000 0042", [("ringing", None), ("answered", None), ("ended", 62)]),
     ("13800000030", [("ringing", None), ("no_answer", None)]), ("+8613800000000", [("dead_number", None)])],
)  # fmt: skip
def test_the_number_says_what_becomes_of_a_call(
    tmp_path: Path, phone: str, course: list[tuple[str, int | None]]
) -> None:
    exchange = Exchange(tmp_path)
    for _ in range(2):
        exchange.connect(order("call-1", phone, "8001"), NOW)
    assert happened(exchange) == course


def test_other_messages_ring_nowhere(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path)
    exchange.connect(CHAT, NOW)
    assert happened(exchange) == []


async def test_a_call_is_ordered_once_per_key(provider: Provider) -> None:
    message = order("call-1", "13800000042", "8001")
    first, again = await provider.gateway.send(message), await provider.gateway.send(message)
    assert isinstance(first, Accepted) and first == again == await provider.gateway.ask("call-1")
    assert provider.count("call-1").deliveries == 1


async def test_a_social_message_goes_the_way_of_an_sms(provider: Provider) -> None:
    """O3.2: beside telephone, SMS and e-mail."""
    assert isinstance(await provider.gateway.send(CHAT), Accepted)
    assert provider.count(CHAT.key).status == "delivered"
    page = (await provider.http.get("/")).text
    assert "社交媒体" in page and "oG****JE" in page and "oGZUI0egBJY1zhBYw2KhdUfwVJJE" not in page
    assert masked(CHAT.recipient) == "oG****JE"


async def test_events_are_posted_signed_until_they_are_acknowledged(tmp_path: Path) -> None:
    posted: list[CallEvent] = []

    def receive(request: httpx.Request) -> httpx.Response:
        verify(SECRET, request.headers, NOW, "POST", "/calls/events", request.content)
        posted.append(CallEvent.model_validate_json(request.content))
        return httpx.Response(503 if len(posted) == 1 else 202)

    exchange, faults = Exchange(tmp_path), FaultSwitches()
    exchange.connect(order("call-1", "13800000042", "8001"), NOW)
    faults.set(Faults(reverse_receipts=True))
    async with httpx.AsyncClient(transport=httpx.MockTransport(receive)) as client:
        poster = ReceiptPoster(exchange, client, "http://arrears/calls/events", SECRET, lambda: NOW)
        assert [await poster.post_waiting(faults), await poster.post_waiting(faults)] == [2, 1]
    assert [event.event for event in posted] == ["ended", "answered", "ringing", "ended"]
    assert posted[0].recording is not None and happened(exchange) == []


@pytest.mark.parametrize(
    "more", [{"event": "ended"}, {"event": "ringing", "duration": 3}, {"event": "ended", "duration": -1},
             {"event": "no_answer", "recording": {"reference": "x", "sha256": "0" * 64, "media_type": "audio/wav"}}],
)  # fmt: skip
def test_an_event_that_contradicts_itself_is_refused(more: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CallEvent.model_validate({"key": "call-1", "at": NOW, "provider_ref": "p", **more})


def test_a_number_nobody_can_dial_is_refused() -> None:
    with pytest.raises(ValidationError):
        order("call-1", "none", "8001")


async def test_without_a_dialler_nothing_is_taken() -> None:
    with pytest.raises(GatewayUnavailable):
        await NoDialler().send(order("call-1", "13800000042", "8001"))
    assert await NoDialler().ask("call-1") == Unknown()


@pytest.mark.parametrize("order_", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_a_call_is_the_same_in_whatever_order_it_is_reported(order_: tuple[int, ...]) -> None:
    reports: tuple[tuple[Happening, int | None], ...] = (("ringing", None), ("answered", None), ("ended", 30))
    call = CallFacts(status="dialling")
    for number in (*order_, *order_):
        call = after(call, reports[number][0], NOW, reports[number][1])
    whole = CallFacts(status="ended", ringing_at=NOW, answered_at=NOW, ended_at=NOW, duration=30)
    assert (call, call.outcome) == (whole, "contacted")


def test_a_call_has_one_result() -> None:
    call = after(CallFacts(status="ringing"), "no_answer", NOW, None)
    assert after(call, "ended", NOW, 30) == call and call.outcome == "not_reached"
