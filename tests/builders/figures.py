"""Five accounts whose key figures for April 2026 are worked out by hand in tests/domain/test_kpi.py."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from domain.ledger import AccountFacts, Instalment, Posting, PostingKind
from domain.policy import Bucket

FIRST, LAST = date(2026, 4, 1), date(2026, 4, 30)
LATER = date(2027, 4, 15)  # every account has one more instalment then
BUCKETS = tuple(
    Bucket.model_validate({"id": name, "from": first, "to": last})
    for name, first, last in (("mild", 1, 30), ("moderate_1", 31, 60), ("moderate_2", 61, 90), ("severe", 91, None))
)


def rent(no: int, due: date) -> Instalment:
    """A rent of 1,050.00, of which 1,000.00 are principal."""
    return Instalment(no=no, due=due, principal=Decimal("1000.00"), interest=Decimal("50.00"))


def posted(posting_id: str, on: date, amount: str, kind: PostingKind = PostingKind.PAYMENT) -> Posting:
    """A posting entered at noon of its day."""
    noon = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    return Posting(id=posting_id, kind=kind, value_date=on, at=noon, amount=Decimal(amount))


def account(name: str, due: date, *postings: Posting) -> AccountFacts:
    """A rent on that day and one a year later."""
    return AccountFacts(account_no=name, schedule=(rent(1, due), rent(2, LATER)), postings=postings)


BOOK = {
    found.account_no: found
    for found in (
        account("A", date(2026, 3, 11), posted("a1", date(2026, 4, 5), "1050.00")),
        account("B", date(2026, 3, 11), posted("b1", date(2026, 4, 20), "450.00")),
        account(
            "C", date(2025, 12, 1), posted("c1", date(2026, 4, 9), "100.00", PostingKind.COST),
            posted("c2", date(2026, 4, 10), "500.00"),
        ),
        account("D", date(2026, 4, 15), posted("d1", date(2026, 4, 15), "1050.00")),
        account("E", date(2026, 4, 20)),
    )
}  # fmt: skip
"""A pays late, B in part, C in part after a cost was charged, D on the day, E not at all."""
