"""New business above a credit limit in an import: it is taken, with a warning of exactly how much (M6.1b)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from domain.base import local_date
from domain.errors import Problem
from domain.exposure import exposure_of
from domain.ledger import DEBTORS
from domain.money import ZERO
from imports.accounts import ImportedAccount
from imports.listed import HOME
from store.book import Book
from store.customer_marks import CustomerMark
from store.new_business import credit_limits, owed_under

REMEDY = "raise the limit for the customer with a reason, or see whether the account may be kept"


def over_limits(
    session: Session, accounts: Sequence[ImportedAccount], book: Book | None, at: datetime
) -> list[Problem]:
    """A problem for each new account that its customer's limit does not cover; those before it in the file count.

    book: how policies read a ledger; None: no limit is looked at.
    """
    if book is None:
        return []
    today = local_date(at, HOME)
    limits = credit_limits(session, {name for one in accounts if (name := _customer(one)) is not None})
    owed = {name: owed_under(session, limit, today, book) for name, limit in limits.items()}
    return list(_problems(accounts, limits, owed, today, book))


def _problems(
    accounts: Sequence[ImportedAccount],
    limits: dict[str, CustomerMark],
    owed: dict[str, Decimal],
    today: date,
    book: Book,
) -> Iterator[Problem]:
    for one in accounts:
        name = _customer(one)
        limit = limits.get(name) if name is not None else None
        if name is None or limit is None or limit.amount is None or one.closed:
            continue
        place = f"accounts, account {one.account_no}"
        if one.facts.currency != limit.currency:
            said = f"the credit limit of the customer is in {limit.currency}, this account in {one.facts.currency}"
            yield Problem(place, f"{said} ({limit.key}); the account is taken with this warning", REMEDY)
            continue
        exposure = exposure_of(one.facts, today, book.terms(book.policy_of(one.subject)), name)
        owed[name] += exposure.balance + exposure.written_off
        over = owed[name] - limit.amount
        if over > ZERO:
            said = f"over the credit limit of {limit.amount:.2f} {limit.currency} by {over:.2f} ({limit.key})"
            yield Problem(place, f"{said}; the account is taken with this warning", REMEDY)


def _customer(account: ImportedAccount) -> str | None:
    """Who owes, as the book counts it: the first debtor."""
    found = sorted((one for one in account.parties if one.fact.role in DEBTORS), key=lambda one: one.ordinal)
    return found[0].fact.id if found else None
