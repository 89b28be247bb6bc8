"""The stand-ins in this process, and a line to them that can be cut."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from gateways.contract import Gateway
from gateways.faults import Faults, FaultSwitches
from gateways.http import HttpGateway
from gateways.mailbox import Mailbox
from gateways.smtp import SmtpGateway, SmtpServer
from gateways.standin import Standin, create_standin
from gateways.standin_store import SentStore
from gateways.standins import wall_clock

SECRET = b"a secret of the tests"


@dataclass
class Line(httpx.AsyncBaseTransport):
    """The way to the stand-in; while it is cut nothing arrives."""

    standin: httpx.AsyncBaseTransport
    cut: bool = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("the line is cut")
        return await self.standin.handle_async_request(request)


@dataclass(frozen=True)
class Outside:
    """What a delivery meets; `line` leads to letters and SMS, mail has a port of its own."""

    store: SentStore
    switches: FaultSwitches
    line: Line
    gateways: Mapping[str, Gateway] = field(repr=False)

    def fail(self, **faults: object) -> None:
        """Replace the faults in force; none ends all."""
        self.switches.set(Faults.model_validate(faults))

    def deliveries(self) -> dict[str, int]:
        """How often each key that was asked for really went out."""
        return {count.key: count.deliveries for count in self.store.counts()}

    def requests(self, key: str) -> int:
        """How often a key was asked to be sent."""
        return sum(count.requests for count in self.store.counts() if count.key == key)


@asynccontextmanager
async def outside(folder: Path) -> AsyncIterator[Outside]:
    """Stand-ins for all channels that keep what they take in `folder`."""
    store, switches = SentStore(folder), FaultSwitches()
    app = create_standin(Standin(store, SECRET, wall_clock, None, switches))
    line = Line(httpx.ASGITransport(app=app, raise_app_exceptions=False))
    async with (
        Mailbox(store, wall_clock, switches).running(0) as port,
        httpx.AsyncClient(transport=line, base_url="http://standin") as client,
    ):
        letters = HttpGateway(client, SECRET, wall_clock)
        server = SmtpServer(host="127.0.0.1", port=port, timeout=2, start_tls=False)
        mail = SmtpGateway(server, "collections@lessor.example", "lessor.example", wall_clock)
        yield Outside(store, switches, line, {"letter": letters, "sms": letters, "social": letters, "email": mail})
