"""Mail against a real SMTP server: the Message-ID is the key, and a lost answer is never sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from gateways.contract import Accepted, GatewayUnavailable, OutboundMessage, Rejected, Unknown
from gateways.mailbox import read_mail
from gateways.smtp import SmtpGateway, SmtpServer, key_of, message_id
from gateways.standins import wall_clock

Provider = Any


def gateway(port: int) -> SmtpGateway:
    server = SmtpServer(host="127.0.0.1", port=port, timeout=1, start_tls=False)
    return SmtpGateway(server, "collections@lessor.example", "lessor.example", wall_clock)


class Scripted:
    """A mail server that answers as told at RCPT and DATA; an empty answer cuts the connection."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self.rcpt = rcpt
        self.data = data
        self.contents: list[bytes] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._say(server, self.rcpt)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.contents.append(envelope.original_content or b"")
        return self._say(server, self.data)

    def _say(self, server: SMTP, answer: str) -> str:
        if not answer and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return answer or "421 bye"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[SmtpGateway]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, hostname="localhost"), "127.0.0.1", 0)
        try:
            yield gateway(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            await server.wait_closed()


async def test_the_message_id_is_the_key(mail: OutboundMessage) -> None:
    server = Scripted()
    async with server.running() as smtp:
        result = await smtp.send(mail)
    headers = message_from_bytes(server.contents[0])
    expected = "<L-000123-1%2Fdemand_notice%2Fmail@lessor.example>"
    assert headers["Message-ID"] == expected == message_id(mail.key, "lessor.example")
    assert isinstance(result, Accepted) and result.provider_ref == expected
    assert key_of(expected) == mail.key
    assert headers["From"] == "collections@lessor.example" and "finance@lessee.example" in headers["To"]


async def test_the_mail_arrives_whole(mail: OutboundMessage) -> None:
    server = Scripted()
    async with server.running() as smtp:
        await smtp.send(mail)
    received = read_mail(server.contents[0], "finance@lessee.example")
    assert (received.key, received.subject, received.attachments) == (
        mail.key,
        mail.subject,
        mail.attachments,
    )
    assert received.text.splitlines() == mail.text.splitlines()


async def test_the_mailbox_keeps_it_beside_the_letters(provider: Provider, mail: OutboundMessage) -> None:
    assert isinstance(await provider.mail.send(mail), Accepted)
    count = provider.count(mail.key)
    assert (count.channel, count.deliveries, count.requests) == ("email", 1, 1)
    page = (await provider.http.get("/")).text
    assert "f***@lessee.example" in page and "finance@" not in page


async def test_a_server_dying_after_data_is_unknown_though_it_has_the_mail(
    provider: Provider, mail: OutboundMessage
) -> None:
    provider.fail(mail_drop_answers=1)
    assert await provider.mail.send(mail) == Unknown()
    assert await provider.mail.ask(mail.key) == Unknown()
    assert provider.count(mail.key).deliveries == 1


async def test_a_silent_server_after_data_is_unknown(provider: Provider, mail: OutboundMessage) -> None:
    provider.fail(delay_ms=1500)
    assert await provider.mail.send(mail) == Unknown()


async def test_the_mailbox_shows_a_mail_sent_twice_as_two_deliveries(provider: Provider, mail: OutboundMessage) -> None:
    for _ in range(2):
        await provider.mail.send(mail)
    assert provider.count(mail.key).deliveries == 2


async def test_nobody_listening_and_a_cut_before_data_are_unavailable(mail: OutboundMessage) -> None:
    with pytest.raises(GatewayUnavailable):
        await gateway(1).send(mail)
    server = Scripted(rcpt="")
    async with server.running() as smtp:
        with pytest.raises(GatewayUnavailable):
            await smtp.send(mail)
    assert server.contents == []


@pytest.mark.parametrize("place", ["rcpt", "data"])
async def test_temporary_and_permanent_answers(place: str, mail: OutboundMessage) -> None:
    async with Scripted(**{place: "451 4.3.0 finance@lessee.example: later"}).running() as smtp:
        with pytest.raises(GatewayUnavailable) as unavailable:
            await smtp.send(mail)
    assert str(unavailable.value) == "gateway unavailable: smtp_451"
    async with Scripted(**{place: "550 5.1.1 finance@lessee.example: unknown"}).running() as smtp:
        assert await smtp.send(mail) == Rejected(code="smtp_550", permanent=True)


async def test_only_mail_goes_by_mail(letter: OutboundMessage) -> None:
    assert await gateway(1).send(letter) == Rejected(code="wrong_channel", permanent=True)


def test_a_foreign_mail_gets_a_key_of_its_own() -> None:
    first = read_mail(b"Subject: x\r\n\r\nhello\r\n", "a@b.example")
    assert first.key.startswith("mail/") and first.subject == "x"
    assert read_mail(b"Message-ID: <a b@c>\r\n\r\n", "a@b.example").key.startswith("mail/")
