"""One message of a reminder before the due date: to whom by which channel, under which key, with which words."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from activities.content.outward import Address, NoLetter, address_of
from activities.look import Look
from activities.reminder_text import SUBJECT
from domain.before_due_rule import Remind
from domain.events import DocumentRef
from domain.ledger import DEBTORS
from gateways.contract import OutboundMessage
from store import deliveries
from store.accounts import parties
from store.reminders import Reminder
from store.views import Party

log = structlog.get_logger()


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


def debtor_of(session: Session, account_no: str) -> Party | None:
    """Who owes."""
    return next((party for party in parties(session, account_no) if party.role in DEBTORS), None)


def reached_by(debtor: Party | None, send: Remind) -> dict[str, Address]:
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


def claim_of(reminder: Reminder, channel: str, look: Look, texts: tuple[str, ...]) -> deliveries.Claim:
    """How the message is claimed."""
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


def message_of(message: Outgoing) -> OutboundMessage:
    """What the gateway gets."""
    return OutboundMessage(key=message.key, recipient=message.recipient, subject=SUBJECT, text=message.reminder.text)
