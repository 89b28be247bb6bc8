"""The register of lawsuits: entered with the event that files one, and everything that happened in them (L7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from json import dumps, loads
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen, local_date
from domain.case import Case
from domain.errors import Permanent, Refused
from domain.events import Actor, CaseClosed, CaseReopened, DelinquencyEnded, EndingRevoked, Event, StepCompleted
from domain.litigation import CaseWord, Stage, Suit, SuitEvent
from store.documents import claim_number
from store.paging import behind, decode, encode
from store.suit_consequences import follow_up
from store.tables import PartyRow, SuitEventRow, SuitRow
from store.views import Page

ORDER = "suit"
Status = Literal["new", "open", "closed"]


class SuitDiverged(Permanent):
    """The register and the running suit disagree about what happened."""


class NewSuit(Frozen):
    """A suit that was filed. key: it is entered once per key; role: whose task it was. evidence: the paper of it.

    defendants: party ids of the account; () when nobody said, then it is the debtor alone.
    """

    key: str
    case_no: str
    account_no: str
    policy_id: str
    role: str
    filed_on: date
    filed_by: str
    choice: str | None = None
    evidence: str | None = None
    defendants: tuple[str, ...] = ()


class SuitRecord(NewSuit):
    """An entry of the register. state: None until its work began."""

    number: str
    entered_at: AwareDatetime
    status: Status
    stage: Stage
    closed_for: str | None
    closed_on: date | None
    due_at: AwareDatetime | None
    state: Suit | None


class CaseMessage(Frozen):
    """What the case of a suit said and the suit was not told yet. closed: the suit is over."""

    number: str
    word: CaseWord
    reason: str
    seq: int
    case_no: str
    closed: bool


def enter_suits(session: Session, case: Case, events: Sequence[Event]) -> None:
    """What these events of a case mean for its lawsuit, in the transaction that records them."""
    for event in events:
        match event.body:
            case StepCompleted(suit="filing") as body:
                _file(session, case, event, body)
            case StepCompleted(suit="settlement"):
                _say(session, case.case_no, "settled", "", event.seq)
            case DelinquencyEnded(reason=reason):
                _say(session, case.case_no, "settlement_due", reason, event.seq)
            case EndingRevoked() | CaseReopened():
                _say(session, case.case_no, "resumed", "", event.seq)
            case CaseClosed(reason=reason):
                _say(session, case.case_no, "closed", reason, event.seq)
            case _:
                pass


def enter_suit(session: Session, wanted: NewSuit, at: datetime) -> SuitRecord:
    """Enter a suit once per key; a case has one that is open. Refused: suit_open, suit_in_future."""
    known = session.scalar(select(SuitRow).where(col(SuitRow.key) == wanted.key))
    if known is not None:
        return _record(known)
    running = open_suit(session, wanted.case_no)
    if running is not None:
        raise Refused("suit_open", f"{running.number} of the case is open.", "Enter what happens in that one.")
    if wanted.filed_on > local_date(at, "Asia/Shanghai"):
        raise Refused("suit_in_future", f"{wanted.filed_on} has not come yet.", "Enter a suit when it is filed.")
    number = claim_number(session, "suit", at.year).text
    values = {**wanted.model_dump(), "number": number, "entered_at": at, "status": "new", "stage": "filed"}
    values["defendants"] = dumps(wanted.defendants) if wanted.defendants else ""
    blank = {"case_word": "", "case_reason": "", "case_seq": 0, "told_seq": 0, "seq": 0, "snapshot": ""}
    session.execute(insert(SuitRow).values(**values, **blank))
    return get_suit(session, number)


def must_be_parties(session: Session, account_no: str, defendants: Sequence[str]) -> None:
    """Refused "unknown_party", with all names that are no parties of the account."""
    query = select(col(PartyRow.party_id)).where(col(PartyRow.account_no) == account_no)
    known = set(session.scalars(query))
    alien = [name for name in dict.fromkeys(defendants) if name not in known]
    if alien:
        raise Refused("unknown_party", f"No parties of {account_no}: {', '.join(alien)}.", "See its parties.")


def open_suit(session: Session, case_no: str) -> SuitRecord | None:
    """The suit of a case that is not closed."""
    s = SuitRow
    query = select(s).where(col(s.case_no) == case_no, col(s.status) != "closed")
    row = session.scalars(query.order_by(col(s.number)).limit(1)).first()
    return _record(row) if row else None


def open_suits(session: Session) -> tuple[SuitRecord, ...]:
    """All suits that are not closed, by number."""
    query = select(SuitRow).where(col(SuitRow.status) != "closed").order_by(col(SuitRow.number))
    return tuple(_record(row) for row in session.scalars(query))


def suits_of_account(session: Session, account_no: str) -> tuple[SuitRecord, ...]:
    """All suits of an account, the oldest first."""
    query = select(SuitRow).where(col(SuitRow.account_no) == account_no)
    return tuple(_record(row) for row in session.scalars(query.order_by(col(SuitRow.filed_on), col(SuitRow.number))))


def get_suit(session: Session, number: str) -> SuitRecord:
    """One suit. Refused "unknown_suit"."""
    row = session.get(SuitRow, number, populate_existing=True)
    if row is None:
        raise Refused("unknown_suit", f"There is no suit {number}.", "See GET /suits.")
    return _record(row)


def record_suit(session: Session, events: Sequence[SuitEvent], state: Suit) -> None:
    """Append events, keep the state after them and do what follows from them; a repeat of the same changes nothing.

    Raises SuitDiverged for a gap or a difference.
    """
    query = select(SuitRow).where(col(SuitRow.number) == state.number).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    for event in events:
        if event.seq <= row.seq:
            stored = session.get_one(SuitEventRow, (state.number, event.seq))
            if event_of(stored) != event:
                raise SuitDiverged(f"suit {state.number} differs at event {event.seq}")
        elif event.seq != row.seq + 1:
            raise SuitDiverged(f"suit {state.number} has a gap before event {event.seq}")
        else:
            session.execute(insert(SuitEventRow).values(**_event_values(state.number, event)))
            follow_up(session, state, event)
            row.seq = event.seq
    if state.seq == row.seq:
        session.execute(update(SuitRow).where(col(SuitRow.number) == state.number).values(**_derived(state)))


def list_suits(
    session: Session,
    status: Status | None = None,
    overdue_at: datetime | None = None,
    case_no: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[SuitRecord]:
    """The register, the newest number last. overdue_at: only those of which something was due by then."""
    s = SuitRow
    wanted = [] if status is None else [col(s.status) == status]
    if overdue_at is not None:
        wanted.append(col(s.due_at) <= overdue_at)
    if case_no is not None:
        wanted.append(col(s.case_no) == case_no)
    if cursor is not None:
        wanted.append(behind((col(s.number),), decode(ORDER, cursor, (str,))))
    rows = list(session.scalars(select(s).where(*wanted).order_by(col(s.number)).limit(limit + 1)))
    page = tuple(_record(row) for row in rows[:limit])
    return Page(rows=page, next=encode(ORDER, (page[-1].number,)) if len(rows) > limit else None)


def events_of_suit(session: Session, number: str) -> tuple[SuitEvent, ...]:
    """Everything that happened in a suit, in order."""
    e = SuitEventRow
    rows = session.scalars(select(e).where(col(e.number) == number).order_by(col(e.seq)))
    return tuple(event_of(row) for row in rows)


def new_suits(session: Session, limit: int = 100) -> tuple[SuitRecord, ...]:
    """Those that nothing runs for yet, the oldest first."""
    s = SuitRow
    rows = session.scalars(select(s).where(col(s.status) == "new").order_by(col(s.number)).limit(limit))
    return tuple(_record(row) for row in rows)


def case_messages(session: Session, limit: int = 100) -> tuple[CaseMessage, ...]:
    """What cases said that their suits were not told yet; a suit whose work has not begun is told later."""
    s = SuitRow
    query = select(s).where(col(s.case_seq) > col(s.told_seq), col(s.status) != "new").order_by(col(s.number))
    return tuple(
        CaseMessage.model_validate({
            "number": row.number, "word": row.case_word, "reason": row.case_reason, "seq": row.case_seq,
            "case_no": row.case_no, "closed": row.status == "closed",
        })
        for row in session.scalars(query.limit(limit))
    )  # fmt: skip


def mark_told(session: Session, number: str, seq: int) -> None:
    """The suit was told up to that event of its case."""
    session.execute(update(SuitRow).where(col(SuitRow.number) == number).values(told_seq=seq))


def _file(session: Session, case: Case, event: Event, body: StepCompleted) -> None:
    """A claim that is filed while a suit of the case is open is the same suit: the answer had been taken back."""
    if open_suit(session, case.case_no) is not None:
        return
    filed = NewSuit(
        key=f"{case.case_no}/{event.seq}", case_no=case.case_no, account_no=case.account_no,
        policy_id=case.policy.id if case.policy else "", role=body.role or "", choice=body.choice,
        filed_on=local_date(event.at, case.time_zone), filed_by=event.actor.user if event.actor else "",
        evidence=body.evidence, defendants=body.defendants,
    )  # fmt: skip
    enter_suit(session, filed, event.at)


def _say(session: Session, case_no: str, word: CaseWord, reason: str, seq: int) -> None:
    values = {"case_word": word, "case_reason": reason, "case_seq": seq}
    session.execute(update(SuitRow).where(col(SuitRow.case_no) == case_no).values(**values))


def _derived(state: Suit) -> dict[str, object]:
    zone = state.terms.time_zone
    return {
        "status": "closed" if state.closed_at else "open", "stage": state.stage, "closed_for": state.closed_for,
        "closed_on": local_date(state.closed_at, zone) if state.closed_at else None,
        "due_at": min((one.due_at for one in state.deadlines), default=None), "seq": state.seq,
        "snapshot": state.model_dump_json(),
    }  # fmt: skip


def _record(row: SuitRow) -> SuitRecord:
    state = Suit.model_validate_json(row.snapshot) if row.snapshot else None
    known = {name: getattr(row, name) for name in SuitRecord.model_fields if name != "state"}
    named = loads(row.defendants) if row.defendants else ()
    return SuitRecord.model_validate({**known, "state": state, "defendants": named})


def _event_values(number: str, event: SuitEvent) -> dict[str, object]:
    actor = event.actor
    return {
        "number": number, "seq": event.seq, "kind": event.body.kind, "at": event.at, "due_at": event.due_at,
        "actor_user": actor.user if actor else None, "actor_role": actor.role if actor else None,
        "authority": actor.authority if actor else None, "command_id": event.command_id,
        "body": event.body.model_dump_json(),
    }  # fmt: skip


def event_of(row: SuitEventRow) -> SuitEvent:
    """The event as it was recorded, its instants in UTC."""
    actor = None
    if row.actor_user is not None:
        actor = Actor(user=row.actor_user, role=row.actor_role or "", authority=row.authority or "")
    known = {"seq": row.seq, "at": row.at, "due_at": row.due_at, "actor": actor, "command_id": row.command_id}
    return SuitEvent.model_validate({**known, "body": loads(row.body)})
