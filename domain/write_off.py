"""What was taken out of the book: written off on a day, and recovered since; what the customer owes does not change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from domain.ledger import AccountFacts, Posting, PostingKind
from domain.money import ZERO

RECOVERS = (PostingKind.PAYMENT, PostingKind.DISPOSAL_PROCEEDS)


def written_off(account: AccountFacts, as_of: date) -> Decimal:
    """What is written off at the end of a day, write-offs that were taken back by then left out."""
    known = [posting for posting in account.postings if posting.value_date <= as_of]
    taken_back = {posting.reverses for posting in known if posting.kind is PostingKind.REVERSAL}
    return sum((p.amount for p in known if p.kind is PostingKind.WRITE_OFF and p.id not in taken_back), ZERO)


def of_the_customer(account: AccountFacts) -> list[Posting]:
    """The postings without write-offs and their reversals: the book of the lender is no concern of a court."""
    off = {posting.id for posting in account.postings if posting.kind is PostingKind.WRITE_OFF}
    return [posting for posting in account.postings if posting.id not in off and posting.reverses not in off]


def recovered(account: AccountFacts, until: date, owed: Callable[[date], Decimal]) -> dict[date, Decimal]:
    """What came in after a write-off, by day. owed: outstanding principal at the end of a day.

    What was left in the book is paid first, everything beyond it is recovery; a payment that was taken back is none.
    """
    offs = [p.value_date for p in account.postings if p.kind is PostingKind.WRITE_OFF and p.value_date <= until]
    if not offs:
        return {}
    found: dict[date, Decimal] = {}
    gone, left = ZERO, ZERO
    for day in sorted({*offs, *(p.value_date for p in account.postings if min(offs) <= p.value_date <= until)}):
        if gone:
            paid = sum((posting.amount for posting in _received(account, day)), ZERO)
            in_book = min(left, paid)
            left -= in_book
            if paid > in_book:
                found[day] = paid - in_book
        now = written_off(account, day)
        if now != gone:
            left = max(ZERO, (left if gone else owed(day)) - (now - gone))
            gone = now
    return found


def _received(account: AccountFacts, day: date) -> list[Posting]:
    taken_back = {posting.reverses for posting in account.postings if posting.kind is PostingKind.REVERSAL}
    return [p for p in account.postings if p.value_date == day and p.kind in RECOVERS and p.id not in taken_back]
