"""Loans under any policy, a telephone line that does what it is told, and the events that it reports."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import httpx

from api.app import create_app
from domain.ledger import Instalment, PartyRole
from gateways.contract import Accepted, AskResult, GatewayUnavailable, NotKnown, OutboundMessage, SendResult
from gateways.signature import sign
from store import accounts
from store.views import NewAccount, Party
from tests.api.world import GATEWAY_KEY, World, key

PHONE = "+8613800000077"
EVENTS = "/calls/events"


@dataclass
class Line:
    """A dialler that takes every order, or is away; it knows what it took."""

    away: bool = False
    answer: SendResult | None = None
    taken: list[OutboundMessage] = field(default_factory=list[OutboundMessage])

    async def send(self, message: OutboundMessage) -> SendResult:
        if self.away:
            raise GatewayUnavailable("away")
        self.taken.append(message)
        return self.answer or self._accepted(message.key)

    async def ask(self, key: str) -> AskResult:
        known = any(message.key == key for message in self.taken)
        return self._accepted(key) if known else NotKnown()

    def _accepted(self, key: str) -> Accepted:
        return Accepted.model_validate({"provider_ref": f"p-{key}", "at": "2026-03-10T02:00:00Z"})


def connect(world: World, line: Line) -> Line:
    """The same application with this line."""
    world.deps = replace(world.deps, caller=line)
    world.app = create_app(world.deps)
    return line


async def loan(
    world: World,
    product: str,
    due: str = "2026-03-02",
    account_no: str = "L-000001",
    phone: str | None = PHONE,
    channels: tuple[str, ...] = ("sms", "letter"),
) -> str:
    """A loan of a private person and its open case."""
    with world.database.session() as session:
        accounts.add_account(session, NewAccount(
            account_no=account_no, contract_no=f"C-{account_no}", product=product, customer_kind="individual",
            lease_amount=Decimal("500000.00"), penalty_rate_per_day=Decimal("0.0005"), created_at=world.clock.now(),
            schedule=(Instalment(no=1, due=date.fromisoformat(due), principal=Decimal("10000.00"),
                                 interest=Decimal("500.00")),),
            parties=(Party(id=f"P-{account_no}", role=PartyRole.BORROWER, name="借款人甲", phone=phone,
                           address="上海市", channels=channels),),
        ))  # fmt: skip
    await world.deps.intake.run(world.deps.today())
    return f"{account_no}-1"


async def event(
    world: World, call_id: str, happened: str, *, secret: bytes = GATEWAY_KEY, **more: Any
) -> httpx.Response:
    """Something that the dialler reports, signed."""
    body = {"key": call_id, "event": happened, "at": "2026-03-10T02:00:10Z", "provider_ref": "p-1", **more}
    text = httpx.Request("POST", "http://x", json=body).content
    headers = sign(secret, world.wall.now(), "POST", EVENTS, text)
    async with world.client() as client:
        return await client.post(EVENTS, content=text, headers=headers)


async def dialled(world: World, client: httpx.AsyncClient, case_no: str, step: str, name: str = "d-1") -> str:
    """A call from an open task; its id."""
    answer = await client.post(f"/cases/{case_no}/steps/{step}/calls", json={"agent": "8001"}, headers=key(name))
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]
