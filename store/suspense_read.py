"""What is in suspense, what was done with each receipt, and what became of the money received, by currency."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from pydantic import AwareDatetime
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Refused
from domain.money import ZERO
from domain.suspense import MONEY_IN, Fate
from store.batches import SuspenseItem
from store.tables import SuspenseActRow, SuspenseLineRow, SuspenseRow

KINDS = [kind.value for kind in MONEY_IN]


class AssignedLine(Frozen):
    """One account that got a part, with the posting."""

    account_no: str
    amount: Decimal
    posting: str


class SuspenseAct(Frozen):
    """What somebody did with a receipt. posting: what was re-allocated; reversal: what took it back."""

    key: str
    entry: str
    do: str
    assigned: Decimal
    returned: Decimal
    taken_back: Decimal
    posting: str | None
    reversal: str | None
    lines: tuple[AssignedLine, ...]
    reason: str
    actor_user: str
    actor_role: str
    authority: str
    at: AwareDatetime


class SuspenseEntry(Frozen):
    """A receipt with everything that was done with it. waiting: what is still in suspense."""

    item: SuspenseItem
    waiting: Decimal
    acts: tuple[SuspenseAct, ...]


def open_suspense(session: Session, limit: int = 500) -> tuple[SuspenseEntry, ...]:
    """Receipts of which something still waits, the oldest first; a reversal waits until it is booked."""
    s, a = SuspenseRow, SuspenseActRow
    gone = func.sum(col(a.assigned) + col(a.returned) - col(a.taken_back)).label("gone")
    done = select(col(a.entry).label("entry"), gone).group_by(col(a.entry)).subquery()
    left = func.coalesce(done.c.gone, ZERO)
    fresh = col(s.resolved_by).is_(None) & ((left < col(s.amount)) | col(s.kind).not_in(KINDS))
    again = col(s.resolved_by).is_not(None) & (left < ZERO)  # booked by a file, then taken back
    query = select(s).outerjoin(done, done.c.entry == col(s.id)).where(fresh | again)
    query = query.order_by(col(s.at), col(s.id))
    return tuple(_entry(session, row) for row in session.scalars(query.limit(limit)))


def entry_of(session: Session, receipt_no: str) -> SuspenseEntry:
    """One receipt. Refused "unknown_receipt"."""
    row = session.get(SuspenseRow, receipt_no)
    if row is None:
        raise Refused("unknown_receipt", f"No receipt {receipt_no} is or was in suspense.", "See GET /suspense.")
    return _entry(session, row)


def acts_of(session: Session, receipt_no: str) -> tuple[SuspenseAct, ...]:
    """What was done with a receipt, in order."""
    a, x = SuspenseActRow, SuspenseLineRow
    rows = session.scalars(select(a).where(col(a.entry) == receipt_no).order_by(col(a.at), col(a.key))).all()
    lines: dict[str, list[AssignedLine]] = {}
    parts = select(x).where(col(x.act).in_([row.key for row in rows])).order_by(col(x.act), col(x.no))
    for line in session.scalars(parts):
        found = AssignedLine(account_no=line.account_no, amount=line.amount, posting=line.posting)
        lines.setdefault(line.act, []).append(found)
    return tuple(
        SuspenseAct.model_validate({**row.model_dump(exclude={"asked"}), "lines": tuple(lines.get(row.key, ()))})
        for row in rows
    )


def fate_of(session: Session, receipt_no: str) -> Fate:
    """What has become of one receipt. Refused "unknown_receipt"."""
    found = entry_of(session, receipt_no)
    return _fate(found.item.currency, [(found.item, found.acts)])


def fates(session: Session) -> tuple[Fate, ...]:
    """What has become of everything that ever was in suspense, by currency."""
    s = SuspenseRow
    by_currency: dict[str, list[tuple[SuspenseItem, tuple[SuspenseAct, ...]]]] = {}
    for row in session.scalars(select(s).where(col(s.kind).in_(KINDS)).order_by(col(s.currency), col(s.id))):
        by_currency.setdefault(row.currency, []).append((SuspenseItem(**row.model_dump()), acts_of(session, row.id)))
    return tuple(_fate(currency, found) for currency, found in by_currency.items())


def _fate(currency: str, found: Iterable[tuple[SuspenseItem, tuple[SuspenseAct, ...]]]) -> Fate:
    received, assigned, returned = ZERO, ZERO, ZERO
    for item, acts in found:
        received += item.amount
        assigned += (item.amount if item.resolved_by else ZERO) + sum((a.assigned - a.taken_back for a in acts), ZERO)
        returned += sum((act.returned for act in acts), ZERO)
    return Fate(currency=currency, received=received, assigned=assigned, returned=returned)


def _entry(session: Session, row: SuspenseRow) -> SuspenseEntry:
    item, acts = SuspenseItem(**row.model_dump()), acts_of(session, row.id)
    return SuspenseEntry(item=item, waiting=_fate(item.currency, [(item, acts)]).waiting, acts=acts)
