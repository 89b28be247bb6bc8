"""Holds whose reason lies in a person (death, insolvency, disaster): meanwhile none of their accounts contacts them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.case import Case
from domain.events import Event, HoldEnded
from domain.ledger import DEBTORS
from store.complaint_stops import release_contacts
from store.contacts import party_of_target
from store.tables import CaseRow, PartyRow


def held_elsewhere(session: Session, party_id: str, account_no: str) -> bool:
    """Whether such a hold stands in a case of another account of theirs; that of the account itself stops scopes.

    account_no: "" for what no case does, which that of the account itself has to stop too.
    """
    c, p = CaseRow, PartyRow
    query = (
        select(col(c.snapshot))
        .join(p, col(p.account_no) == col(c.account_no))
        .where(col(p.party_id) == party_id, col(p.role).in_(DEBTORS), col(c.account_no) != account_no)
        .where(col(c.held), col(c.status) == "open")
    )
    return any(_stands(Case.model_validate_json(text)) for text in session.scalars(query))


def release_persons(session: Session, case: Case, happened: Sequence[Event]) -> None:
    """When such a hold ends, what waited on the other accounts of the person is decided anew."""
    ended = {event.body.hold: event.at for event in happened if isinstance(event.body, HoldEnded)}
    found = [hold for hold in case.holds if hold.person and hold.hold in ended]
    party_id = party_of_target(session, case.account_no, "customer") if found else None
    if party_id is not None:
        release_contacts(session, party_id, ended[found[-1].hold])


def _stands(case: Case) -> bool:
    return any(hold.person and hold.ended_at is None for hold in case.holds)
