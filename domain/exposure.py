"""What an account exposes the lender to on a day: outstanding principal and days past due, from the ledger alone."""

from __future__ import annotations

from datetime import date

from domain.buyback import performance
from domain.classification import Exposure
from domain.ledger import AccountFacts
from domain.money import ZERO
from domain.replay import effective_postings, replay
from domain.terms import Terms
from domain.write_off import written_off


def exposure_of(
    account: AccountFacts, as_of: date, terms: Terms, customer: str, retail: bool = False, judged: str | None = None
) -> Exposure:
    """The exposure at the end of a day.

    balance: principal not yet due and principal due and unpaid, less what is written off; money paid in advance is a
    liability and does not lower it. Nothing is left after a buyback. days: calendar days since the oldest thing
    unpaid, without grace and holds: what a contract or a hold grants does not change how long the money has been
    missing.
    """
    postings = effective_postings(account, as_of, terms)
    owed = replay(account, as_of, terms, postings)
    gone = performance(account, as_of).done
    to_come = sum((instalment.principal for instalment in account.schedule if instalment.due > as_of), ZERO)
    principal = ZERO if gone else sum(owed.principal, to_come)
    off = min(principal, written_off(account, as_of))
    oldest = None if gone or owed.required() <= terms.tolerance else owed.oldest()
    return Exposure(
        account_no=account.account_no,
        customer=customer,
        currency=account.currency,
        balance=principal - off,
        written_off=off,
        days=max(0, (as_of - oldest).days) if oldest else 0,
        retail=retail,
        judged=judged,
    )
