"""The vendor's buyback: what performance costs on a day, what was claimed, what was paid, and when it was performed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from domain.base import Frozen
from domain.ledger import AccountFacts, Posting, PostingKind
from domain.money import ZERO, rounded
from domain.replay import effective_postings, replay
from domain.terms import Terms


class BuybackPrice(Frozen):
    """What the vendor has to pay for the whole lease on a day: all rents unpaid, penalty interest and costs.

    unallocated: money of the lessee that is not used up yet; it lowers the price. A vendor's advance does not (L2.4).
    """

    as_of: date
    rents_due: Decimal
    rents_to_come: Decimal
    penalty: Decimal
    costs: Decimal
    unallocated: Decimal

    @property
    def total(self) -> Decimal:
        """The price; never below zero."""
        owed = self.rents_due + self.rents_to_come + self.penalty + self.costs
        return max(ZERO, owed - self.unallocated)


class Performance(Frozen):
    """How far the vendor has performed. claimed: the last claim; None while nothing was claimed from them."""

    claimed: Decimal | None
    paid: Decimal

    @property
    def done(self) -> bool:
        """Paid in full; without a claim any payment of a price counts, as both sides agreed on it elsewhere."""
        return self.paid > ZERO and (self.claimed is None or self.paid >= self.claimed)


def buyback_price(account: AccountFacts, as_of: date, terms: Terms) -> BuybackPrice:
    """The price at the end of a day, from the ledger alone."""
    owed = replay(account, as_of, terms, effective_postings(account, as_of, terms))
    return BuybackPrice(
        as_of=as_of,
        rents_due=sum(owed.interest, ZERO) + sum(owed.principal, ZERO),
        rents_to_come=sum((instalment.rent for instalment in account.schedule if instalment.due > as_of), ZERO),
        penalty=owed.earlier + owed.carried + rounded(owed.current),
        costs=owed.costs,
        unallocated=owed.credit,
    )


def performance(account: AccountFacts, as_of: date) -> Performance:
    """What was claimed from the vendor and what they paid of it by the end of a day."""
    return _performance(_standing(account.postings, as_of))


def bought_back_on(account: AccountFacts, until: date) -> date | None:
    """The day on which the buyback was performed; None while it is not."""
    found = _standing(account.postings, until)
    claimed = _performance(found).claimed  # a part that is dated before the claim performs nothing
    for day in sorted({posting.value_date for posting in found}):
        by_then = _performance([posting for posting in found if posting.value_date <= day])
        if by_then.model_copy(update={"claimed": claimed}).done:
            return day
    return None


def _standing(postings: Iterable[Posting], until: date) -> list[Posting]:
    known = [posting for posting in postings if posting.value_date <= until]
    taken_back = {posting.reverses for posting in known if posting.kind is PostingKind.REVERSAL}
    kinds = (PostingKind.BUYBACK_CLAIM, PostingKind.BUYBACK_PRICE)
    return [posting for posting in known if posting.kind in kinds and posting.id not in taken_back]


def _performance(found: list[Posting]) -> Performance:
    claims = [posting.amount for posting in found if posting.kind is PostingKind.BUYBACK_CLAIM]
    paid = sum((posting.amount for posting in found if posting.kind is PostingKind.BUYBACK_PRICE), ZERO)
    return Performance(claimed=claims[-1] if claims else None, paid=paid)
