"""Dialled calls: claimed before anything is dialled, then moved by what the dialler reports."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.calls import CallFacts
from store.dialect import inserted
from store.paging import behind, decode, encode
from store.tables import CallRow, ContactRow, CostRow
from store.views import Page

ORDER = "call"
KINDS = (datetime, str)


class NewCall(CallFacts):
    """A call of a member of staff to a party of an account; id: the key under which it is ordered."""

    id: str
    case_no: str
    account_no: str
    policy_id: str
    step: str
    who: str
    party_id: str
    collector: str
    role: str
    claimed_at: AwareDatetime


class Call(NewCall):
    """A call and what became of it. contact_seq: its contact record in the case; 0: the case could not take one."""

    provider_ref: str | None = None
    contact_seq: int | None = None


def claim_call(session: Session, call: NewCall) -> bool:
    """Take the key of a call; False when it is taken already."""
    return inserted(session, CallRow, call.model_dump())


def find_call(session: Session, call_id: str, lock: bool = False) -> Call | None:
    """The call with that id; lock: nobody else changes it until the transaction ends."""
    row = session.get(CallRow, call_id, populate_existing=True, with_for_update=lock or None)
    return Call.model_validate(row.model_dump()) if row else None


def move_call(session: Session, call_id: str, facts: CallFacts, provider_ref: str | None = None) -> None:
    """Keep how far a call came."""
    values = {name: getattr(facts, name) for name in CallFacts.model_fields}
    if provider_ref is not None:
        values["provider_ref"] = provider_ref
    session.execute(update(CallRow).where(col(CallRow.id) == call_id).values(**values))


def forget_call(session: Session, call_id: str) -> None:
    """The dialler certainly did not take it: there was no call and no contact; the same key may be dialled again."""
    session.execute(delete(CallRow).where(col(CallRow.id) == call_id))
    session.execute(delete(ContactRow).where(col(ContactRow.id) == call_id))


def recorded_as(session: Session, call: Call, seq: int) -> None:
    """A call is one contact with one cost: its contact record in the case stands for it from now on.

    seq 0: the case could not take a record. Then, and when the call was booked while it lasted (costs are never
    changed), the contact stays under the id of the call.
    """
    session.execute(update(CallRow).where(col(CallRow.id) == call.id).values(contact_seq=seq))
    entered = col(ContactRow.id) == call.id
    if seq and session.get(CostRow, call.id) is None:
        session.execute(delete(ContactRow).where(entered))
        return
    session.execute(delete(ContactRow).where(col(ContactRow.id) == f"{call.case_no}/{seq}"))
    session.execute(update(ContactRow).where(entered).values(connected=call.outcome == "contacted"))


def list_calls(
    session: Session,
    case_no: str | None = None,
    collector: str | None = None,
    status: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Call]:
    """Calls, the newest first. Refused "bad_cursor"."""
    c = CallRow
    columns = (col(c.claimed_at), col(c.id))
    given = ((col(c.case_no), case_no), (col(c.collector), collector), (col(c.status), status))
    wanted = [column == value for column, value in given if value is not None]
    if cursor is not None:
        wanted.append(behind(columns, decode(ORDER, cursor, KINDS), descending=True))
    query = select(c).where(*wanted).order_by(*(column.desc() for column in columns)).limit(limit + 1)
    rows = [Call.model_validate(row.model_dump()) for row in session.scalars(query)]
    page = rows[:limit]
    more = encode(ORDER, (page[-1].claimed_at, page[-1].id)) if len(rows) > limit else None
    return Page(rows=tuple(page), next=more)
