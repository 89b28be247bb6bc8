"""The record of a case: events appended once, in order, with the snapshot that is their fold."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from domain.case import Case
from domain.errors import Permanent
from domain.events import Actor, CaseClosed, Event, Filed, ReportIssued
from domain.ledger import DEBTORS, PartyRole
from domain.outcome import Wait
from store.agencies import enter_placements
from store.asks import rank_of_account, rebuild_asks
from store.buybacks import enter_claims
from store.contacts import enter_recorded
from store.customer_marks import CustomerMark, add_mark
from store.deliveries import correct_receipts
from store.dialect import inserted
from store.person_holds import release_persons
from store.suits import enter_suits
from store.tables import (
    BlacklistRow,
    CaseEventRow,
    CaseRow,
    FeedRow,
    PartyRow,
    RegisterRow,
    ReportRow,
)
from store.waivers import enter_waivers

LISTED_ROLES = (*DEBTORS, PartyRole.GUARANTOR)


class Diverged(Permanent):
    """The record and the caller disagree about what happened; `code` is gap, difference, snapshot or second_case."""

    def __init__(self, code: str, case_no: str, seq: int) -> None:
        super().__init__(f"case {case_no} diverged at event {seq}: {code}")
        self.code = code
        self.case_no = case_no
        self.seq = seq


def record(
    session: Session,
    case_no: str,
    events: Sequence[Event],
    snapshot: Case,
    wait: Wait | None = None,
    writer: str = "",
) -> tuple[Event, ...]:
    """Append what is new of `events` and keep `snapshot`, the case after the last of them.

    A repeat of recorded events is accepted only if it is the same byte for byte. `wait`: what the case waits for
    now; None leaves what is stored. Without events only `wait` is kept. `writer`: the run of the case that writes.
    A run whose last turn was lost after it had recorded, but before the engine kept it, comes back with other
    events: nothing is written and the recorded ones are returned, for they have happened. Else (). Raises Diverged.
    """
    last = _must_follow(case_no, events, snapshot)
    recorded, before = _locked(session, snapshot)
    if events and events[0].seq > recorded + 1:
        raise Diverged("gap", case_no, events[0].seq)
    try:
        _must_repeat(session, case_no, [event for event in events if event.seq <= recorded])
    except Diverged:
        if not writer or before != writer:
            raise
        return _recorded_from(session, case_no, events[0].seq)
    text = snapshot.model_dump_json()
    if last == recorded:
        _same_snapshot(session, snapshot, text)
    new = [event for event in events if event.seq > recorded]
    if new:
        _append(session, snapshot, text, new, writer)
    if wait is not None and last >= recorded:
        plan(session, case_no, wait)
    return ()


def _append(session: Session, snapshot: Case, text: str, new: Sequence[Event], writer: str) -> None:
    """The events, and everything else that follows from them in the same transaction."""
    _insert(session, CaseEventRow, [_event_values(snapshot.case_no, event) for event in new])
    _insert(session, FeedRow, [{"case_no": snapshot.case_no, "seq": event.seq} for event in new])
    rank = rank_of_account(session, snapshot.account_no)
    _update_case(session, snapshot, text, new, writer, rank)
    rebuild_asks(session, snapshot, rank)
    _keep_registers(session, snapshot, new)
    enter_waivers(session, snapshot, new)
    enter_claims(session, snapshot, new)
    enter_placements(session, snapshot, new)
    enter_suits(session, snapshot, new)
    enter_recorded(session, snapshot, new)
    correct_receipts(session, new)
    release_persons(session, snapshot, new)


def _recorded_from(session: Session, case_no: str, seq: int) -> tuple[Event, ...]:
    query = select(CaseEventRow).where(col(CaseEventRow.case_no) == case_no, col(CaseEventRow.seq) >= seq)
    return tuple(event_of(row) for row in session.scalars(query.order_by(col(CaseEventRow.seq))))


def plan(session: Session, case_no: str, wait: Wait) -> None:
    """Keep what a case waits for and until when."""
    query = update(CaseRow).where(col(CaseRow.case_no) == case_no)
    session.execute(query.values(next_at=wait.until, next_why=wait.why))


def recorded_seq(session: Session, case_no: str) -> int:
    """Number of the last recorded event; 0 for an unknown case."""
    return session.scalar(select(col(CaseRow.seq)).where(col(CaseRow.case_no) == case_no)) or 0


def ordinal_of(case_no: str) -> int:
    """The ordinal at the end of a case number."""
    ordinal = case_no.rpartition("-")[2]
    return int(ordinal) if ordinal.isdigit() else 0  # the standing work of a portfolio has none


def event_of(row: CaseEventRow) -> Event:
    """The event as it was recorded, its instants in UTC."""
    actor = None
    if row.actor_user is not None:
        actor = Actor(user=row.actor_user, role=row.actor_role or "", authority=row.authority or "")
    return Event.model_validate(
        {
            "seq": row.seq,
            "due_at": row.due_at,
            "at": row.at,
            "dpd": row.dpd,
            "rules": tuple(json.loads(row.rules)),
            "why": row.why,
            "actor": actor,
            "command_id": row.command_id,
            "body": json.loads(row.body),
        }
    )


def _must_follow(case_no: str, events: Sequence[Event], snapshot: Case) -> int:
    """The events follow one another and end where the snapshot stands; its number."""
    if snapshot.case_no != case_no:
        raise Diverged("snapshot", case_no, snapshot.seq)
    for before, after in itertools.pairwise(events):
        if after.seq != before.seq + 1:
            raise Diverged("gap", case_no, after.seq)
    if events and events[-1].seq != snapshot.seq:
        raise Diverged("snapshot", case_no, snapshot.seq)
    return snapshot.seq


def _locked(session: Session, snapshot: Case) -> tuple[int, str]:
    """The last recorded number and its writer, the case locked until the transaction ends; a new case begins at 0."""
    case_no = snapshot.case_no
    first = {"account_no": snapshot.account_no, "ordinal": ordinal_of(case_no), "status": "new", "policy_id": "",
             "policy_version": 0, "policy_sha256": "", "settings": "", "held": False, "next_why": "", "seq": 0,
             "ledger_version": 0, "snapshot": "", "writer": ""}  # fmt: skip
    query = select(col(CaseRow.seq), col(CaseRow.writer)).where(col(CaseRow.case_no) == case_no).with_for_update()
    found = session.execute(query).first()
    if found is None:
        inserted(session, CaseRow, {"case_no": case_no, **first})
        found = session.execute(query).first()
    if found is None:  # the index "one open case per account" kept it out
        raise Diverged("second_case", case_no, snapshot.seq)
    return found[0], found[1]


def _must_repeat(session: Session, case_no: str, events: Sequence[Event]) -> None:
    if not events:
        return
    between = col(CaseEventRow.seq).between(events[0].seq, events[-1].seq)
    rows = session.scalars(select(CaseEventRow).where(col(CaseEventRow.case_no) == case_no, between))
    stored = {row.seq: row.model_dump() for row in rows}
    for event in events:
        if stored.get(event.seq) != _event_values(case_no, event):
            raise Diverged("difference", case_no, event.seq)


def _same_snapshot(session: Session, snapshot: Case, text: str) -> None:
    stored = session.scalar(select(col(CaseRow.snapshot)).where(col(CaseRow.case_no) == snapshot.case_no))
    if snapshot.seq and stored != text and Case.model_validate_json(stored or "{}") != snapshot:
        raise Diverged("snapshot", snapshot.case_no, snapshot.seq)


def _event_values(case_no: str, event: Event) -> dict[str, Any]:
    actor = event.actor
    return {
        "case_no": case_no,
        "seq": event.seq,
        "kind": event.body.kind,
        "step": getattr(event.body, "step", None),
        "due_at": event.due_at,
        "at": event.at,
        "dpd": event.dpd,
        "rules": json.dumps(event.rules, ensure_ascii=False),
        "why": event.why,
        "actor_user": actor.user if actor else None,
        "actor_role": actor.role if actor else None,
        "authority": actor.authority if actor else None,
        "command_id": event.command_id,
        "body": event.body.model_dump_json(),
    }


def _update_case(session: Session, case: Case, text: str, new: Sequence[Event], writer: str, rank: int) -> None:
    closed = [event.at for event in new if isinstance(event.body, CaseClosed)]
    values: dict[str, Any] = {
        "status": case.status,
        "settings": case.settings,
        "opened_at": case.opened_at,
        "closed_for": case.closed_for,
        "anchor": case.anchor,
        "bucket": case.bucket,
        "owner": case.owner,
        "rank": rank,
        "held": any(hold.ended_at is None for hold in case.holds),
        "seq": case.seq,
        "ledger_version": case.facts.ledger_version if case.facts else 0,
        "snapshot": text,
        "writer": writer,
    }
    if case.policy:
        values |= {f"policy_{name}": value for name, value in case.policy.model_dump().items()}
    if case.status != "closed":
        values["closed_at"] = None
    elif closed:
        values |= {"closed_at": closed[-1], "next_at": None, "next_why": ""}
    try:
        session.execute(update(CaseRow).where(col(CaseRow.case_no) == case.case_no).values(**values))
    except IntegrityError:
        raise Diverged("second_case", case.case_no, case.seq) from None


def _keep_registers(session: Session, case: Case, new: Sequence[Event]) -> None:
    for event in new:
        match event.body:
            case Filed() as body:
                key = {"case_no": case.case_no, "seq": event.seq}
                row = {**key, **body.model_dump(exclude={"kind"}), "account_no": case.account_no, "at": event.at}
                _insert(session, RegisterRow, [row])
                if body.register_name == "blacklist":
                    _insert(session, BlacklistRow, _listed_parties(session, case, key))
                if body.register_name == "key_customers":
                    _enter_key_customers(session, case, event, body)
            case ReportIssued() as body:
                _insert(session, ReportRow, [_report_values(case.case_no, event, body)])
            case _:
                pass


def _listed_parties(session: Session, case: Case, key: dict[str, Any]) -> list[dict[str, Any]]:
    """The companies and persons of the lease that go on the list with it (L8.2); a vendor is not one of them."""
    p = PartyRow
    query = select(col(p.party_id), col(p.role)).where(col(p.account_no) == case.account_no)
    found = session.execute(query.where(col(p.role).in_(LISTED_ROLES)).order_by(col(p.ordinal))).all()
    return [{**key, "party_id": party, "role": role} for party, role in dict(reversed(found)).items()]


def _enter_key_customers(session: Session, case: Case, event: Event, body: Filed) -> None:
    """Whoever owes on the account is a key customer from now on, until a person takes them off again (Z3.3a)."""
    p = PartyRow
    query = select(col(p.party_id)).where(col(p.account_no) == case.account_no, col(p.role).in_(DEBTORS))
    for party in sorted(set(session.scalars(query))):
        add_mark(session, CustomerMark(
            key=f"{case.case_no}/{event.seq}/{party}", party_id=party, kind="key_customer", value="yes",
            case_no=case.case_no, reason=", ".join(event.rules), actor_user="system", actor_role=body.role,
            at=event.at,
        ))  # fmt: skip


def _report_values(case_no: str, event: Event, body: ReportIssued) -> dict[str, Any]:
    return {
        "case_no": case_no,
        "seq": event.seq,
        "step": body.step,
        "period": body.period,
        "document": body.document.kind,
        "number": body.document.number,
        "sha256": body.document.sha256,
        "to": ",".join(body.to),
        "copy_to": ",".join(body.copy_to),
        "at": event.at,
    }


def _insert(session: Session, row: type[SQLModel], values: list[dict[str, Any]]) -> None:
    if values:
        session.connection().execute(insert(row), values)
