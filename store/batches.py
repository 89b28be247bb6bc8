"""Imported files, held, released or discarded as a whole, with their problems; and receipts without a lease."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Problem, Refused
from domain.ledger import PostingKind
from store.dialect import inserted
from store.tables import ImportBatchRow, ImportProblemRow, SuspenseRow

State = Literal["checked", "held", "released", "discarded"]
ALLOWED: dict[str, tuple[State, ...]] = {
    "checked": ("held", "released", "discarded"),
    "held": ("released", "discarded"),
    "released": (),
    "discarded": (),
}


class Batch(Frozen):
    """One imported file. kind: accounts or payments. totals: control totals as JSON. decided: released or discarded."""

    id: str
    sha256: str
    file_name: str
    kind: str
    state: State
    totals: str = "{}"
    created_by: str
    created_at: AwareDatetime
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None


class SuspenseItem(Frozen):
    """A receipt that fits no account, until a person books it. payer: as the bank names them; personal."""

    id: str
    reference: str
    amount: Decimal
    currency: str = "CNY"
    kind: PostingKind = PostingKind.PAYMENT
    payer: str = ""
    value_date: date
    reason: str
    at: AwareDatetime
    resolved_by: str | None = None


def add_batch(session: Session, batch: Batch, problems: Sequence[Problem] = ()) -> None:
    """Keep a file's checks; Refused "batch_exists" if its id is taken."""
    if not inserted(session, ImportBatchRow, batch.model_dump()):
        raise Refused("batch_exists", f"There is an import {batch.id} already.", "Use a new id.")
    rows = [
        {"batch_id": batch.id, "ordinal": n, "place": p.place, "message": p.message, "remedy": p.remedy}
        for n, p in enumerate(problems, start=1)
    ]
    if rows:
        session.connection().execute(insert(ImportProblemRow), rows)


def get_batch(session: Session, batch_id: str) -> Batch | None:
    """An import by its id."""
    row = session.get(ImportBatchRow, batch_id)
    return Batch(**row.model_dump()) if row else None


def find_batch(session: Session, sha256: str, kind: str) -> Batch | None:
    """The import of the same file that was not discarded: the same file twice changes nothing."""
    b = ImportBatchRow
    query = select(b).where(col(b.sha256) == sha256, col(b.kind) == kind, col(b.state) != "discarded")
    row = session.scalar(query.order_by(col(b.created_at).desc()).limit(1))
    return Batch(**row.model_dump()) if row else None


def list_batches(session: Session, limit: int = 100) -> tuple[Batch, ...]:
    """Imports, the newest first."""
    query = select(ImportBatchRow).order_by(col(ImportBatchRow.created_at).desc(), col(ImportBatchRow.id))
    return tuple(Batch(**row.model_dump()) for row in session.scalars(query.limit(limit)))


def problems_of(session: Session, batch_id: str) -> tuple[Problem, ...]:
    """What was wrong in a file, in the order of its rows."""
    query = select(ImportProblemRow).where(col(ImportProblemRow.batch_id) == batch_id)
    rows = session.scalars(query.order_by(col(ImportProblemRow.ordinal)))
    return tuple(Problem(place=row.place, message=row.message, remedy=row.remedy) for row in rows)


def move_batch(session: Session, batch_id: str, state: State, by: str, at: datetime) -> Batch:
    """Hold, release or discard an import; doing it again changes nothing. Refused: unknown_batch, batch_decided."""
    query = select(ImportBatchRow).where(col(ImportBatchRow.id) == batch_id).with_for_update()
    row = session.scalar(query)
    if row is None:
        raise Refused("unknown_batch", f"There is no import {batch_id}.", "Look at the list of imports.")
    if row.state != state:
        if state not in ALLOWED[row.state]:
            raise Refused("batch_decided", f"The import is {row.state}.", "Import a corrected file instead.")
        values = {"state": state, "decided_by": by, "decided_at": at}
        session.execute(update(ImportBatchRow).where(col(ImportBatchRow.id) == batch_id).values(**values))
        session.refresh(row)
    return Batch(**row.model_dump())


def add_suspense(session: Session, items: Iterable[SuspenseItem]) -> int:
    """Keep receipts that fit no account; how many of them are new."""
    return sum(inserted(session, SuspenseRow, item.model_dump()) for item in items)


def waiting_receipt(session: Session, item_id: str) -> SuspenseItem | None:
    """A receipt of the suspense list, kept from others until the transaction ends."""
    query = select(SuspenseRow).where(col(SuspenseRow.id) == item_id).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    return SuspenseItem(**row.model_dump()) if row else None


def resolve_suspense(session: Session, item_id: str, posting_id: str) -> None:
    """A receipt was booked as that posting; Refused "suspense_resolved" if it no longer waits."""
    s = SuspenseRow
    query = update(s).where(col(s.id) == item_id, col(s.resolved_by).is_(None)).values(resolved_by=posting_id)
    if session.connection().execute(query).rowcount == 0:
        raise Refused("suspense_resolved", f"The receipt {item_id} does not wait.", "Look at the suspense list.")
