"""The result of a project after a disposal: what came in and what it cost, and what is still owed (L7.3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from domain.base import Frozen
from domain.buyback import buyback_price
from domain.evidence import Figure
from domain.ledger import AccountFacts, PostingKind
from domain.money import ZERO
from domain.replay import effective_postings
from domain.terms import Terms

INCOME: Final[dict[PostingKind, str]] = {
    PostingKind.PAYMENT: "已收租金及其他还款",
    PostingKind.VENDOR_ADVANCE: "出卖人垫付",
    PostingKind.DISPOSAL_PROCEEDS: "处置价款",
    PostingKind.BUYBACK_PRICE: "回购款",
}
CONTRACT: Final = "合同金额（投放）"
CHARGED: Final = "账面费用"
SPENT: Final = "催收、诉讼及委外费用"


class Remaining(Frozen):
    """What is still owed after everything that came in, on a day, in the account's currency.

    deficiency: the claim that further recourse would pursue (L7.3b). surplus: money left over, owed to the customer.
    """

    as_of: date
    rents_due: Decimal
    rents_to_come: Decimal
    penalty: Decimal
    costs: Decimal
    unallocated: Decimal
    deficiency: Decimal
    surplus: Decimal


def remaining(account: AccountFacts, as_of: date, terms: Terms) -> Remaining:
    """The whole contract against the money that is there: one of deficiency and surplus is zero."""
    price = buyback_price(account, as_of, terms)
    owed = price.rents_due + price.rents_to_come + price.penalty + price.costs
    return Remaining(
        as_of=as_of,
        rents_due=price.rents_due,
        rents_to_come=price.rents_to_come,
        penalty=price.penalty,
        costs=price.costs,
        unallocated=price.unallocated,
        deficiency=max(ZERO, owed - price.unallocated),
        surplus=max(ZERO, price.unallocated - owed),
    )


def recorded_figures(
    account: AccountFacts, as_of: date, terms: Terms, spent: Decimal, in_both: frozenset[str] = frozenset()
) -> tuple[Figure, ...]:
    """Income and expense as the books have them; lines of nothing are left out, but the contract and what was received.

    spent: by the register of costs. in_both: ids of costs in the ledger that the register has too; counted once.
    """
    sums: dict[PostingKind, Decimal] = {}
    for posting in effective_postings(account, as_of, terms):
        if posting.id not in in_both:
            sums[posting.kind] = sums.get(posting.kind, ZERO) + posting.amount
    income = [Figure(item=name, side="income", amount=sums.get(kind, ZERO)) for kind, name in INCOME.items()]
    expense = [
        Figure(item=CONTRACT, side="expense", amount=account.lease_amount),
        Figure(item=CHARGED, side="expense", amount=sums.get(PostingKind.COST, ZERO)),
        Figure(item=SPENT, side="expense", amount=max(ZERO, spent)),
    ]
    kept = (INCOME[PostingKind.PAYMENT], CONTRACT)
    return tuple(figure for figure in (*income, *expense) if figure.amount or figure.item in kept)


def net(figures: tuple[Figure, ...]) -> Decimal:
    """Income less expense: above zero a profit, below it a loss."""
    return sum((f.amount if f.side == "income" else -f.amount for f in figures), ZERO)
