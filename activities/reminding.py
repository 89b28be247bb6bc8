"""Sends reminders before the due date, each once: claimed with the ledger looked at, asked about before resending."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

import structlog
from sqlalchemy.orm import Session

from activities.contact_gate import ContactGate, Wanted
from activities.content.outward import Address, NoLetter, address_of
from activities.look import Look
from activities.registry import Policies
from activities.reminder_text import SUBJECT, worded
from activities.texts import Texts
from domain.before_due import DueSoon, due_soon
from domain.before_due_rule import Remind
from domain.conduct import Never, NeverFor, Postponed
from domain.events import DocumentRef
from domain.ledger import DEBTORS
from domain.money import ZERO
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
from store import deliveries, reminders
from store.account_facts import account_facts
from store.accounts import parties
from store.reminders import Reminder
from store.session import Database
from store.views import Party

log = structlog.get_logger()
AT_ONCE = 10  # messages on their way at the same time
UNTIL_PASSED = timedelta(hours=1)  # a message whose text is not passed is looked at again so often
BARRED = frozenset(get_args(NeverFor))
OVER = frozenset({"sent", "delivered", "failed", "returned", "refused", "unknown"})


@dataclass(frozen=True)
class Outgoing:
    """One message to one channel. in_doubt: it was claimed before, so the gateway is asked first."""

    reminder: Reminder
    channel: str
    recipient: Address
    in_doubt: bool = False

    @property
    def key(self) -> str:
        return self.reminder.key(self.channel)


class Reminding:
    """The relay of reminders to the gateways. `claim` works in the session it is given."""

    def __init__(
        self, database: Database, policies: Policies, gateways: Mapping[str, Gateway], gate: ContactGate, texts: Texts
    ) -> None:
        self._database = database
        self._policies = policies
        self._texts = texts
        self._gateways = gateways
        self._gate = gate

    def claim(self, session: Session, look: Look, reminder: Reminder, send: Remind) -> list[Outgoing] | None:
        """Claim a message to the debtor with its text; None when it was claimed before. [] when nobody can be reached.

        The account is locked by the caller, so the amount is that of the ledger version written down.
        """
        reached = _reached(_debtor(session, reminder.account_no), send)
        status = "claimed" if reached else "unreachable"
        ready, texts = worded(session, self._texts, self._policies.company, reminder, look.now)
        ready = ready.model_copy(update={"status": status, "targets": tuple(reached)})
        if not reminders.claim_reminder(session, ready):
            return None
        found: list[Outgoing] = []
        for channel, address in reached.items():
            deliveries.claim(session, _claim_of(ready, channel, look, texts))
            if self._passes(session, look, ready, channel):
                found.append(Outgoing(ready, channel, address))
        return found

    def _passes(self, session: Session, look: Look, reminder: Reminder, channel: str) -> bool:
        """Whether its text is passed and the contact gate lets it through; else the claim is given back, or refused."""
        if not reminder.text:
            deliveries.release(session, reminder.key(channel), "text_not_passed")
            look.postponed.append(look.now + UNTIL_PASSED)
            return False
        wanted = Wanted.model_validate(
            {
                "id": reminder.key(channel),
                "account_no": reminder.account_no,
                "who": "borrower",
                "channel": channel,
                "purpose": "reminder",
            }
        )
        match self._gate.claim(session, wanted, look.now):
            case Postponed() as answer:
                deliveries.release(session, wanted.id)
                look.postponed.append(answer.not_before)
                return False
            case Never() as answer:
                deliveries.set_result(session, wanted.id, "refused", look.now, code=answer.reason)
                _finish(session, reminder)
                return False
            case _:
                self._gate.enter(session, wanted, look.now)
                return True

    async def send_all(self, look: Look, outgoing: Sequence[Outgoing]) -> int:
        """Hand messages over, a few at a time; how many could not be handed over now and are tried again later."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(message: Outgoing) -> bool:
            async with gate:
                return await self._deliver(look, message)

        results = await asyncio.gather(*(one(message) for message in outgoing))
        return results.count(False)

    def unfinished(self, look: Look, after: str) -> tuple[list[Outgoing], str | None]:
        """Messages that were claimed and have no result yet, a page at a time; what is paid or too late is ended."""
        with self._database.session() as session:
            page = reminders.claimed(session, look.policy_id, after)
            found: list[Outgoing] = []
            for reminder in page.rows:
                found += self._again(session, look, reminder)
            return found, page.next

    def _again(self, session: Session, look: Look, reminder: Reminder) -> list[Outgoing]:
        known = {channel: deliveries.find_delivery(session, reminder.key(channel)) for channel in reminder.targets}
        status = {channel: delivery.status for channel, delivery in known.items() if delivery}
        doubtful = [channel for channel in reminder.targets if status.get(channel) == "claimed"]
        released = [channel for channel in reminder.targets if status.get(channel) == "released"]
        if not doubtful and not released:
            _finish(session, reminder)
            return []
        asked = [_addressed(session, look, reminder, channel, in_doubt=True) for channel in doubtful]
        renewed = [self._renewed(session, look, reminder, channel) for channel in released]
        return [message for message in (*asked, *renewed) if message]

    def _renewed(self, session: Session, look: Look, reminder: Reminder, channel: str) -> Outgoing | None:
        """A message that certainly did not go out, with the amount of today; None when it must not go out now."""
        if not look.may_write:
            return None
        version = reminders.lock_accounts(session, [reminder.account_no])[reminder.account_no]
        soon = _soon(session, look, reminder)
        if soon is None or soon.unpaid <= ZERO:
            status = "too_late" if soon is None else "paid"
            reminders.change_reminder(session, reminder.model_copy(update={"status": status}))
            return None
        values = {"amount": soon.unpaid, "ledger_version": version, "at": look.now}
        fresh, texts = worded(
            session, self._texts, self._policies.company, reminder.model_copy(update=values), look.now
        )
        if not deliveries.reclaim(session, _claim_of(fresh, channel, look, texts)):
            return None
        reminders.change_reminder(session, fresh)
        passed = self._passes(session, look, fresh, channel)
        return _addressed(session, look, fresh, channel) if passed else None

    async def _deliver(self, look: Look, message: Outgoing) -> bool:
        """False when it has to be tried again later."""
        gateway = self._gateways[message.channel]
        current: Outgoing | None = message
        if message.in_doubt:
            found = await gateway.ask(message.key)
            if isinstance(found, Unknown) and message.channel != "email":
                return False
            if not isinstance(found, NotKnown):
                await asyncio.to_thread(self._store, look, message, found)
                return True
            current = await asyncio.to_thread(self._take_again, look, message)
        return True if current is None else await self._send(look, gateway, current)

    async def _send(self, look: Look, gateway: Gateway, message: Outgoing) -> bool:
        try:
            outcome = await gateway.send(_message(message))
        except GatewayUnavailable as fault:
            log.warning("reminder_waits", key=message.key, reason=fault.reason)
            await asyncio.to_thread(self._release, message)
            return False
        if isinstance(outcome, Rejected) and not outcome.permanent:
            await asyncio.to_thread(self._release, message)
            return False
        if isinstance(outcome, Unknown) and message.channel != "email":
            return False  # the next look asks first
        await asyncio.to_thread(self._store, look, message, outcome)
        return True

    def _take_again(self, look: Look, message: Outgoing) -> Outgoing | None:
        """The one who claimed it never sent it; meanwhile money may have come."""
        with self._database.session() as session:
            deliveries.release(session, message.key)
            return self._renewed(session, look, message.reminder, message.channel)

    def _release(self, message: Outgoing) -> None:
        with self._database.session() as session:
            deliveries.release(session, message.key)

    def _store(self, look: Look, message: Outgoing, outcome: SendResult) -> None:
        with self._database.session() as session:
            match outcome:
                case Accepted():
                    deliveries.set_result(session, message.key, "sent", look.now, outcome.provider_ref)
                case Rejected():
                    deliveries.set_result(session, message.key, "refused", look.now, code=outcome.code)
                case Unknown():
                    deliveries.set_result(session, message.key, "unknown", look.now)
            _finish(session, message.reminder)


def _finish(session: Session, reminder: Reminder) -> None:
    """A reminder is over when all its messages are: sent when one of them was."""
    known = [deliveries.find_delivery(session, reminder.key(channel)) for channel in reminder.targets]
    statuses = [delivery.status for delivery in known if delivery]
    if any(status not in OVER for status in statuses):
        return
    sent = any(status not in ("refused", "unknown") for status in statuses)
    barred = all(delivery.code in BARRED for delivery in known if delivery)
    status = "sent" if sent else "unknown" if "unknown" in statuses else "barred" if barred else "refused"
    reminders.change_reminder(session, reminder.model_copy(update={"status": status}))


def _soon(session: Session, look: Look, reminder: Reminder) -> DueSoon | None:
    account = account_facts(session, reminder.account_no)
    found = due_soon(account, look.today, reminder.due, look.ladder.terms)
    return next((soon for soon in found if soon.due == reminder.due), None)


def _debtor(session: Session, account_no: str) -> Party | None:
    return next((party for party in parties(session, account_no) if party.role in DEBTORS), None)


def _reached(debtor: Party | None, send: Remind) -> dict[str, Address]:
    """The channels of the rule that the debtor has, with the addresses; only the first where one is enough."""
    found: dict[str, Address] = {}
    for channel in send.by:
        if debtor is None or channel not in debtor.channels or (found and send.any_of):
            continue
        try:
            found[channel] = address_of(debtor, channel)
        except NoLetter as fault:
            log.warning("reminder_without_address", party=debtor.id, channel=channel, reason=fault.code)
    return found


def _addressed(
    session: Session, look: Look, reminder: Reminder, channel: str, in_doubt: bool = False
) -> Outgoing | None:
    """The message with the address of today; refused when there is none any more."""
    debtor = _debtor(session, reminder.account_no)
    try:
        address = address_of(debtor, channel) if debtor else None
    except NoLetter:
        address = None
    if address is None:
        deliveries.set_result(session, reminder.key(channel), "refused", look.now, code="no_address")
        _finish(session, reminder)
        return None
    return Outgoing(reminder, channel, address, in_doubt)


def _claim_of(reminder: Reminder, channel: str, look: Look, texts: tuple[str, ...]) -> deliveries.Claim:
    document = DocumentRef(kind="reminder", number=reminder.id, sha256=reminder.sha256, as_of=look.today)
    return deliveries.Claim(
        key=reminder.key(channel),
        case_no="",  # there is no case: the account is current
        account_no=reminder.account_no,
        step=reminder.rule,
        target=f"debtor/{channel}",
        document=document,
        ledger_version=reminder.ledger_version,
        texts=texts,
        wording=reminder.text,
        at=look.now,
    )


def _message(message: Outgoing) -> OutboundMessage:
    return OutboundMessage(key=message.key, recipient=message.recipient, subject=SUBJECT, text=message.reminder.text)
