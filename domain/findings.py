"""What the contact records of a case say of the customer: derived, never typed in."""

from __future__ import annotations

from datetime import datetime

from domain.base import at_local, days
from domain.step_rule import Finding
from domain.view import View


def found(view: View, finding: Finding) -> tuple[datetime, int] | None:
    """(since when the finding holds, seq of the contact it rests on), or None while it does not hold.

    refuses, not_cooperating: the attitude in the last contact that reached the customer (B2.3.1.3, C4.5.1, U3.2.2.3).
    no_effect: so many collections without a cure (B2.3.1.1). lost_contact: nobody reached for too long (B-Q5).
    """
    contacts = view.case.contacts
    if finding == "lost_contact":
        at = lost_at(view)
        return (at, contacts.last) if at is not None and view.now >= at else None
    if finding == "no_effect":
        enough = contacts.collections >= view.ladder.integer("collections_without_effect")
        return (contacts.tried_at or view.now, 0) if enough else None
    if contacts.attitude != finding or contacts.reached_at is None:
        return None
    return contacts.reached_at, contacts.last


def lost_at(view: View) -> datetime | None:
    """From when contact counts as lost: the day after so many whole days in which nobody was reached."""
    last = view.case.contacts.reached_at or view.case.opened_at
    if last is None:
        return None
    gone = view.case.today(last) + days(view.ladder.integer("lost_contact_days") + 1)
    return at_local(gone, view.ladder.evaluate_at, view.case.time_zone)
