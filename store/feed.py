"""What was recorded in all cases, in the order of recording."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from store.tables import CaseEventRow, FeedRow


class FeedLine(Frozen):
    """One recorded event without its content. position: its place in the order of recording, with rare gaps."""

    position: int
    case_no: str
    seq: int
    kind: str
    step: str | None
    at: datetime


def last_position(session: Session) -> int:
    """The position of the newest event; 0 before the first."""
    return session.scalar(select(func.max(col(FeedRow.position)))) or 0


def events_after(session: Session, position: int, limit: int) -> tuple[FeedLine, ...]:
    """The next events after a position, oldest first."""
    same = (col(CaseEventRow.case_no) == col(FeedRow.case_no)) & (col(CaseEventRow.seq) == col(FeedRow.seq))
    event = CaseEventRow
    query = (
        select(
            col(FeedRow.position),
            col(FeedRow.case_no),
            col(FeedRow.seq),
            col(event.kind),
            col(event.step),
            col(event.at),
        )
        .join(event, same)
        .where(col(FeedRow.position) > position)
        .order_by(col(FeedRow.position))
        .limit(limit)
    )
    return tuple(FeedLine(**row) for row in session.execute(query).mappings())
