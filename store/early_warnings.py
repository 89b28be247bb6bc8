"""Signals that warn of an account early: reported once each, in force for a time, withdrawn with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Refused
from domain.events import Actor
from domain.risk import Source
from store.account_facts import chunks
from store.dialect import inserted
from store.tables import EarlyWarningEndRow, EarlyWarningRow


class Signal(Frozen):
    """What somebody saw. id: the reporter's own, the same again is the same signal. detail: free text."""

    id: str
    account_no: str
    indicator: str
    observed_on: date
    detail: str = ""


class KeptSignal(Signal):
    """A signal with what it proposes and how long. valid_until: the last day. ended_at: when it was withdrawn."""

    source: Source
    proposes: str
    valid_until: date
    pack: str
    actor_user: str
    actor_role: str
    at: AwareDatetime
    ended_at: AwareDatetime | None = None
    end_reason: str = ""
    ended_by: str = ""

    def state(self, today: date) -> Literal["in_force", "expired", "withdrawn"]:
        """Whether it still counts."""
        if self.ended_at is not None:
            return "withdrawn"
        return "in_force" if today <= self.valid_until else "expired"

    def said(self) -> Signal:
        """What was reported, without what became of it."""
        return Signal.model_validate(self.model_dump(include=set(Signal.model_fields)))


def keep_signal(session: Session, kept: KeptSignal) -> bool:
    """Keep a signal once; whether it is new."""
    values = kept.model_dump(exclude={"ended_at", "end_reason", "ended_by"})
    return inserted(session, EarlyWarningRow, values)


def known_signals(session: Session, source: Source, ids: Sequence[str]) -> dict[str, KeptSignal]:
    """Those of these ids that were reported by that source before."""
    w = EarlyWarningRow
    found: list[KeptSignal] = []
    for part in chunks(ids):
        rows = session.scalars(select(w).where(col(w.source) == source, col(w.id).in_(part)))
        found += _with_ends(session, rows)
    return {one.id: one for one in found}


def signals_of(session: Session, account_no: str) -> tuple[KeptSignal, ...]:
    """Every signal of an account, the first one first."""
    w = EarlyWarningRow
    query = select(w).where(col(w.account_no) == account_no).order_by(col(w.at), col(w.source), col(w.id))
    return tuple(_with_ends(session, session.scalars(query)))


def signals_in_force(session: Session, account_no: str, today: date) -> tuple[KeptSignal, ...]:
    """Those that count today."""
    return tuple(one for one in signals_of(session, account_no) if one.state(today) == "in_force")


def withdraw_signal(
    session: Session, source: Source, signal_id: str, reason: str, actor: Actor, at: datetime
) -> KeptSignal:
    """It was wrong or is over; the same reason again changes nothing. Refused: unknown_warning, already_withdrawn."""
    found = known_signals(session, source, [signal_id]).get(signal_id)
    if found is None:
        raise Refused("unknown_warning", f"There is no warning {signal_id}.", "")
    values = {
        "source": source, "id": signal_id, "reason": reason,
        "actor_user": actor.user, "actor_role": actor.role, "at": at,
    }  # fmt: skip
    if not inserted(session, EarlyWarningEndRow, values) and found.end_reason != reason:
        raise Refused("already_withdrawn", f"The warning {signal_id} was withdrawn before.", "Nothing was changed.")
    return known_signals(session, source, [signal_id])[signal_id]


def _with_ends(session: Session, rows: Iterable[EarlyWarningRow]) -> list[KeptSignal]:
    found = list(rows)
    e = EarlyWarningEndRow
    ends: dict[tuple[str, str], EarlyWarningEndRow] = {}
    for part in chunks([row.id for row in found]):
        ends |= {(row.source, row.id): row for row in session.scalars(select(e).where(col(e.id).in_(part)))}
    return [_kept(row, ends.get((row.source, row.id))) for row in found]


def _kept(row: EarlyWarningRow, end: EarlyWarningEndRow | None) -> KeptSignal:
    ended = {"ended_at": end.at, "end_reason": end.reason, "ended_by": end.actor_user} if end else {}
    return KeptSignal.model_validate({**row.model_dump(), **ended})
