"""Sends a document to one target, once: claim the key, call the gateway with it, store the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import structlog
from sqlalchemy.orm import Session
from temporalio import activity

from activities.contact_gate import ContactGate, Wanted
from activities.letter_writer import StoredDocument
from activities.messages import DispatchRequest, DispatchResult
from activities.texts import TextNotPassed
from domain.conduct import Allowed, Never, Postponed, is_combined, purpose_of
from domain.errors import Permanent, Transient
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
from store import deliveries, named
from store.facts import ledger_version
from store.session import Database

log = structlog.get_logger()
Outcome = Accepted | Rejected | Unknown
SENT = frozenset({"sent", "delivered", "failed", "returned"})  # a receipt may have moved a sent message on


class FiguresMoved(Exception):
    """The ledger changed since the decision and nothing went out; rolls the claim and its number back."""


class HeldBack(Exception):
    """The contact gate refused and nothing went out; rolls the claim and its number back."""

    def __init__(self, answer: Postponed | Never) -> None:
        super().__init__(answer.reason)
        self.answer = answer


class Letters(Protocol):
    """Writes what is sent."""

    def letter(self, session: Session, request: DispatchRequest, claimed: str | None = None) -> StoredDocument:
        """The letter with its number, stored in the session; claimed: the one that somebody may have sent already."""
        ...


@dataclass(frozen=True)
class Claim:
    """What a look at the key found: the letter, how far it came, and whether somebody may have sent it before."""

    letter: StoredDocument
    status: str
    in_doubt: bool


class Delivery:
    """The relay to the outside. On a retry a claimed key is asked about before anything is sent again."""

    def __init__(self, database: Database, writer: Letters, gateways: Mapping[str, Gateway], gate: ContactGate) -> None:
        self._database = database
        self._writer = writer
        self._gateways = gateways
        self._gate = gate

    @activity.defn
    async def dispatch_document(self, request: DispatchRequest) -> DispatchResult:
        """Send it, or say stale when the ledger moved since the decision, or postponed when the gate does not let it.

        Raises Transient while the gateway is away or cannot tell: the same key is tried again.
        """
        try:
            claim = await asyncio.to_thread(self._claim, request)
            if isinstance(claim, deliveries.Delivery):
                return _shared(request, claim)
            if claim.status in SENT:
                return DispatchResult(status="sent", document=claim.letter.ref)
            if claim.status in ("refused", "unknown"):
                return _result(claim.status, claim.letter.ref)
            outcome = await self._hand_over(request, claim)
        except (FiguresMoved, TextNotPassed):  # read anew, the facts say what is missing
            return DispatchResult(status="stale")
        except HeldBack as held:
            return _held_back(request, held.answer)
        except Permanent as fault:  # no address, a character no font has: a person has to mend it
            log.warning("letter_not_written", key=request.key, reason=type(fault).__name__)
            return DispatchResult(status="refused")
        status = await asyncio.to_thread(self._store, request, outcome)
        return _result(status, claim.letter.ref)

    def _claim(self, request: DispatchRequest) -> Claim | deliveries.Delivery:
        """One transaction: recheck ledger and gate, render, number, store and claim. Raises FiguresMoved, HeldBack.

        Or the message of another case of the person that speaks of this one too: then nothing is sent.
        """
        with self._database.session() as session:
            known = deliveries.find_delivery(session, request.key)
            if known is not None and known.status != "released":
                letter = self._writer.letter(session, request, known.number)
                return Claim(_as_claimed(letter, known), known.status, in_doubt=True)
            other = named.taken_for(session, request.key)
            if other is not None:
                return other
            if ledger_version(session, request.account_no) != request.ledger_version:
                raise FiguresMoved
            other = self._said_already(session, request)
            if other is not None:
                return other
            self._pass_gate(session, request)
            return self._first(session, request, known)

    def _first(self, session: Session, request: DispatchRequest, known: deliveries.Delivery | None) -> Claim:
        """Claim it with the letter of now. Raises FiguresMoved."""
        letter = self._writer.letter(session, request)
        wanted = _wanted(request, letter)
        found = deliveries.claim(session, wanted) if known is None else deliveries.Claimed()
        if known is not None and not deliveries.reclaim(session, wanted):
            found = deliveries.Known(delivery=deliveries.find_delivery(session, request.key) or known)
        match found:
            case deliveries.Claimed():
                named.name_accounts(session, request.key, letter.named)
                self._gate.enter(session, _contact(request), request.at)
                return Claim(letter, "claimed", in_doubt=False)
            case deliveries.Known(delivery=rival):
                letter = self._writer.letter(session, request, rival.number)
                return Claim(_as_claimed(letter, rival), rival.status, in_doubt=True)
            case deliveries.Stale():
                raise FiguresMoved

    def _said_already(self, session: Session, request: DispatchRequest) -> deliveries.Delivery | None:
        """The message of the day to this person that names this account with the same figures: it stands for this one.

        Raises Transient while nobody knows whether that message goes out.
        """
        if not is_combined(request.document):
            return None
        self._gate.take_turn(session, _contact(request))
        ours = named.Named(
            account_no=request.account_no, case_no=request.case_no, ledger_version=request.ledger_version
        )
        found = named.naming(session, ours, request.document, request.target, request.as_of, request.policy.id)
        sent = next((one for one in found if one.status in SENT), None)
        if sent is not None:
            named.take(session, sent.key, request.account_no, request.key)
            return sent
        if found:
            raise Transient(f"{request.key} waits for {found[0].key}, which speaks of it too")
        return None

    async def _hand_over(self, request: DispatchRequest, claim: Claim) -> Outcome:
        channel = request.target.rpartition("/")[2]
        gateway = self._gateways[channel]
        if claim.in_doubt:
            found = await gateway.ask(request.key)
            if isinstance(found, Unknown) and channel != "email":
                raise Transient(f"the fate of {request.key} is not known yet")
            if not isinstance(found, NotKnown):
                return found  # an e-mail nobody can tell of is never sent twice
            await asyncio.to_thread(self._recheck, request)
        return await self._send(gateway, channel, request, claim.letter)

    def _recheck(self, request: DispatchRequest) -> None:
        """The one who claimed it never sent it; meanwhile money may have come, or the hours ended.

        Raises FiguresMoved, HeldBack, the claim given back.
        """
        refusal: FiguresMoved | HeldBack | None = None
        with self._database.session() as session:
            if self._moved(session, request):
                refusal = FiguresMoved()
            else:
                try:
                    self._pass_gate(session, request)
                except HeldBack as held:
                    refusal = held
            if refusal is not None:
                deliveries.release(session, request.key)
        if refusal is not None:
            raise refusal

    def _moved(self, session: Session, request: DispatchRequest) -> bool:
        """Whether the figures of the account, or of another that the message names, are not those of the ledger now."""
        of = {one.account_no: one.ledger_version for one in named.named_in(session, request.key)}
        of[request.account_no] = request.ledger_version
        return any(ledger_version(session, account_no) != version for account_no, version in of.items())

    def _pass_gate(self, session: Session, request: DispatchRequest) -> None:
        """Raises HeldBack; a party that does not exist is the writer's concern."""
        answer = self._gate.claim(session, _contact(request), request.at)
        if answer is not None and not isinstance(answer, Allowed):
            raise HeldBack(answer)

    async def _send(self, gateway: Gateway, channel: str, request: DispatchRequest, letter: StoredDocument) -> Outcome:
        try:
            outcome = await gateway.send(_message(request.key, letter))
        except GatewayUnavailable:
            await asyncio.to_thread(self._release, request.key)
            raise
        if isinstance(outcome, Rejected) and not outcome.permanent:
            await asyncio.to_thread(self._release, request.key)
            raise Transient(f"{request.key} was rejected for now: {outcome.code}")
        if isinstance(outcome, Unknown) and channel != "email":
            raise Transient(f"the fate of {request.key} is not known yet")  # the next attempt asks first
        return outcome

    def _release(self, key: str) -> None:
        with self._database.session() as session:
            deliveries.release(session, key)

    def _store(self, request: DispatchRequest, outcome: Outcome) -> str:
        with self._database.session() as session:
            match outcome:
                case Accepted():
                    deliveries.set_result(session, request.key, "sent", request.at, provider_ref=outcome.provider_ref)
                    return "sent"
                case Rejected():
                    deliveries.set_result(session, request.key, "refused", request.at, code=outcome.code)
                    return "refused"
                case Unknown():
                    deliveries.set_result(session, request.key, "unknown", request.at)
                    return "unknown"


def _as_claimed(letter: StoredDocument, known: deliveries.Delivery) -> StoredDocument:
    """What was claimed may have been sent: it says what it said then, whatever text was passed meanwhile."""
    return replace(letter, text=known.wording, texts=known.texts) if known.texts else letter


def _shared(request: DispatchRequest, other: deliveries.Delivery) -> DispatchResult:
    """Sent, with the message of another case. A receipt that came before could not be noted in this one."""
    document = DocumentRef(kind=other.document, number=other.number, sha256=other.sha256, as_of=request.as_of)
    arrived = "delivered" if other.status == "delivered" else None
    return DispatchResult(status="sent", document=document, receipt=arrived)


def _wanted(request: DispatchRequest, letter: StoredDocument) -> deliveries.Claim:
    return deliveries.Claim(
        key=request.key,
        case_no=request.case_no,
        account_no=request.account_no,
        step=request.step,
        target=request.target,
        document=letter.ref,
        texts=letter.texts,
        wording=letter.text,
        ledger_version=request.ledger_version,
        at=request.at,
    )


def _contact(request: DispatchRequest) -> Wanted:
    who, _, channel = request.target.partition("/")
    return Wanted.model_validate(
        {
            "id": request.key,
            "case_no": request.case_no,
            "account_no": request.account_no,
            "who": who,
            "channel": channel,
            "purpose": purpose_of(request.document),
        }
    )


def _held_back(request: DispatchRequest, answer: Postponed | Never) -> DispatchResult:
    log.info("contact_refused", key=request.key, reason=answer.reason)
    match answer:
        case Postponed():
            return DispatchResult(status="postponed", reason=answer.reason, not_before=answer.not_before)
        case Never():
            return DispatchResult(status="refused", reason=answer.reason)


def _message(key: str, letter: StoredDocument) -> OutboundMessage:
    if not letter.attached:
        return OutboundMessage(key=key, recipient=letter.recipient, subject=letter.subject, text=letter.text)
    attachment = Attachment(name=f"{letter.ref.number}.pdf", media_type="application/pdf", content=letter.pdf)
    return OutboundMessage(
        key=key, recipient=letter.recipient, subject=letter.subject, text=letter.text, attachments=(attachment,)
    )


def _result(status: str, ref: DocumentRef) -> DispatchResult:
    match status:
        case "sent" | "refused" | "unknown":
            return DispatchResult(status=status, document=ref)
        case _:
            raise ValueError(f"{status} is not a result")
