"""Commands that were refused: who tried what, and why not. Nothing of what they wrote."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from store.acts import WRITES, Writes
from store.dialect import inserted
from store.tables import CommandAttemptRow


class Attempt(Frozen):
    """A refused command. id: of the command. actor: a staff id. kind: its `do`. role: as which, if known.

    Of other acts: id of the request, kind as in the audit log ("POST /write-offs/{id}/verdict"), case_no: its numbers.
    """

    id: str
    case_no: str
    actor: str
    kind: str
    code: str
    at: AwareDatetime
    role: str | None = None
    step: str | None = None


def keep_attempt(session: Session, attempt: Attempt) -> None:
    """Record a refusal once per command and case."""
    inserted(session, CommandAttemptRow, attempt.model_dump())
    writes: Writes = session.info[WRITES]
    if writes.act is not None:
        writes.act.attempted = True


def attempts_of(session: Session, case_no: str) -> tuple[Attempt, ...]:
    """The refused commands of a case in order."""
    query = select(CommandAttemptRow).where(col(CommandAttemptRow.case_no) == case_no)
    rows = session.scalars(query.order_by(col(CommandAttemptRow.at), col(CommandAttemptRow.id)))
    return tuple(Attempt(**row.model_dump()) for row in rows)


def find_attempt(session: Session, command_id: str) -> Attempt | None:
    """The refusal of a command, if it was refused."""
    query = select(CommandAttemptRow).where(col(CommandAttemptRow.id) == command_id)
    row: CommandAttemptRow | None = session.scalar(query.limit(1))
    return Attempt(**row.model_dump()) if row else None


def latest_attempts(session: Session, since: datetime, limit: int = 500) -> tuple[Attempt, ...]:
    """Refusals since an instant, the newest first."""
    query = select(CommandAttemptRow).where(col(CommandAttemptRow.at) >= since)
    rows = session.scalars(query.order_by(col(CommandAttemptRow.at).desc(), col(CommandAttemptRow.id)).limit(limit))
    return tuple(Attempt(**row.model_dump()) for row in rows)
