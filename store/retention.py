"""What of the archive must be kept and what may be destroyed: periods, legal holds, and acts of destruction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, Select, exists, select, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from domain.base import Frozen, local_date
from domain.errors import Refused
from domain.events import Actor
from domain.retention import RetentionPack
from domain.words import Said
from store.dialect import inserted, take_turns
from store.tables import AccountRow, CaseRow, DestructionRow, DocumentRow, LegalHoldEndRow, LegalHoldRow

Query = Select[*tuple[Any, ...]]
HOME = "Asia/Shanghai"  # of a case of no account


class Destroyable(Frozen):
    """A document that need not be kept any more. rule: where its period comes from."""

    number: str
    kind: str
    case_no: str
    closed_on: date
    kept_until: date
    rule: str


class Act(Frozen):
    """Why somebody does something with the archive, by which authority. id: chosen by the caller."""

    id: str
    reason: Said
    actor: Actor
    at: AwareDatetime

    def values(self) -> dict[str, object]:
        """Its columns, without the id."""
        return {
            "reason": self.reason, "actor_user": self.actor.user, "actor_role": self.actor.role,
            "authority": self.actor.authority, "at": self.at,
        }  # fmt: skip


class LegalHold(Frozen):
    """Nothing of the case is destroyed until the hold is lifted."""

    id: str
    case_no: str
    reason: str
    actor_user: str
    at: AwareDatetime
    lifted_at: AwareDatetime | None = None
    lifted_by: str | None = None
    lifted_for: str | None = None


class Destruction(Frozen):
    """The record that stays of a document whose content was destroyed. sha256: of its PDF."""

    number: str
    case_no: str
    kind: str
    sha256: str
    kept_until: date
    rule: str
    reason: str
    actor_user: str
    actor_role: str
    authority: str
    at: AwareDatetime


def destroyable(session: Session, on: date, pack: RetentionPack, limit: int = 200) -> tuple[Destroyable, ...]:
    """What may be destroyed on a day, by case: of closed cases, out of its period, under no legal hold."""
    query = (
        _closed().where(~_held(), ~_running(), ~_destroyed()).order_by(col(CaseRow.case_no), col(DocumentRow.number))
    )
    found: list[Destroyable] = []
    for one in _read(session, query, pack):
        if one.kept_until < on:
            found.append(one)
        if len(found) == limit:
            break
    return tuple(found)


def destroy(session: Session, number: str, act: Act, on: date, pack: RetentionPack) -> Destruction:
    """Destroy the content of one document; its number, kind and hash stay. Again: what was recorded.

    Refused: unknown_document, to_be_kept, legal_hold.
    """
    take_turns(session, "destruction")
    known = session.get(DestructionRow, number)
    if known is None:
        one = _fit(session, number, on, pack)
        of = select(col(DocumentRow.sha256)).where(col(DocumentRow.number) == number)
        values = one.model_dump(exclude={"closed_on"}) | act.values() | {"sha256": session.scalar(of)}
        inserted(session, DestructionRow, values)
        session.execute(update(DocumentRow).where(col(DocumentRow.number) == number).values(pdf=b"", content=""))
        known = session.get_one(DestructionRow, number)
    return Destruction.model_validate(known.model_dump())


def hold(session: Session, case_no: str, act: Act) -> LegalHold:
    """Keep everything of a case from destruction, once per id. Refused: unknown_case, command_differs."""
    take_turns(session, "destruction")
    if session.get(CaseRow, case_no) is None:
        raise Refused("unknown_case", f"There is no case {case_no}.", "Check the case number.")
    inserted(session, LegalHoldRow, {"id": act.id, "case_no": case_no, **act.values()})
    found = next((one for one in holds(session, case_no) if one.id == act.id), None)
    if found is None or found.reason != act.reason:
        raise Refused("command_differs", "This key was used for another hold.", "Use a new Idempotency-Key.")
    return found


def lift(session: Session, act: Act) -> LegalHold:
    """Lift a hold (act.id) with a reason; the first time counts. Refused "unknown_legal_hold"."""
    row = session.get(LegalHoldRow, act.id)
    if row is None:
        raise Refused("unknown_legal_hold", f"There is no hold {act.id}.", "See GET /archive/legal-holds.")
    inserted(session, LegalHoldEndRow, {"hold": act.id, **act.values()})
    return next(one for one in holds(session, row.case_no) if one.id == act.id)


def holds(session: Session, case_no: str | None = None) -> tuple[LegalHold, ...]:
    """Legal holds of a case or of all, the first one first; those lifted are there too."""
    h, e = LegalHoldRow, LegalHoldEndRow
    query = select(h, e).outerjoin(e, col(e.hold) == col(h.id)).order_by(col(h.at), col(h.id))
    if case_no is not None:
        query = query.where(col(h.case_no) == case_no)
    return tuple(
        LegalHold(
            id=one.id, case_no=one.case_no, reason=one.reason, actor_user=one.actor_user, at=one.at,
            lifted_at=end.at if end else None, lifted_by=end.actor_user if end else None,
            lifted_for=end.reason if end else None,
        )
        for one, end in session.execute(query)
    )  # fmt: skip


def destructions(session: Session, limit: int = 200) -> tuple[Destruction, ...]:
    """What was destroyed, the newest first."""
    d = DestructionRow
    rows = session.scalars(select(d).order_by(col(d.at).desc(), col(d.number)).limit(limit))
    return tuple(Destruction.model_validate(row.model_dump()) for row in rows)


def _fit(session: Session, number: str, on: date, pack: RetentionPack) -> Destroyable:
    if session.scalar(select(col(DocumentRow.number)).where(col(DocumentRow.number) == number)) is None:
        raise Refused("unknown_document", f"There is no document {number}.", "Check its number.")
    of = _closed().where(col(DocumentRow.number) == number)
    one = next(_read(session, of.where(~_running()), pack), None)
    if one is None:
        raise Refused("to_be_kept", f"The account of {number} has a running case.", "It is kept until that is closed.")
    if one.kept_until >= on:
        raise Refused("to_be_kept", f"{number} is kept until {one.kept_until} ({one.rule}).", "Wait until then.")
    if next(_read(session, of.where(_held()), pack), None) is not None:
        raise Refused("legal_hold", f"The case {one.case_no} is under legal hold.", "Legal lifts it first.")
    return one


def _read(session: Session, query: Query, pack: RetentionPack) -> Iterator[Destroyable]:
    for number, kind, case_no, closed_at, time_zone in session.execute(query):
        closed_on = local_date(closed_at, time_zone or HOME)
        yield Destroyable(
            number=number, kind=kind, case_no=case_no, closed_on=closed_on, rule=pack.period(kind).source,
            kept_until=pack.kept_until(kind, closed_on),
        )  # fmt: skip


def _closed() -> Query:
    """Documents of closed cases."""
    d, c, a = DocumentRow, CaseRow, AccountRow
    query = select(col(d.number), col(d.kind), col(c.case_no), col(c.closed_at), col(a.time_zone))
    query = query.join(c, col(c.case_no) == col(d.case_no)).outerjoin(a, col(a.account_no) == col(c.account_no))
    return query.where(col(c.status) == "closed", col(c.closed_at).is_not(None))


def _held() -> ColumnElement[bool]:
    h, e = LegalHoldRow, LegalHoldEndRow
    lifted = exists().where(col(e.hold) == col(h.id))
    return exists().where(col(h.case_no) == col(CaseRow.case_no), ~lifted)


def _running() -> ColumnElement[bool]:
    """A later case of the account is open: it may need what was done before."""
    other = aliased(CaseRow)
    same = (col(other.account_no) == col(CaseRow.account_no)) & (col(other.account_no) != "")
    return exists().where(same, col(other.status) != "closed")


def _destroyed() -> ColumnElement[bool]:
    return exists().where(col(DestructionRow.number) == col(DocumentRow.number))
