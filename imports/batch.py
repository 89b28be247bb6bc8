"""Checks a portfolio file, keeps its good accounts as one held batch, and releases or discards it.

The ledger is append-only, so a held batch is kept beside it: its accounts enter the ledger when it is released.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from domain.errors import Invalid, Problem, Refused
from domain.ledger import PartyFact
from imports.accounts import ImportedAccount
from imports.assets import AssetChange, entries_of
from imports.faults import refuse_if_blocking
from imports.held import keep, kept
from imports.limits import over_limits
from imports.listed import Listed, refuse_listed, without_listed
from imports.portfolio import Loading, Portfolio, read_portfolio
from imports.source import SourceFile
from store.accounts import add_accounts, close_account, existing_accounts
from store.assets import open_assets
from store.batches import Batch, add_batch, find_batch, get_batch, move_batch
from store.book import Book
from store.bulk import open_ledgers, posted
from store.ledger import set_posted_through
from store.views import Entry, NewAccount, Party

ACCOUNTS = "accounts"
CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class CheckedBatch:
    """A portfolio file after its check; nothing is stored yet."""

    file_name: str
    portfolio: Portfolio

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every fault of the file, those that spoil it as a whole first."""
        return tuple(fault.as_problem() for fault in self.portfolio.faults)

    @property
    def accounts(self) -> tuple[ImportedAccount, ...]:
        return self.portfolio.accounts


@dataclass(frozen=True, slots=True)
class Staged:
    """What staging did. repeated: the same file is there already, nothing changed. problems: also of the store."""

    batch: Batch
    accounts: int
    problems: tuple[Problem, ...]
    repeated: bool = False


def check(content: bytes, file_name: str, loading: Loading) -> CheckedBatch:
    """Parse and check one file (.xlsx, .xls, .zip of csv files); never raises for bad content."""
    return check_files([SourceFile(file_name, content)], loading)


def check_files(files: Sequence[SourceFile], loading: Loading) -> CheckedBatch:
    """The same for several csv files, one per sheet."""
    names = ", ".join(sorted(file.name for file in files))
    return CheckedBatch(names, read_portfolio(files, loading))


def stage(
    session: Session,
    checked: CheckedBatch,
    user: str,
    at: datetime,
    hold: bool = True,
    listed: Listed = "warn",
    book: Book | None = None,
) -> Staged:
    """Keep the good accounts as one batch, held until a person releases it; without `hold` they are stored at once.

    user: staff id. listed: what happens to new business of listed customers. book: for credit limits, None: they are
    not looked at. The same file (sha256) again changes nothing. Accounts and receipts that the ledger knows already
    are left out with a problem. Raises Invalid when the file as a whole is bad or brings nothing but listed customers,
    Refused "nothing_to_import".
    """
    portfolio = checked.portfolio
    before = find_batch(session, portfolio.sha256, ACCOUNTS)
    if before is not None:
        return Staged(before, 0, (), repeated=True)
    refuse_if_blocking(portfolio.faults)
    known = known_problems(session, checked.accounts)
    fresh = [account for account in checked.accounts if account.account_no not in known]
    accounts, restricted = without_listed(session, fresh, listed, at)
    problems = (*checked.problems, *known.values(), *restricted, *over_limits(session, accounts, book, at))
    if not accounts and restricted and listed == "refuse":
        raise Invalid(list(problems))
    if not accounts:
        raise Refused(
            "nothing_to_import",
            f"None of the {portfolio.totals.accounts} accounts can be taken.",
            "Correct the file; for accounts that are here already send the changes.",
        )
    batch = new_batch(checked.file_name, portfolio, user, at, ACCOUNTS, len(accounts), hold)
    add_batch(session, batch, problems)
    take_in(session, batch, accounts, user, at)
    return Staged(batch, len(accounts), problems)


def new_batch(
    file_name: str, portfolio: Portfolio, user: str, at: datetime, kind: str, accepted: int, hold: bool
) -> Batch:
    """The record of a file that is taken; held, or released at once by who sent it."""
    return Batch(
        id=uuid4().hex,
        sha256=portfolio.sha256,
        file_name=file_name,
        kind=kind,
        state="held" if hold else "released",
        totals=totals_json(portfolio, accepted),
        created_by=user,
        created_at=at,
        decided_by=None if hold else user,
        decided_at=None if hold else at,
    )


def totals_json(portfolio: Portfolio, accepted: int) -> str:
    """The control totals of a file and what was taken of it, as kept with the batch."""
    through = portfolio.control.posted_through
    return json.dumps({
        "accounts": portfolio.totals.accounts,
        "accepted": accepted,
        "lease_amount": str(portfolio.totals.lease_amount),
        "postings": str(portfolio.totals.postings),
        "posted_through": through.isoformat() if through else None,
    })  # fmt: skip


def known_problems(session: Session, accounts: Sequence[ImportedAccount]) -> dict[str, Problem]:
    """Accounts that clash with the ledger, by number: the account or one of its receipts is there already."""
    there = existing_accounts(session, [account.account_no for account in accounts])
    receipts = posted(session, [posting.id for account in accounts for posting in account.facts.postings])
    found: dict[str, Problem] = {}
    for account in accounts:
        no = account.account_no
        place = f"accounts, account {no}"
        taken = [posting.id for posting in account.facts.postings if posting.id in receipts]
        if no in there:
            found[no] = Problem(place, "the account is here already", "send its changes as a change file")
        elif taken:
            message = f"receipt {taken[0]} is posted for account {receipts[taken[0]].account_no}"
            found[no] = Problem(place, message, "give each receipt a number of its own")
    return found


def add_new(session: Session, accounts: Sequence[ImportedAccount], batch_id: str, user: str, at: datetime) -> None:
    """Store accounts with their opening ledgers and assets."""
    add_accounts(session, [new_account(account, batch_id, at) for account in accounts])
    entries = (
        Entry(account_no=account.account_no, posting=posting)
        for account in accounts
        for posting in account.facts.postings
    )
    open_ledgers(session, entries, "import", batch_id)
    assets = [AssetChange(account.account_no, state) for account in accounts for state in account.assets]
    open_assets(session, entries_of(assets, batch_id, user, at))
    for account in accounts:
        if account.closed:
            close_account(session, account.account_no, at)


def new_account(account: ImportedAccount, batch_id: str, at: datetime) -> NewAccount:
    """An imported account as the store takes it."""
    facts = account.facts
    return NewAccount(
        account_no=facts.account_no,
        contract_no=account.contract_no,
        product=account.product,
        customer_kind=account.customer_kind or "company",
        currency=facts.currency,
        time_zone=facts.time_zone,
        lease_amount=facts.lease_amount,
        penalty_rate_per_day=facts.penalty_rate_per_day,
        asset_description=account.asset_description,
        branch=account.branch,
        batch_id=batch_id,
        created_at=at,
        schedule=facts.schedule,
        parties=people(account),
        history=facts.history,
    )


def people(account: ImportedAccount) -> tuple[Party, ...]:
    """The parties of an account as the store takes them."""
    found: list[Party] = []
    for party in account.parties:
        fact: PartyFact = party.fact
        found.append(
            Party(
                id=fact.id,
                role=fact.role,
                name=party.name,
                buyback_guarantee=fact.buyback_guarantee,
                id_number=party.id_number or None,
                phone=party.phone or None,
                email=party.email or None,
                social=party.social or None,
                address=party.address or None,
                channels=fact.channels,
            )
        )
    return tuple(found)


def take_in(session: Session, batch: Batch, accounts: Sequence[ImportedAccount], user: str, at: datetime) -> None:
    """Accounts of a held batch are kept, those of a released one are stored."""
    if batch.state == "held":
        keep(session, batch.id, accounts, user, at)
        return
    add_new(session, accounts, batch.id, user, at)
    _declare_posted(session, batch)


def release(session: Session, batch_id: str, user: str, at: datetime, listed: Listed = "warn") -> Batch:
    """Store the accounts of a held batch: from now on those overdue become cases. Again: nothing changes.

    Refused: unknown_batch, batch_decided, account_exists (another import brought one of them meanwhile; this one
    can then only be discarded and sent again), customer_listed (meanwhile, where the company refuses such business).
    """
    before = get_batch(session, batch_id)
    batch = move_batch(session, batch_id, "released", user, at)
    if before is not None and before.state == "held":
        accounts = kept(session, batch_id)
        _refuse_clashes(session, accounts)
        refuse_listed(session, accounts, listed, at)
        add_new(session, accounts, batch_id, user, at)
        _declare_posted(session, batch)
    return batch


def _refuse_clashes(session: Session, accounts: Sequence[ImportedAccount]) -> None:
    clashes = known_problems(session, accounts)
    if clashes:
        first = next(iter(clashes.values()))
        raise Refused(
            "account_exists",
            f"{len(clashes)} accounts clash with the ledger; {first.place}: {first.message}.",
            "Discard this import and send the file again.",
        )


def _declare_posted(session: Session, batch: Batch) -> None:
    through = json.loads(batch.totals).get("posted_through")
    if through:
        set_posted_through(session, date.fromisoformat(through))


def discard(session: Session, batch_id: str, user: str, at: datetime) -> Batch:
    """Give a held batch up; nothing of it was in the ledger, and a corrected file may bring its accounts again.

    Refused: unknown_batch, batch_decided (a released batch stays).
    """
    return move_batch(session, batch_id, "discarded", user, at)
