"""Whose complaint it is: the case a sender's address leads to, or the one that a person names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Refused
from store.contacts import party_of_target
from store.tables import CaseRow, ComplaintRow, PartyRow


class Link(Frozen):
    """What is known of the one who complains; without a case a person looks for it."""

    case_no: str | None = None
    account_no: str | None = None
    party_id: str | None = None


def link_of_email(session: Session, email: str) -> Link:
    """The party with that address; the case only when exactly one open case has such a party."""
    p, c = PartyRow, CaseRow
    query = (
        select(col(p.party_id), col(c.case_no), col(c.account_no))
        .outerjoin(c, (col(c.account_no) == col(p.account_no)) & (col(c.status) == "open"))
        .where(func.lower(col(p.email)) == email.strip().lower())
        .order_by(col(c.case_no), col(p.ordinal))
    )
    found = [(party_id, case_no, account_no) for party_id, case_no, account_no in session.execute(query)]
    cases = {case_no: (party_id, account_no) for party_id, case_no, account_no in reversed(found) if case_no}
    if len(cases) == 1:
        ((case_no, (party_id, account_no)),) = cases.items()
        return Link(case_no=case_no, account_no=account_no, party_id=party_id)
    people = {party_id for party_id, _, _ in found}
    return Link(party_id=people.pop()) if len(people) == 1 else Link()


def link_of_account(session: Session, case_no: str | None, account_no: str | None) -> Link:
    """The account of a case and who owes on it; what nobody named stays open."""
    if case_no is not None:
        account_no = session.scalar(select(col(CaseRow.account_no)).where(col(CaseRow.case_no) == case_no))
    party_id = party_of_target(session, account_no, "customer") if account_no else None
    return Link(case_no=case_no, account_no=account_no, party_id=party_id)


def link_complaint(session: Session, number: str, case_no: str, user: str, at: datetime) -> None:
    """A person says which case an open complaint is about; the same again changes nothing.

    Refused: unknown_complaint, unknown_case, complaint_closed.
    """
    row = session.get(ComplaintRow, number, populate_existing=True, with_for_update=True)
    if row is None:
        raise Refused("unknown_complaint", f"There is no complaint {number}.", "See GET /complaints.")
    if session.get(CaseRow, case_no) is None:
        raise Refused("unknown_case", f"There is no case {case_no}.", "Check the case number.")
    if row.case_no == case_no:
        return
    if row.status == "closed":
        raise Refused("complaint_closed", f"{number} is closed.", "")
    found = link_of_account(session, case_no, None)
    values = {"case_no": case_no, "account_no": found.account_no, "party_id": found.party_id}
    linked = update(ComplaintRow).where(col(ComplaintRow.number) == number)
    session.execute(linked.values(**values, linked_by=user, linked_at=at))
