"""Sends a document to one target, once: claim the key, call the gateway with it, store the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from temporalio import activity

from activities.contents import StoredDocument, Writer
from activities.messages import DispatchRequest, DispatchResult
from domain.errors import Transient
from domain.events import DocumentRef
from gateways.contract import (
    Accepted,
    Attachment,
    Gateway,
    GatewayUnavailable,
    NotKnown,
    OutboundMessage,
    Rejected,
    Unknown,
)
from store import deliveries
from store.ledger import ledger_version
from store.session import Database

Outcome = Accepted | Rejected | Unknown


@dataclass(frozen=True)
class Claim:
    """What a look at the key found: what to send, and whether somebody may have sent it before."""

    letter: StoredDocument
    status: str
    asked_first: bool


class Delivery:
    """The relay to the outside. On a retry a claimed key is asked about before anything is sent again."""

    def __init__(self, database: Database, writer: Writer, gateways: Mapping[str, Gateway]) -> None:
        self._database = database
        self._writer = writer
        self._gateways = gateways

    @activity.defn
    async def dispatch_document(self, request: DispatchRequest) -> DispatchResult:
        """Send it, or say stale when the ledger moved since the decision.

        Raises Transient while the gateway is away: the same key is tried again.
        """
        claim = await asyncio.to_thread(self._claim, request)
        if claim is None:
            return DispatchResult(status="stale")
        if claim.status in ("sent", "refused", "unknown"):
            return _result(claim.status, claim.letter.ref)
        outcome = await self._hand_over(request, claim)
        status = await asyncio.to_thread(self._store, request.key, outcome)
        return _result(status, claim.letter.ref)

    def _claim(self, request: DispatchRequest) -> Claim | None:
        """One transaction: recheck the ledger, render, number, store and claim; None when the figures moved."""
        with self._database.session() as session:
            known = deliveries.find(session, request.key)
            if known is None and ledger_version(session, request.account_no) != request.ledger_version:
                return None
            letter = self._writer.letter(session, request)
            if known is None:
                deliveries.claim(session, request, letter.ref)
            elif known.status == "released":
                deliveries.reclaim(session, request.key, request.at)
            status = "claimed" if known is None or known.status == "released" else settled(known.status)
            return Claim(letter, status, asked_first=known is not None and known.status == "claimed")

    async def _hand_over(self, request: DispatchRequest, claim: Claim) -> Outcome:
        gateway = self._gateways[request.target.rpartition("/")[2]]
        if claim.asked_first:
            found = await gateway.ask(request.key)
            if isinstance(found, Accepted | Rejected):
                return found
            if isinstance(found, Unknown):
                if request.target.endswith("/email"):
                    return found  # nobody can tell, and it is never sent twice
                raise Transient(f"the fate of {request.key} is not known yet")
            assert isinstance(found, NotKnown)
        return await self._send(gateway, request, claim.letter)

    async def _send(self, gateway: Gateway, request: DispatchRequest, letter: StoredDocument) -> Outcome:
        attachment = Attachment(name=f"{letter.ref.number}.pdf", media_type="application/pdf", content=letter.pdf)
        message = OutboundMessage(
            key=request.key,
            recipient=letter.recipient,
            subject=letter.subject,
            text=letter.text,
            attachments=(attachment,),
        )
        try:
            outcome = await gateway.send(message)
        except GatewayUnavailable:
            await asyncio.to_thread(self._release, request.key)
            raise
        if isinstance(outcome, Rejected) and not outcome.permanent:
            await asyncio.to_thread(self._release, request.key)
            raise Transient(f"{request.key} was rejected for now: {outcome.code}")
        if isinstance(outcome, Unknown) and not request.target.endswith("/email"):
            raise Transient(f"the fate of {request.key} is not known yet")  # the next attempt asks first
        return outcome

    def _release(self, key: str) -> None:
        with self._database.session() as session:
            deliveries.release(session, key)

    def _store(self, key: str, outcome: Outcome) -> str:
        with self._database.session() as session:
            match outcome:
                case Accepted():
                    deliveries.set_result(session, key, "sent", outcome.provider_ref, outcome.at)
                    return "sent"
                case Rejected():
                    deliveries.set_result(session, key, "refused", outcome.code, None)
                    return "refused"
                case Unknown():
                    deliveries.set_result(session, key, "unknown", None, None)
                    return "unknown"


def settled(status: str) -> str:
    """A receipt may have moved a sent message on; for the case it is sent."""
    return "sent" if status in ("delivered", "failed", "returned") else status


def _result(status: str, ref: DocumentRef) -> DispatchResult:
    match status:
        case "sent" | "refused" | "unknown":
            return DispatchResult(status=status, document=ref)
        case _:
            raise ValueError(f"{status} is not a result")
