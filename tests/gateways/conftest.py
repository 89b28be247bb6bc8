"""The stand-ins on real ports, clients that speak to them, and messages to send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from gateways.contract import Attachment, EmailRecipient, LetterRecipient, OutboundMessage, SmsRecipient
from gateways.faults import Faults, FaultSwitches
from gateways.http import HttpGateway
from gateways.mailbox import Mailbox
from gateways.smtp import SmtpGateway, SmtpServer
from gateways.standin import Standin
from gateways.standin_store import SentCount, SentStore
from gateways.standins import http_server, wall_clock

SECRET = b"a secret of the tests"
PDF = b"%PDF-1.7 not really"


@dataclass(frozen=True)
class Provider:
    """A running stand-in."""

    store: SentStore
    faults: FaultSwitches
    url: str
    smtp_port: int
    gateway: HttpGateway
    mail: SmtpGateway
    http: httpx.AsyncClient

    def fail(self, **faults: object) -> None:
        self.faults.set(Faults.model_validate(faults))

    def count(self, key: str) -> SentCount:
        [count] = [count for count in self.store.counts() if count.key == key]
        return count


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[Provider]:
    store, faults = SentStore(tmp_path), FaultSwitches()
    server = http_server(Standin(store, SECRET, wall_clock, None, faults), 0)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    async with (
        Mailbox(store, wall_clock, faults).running(0) as smtp_port,
        httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(10, read=1)) as client,
    ):
        gateway = HttpGateway(client, SECRET, wall_clock)
        yield Provider(store, faults, url, smtp_port, gateway, mail_gateway(smtp_port), client)
    server.should_exit = True
    await task


def mail_gateway(port: int) -> SmtpGateway:
    server = SmtpServer(host="127.0.0.1", port=port, timeout=1, start_tls=False)
    return SmtpGateway(server, "collections@lessor.example", "lessor.example", wall_clock)


@pytest.fixture
def letter() -> OutboundMessage:
    return OutboundMessage(
        key="L-000123-1/demand_notice/1",
        recipient=LetterRecipient(name="江城恒通机械制造有限公司", address="江城市高新区兴业路88号"),
        subject="租金催收通知书",
        text="请查收附件。",
        attachments=(Attachment(name="租金催收通知书.pdf", media_type="application/pdf", content=PDF),),
    )


@pytest.fixture
def sms() -> OutboundMessage:
    return OutboundMessage(
        key="L-000123-1/reminder/2",
        recipient=SmsRecipient(phone="13800005678"),
        subject="还款提醒",
        text="贵司本期租金已逾期，请尽快支付。",
    )


@pytest.fixture
def mail() -> OutboundMessage:
    return OutboundMessage(
        key="L-000123-1/demand_notice/mail",
        recipient=EmailRecipient(name="财务部", email="finance@lessee.example"),
        subject="租金催收通知书",
        text="请查收附件。\n.\n以点开头的行也完整保留。",
        attachments=(Attachment(name="租金催收通知书.pdf", media_type="application/pdf", content=PDF),),
    )
