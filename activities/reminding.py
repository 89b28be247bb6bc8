"""Sends reminders before the due date, each once: claimed with the ledger looked at, asked about before resending."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import get_args

import structlog
from sqlalchemy.orm import Session

from activities.contact_gate import ContactGate, Wanted
from activities.content.outward import NoLetter, address_of
from activities.look import Look
from activities.registry import Policies
from activities.reminder_message import Outgoing, claim_of, debtor_of, message_of, reached_by
from activities.reminder_text import worded
from activities.texts import Texts
from activities.together import Together, due_together, fate, followers, said_already
from domain.before_due import DueSoon, due_soon
from domain.before_due_rule import Remind
from domain.conduct import Never, NeverFor, Postponed
from domain.money import ZERO
from gateways.contract import (
    Accepted,
    Gateway,
    GatewayUnavailable,
    NotKnown,
    Rejected,
    SendResult,
    Unknown,
)
from store import deliveries, named, reminders
from store.account_facts import account_facts
from store.reminders import Reminder
from store.session import Database

log = structlog.get_logger()
AT_ONCE = 10  # messages on their way at the same time
UNTIL_PASSED = timedelta(hours=1)  # a message whose text is not passed is looked at again so often
BARRED = frozenset(get_args(NeverFor))
NOT_SAID = frozenset(
    {"released", "refused", "unknown", "failed", "returned"}
)  # of another's message: it speaks for none
OVER = frozenset({"sent", "delivered", "failed", "returned", "refused", "unknown"})


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
        reached = reached_by(debtor_of(session, reminder.account_no), send)
        status = "claimed" if reached else "unreachable"
        together = due_together(session, self._policies, look, reminder)
        ready, texts = self._worded(session, look, reminder, together)
        ready = ready.model_copy(update={"status": status, "targets": tuple(reached)})
        if not reminders.claim_reminder(session, ready):
            return None
        found: list[Outgoing] = []
        for channel, address in reached.items():
            deliveries.claim(session, claim_of(ready, channel, look, texts))
            if self._first_to_speak(session, look, ready, channel, together):
                found.append(Outgoing(ready, channel, address))
        return found

    def _worded(
        self, session: Session, look: Look, reminder: Reminder, together: Sequence[Together]
    ) -> tuple[Reminder, tuple[str, ...]]:
        dues = [other.due for other in together]
        return worded(session, self._texts, self._policies.company, reminder, look.now, dues)

    def _first_to_speak(
        self, session: Session, look: Look, reminder: Reminder, channel: str, together: Sequence[Together]
    ) -> bool:
        """Whether the message of this claim goes out now; not when one of another account names this instalment too."""
        self._gate.take_turn(session, _contact(reminder, channel))
        if (other := said_already(session, reminder, channel)) is not None:
            said = {"text": other.wording, "sha256": other.sha256}
            reminders.change_reminder(session, reminder.model_copy(update=said))
            look.postponed.append(look.now)  # soon it is known what became of that one
            _finish(session, reminder.model_copy(update=said))
            return False
        named.name_accounts(session, reminder.key(channel), (one.named for one in together))
        return self._passes(session, look, reminder, channel)

    def _passes(self, session: Session, look: Look, reminder: Reminder, channel: str) -> bool:
        """Whether its text is passed and the contact gate lets it through; else the claim is given back, or refused."""
        if not reminder.text:
            deliveries.release(session, reminder.key(channel), "text_not_passed")
            look.postponed.append(look.now + UNTIL_PASSED)
            return False
        wanted = _contact(reminder, channel)
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
        status: dict[str, str] = {}
        for channel in reminder.targets:
            found = fate(session, reminder, channel)
            waits = found is not None and found.key != reminder.key(channel)
            if found is not None and waits and found.status in NOT_SAID:
                named.give_back(session, reminder.key(channel))
                status[channel] = "released"
            elif found is not None:
                status[channel] = "waits" if waits and found.status == "claimed" else found.status
        doubtful = [channel for channel in reminder.targets if status.get(channel) == "claimed"]
        released = [channel for channel in reminder.targets if status.get(channel) == "released"]
        if not doubtful and not released:  # a reminder that waits for the message of another account is not over
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
        fresh = reminder.model_copy(update=values)
        together = due_together(session, self._policies, look, fresh)
        fresh, texts = self._worded(session, look, fresh, together)
        if not deliveries.reclaim(session, claim_of(fresh, channel, look, texts)):
            return None
        reminders.change_reminder(session, fresh)
        passed = self._first_to_speak(session, look, fresh, channel, together)
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
            outcome = await gateway.send(message_of(message))
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
            if isinstance(outcome, Accepted):
                for follower in followers(session, message.reminder, message.channel):
                    _finish(session, follower)


def _contact(reminder: Reminder, channel: str) -> Wanted:
    values = {
        "id": reminder.key(channel), "account_no": reminder.account_no, "who": "borrower", "channel": channel,
        "purpose": "reminder",
    }  # fmt: skip
    return Wanted.model_validate(values)


def _finish(session: Session, reminder: Reminder) -> None:
    """A reminder is over when all its messages are: sent when one of them was."""
    known = [fate(session, reminder, channel) for channel in reminder.targets]
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


def _addressed(
    session: Session, look: Look, reminder: Reminder, channel: str, in_doubt: bool = False
) -> Outgoing | None:
    """The message with the address of today; refused when there is none any more."""
    debtor = debtor_of(session, reminder.account_no)
    try:
        address = address_of(debtor, channel) if debtor else None
    except NoLetter:
        address = None
    if address is None:
        deliveries.set_result(session, reminder.key(channel), "refused", look.now, code="no_address")
        _finish(session, reminder)
        return None
    return Outgoing(reminder, channel, address, in_doubt)
