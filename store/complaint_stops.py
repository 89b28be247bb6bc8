"""Persons who are not contacted while their complaint is open (setting complaint_stops_contacts)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store.accounts import changed, lock_account
from store.tables import ComplaintRow, PartyRow


def stopped_by_complaint(session: Session, party_id: str) -> bool:
    """Whether an open complaint of that person stops contacts."""
    c = ComplaintRow
    found = select(func.count()).select_from(c).where(
        col(c.party_id) == party_id, col(c.status) != "closed", col(c.stops_contacts)
    )  # fmt: skip
    return bool(session.scalar(found))


def release_contacts(session: Session, party_id: str, at: datetime) -> None:
    """The complaint is over: what was held back in the cases of that person is decided anew."""
    query = select(col(PartyRow.account_no)).where(col(PartyRow.party_id) == party_id).distinct()
    for account_no in sorted(session.scalars(query)):
        changed(session, account_no, lock_account(session, account_no), at)
