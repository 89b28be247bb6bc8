"""The HTTP client against the real stand-in: once per key, and never a guess about what happened."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from gateways.contract import Accepted, GatewayUnavailable, NotKnown, OutboundMessage, Rejected, Unknown
from gateways.http import HttpGateway
from gateways.standins import wall_clock

Provider = Any


async def test_the_same_key_twice_is_one_delivery(provider: Provider, letter: OutboundMessage) -> None:
    first = await provider.gateway.send(letter)
    second = await provider.gateway.send(letter)

    assert isinstance(first, Accepted)
    assert second == first == await provider.gateway.ask(letter.key)
    count = provider.count(letter.key)
    assert (count.deliveries, count.requests) == (1, 2)


async def test_many_at_once_are_one_delivery(provider: Provider, sms: OutboundMessage) -> None:
    results = await asyncio.gather(*(provider.gateway.send(sms) for _ in range(20)))
    assert len({result.provider_ref for result in results}) == 1
    count = provider.count(sms.key)
    assert (count.deliveries, count.requests) == (1, 20)


async def test_an_answer_lost_after_accepting_is_unknown_until_asked(
    provider: Provider, letter: OutboundMessage
) -> None:
    provider.fail(drop_answers=1)
    assert await provider.gateway.send(letter) == Unknown()
    assert isinstance(await provider.gateway.ask(letter.key), Accepted)
    assert isinstance(await provider.gateway.send(letter), Accepted)
    assert provider.count(letter.key).deliveries == 1


async def test_a_server_error_is_unknown_and_asking_says_not_known(provider: Provider, sms: OutboundMessage) -> None:
    provider.fail(server_errors=1)
    assert await provider.gateway.send(sms) == Unknown()
    assert await provider.gateway.ask(sms.key) == NotKnown()


async def test_a_slow_answer_is_unknown_until_asked(provider: Provider, sms: OutboundMessage) -> None:
    provider.fail(delay_ms=1500)
    assert await provider.gateway.send(sms) == Unknown()
    await asyncio.sleep(1)
    assert isinstance(await provider.gateway.ask(sms.key), Accepted)


async def test_too_many_requests_may_be_tried_again(provider: Provider, sms: OutboundMessage) -> None:
    provider.fail(too_many=1)
    with pytest.raises(GatewayUnavailable) as unavailable:
        await provider.gateway.send(sms)
    assert (unavailable.value.reason, unavailable.value.retry_after) == ("too_many_requests", 1.0)
    assert isinstance(await provider.gateway.send(sms), Accepted)


async def test_a_refusal_is_permanent_and_delivers_nothing(provider: Provider, letter: OutboundMessage) -> None:
    provider.fail(refuse="address_unknown")
    assert await provider.gateway.send(letter) == Rejected(code="address_unknown", permanent=True)
    assert provider.count(letter.key).deliveries == 0


async def test_a_refusal_may_be_for_now_only(sms: OutboundMessage) -> None:
    answer = httpx.Response(422, json={"code": "balance_too_low", "permanent": False})
    async with httpx.AsyncClient(
        base_url="http://127.0.0.1", transport=httpx.MockTransport(lambda _: answer)
    ) as client:
        result = await HttpGateway(client, b"secret", wall_clock).send(sms)
    assert result == Rejected(code="balance_too_low", permanent=False)


async def test_a_key_with_another_message_is_refused(provider: Provider, sms: OutboundMessage) -> None:
    await provider.gateway.send(sms)
    other = sms.model_copy(update={"text": "另一条短信"})
    assert await provider.gateway.send(other) == Rejected(code="key_reused", permanent=True)
    assert [taken.text for taken in provider.store.newest(10)] == [sms.text]


async def test_mail_does_not_go_through_this_channel(provider: Provider, mail: OutboundMessage) -> None:
    assert await provider.gateway.send(mail) == Rejected(code="wrong_channel", permanent=True)


async def test_a_wrong_secret_is_refused_and_nothing_is_taken(provider: Provider, sms: OutboundMessage) -> None:
    stranger = HttpGateway(provider.http, b"wrong", wall_clock)
    with pytest.raises(GatewayUnavailable, match="signature_refused"):
        await stranger.send(sms)
    await provider.gateway.send(sms)
    assert await stranger.ask(sms.key) == Unknown()
    assert provider.count(sms.key).requests == 1


async def test_nobody_listening_is_unavailable_and_unknown_when_asked(sms: OutboundMessage) -> None:
    async with httpx.AsyncClient(base_url="http://127.0.0.1:1") as client:
        gateway = HttpGateway(client, b"secret", wall_clock)
        with pytest.raises(GatewayUnavailable, match="ConnectError"):
            await gateway.send(sms)
        assert await gateway.ask(sms.key) == Unknown()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, b"<html>"),
        (403, b""),
        (404, b"<html>"),
        (200, b"<html>"),
        (200, b'{"key":"another"}'),
        (302, b""),
    ],
)
async def test_an_answer_outside_the_contract_says_nothing(status: int, body: bytes, sms: OutboundMessage) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=body))
    async with httpx.AsyncClient(base_url="http://127.0.0.1", transport=transport) as client:
        gateway = HttpGateway(client, b"secret", wall_clock)
        if status == 403:
            with pytest.raises(GatewayUnavailable):
                await gateway.send(sms)
        else:
            assert await gateway.send(sms) == Unknown()
        assert await gateway.ask(sms.key) == Unknown()


async def test_an_answer_about_another_key_is_not_believed(sms: OutboundMessage) -> None:
    state = {"key": "other", "provider_ref": "x", "accepted_at": "2026-03-10T09:00:00Z"}
    transport = httpx.MockTransport(lambda _: httpx.Response(201, json=state))
    async with httpx.AsyncClient(base_url="http://127.0.0.1", transport=transport) as client:
        assert await HttpGateway(client, b"secret", wall_clock).send(sms) == Unknown()
