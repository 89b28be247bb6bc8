"""Sends one plain message once by its key: claimed before it goes out, asked about before it is sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from domain.errors import Transient
from gateways.contract import (
    Accepted,
    Gateway,
    GatewayUnavailable,
    NotKnown,
    OutboundMessage,
    Rejected,
    SendResult,
    Unknown,
)
from store import deliveries
from store.deliveries import Claim, Result
from store.session import Database

Permit = Callable[[Session], None]


def free(session: Session) -> None:
    """An answer to whoever wrote to us: nothing has to permit it."""


class Outbox:
    """For messages without figures of the ledger: they cannot grow stale."""

    def __init__(self, database: Database, gateways: Mapping[str, Gateway]) -> None:
        self._database = database
        self._gateways = gateways

    async def send(self, claim: Claim, message: OutboundMessage, permit: Permit = free) -> Result:
        """What became of it; any number of calls with one key send once.

        permit: asked in the transaction that claims the key; what it raises leaves no claim.
        Raises Transient when it is not known yet or was certainly not taken: call again with the same key.
        """
        before = await asyncio.to_thread(self._claimed, claim, permit)
        if before not in (None, "claimed"):
            return "refused" if before == "refused" else "unknown" if before == "unknown" else "sent"
        outcome = await self._asked(message) if before else None
        if outcome is None:
            outcome = await self._handed_over(message)
        return await asyncio.to_thread(self._store, claim, outcome)

    def _claimed(self, claim: Claim, permit: Permit) -> str | None:
        """None when the key is ours now; else how far the delivery of that key had come."""
        with self._database.session() as session:
            before = deliveries.find_delivery(session, claim.key)
            if before is None or before.status == "released":
                permit(session)
            known = deliveries.claim(session, claim)
            if not isinstance(known, deliveries.Known):
                return None
            return None if deliveries.reclaim(session, claim) else known.delivery.status

    async def _asked(self, message: OutboundMessage) -> SendResult | None:
        """What the gateway knows of a message that somebody claimed; None when it never got it."""
        found = await self._gateways[message.channel].ask(message.key)
        if isinstance(found, Unknown) and message.channel != "email":
            raise Transient(f"the fate of {message.key} is not known yet")
        return None if isinstance(found, NotKnown) else found  # an e-mail nobody can tell of is never sent twice

    async def _handed_over(self, message: OutboundMessage) -> SendResult:
        try:
            outcome = await self._gateways[message.channel].send(message)
        except GatewayUnavailable:
            await asyncio.to_thread(self._release, message.key)
            raise
        if isinstance(outcome, Rejected) and not outcome.permanent:
            await asyncio.to_thread(self._release, message.key)
            raise Transient(f"{message.key} was rejected for now: {outcome.code}")
        if isinstance(outcome, Unknown) and message.channel != "email":
            raise Transient(f"the fate of {message.key} is not known yet")
        return outcome

    def _release(self, key: str) -> None:
        with self._database.session() as session:
            deliveries.release(session, key)

    def _store(self, claim: Claim, outcome: SendResult) -> Result:
        status: Result = "unknown"
        ref = code = None
        match outcome:
            case Accepted():
                status, ref = "sent", outcome.provider_ref
            case Rejected():
                status, code = "refused", outcome.code
            case Unknown():
                pass
        with self._database.session() as session:
            deliveries.set_result(session, claim.key, status, claim.at, provider_ref=ref, code=code)
        return status
