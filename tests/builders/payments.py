"""Payments by number, and their reversals, for cases that watch what comes in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain.ledger import Posting, PostingKind
from domain.money import ZERO
from tests.builders.cases import Desk, local


def payment(number: str, day: str, amount: str, at: str = "", kind: PostingKind = PostingKind.PAYMENT) -> Posting:
    when = local(f"{at or day} 08:00")
    return Posting(id=number, kind=kind, value_date=date.fromisoformat(day), at=when, amount=Decimal(amount))


def reversal(number: str, of: str, day: str) -> Posting:
    when = local(f"{day} 08:30")
    return Posting(
        id=number, kind=PostingKind.REVERSAL, value_date=date.fromisoformat(day), at=when, amount=ZERO, reverses=of
    )


def kinds(desk: Desk, *named: str) -> list[tuple[str, str]]:
    """(day, kind) of the events of these kinds."""
    return [(e.due_at.date().isoformat(), e.body.kind) for e in desk.events if e.body.kind.startswith(named)]
