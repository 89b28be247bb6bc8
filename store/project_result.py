"""The result of a project as the ledger and the register of costs have it (L7.3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.evidence import Figure
from domain.ledger import PostingKind
from domain.money import ZERO, rounded
from domain.project_result import Remaining, net, recorded_figures, remaining
from domain.terms import Terms
from store.account_facts import account_facts
from store.suit_consequences import SOURCE
from store.tables import CostRow, PostingRow


class ProjectResult(Frozen):
    """Profit or loss of a project on a day by the books, and what is still owed."""

    account_no: str
    as_of: date
    currency: str
    figures: tuple[Figure, ...]
    net: Decimal
    remaining: Remaining


def project_result(session: Session, account_no: str, as_of: date, terms: Terms) -> ProjectResult:
    """What Finance confirms or amends after a disposal. Refused: unknown_account."""
    facts = account_facts(session, account_no)
    figures = recorded_figures(
        facts, as_of, terms, spent(session, account_no, facts.currency, as_of), suit_costs(session, account_no)
    )
    return ProjectResult(
        account_no=account_no, as_of=as_of, currency=facts.currency, figures=figures, net=net(figures),
        remaining=remaining(facts, as_of, terms),
    )  # fmt: skip


def spent(session: Session, account_no: str, currency: str, as_of: date) -> Decimal:
    """What the collection of an account cost by the end of a day, in its currency; whole cents."""
    query = select(func.sum(col(CostRow.amount))).where(
        col(CostRow.account_no) == account_no, col(CostRow.currency) == currency, col(CostRow.day) <= as_of
    )
    return rounded(Decimal(session.scalar(query) or ZERO))


def suit_costs(session: Session, account_no: str) -> frozenset[str]:
    """Costs that a judgment put on the debtor: spent before, they stand in the register of costs already."""
    query = select(col(PostingRow.id)).where(
        col(PostingRow.account_no) == account_no,
        col(PostingRow.kind) == PostingKind.COST.value,
        col(PostingRow.source) == SOURCE,
    )
    return frozenset(session.scalars(query))
