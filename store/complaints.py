"""The register of complaints: taken once, with or without a case, and everything that was done with them (B4.2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from json import loads
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.calendar import Calendar
from domain.complaint import (
    Complaint,
    ComplaintChannel,
    ComplaintEvent,
    ComplaintHandled,
    ComplaintTerms,
    RespondComplaint,
    TellResult,
    Way,
)
from domain.complaint_check import received
from domain.errors import Permanent, Refused
from domain.events import Actor
from domain.words import Said
from store.account_facts import split
from store.complaint_links import Link, link_of_account, link_of_email
from store.complaint_stops import release_contacts
from store.dialect import take_turns
from store.documents import claim_number
from store.paging import behind, decode, encode
from store.tables import AccountRow, CaseRow, ComplaintEventRow, ComplaintRow
from store.views import Page

ORDER = "complaint"


class ComplaintDiverged(Permanent):
    """The register and the running complaint disagree about what happened."""


class NewComplaint(Frozen):
    """What somebody complains of; personal. about: in their words; about_user: the staff id, once it is known.

    attachments: ids of kept files that came with it.
    """

    key: str
    channel: ComplaintChannel
    complainant: str = ""
    email: str | None = None
    phone: str | None = None
    about: str = ""
    about_user: str | None = None
    case_no: str | None = None
    account_no: str | None = None
    text: Annotated[Said, Field(max_length=20_000)]
    received_at: AwareDatetime
    entered_by: str
    attachments: tuple[str, ...] = ()


class ComplaintRecord(NewComplaint):
    """An entry of the register with its state."""

    number: str
    entered_at: AwareDatetime
    status: Literal["new", "open", "closed"]
    due_at: AwareDatetime | None
    violation: bool | None
    party_id: str | None = None
    stops_contacts: bool = False
    linked_by: str | None = None
    linked_at: AwareDatetime | None = None
    state: Complaint


class ComplaintSent(Frozen):
    """What a message to the complainant needs: the words of its event and where to send it; personal."""

    text: str
    by: Way
    email: str | None
    phone: str | None


def take_complaint(
    session: Session, wanted: NewComplaint, terms: ComplaintTerms, calendar: Calendar, at: datetime
) -> ComplaintRecord:
    """Enter a complaint once per key; its clocks run from the receipt, whoever starts the work on it later.

    Refused: unknown_case, unknown_account, command_differs, received_in_future.
    """
    known = find_by_key(session, wanted.key)
    if known is not None:
        return _repeated(known, wanted)
    if wanted.received_at > at:
        raise Refused("received_in_future", "A complaint is entered after it came.", "Correct `received_at`.")
    _must_exist(session, wanted)
    number = claim_number(session, "complaint", at.year).text
    state = received(number, wanted.received_at, terms, calendar, wanted.about_user)
    ways: tuple[Way, ...] = (("email",) if wanted.email else ()) + (("sms",) if wanted.phone else ())
    state = state.model_copy(update={"reachable": ways})
    values = {**wanted.model_dump(), **_derived(state), "number": number, "entered_at": at}
    values |= {**_link(session, wanted).model_dump(), "attachments": ",".join(wanted.attachments)}
    values["stops_contacts"] = terms.stops_contacts
    session.execute(insert(ComplaintRow).values(**values))
    return get_complaint(session, number)


def find_by_key(session: Session, key: str) -> ComplaintRecord | None:
    """The complaint that was entered under a key; others who enter one under it wait until the transaction ends."""
    take_turns(session, f"complaint/{key}")
    known = session.scalar(select(ComplaintRow).where(col(ComplaintRow.key) == key))
    return None if known is None else _record(known)


def policy_of(session: Session, wanted: NewComplaint) -> str | None:
    """The policy of the case complained of; None without a case."""
    case_no = _link(session, wanted).case_no
    if case_no is None:
        return None
    return session.scalar(select(col(CaseRow.policy_id)).where(col(CaseRow.case_no) == case_no))


def get_complaint(session: Session, number: str) -> ComplaintRecord:
    """One complaint. Refused "unknown_complaint"."""
    row = session.get(ComplaintRow, number, populate_existing=True)
    if row is None:
        raise Refused("unknown_complaint", f"There is no complaint {number}.", "See GET /complaints.")
    return _record(row)


def record_complaint(session: Session, events: Sequence[ComplaintEvent], state: Complaint) -> None:
    """Append events and keep the state after them; a repeat of the same events changes nothing.

    Raises ComplaintDiverged for a gap or a difference.
    """
    query = select(ComplaintRow).where(col(ComplaintRow.number) == state.number).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    for event in events:
        if event.seq <= row.seq:
            stored = session.get_one(ComplaintEventRow, (state.number, event.seq))
            if event_of(stored) != event:
                raise ComplaintDiverged(f"complaint {state.number} differs at event {event.seq}")
        elif event.seq != row.seq + 1:
            raise ComplaintDiverged(f"complaint {state.number} has a gap before event {event.seq}")
        else:
            session.execute(insert(ComplaintEventRow).values(**_event_values(state.number, event)))
            row.seq = event.seq
    if state.seq == row.seq:
        over = row.stops_contacts and row.status != "closed" and state.closed_at is not None
        session.execute(update(ComplaintRow).where(col(ComplaintRow.number) == state.number).values(**_derived(state)))
        if over and row.party_id is not None and state.closed_at is not None:
            release_contacts(session, row.party_id, state.closed_at)


def list_complaints(
    session: Session,
    status: Literal["new", "open", "closed"] | None = None,
    overdue_at: datetime | None = None,
    cursor: str | None = None,
    limit: int = 50,
    case_no: str | None = None,
    linked: bool | None = None,
) -> Page[ComplaintRecord]:
    """The register, the newest number last. overdue_at: only those of which a clock has run out by then.

    linked: only those with a case, or only those for which a person looks for it.
    """
    c = ComplaintRow
    wanted = [] if status is None else [col(c.status) == status]
    if case_no is not None:
        wanted.append(col(c.case_no) == case_no)
    if linked is not None:
        wanted.append(col(c.case_no).is_not(None) if linked else col(c.case_no).is_(None))
    if overdue_at is not None:
        wanted.append(col(c.due_at) <= overdue_at)
    if cursor is not None:
        wanted.append(behind((col(c.number),), decode(ORDER, cursor, (str,))))
    rows = list(session.scalars(select(c).where(*wanted).order_by(col(c.number)).limit(limit + 1)))
    page = tuple(_record(row) for row in rows[:limit])
    return Page(rows=page, next=encode(ORDER, (page[-1].number,)) if len(rows) > limit else None)


def events_of_complaint(session: Session, number: str) -> tuple[ComplaintEvent, ...]:
    """Everything that was done with a complaint, in order."""
    e = ComplaintEventRow
    rows = session.scalars(select(e).where(col(e.number) == number).order_by(col(e.seq)))
    return tuple(event_of(row) for row in rows)


def new_complaints(session: Session, limit: int = 100) -> tuple[Complaint, ...]:
    """Those that nothing runs for yet, the oldest first."""
    c = ComplaintRow
    query = select(col(c.snapshot)).where(col(c.status) == "new").order_by(col(c.number)).limit(limit)
    return tuple(Complaint.model_validate_json(text) for text in session.scalars(query))


def message_of(session: Session, number: str, seq: int) -> ComplaintSent:
    """The message that event `seq` wrote."""
    row = session.get_one(ComplaintRow, number)
    body = event_of(session.get_one(ComplaintEventRow, (number, seq))).body
    if not isinstance(body, ComplaintHandled) or not isinstance(body.act, RespondComplaint | TellResult):
        raise ComplaintDiverged(f"event {seq} of complaint {number} writes no message")
    return ComplaintSent(text=body.act.text, by=body.act.by, email=row.email, phone=row.phone)


def _link(session: Session, wanted: NewComplaint) -> Link:
    """What was said of the case; else what the address of a mail leads to."""
    if wanted.case_no is not None or wanted.account_no is not None:
        return link_of_account(session, wanted.case_no, wanted.account_no)
    return link_of_email(session, wanted.email) if wanted.channel == "email" and wanted.email else Link()


def _must_exist(session: Session, wanted: NewComplaint) -> None:
    if wanted.case_no is not None and session.get(CaseRow, wanted.case_no) is None:
        raise Refused("unknown_case", f"There is no case {wanted.case_no}.", "Leave it out if it is not known.")
    if wanted.account_no is not None and session.get(AccountRow, wanted.account_no) is None:
        raise Refused("unknown_account", f"There is no account {wanted.account_no}.", "Leave it out if not known.")


def _repeated(known: ComplaintRecord, wanted: NewComplaint) -> ComplaintRecord:
    same = all(getattr(known, name) == getattr(wanted, name) for name in ("text", "channel", "entered_by"))
    if not same:
        raise Refused("command_differs", f"The id {wanted.key} belongs to another complaint.", "Use a new id.")
    return known


def _derived(state: Complaint) -> dict[str, object]:
    due = min((one.due_at for one in state.clocks), default=None)
    return {
        "status": state.status, "due_at": due, "violation": state.violation, "seq": state.seq,
        "snapshot": state.model_dump_json(),
    }  # fmt: skip


def _record(row: ComplaintRow) -> ComplaintRecord:
    known: dict[str, object] = row.model_dump(exclude={"snapshot", "seq"})
    state = Complaint.model_validate_json(row.snapshot)
    return ComplaintRecord.model_validate({**known, "attachments": split(row.attachments), "state": state})


def _event_values(number: str, event: ComplaintEvent) -> dict[str, object]:
    actor = event.actor
    return {
        "number": number, "seq": event.seq, "kind": event.body.kind, "at": event.at, "due_at": event.due_at,
        "actor_user": actor.user if actor else None, "actor_role": actor.role if actor else None,
        "authority": actor.authority if actor else None, "command_id": event.command_id,
        "body": event.body.model_dump_json(),
    }  # fmt: skip


def event_of(row: ComplaintEventRow) -> ComplaintEvent:
    """The event as it was recorded, its instants in UTC."""
    actor = None
    if row.actor_user is not None:
        actor = Actor(user=row.actor_user, role=row.actor_role or "", authority=row.authority or "")
    known = {"seq": row.seq, "at": row.at, "due_at": row.due_at, "actor": actor, "command_id": row.command_id}
    return ComplaintEvent.model_validate({**known, "body": loads(row.body)})
