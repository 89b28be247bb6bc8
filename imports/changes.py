"""Applies the changes of a later file to the ledger, in one transaction and once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from domain.errors import Problem
from domain.ledger import Posting
from imports.assets import entries_of
from imports.batch import CHANGES, known_problems, new_batch, people, take_in
from imports.delta import Delta, Difference
from imports.limits import over_limits
from imports.listed import Listed, without_listed
from store.accounts import change_schedule, close_account, replace_parties
from store.assets import enter_asset
from store.batches import Batch, add_batch, find_batch
from store.book import Book
from store.contact_data import as_found
from store.ledger import post, set_posted_through


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did. repeated: the same file was applied before, nothing changed."""

    batch: Batch
    new: int = 0
    schedules: int = 0
    parties: int = 0
    assets: int = 0
    postings: int = 0
    settled: int = 0
    problems: tuple[Problem, ...] = ()
    repeated: bool = False


def apply_changes(
    session: Session,
    delta: Delta,
    user: str,
    at: datetime,
    hold: bool = False,
    listed: Listed = "warn",
    book: Book | None = None,
) -> Applied:
    """Apply what `imports.delta.compare` found; differences and faults stay with the batch as its problems.

    hold: new accounts wait for `imports.batch.release`; changes of accounts already here take effect at once.
    listed: what happens to new business of listed customers. book: for credit limits, None: they are not looked at.
    Postings are known from `at` on. Compare and apply belong in one transaction.
    """
    portfolio = delta.checked.portfolio
    before = find_batch(session, portfolio.sha256, CHANGES)
    if before is not None:
        return Applied(before, repeated=True)
    clashes = known_problems(session, delta.new)
    fresh = [account for account in delta.new if account.account_no not in clashes]
    new, restricted = without_listed(session, fresh, listed, at)
    restricted += over_limits(session, new, book, at)
    problems = (*delta.checked.problems, *clashes.values(), *restricted, *map(as_problem, delta.differences))
    batch = new_batch(delta.checked.file_name, portfolio, user, at, CHANGES, len(new), hold and bool(new))
    add_batch(session, batch, problems)
    take_in(session, batch, new, user, at)
    _change_known(session, delta, batch.id, user, at)
    if portfolio.control.posted_through:
        set_posted_through(session, portfolio.control.posted_through)
    return Applied(
        batch=batch,
        new=len(new),
        schedules=len(delta.schedules),
        parties=len(delta.parties),
        assets=len(delta.assets),
        postings=len(delta.postings),
        settled=len(delta.settled),
        problems=problems,
    )


def _change_known(session: Session, delta: Delta, batch_id: str, user: str, at: datetime) -> None:
    """What the file says anew of accounts that are here."""
    for change in delta.schedules:
        change_schedule(session, change.account_no, change.after, at)
    for account in delta.parties:
        replace_parties(session, account.account_no, as_found(session, people(account)), at)
    for entry in entries_of(delta.assets, batch_id, user, at):
        enter_asset(session, entry)
    for entry in delta.postings:
        post(session, _known_at(entry.posting, at), entry.account_no, "import", batch_id)
    for account_no in delta.settled:
        close_account(session, account_no, at)


def as_problem(difference: Difference) -> Problem:
    """A line of the reconciliation list as a problem of the batch."""
    place = f"account {difference.account_no}, {difference.subject}"
    return Problem(place, f"{difference.ours} here, {difference.theirs} in the file", difference.remedy)


def _known_at(posting: Posting, at: datetime) -> Posting:
    return posting.model_copy(update={"at": at})
