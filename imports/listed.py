"""New business of listed customers in an import: left out or taken with a warning, as the company has set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from domain.base import local_date
from domain.errors import Problem, Refused
from domain.ledger import PartyRole
from imports.accounts import ImportedAccount, PartyDetails
from store.new_business import Restriction, restrictions

Listed = Literal["warn", "refuse"]
HOME = "Asia/Shanghai"  # where a day is a day before there is an account
KEPT_OUT = (PartyRole.LESSEE, PartyRole.BORROWER, PartyRole.GUARANTOR)


def without_listed(
    session: Session, accounts: Sequence[ImportedAccount], listed: Listed, at: datetime
) -> tuple[list[ImportedAccount], list[Problem]]:
    """The accounts that may be taken, and a problem for each party of a new account that is listed (MA5.3b, L8)."""
    people = {
        party.fact.id: party.id_number or None
        for one in accounts
        for party in one.parties
        if party.fact.role in KEPT_OUT
    }
    found = restrictions(session, people, local_date(at, HOME))
    problems: list[Problem] = []
    taken: list[ImportedAccount] = []
    for one in accounts:
        named = [party for party in one.parties if party.fact.role in KEPT_OUT and found[party.fact.id]]
        problems += [_problem(one, party, why, listed) for party in named for why in found[party.fact.id]]
        if listed == "warn" or not named:
            taken.append(one)
    return taken, problems


def refuse_listed(session: Session, accounts: Sequence[ImportedAccount], listed: Listed, at: datetime) -> None:
    """Refused "customer_listed" when a customer was listed since the file was checked and the company refuses that."""
    problems = without_listed(session, accounts, listed, at)[1] if listed == "refuse" else []
    if problems:
        message = f"{len(problems)} parties are listed; {problems[0].place}: {problems[0].message}."
        raise Refused(
            "customer_listed", message, "Lift it with a reason, or discard this import and send the rest again."
        )


def _problem(account: ImportedAccount, party: PartyDetails, why: Restriction, listed: Listed) -> Problem:
    place = f"accounts, account {account.account_no}, parties, {party.fact.role.value} {party.ordinal}"
    message = f"no new business: {why.why} since {why.since.date()} ({why.reference})"
    if listed == "refuse":
        return Problem(place, f"{message}; the account is left out", "lift it for the customer first, with a reason")
    return Problem(place, f"{message}; the account is taken with this warning", "see whether it may be kept")
