"""Leases small enough to check by hand: rents of 10,500 on the second of each month, and what is paid on them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from domain.ledger import AccountFacts, Instalment, PartyFact, PartyRole, Posting, PostingKind
from domain.money import ZERO

RENTS = ("2026-03-02", "2026-04-02", "2026-05-02")
LESSEE = PartyFact(id="P1", role=PartyRole.LESSEE)
GUARANTOR = PartyFact(id="P2", role=PartyRole.GUARANTOR)
VENDOR = PartyFact(id="P3", role=PartyRole.VENDOR)
BUYBACK_VENDOR = PartyFact(id="P3", role=PartyRole.VENDOR, buyback_guarantee=True)


def rents(*due: str, principal: str = "10000.00", interest: str = "500.00") -> tuple[Instalment, ...]:
    """Equal instalments on these days."""
    amounts = {"principal": Decimal(principal), "interest": Decimal(interest)}
    return tuple(Instalment(no=no, due=date.fromisoformat(day), **amounts) for no, day in enumerate(due, start=1))


def lease(*postings: Posting, due: tuple[str, ...] = RENTS, rate: str = "0.0005", amount: str = "500000.00",
          parties: tuple[PartyFact, ...] = (LESSEE,)) -> AccountFacts:  # fmt: skip
    """A lease with these postings; the rate is penalty interest per day."""
    return AccountFacts(
        account_no="L-000001",
        lease_amount=Decimal(amount),
        penalty_rate_per_day=Decimal(rate),
        schedule=rents(*due),
        postings=postings,
        parties=parties,
    )


def paid(day: str, amount: str, kind: PostingKind = PostingKind.PAYMENT, known: str | None = None) -> Posting:
    """Money that counts for `day` and became known at 02:00 UTC (10:00 in Shanghai) of `known`."""
    at = datetime.fromisoformat(known or day).replace(hour=2, tzinfo=UTC)
    value_date = date.fromisoformat(day)
    return Posting(id=f"{kind}/{day}/{amount}", kind=kind, value_date=value_date, at=at, amount=Decimal(amount))


def taken_back(posting: Posting, day: str) -> Posting:
    """The reversal of a posting on a day."""
    at = datetime.fromisoformat(day).replace(hour=2, tzinfo=UTC)
    return Posting(
        id=f"R/{posting.id}",
        kind=PostingKind.REVERSAL,
        value_date=date.fromisoformat(day),
        at=at,
        amount=ZERO,
        reverses=posting.id,
    )
