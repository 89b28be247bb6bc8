"""What a case knows of its account on a day, read in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import days
from domain.facts import Facts, facts_of, portfolio_facts
from domain.standing import Standing, Terms, standing
from store.account_facts import account_facts, account_facts_many, unknown_account
from store.calendar import calendar
from store.contacts import other_accounts
from store.ledger import posted_through
from store.tables import AccountRow

BACK, AHEAD = days(75), days(200)  # the part of the calendar that deadlines of one case can touch


def read_facts(
    session: Session, account_no: str, today: date, terms: Terms, calendar_id: str, since: date | None = None
) -> Facts:
    """The facts at the end of `today` as known now; for the portfolio ("") only the days. Refused "unknown_account".

    since: payments from that day on, one by one.
    """
    near = calendar(session, calendar_id).slice(today - BACK, today + AHEAD)
    through = posted_through(session)
    if not account_no:
        return portfolio_facts(today, near, through)
    # The version first: a posting that lands between the two reads makes the facts old, never the version new.
    version = ledger_version(session, account_no)
    facts = facts_of(account_facts(session, account_no), today, terms, near, through, since)
    fell_behind = facts.delinquencies + _on_other_accounts(session, account_no, today, terms)
    return facts.model_copy(update={"ledger_version": version, "delinquencies": fell_behind})


def _on_other_accounts(session: Session, account_no: str, today: date, terms: Terms) -> int:
    """How often the borrower fell behind on others, closed ones included, where the policy counts so (B2.2.2.2a)."""
    if terms.counted_per == "account":
        return 0
    found = read_standings(session, other_accounts(session, account_no), today, terms)
    return sum(one.delinquencies for one in found.values())


def ledger_version(session: Session, account_no: str) -> int:
    """How often the ledger of an account has changed; Refused "unknown_account"."""
    version = session.scalar(select(col(AccountRow.ledger_version)).where(col(AccountRow.account_no) == account_no))
    if version is None:
        raise unknown_account(account_no)
    return version


def read_standing(session: Session, account_no: str, as_of: date, terms: Terms) -> Standing:
    """What an account owes at the end of any day, as known now."""
    return standing(account_facts(session, account_no), as_of, terms)


def read_standings(session: Session, account_nos: Sequence[str], as_of: date, terms: Terms) -> dict[str, Standing]:
    """The standings of many accounts; unknown numbers are left out."""
    accounts = account_facts_many(session, account_nos)
    return {account_no: standing(account, as_of, terms) for account_no, account in accounts.items()}


def standings_by_terms(session: Session, terms: Mapping[str, Terms], as_of: date) -> dict[str, Standing]:
    """The standings of many accounts, each read by its own terms; unknown numbers are left out."""
    accounts = account_facts_many(session, list(terms))
    return {account_no: standing(account, as_of, terms[account_no]) for account_no, account in accounts.items()}
