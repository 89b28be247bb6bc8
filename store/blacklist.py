"""The blacklist by customer: listed by a case, a layer or by hand, until when, and who took somebody off it again."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, union
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Invalid, Problem, Refused
from store.customer_marks import CustomerMark, add_mark, marks_of
from store.new_business import BLACKLIST, DEBTOR_ROLES, Restriction, restrictions
from store.tables import BlacklistRow, CaseRow, CustomerMarkRow, ErrandRow, PartyRow


class Listing(Frozen):
    """A customer who is or was on the blacklist. entries: why they are on it now. marks: what people entered."""

    party_id: str
    listed: bool
    entries: tuple[Restriction, ...]
    marks: tuple[CustomerMark, ...]


def blacklist(session: Session, as_of: date, after: str = "", limit: int = 50) -> tuple[Listing, ...]:
    """Everybody who is or was on it, in the order of their numbers, those behind `after`."""
    b, m, e, p = BlacklistRow, CustomerMarkRow, ErrandRow, PartyRow
    layers = select(col(p.party_id)).join(e, col(e.account_no) == col(p.account_no)).where(
        col(p.role).in_(DEBTOR_ROLES), col(e.document) == BLACKLIST, col(e.status) == "answered",
    )  # fmt: skip
    known = union(select(col(b.party_id)), select(col(m.party_id)).where(col(m.kind) == "blacklist"), layers).subquery()
    names = session.scalars(select(known.c.party_id).where(known.c.party_id > after).order_by(known.c.party_id))
    return _listings(session, list(names.fetchmany(limit)), as_of)


def listing_of(session: Session, party_id: str, as_of: date) -> Listing:
    """One customer, also somebody who never was on it."""
    return _listings(session, [party_id], as_of)[0]


def enter(session: Session, mark: CustomerMark, as_of: date) -> Listing:
    """Put a customer on it, once per key. Raises Invalid with every fault."""
    faults: list[Problem] = []
    if mark.until is not None and mark.until <= as_of:
        faults.append(Problem("until", f"{mark.until} is over", "name a later day, or leave it out"))
    if mark.case_no is not None and session.get(CaseRow, mark.case_no) is None:
        faults.append(Problem("case_no", f"there is no case {mark.case_no}", "check the case number"))
    if faults:
        raise Invalid(faults)
    add_mark(session, mark)
    return listing_of(session, mark.party_id, as_of)


def remove(session: Session, mark: CustomerMark, as_of: date) -> Listing:
    """Take a customer off it, whatever put them there; the history stays. Refused: not_listed, command_differs."""
    known = session.get(CustomerMarkRow, mark.key)
    if known is None and not listing_of(session, mark.party_id, as_of).listed:
        raise Refused("not_listed", f"{mark.party_id} is not on the blacklist.", "See GET /blacklist.")
    add_mark(session, mark)
    return listing_of(session, mark.party_id, as_of)


def _listings(session: Session, names: list[str], as_of: date) -> tuple[Listing, ...]:
    found = restrictions(session, dict.fromkeys(names), as_of, lifted=False)
    marks = [mark for mark in marks_of(session, names) if mark.kind == "blacklist"]
    listings: list[Listing] = []
    for name in names:
        entries = tuple(one for one in found[name] if one.why == "blacklisted")
        own = tuple(mark for mark in marks if mark.party_id == name)
        listings.append(Listing(party_id=name, listed=bool(entries), entries=entries, marks=own))
    return tuple(listings)
