"""The contact gate over the record: asks it for a person with everything that is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from domain.base import Frozen
from domain.clock import Clock
from domain.conduct import Addressee, Channel, Contact, Pack, Purpose, Verdict, gate
from domain.conduct_file import load_packs
from store.accounts import get_account, lock_account
from store.complaint_stops import stopped_by_complaint
from store.contact_data import unreachable
from store.contacts import NewContact, contacts_of, enter_contact, party_of_target
from store.person_holds import held_elsewhere
from store.preferences import one_at_a_time, preferences_of

UNKNOWN: Final = "individual"  # of guarantors and vendors no kind is kept: they count as the most protected one


class Wanted(Frozen):
    """A contact that somebody is about to make. who: "lessee", "guarantor-2" or "vendor"; id: as in the contact log."""

    id: str = ""
    case_no: str = ""
    account_no: str
    who: str
    channel: Channel
    purpose: Purpose


def read_packs(folder: Path, ids: Sequence[str], always_open: bool = False) -> tuple[Pack, ...]:
    """The packs of a folder that are in force here. Raises Invalid with all faults of all files.

    always_open: no hours and no night, for a business clock on which an hour is less than a second.
    """
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    packs = load_packs(texts, ids)
    return tuple(pack.model_copy(update={"hours": None, "night": None}) for pack in packs) if always_open else packs


class ContactGate:
    """Asks whether a contact may be made now, and enters it in the log of the person when it is made."""

    def __init__(self, packs: Sequence[Pack], clock: Clock) -> None:
        self._packs = tuple(packs)
        self._clock = clock

    def ask(self, session: Session, wanted: Wanted, at: datetime | None = None) -> Verdict | None:
        """The answer for now; None when the account has no such party. Refused "unknown_account".

        at: the instant of the decision; the machine's clock may be a moment behind it.
        """
        party_id = party_of_target(session, wanted.account_no, wanted.who)
        return None if party_id is None else self._answer(session, wanted, party_id, at)

    def claim(self, session: Session, wanted: Wanted, at: datetime) -> Verdict | None:
        """The same, and until the transaction ends nobody else is answered about this person."""
        party_id = party_of_target(session, wanted.account_no, wanted.who)
        if party_id is None:
            return None
        self.take_turn(session, wanted)
        return self._answer(session, wanted, party_id, at)

    def take_turn(self, session: Session, wanted: Wanted) -> None:
        """Until the transaction ends nobody else decides about contacts with this person."""
        party_id = party_of_target(session, wanted.account_no, wanted.who)
        if party_id is not None:
            lock_account(session, wanted.account_no)  # before the person, as everybody does: two who wait never meet
            one_at_a_time(session, party_id)

    def enter(self, session: Session, wanted: Wanted, at: datetime) -> None:
        """The contact is being made: it counts from now on, in the same transaction."""
        party_id = party_of_target(session, wanted.account_no, wanted.who)
        if party_id is not None:
            made = wanted.model_dump(exclude={"who"})
            enter_contact(session, NewContact(party_id=party_id, at=self._now(at), **made))

    def _answer(self, session: Session, wanted: Wanted, party_id: str, at: datetime | None) -> Verdict:
        now = self._now(at)
        account = get_account(session, wanted.account_no)
        kind = account.customer_kind if addressee_of(wanted.who) == "customer" else UNKNOWN
        said = preferences_of(session, party_id).person(kind, account.time_zone)
        known = {
            "unreachable": unreachable(session, party_id),
            "complains": stopped_by_complaint(session, party_id),
            "held": held_elsewhere(session, party_id, "" if _before_due(wanted) else wanted.account_no),
        }
        person = said.model_copy(update=known)
        log = contacts_of(session, party_id, now, but=wanted.id)
        contact = Contact(channel=wanted.channel, purpose=wanted.purpose, addressee=addressee_of(wanted.who))
        return gate(self._packs, person, contact, log, now)

    def _now(self, at: datetime | None) -> datetime:
        now = self._clock.now()
        return now if at is None else max(at, now)


def _before_due(wanted: Wanted) -> bool:
    """A reminder that no case sends: no scope of its case's hold would stop it."""
    return wanted.purpose == "reminder" and not wanted.case_no


def addressee_of(who: str) -> Addressee:
    """What the party is to the debt."""
    match who.partition("-")[0]:
        case "customer" | "lessee" | "borrower":
            return "customer"
        case "guarantor":
            return "guarantor"
        case "vendor":
            return "vendor"
        case _:
            return "third_party"
