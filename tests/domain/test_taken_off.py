"""A payment that was another account's is taken off for its own day: it was never there, whatever a return means."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

import pytest

from domain.ledger import AccountFacts, Instalment, Posting, PostingKind
from domain.standing import standing
from domain.terms import Terms

DUE, PAID, TODAY = date(2026, 3, 2), date(2026, 3, 10), date(2026, 3, 20)


def lease(*postings: Posting) -> AccountFacts:
    return AccountFacts(
        account_no="A", postings=postings, schedule=(Instalment(no=1, due=DUE, principal=Decimal("1000.00")),)
    )


def posting(name: str, kind: PostingKind, day: date, reverses: str | None = None) -> Posting:
    at = datetime(2026, 3, 20, tzinfo=UTC)
    return Posting(id=name, kind=kind, value_date=day, at=at, amount=Decimal("1000.00"), reverses=reverses)


@pytest.mark.parametrize("reading", ["original_due", "return_date"])
def test_a_payment_taken_off_for_its_own_day_leaves_the_account_as_if_it_had_never_come(
    reading: Literal["original_due", "return_date"],
) -> None:
    terms = Terms(returned_payment=reading)
    came = posting("p", PostingKind.PAYMENT, PAID)
    off = posting("b", PostingKind.REVERSAL, PAID, reverses="p")
    assert standing(lease(came, off), TODAY, terms) == standing(lease(), TODAY, terms)
    assert standing(lease(came), TODAY, terms).oldest_due is None


def test_a_returned_payment_is_a_new_debt_of_its_day_where_the_setting_says_so() -> None:
    came = posting("p", PostingKind.PAYMENT, PAID)
    back = posting("b", PostingKind.REVERSAL, date(2026, 3, 12), reverses="p")
    found = standing(lease(came, back), TODAY, Terms(returned_payment="return_date"))
    assert found.oldest_due == date(2026, 3, 12)
