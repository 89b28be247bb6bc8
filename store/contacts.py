"""Contacts with a person over all accounts and channels, as the contact gate looks at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import AwareDatetime
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.case import Case
from domain.conduct import LONGEST, Channel, PastContact, Purpose
from domain.events import ContactRecorded, ContactResult, EntryCorrected, Event, StepCompleted
from domain.ledger import DEBTORS, PartyRole
from store.dialect import inserted
from store.intake import released
from store.tables import AccountRow, CaseRow, ContactRow, DeliveryRow, PartyRow

LOOK_BACK = timedelta(days=LONGEST + 1)  # a day more: days begin at another hour in another zone
CUSTOMER = ("customer", "lessee", "borrower")  # what the one who owes is called in targets
NOT_OUT = ("released", "refused")  # deliveries of which the person never heard


class NewContact(Frozen):
    """A contact that is being made. id: the key of its delivery, or case number and seq of its record."""

    id: str
    party_id: str
    case_no: str
    account_no: str
    channel: Channel
    purpose: Purpose
    connected: bool = False
    at: AwareDatetime


def enter_contact(session: Session, contact: NewContact) -> None:
    """Enter a contact; one that is tried again under the same id is one, at its last instant."""
    values = contact.model_dump()
    if not inserted(session, ContactRow, values):
        session.execute(update(ContactRow).where(col(ContactRow.id) == contact.id).values(**values))


def enter_recorded(session: Session, case: Case, happened: Sequence[Event]) -> None:
    """Enter the contacts that staff made; each was one with the debtor of the account.

    What was made for another case of theirs is entered there, once.
    """
    recorded = {event.command_id for event in happened if isinstance(event.body, ContactRecorded)}
    for event in happened:
        match event.body:
            case ContactRecorded(contact=result, of=None):
                _enter_made(session, case, event, _told(result))
            case EntryCorrected(corrects=seq, contact=ContactResult() as result):
                query = update(ContactRow).where(col(ContactRow.id) == f"{case.case_no}/{seq}")
                session.execute(query.values(**_told(result)))  # when it took place stays
            case StepCompleted(of=None, role=str()) as body if event.command_id not in recorded:
                state = case.step(body.step)
                if state.way is not None:
                    met = body.outcome == state.outcomes[0]
                    _enter_made(session, case, event, {"channel": state.way, "connected": met})
            case _:
                pass


def _enter_made(session: Session, case: Case, event: Event, told: Mapping[str, object]) -> None:
    party_id = party_of_target(session, case.account_no, "customer")
    if party_id is not None:
        values = {"id": f"{case.case_no}/{event.seq}", "party_id": party_id, "case_no": case.case_no,
                  "account_no": case.account_no, "purpose": "collection", "at": event.at}  # fmt: skip
        enter_contact(session, NewContact.model_validate({**values, **told}))


def cases_of_customer(session: Session, account_no: str) -> tuple[str, ...]:
    """The other open cases of the person who owes on this account, in the order of their numbers."""
    party_id = party_of_target(session, account_no, "customer")
    owes = (col(PartyRow.party_id) == party_id, col(PartyRow.role).in_(DEBTORS))
    query = (
        select(col(CaseRow.case_no))
        .join(PartyRow, col(PartyRow.account_no) == col(CaseRow.account_no))
        .where(*owes, col(CaseRow.status) == "open", col(CaseRow.account_no) != account_no)
        .order_by(col(CaseRow.case_no))
    )
    return tuple(session.scalars(query.distinct()))


def other_accounts(session: Session, account_no: str) -> tuple[str, ...]:
    """Every other account on which the same person owes or owed; none whose import is not released."""
    party_id = party_of_target(session, account_no, "customer")
    query = (
        select(col(AccountRow.account_no))
        .join(PartyRow, col(PartyRow.account_no) == col(AccountRow.account_no))
        .where(col(PartyRow.party_id) == party_id, col(PartyRow.role).in_(DEBTORS))
        .where(col(AccountRow.account_no) != account_no, released())
        .order_by(col(AccountRow.account_no))
    )
    return tuple(session.scalars(query.distinct()))


def _told(result: ContactResult) -> Mapping[str, object]:
    """A wrong number and nobody at home are attempts that nobody answered."""
    channel = "call" if result.channel == "phone" else result.channel
    return {"channel": channel, "connected": result.outcome == "contacted"}


def contacts_of(session: Session, party_id: str, now: datetime, but: str | None = None) -> tuple[PastContact, ...]:
    """The contacts of a person that a cap may count at `now`, in order, all but the one with the id `but`.

    What a gateway certainly did not take was no contact.
    """
    c = ContactRow
    query = (
        select(col(c.id), col(c.at), col(c.channel), col(c.connected), col(c.purpose))
        .outerjoin(DeliveryRow, col(DeliveryRow.key) == col(c.id))
        .where(col(c.party_id) == party_id, col(c.at) >= now - LOOK_BACK)
        .where(col(DeliveryRow.status).is_(None) | col(DeliveryRow.status).not_in(NOT_OUT))
        .order_by(col(c.at), col(c.id))
    )
    return tuple(
        PastContact.model_validate({"at": at, "channel": channel, "connected": connected, "purpose": purpose})
        for contact_id, at, channel, connected, purpose in session.execute(query)
        if contact_id != but
    )


def party_of_target(session: Session, account_no: str, who: str) -> str | None:
    """The party that "lessee", "guarantor-2" or "vendor" means in an account; None when there is none."""
    kind, _, number = who.partition("-")
    roles = {**dict.fromkeys(CUSTOMER, DEBTORS), "guarantor": (PartyRole.GUARANTOR,), "vendor": (PartyRole.VENDOR,)}
    if kind not in roles or (kind == "guarantor") != number.isdecimal():
        return None
    p = PartyRow
    query = select(col(p.party_id)).where(col(p.account_no) == account_no, col(p.role).in_(roles[kind]))
    found = session.scalars(query.order_by(col(p.ordinal))).all()
    wanted = int(number) - 1 if number else 0
    return found[wanted] if 0 <= wanted < len(found) else None
