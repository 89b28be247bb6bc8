"""Numbers and addresses that are in doubt, and what was found out about them; what was found outlives the next file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.conduct import Channel
from domain.contact_data import INQUIRIES, SHAPES, ContactField, Inquiry
from domain.events import Actor
from store.account_facts import chunks
from store.accounts import changed, lock_account
from store.dialect import inserted, take_turns
from store.errands import Errand
from store.layers import customer_key
from store.tables import ContactDataRow, ErrandRow, PartyRow
from store.views import Party

SUPERVISION: Final = "supervision"  # stands where errands name their policy


def unreachable(session: Session, party_id: str) -> tuple[Channel, ...]:
    """The ways that lead nowhere: somebody is asked to find another number or address, or found that there is none."""
    open_ones = _open(session, party_id)
    lost = {field for field in SHAPES if _lost(session, party_id, field)}
    return tuple(dict.fromkeys(
        way for name, asked in INQUIRIES.items() if name in open_ones or asked.field in lost for way in asked.stops
    ))  # fmt: skip


def is_open(session: Session, party_id: str, finding: str) -> bool:
    """Whether somebody is looking into that already."""
    return finding in _open(session, party_id)


def correct(
    session: Session, errand: Errand, asked: Inquiry, value: str | None, outcome: str, actor: Actor, at: datetime
) -> str | None:
    """Keep what was found out, once per errand, for all accounts of the person; gives the person.

    Who can be reached is a fact: the ledger version of their accounts rises, so that what waits is decided anew.
    """
    party_id = _party_of(session, errand)
    if party_id is None:
        return None
    p = PartyRow
    accounts = sorted(session.scalars(select(col(p.account_no)).where(col(p.party_id) == party_id).distinct()))
    versions = {account_no: lock_account(session, account_no) for account_no in accounts}
    take_turns(session, f"contact/{party_id}")
    before = _value(session, party_id, asked.field)
    kept = {
        "id": errand.id, "party_id": party_id, "field": asked.field, "before": before,
        "value": before if outcome == asked.right else value, "outcome": outcome,
        "actor_user": actor.user, "actor_role": actor.role, "authority": actor.authority, "at": at,
    }  # fmt: skip
    if not inserted(session, ContactDataRow, kept):
        return None
    if value is not None:
        session.execute(update(p).where(col(p.party_id) == party_id).values({asked.field: value}))
    for account_no, version in versions.items():
        changed(session, account_no, version, at)
    return party_id


def as_found(session: Session, people: Sequence[Party]) -> tuple[Party, ...]:
    """Parties of a file, where it still names what was found wrong with what was found instead."""
    d = ContactDataRow
    found: dict[str, list[tuple[str, str | None, str]]] = {}
    for part in chunks(sorted({one.id for one in people})):
        query = select(col(d.party_id), col(d.field), col(d.before), col(d.value)).where(col(d.party_id).in_(part))
        for party_id, field, before, value in session.execute(query.order_by(col(d.at), col(d.id))):
            if value is not None:
                found.setdefault(party_id, []).append((field, before, value))
    return tuple(_corrected(one, found.get(one.id, ())) for one in people)


def _corrected(party: Party, entries: Sequence[tuple[str, str | None, str]]) -> Party:
    for field, before, value in entries:
        if getattr(party, field) == before:
            party = party.model_copy(update={field: value})
    return party


def _open(session: Session, party_id: str) -> set[str]:
    e = ErrandRow
    query = select(col(e.rule)).where(
        col(e.policy_id) == SUPERVISION, col(e.subject) == customer_key(party_id), col(e.status) == "open",
        col(e.rule).in_(list(INQUIRIES)),
    )  # fmt: skip
    return set(session.scalars(query))


def _lost(session: Session, party_id: str, field: ContactField) -> bool:
    """What the last answer doubted still stands there, and nobody knew another one."""
    d = ContactDataRow
    query = select(d).where(col(d.party_id) == party_id, col(d.field) == field)
    last = session.scalars(query.order_by(col(d.at).desc(), col(d.id).desc()).limit(1)).first()
    return last is not None and last.value is None and last.before == _value(session, party_id, field)


def _value(session: Session, party_id: str, field: ContactField) -> str | None:
    query = select(getattr(PartyRow, field)).where(col(PartyRow.party_id) == party_id)
    return session.scalars(query.order_by(col(PartyRow.account_no), col(PartyRow.ordinal)).limit(1)).first()


def _party_of(session: Session, errand: Errand) -> str | None:
    """The person an errand is about: one of the parties of its account."""
    query = select(col(PartyRow.party_id)).where(col(PartyRow.account_no) == errand.account_no)
    return next((one for one in session.scalars(query) if customer_key(one) == errand.subject), None)
