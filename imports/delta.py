"""Compares a later file with the ledger: what is new, what changed, what ended, and what does not agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice

from sqlalchemy.orm import Session

from domain.ledger import AccountFacts, Instalment, Posting, PostingKind
from domain.standing import Standing, Terms, standing
from imports.accounts import ImportedAccount
from imports.assets import AssetChange, changed_assets
from imports.batch import CheckedBatch, people
from imports.faults import refuse_if_blocking
from store.account_facts import account_facts_many
from store.assignment import subjects
from store.book import Book
from store.bulk import accounts_of, people_of, posted, reversed_postings, running_accounts
from store.contact_data import as_found
from store.views import Account, Entry, Party

OTHER_KIND = "release it here and send another asset"


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """The schedule of an account is another one now."""

    account_no: str
    before: tuple[Instalment, ...]
    after: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the reconciliation list; nothing is changed because of it, a person decides."""

    account_no: str
    subject: str
    ours: str
    theirs: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Delta:
    """What a file changes. settled: accounts that ended and owe nothing. postings: those not yet in the ledger."""

    checked: CheckedBatch
    new: tuple[ImportedAccount, ...]
    schedules: tuple[ScheduleChange, ...]
    parties: tuple[ImportedAccount, ...]
    assets: tuple[AssetChange, ...]
    postings: tuple[Entry, ...]
    settled: tuple[str, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What we know of the accounts that a file may touch."""

    contracts: Mapping[str, Account]
    facts: Mapping[str, AccountFacts]
    people: Mapping[str, tuple[Party, ...]]
    postings: Mapping[str, Entry]
    reversed: Mapping[str, str]


def compare(session: Session, checked: CheckedBatch, book: Book) -> Delta:
    """Compare a checked file with the ledger; changes nothing. Raises Invalid when the file as a whole is bad.

    book: how the policy of each account reads a ledger, for the balances.
    """
    portfolio = checked.portfolio
    refuse_if_blocking(portfolio.faults)
    ours = _ledger(session, checked)
    known = [account for account in checked.accounts if account.account_no in ours.facts]
    entries, differences = _new_postings(checked, ours)
    through = portfolio.control.posted_through or date.min
    after = _merged(ours, known, entries)
    terms = {no: book.terms(book.policy_of(subject)) for no, subject in subjects(session, list(ours.facts)).items()}
    ended, ending_differences = _ended(checked, ours, after, terms, through)
    differences += ending_differences
    assets, clashes = changed_assets(session, known)
    differences += [Difference(no, f"asset {name}", mine, theirs, OTHER_KIND) for no, name, mine, theirs in clashes]
    for account in known:
        differences += _contract(account, ours.contracts[account.account_no])
        differences += _balance(account, after[account.account_no], terms[account.account_no], through)
    return Delta(
        checked=checked,
        new=tuple(account for account in checked.accounts if account.account_no not in ours.facts),
        schedules=tuple(_schedules(known, ours)),
        parties=tuple(_changed_people(session, known, ours)),
        assets=tuple(assets),
        postings=tuple(entries),
        settled=tuple(ended),
        differences=tuple(sorted(differences, key=lambda d: (d.account_no, d.subject))),
    )


def _ledger(session: Session, checked: CheckedBatch) -> Ledger:
    portfolio = checked.portfolio
    named = {a.account_no for a in checked.accounts} | {loose.account_no for loose in portfolio.loose}
    if portfolio.control.scope == "full":
        named |= set(running_accounts(session))
    numbers = sorted(named)
    postings = [p for _, p in _file_postings(checked)]
    ids = sorted({p.id for p in postings} | {p.reverses for p in postings if p.reverses})
    return Ledger(
        contracts=accounts_of(session, numbers),
        facts=account_facts_many(session, numbers),
        people=people_of(session, numbers),
        postings=posted(session, ids),
        reversed=reversed_postings(session, ids),
    )


def _file_postings(checked: CheckedBatch) -> Iterator[tuple[str, Posting]]:
    for account in checked.accounts:
        for posting in account.facts.postings:
            yield account.account_no, posting
    for loose in checked.portfolio.loose:
        yield loose.account_no, loose.posting


def _new_postings(checked: CheckedBatch, ours: Ledger) -> tuple[list[Entry], list[Difference]]:
    entries: list[Entry] = []
    differences: list[Difference] = []
    in_file = {posting.id for _, posting in _file_postings(checked)}
    for account_no, written in _file_postings(checked):
        posting = _with_amount(written, ours)
        stored = ours.postings.get(posting.id)
        if stored is not None:
            if _content(stored.account_no, stored.posting) != _content(account_no, posting):
                differences.append(_posting_differs(account_no, posting, stored))
        elif account_no not in ours.facts:
            if account_no not in {account.account_no for account in checked.accounts}:
                differences.append(_nowhere(account_no, posting))
        elif (fault := _cannot_reverse(posting, account_no, ours, in_file)) is not None:
            differences.append(fault)
        else:
            entries.append(Entry(account_no=account_no, posting=posting))
    if checked.portfolio.control.scope == "full":
        differences += _unknown_to_sender(checked, ours, in_file)
    return entries, differences


def _with_amount(posting: Posting, ours: Ledger) -> Posting:
    """A reversal takes the whole amount back, also when the original is only in the ledger."""
    original = ours.postings.get(posting.reverses or "")
    if posting.kind is not PostingKind.REVERSAL or posting.amount or original is None:
        return posting
    return posting.model_copy(update={"amount": original.posting.amount})


def _content(account_no: str, posting: Posting) -> tuple[object, ...]:
    return account_no, posting.kind, posting.value_date, posting.amount, posting.reverses


def _said(account_no: str, posting: Posting) -> str:
    return f"{posting.kind.value} {posting.amount} on {posting.value_date} of {account_no}"


def _posting_differs(account_no: str, posting: Posting, stored: Entry) -> Difference:
    ours, theirs = _said(stored.account_no, stored.posting), _said(account_no, posting)
    return Difference(account_no, f"posting {posting.id}", ours, theirs, "reverse one and enter the right one")


def _nowhere(account_no: str, posting: Posting) -> Difference:
    remedy = "send the account, or correct the number"
    return Difference(account_no, f"posting {posting.id}", "no such account", _said(account_no, posting), remedy)


def _cannot_reverse(posting: Posting, account_no: str, ours: Ledger, in_file: set[str]) -> Difference | None:
    if posting.reverses is None or posting.reverses in in_file - ours.postings.keys():
        return None
    original, by = ours.postings.get(posting.reverses), ours.reversed.get(posting.reverses)
    if original is None or original.account_no != account_no or by is not None:
        found = f"taken back by {by}" if by else "no such posting of this account"
        said = _said(account_no, posting)
        return Difference(account_no, f"posting {posting.id}", found, said, "check the receipt number")
    return None


def _unknown_to_sender(checked: CheckedBatch, ours: Ledger, in_file: set[str]) -> Iterator[Difference]:
    through = checked.portfolio.control.posted_through or date.min
    for account in checked.accounts:
        for posting in ours.facts[account.account_no].postings if account.account_no in ours.facts else ():
            if posting.id not in in_file and posting.value_date <= through:
                said = _said(account.account_no, posting)
                remedy = "enter it in the sending system, or reverse it here"
                yield Difference(account.account_no, f"posting {posting.id}", said, "not in the file", remedy)


def _merged(ours: Ledger, known: Sequence[ImportedAccount], entries: Sequence[Entry]) -> dict[str, AccountFacts]:
    """The accounts as they will be when the file is applied."""
    added: dict[str, list[Posting]] = {}
    for entry in entries:
        added.setdefault(entry.account_no, []).append(entry.posting)
    schedules = {account.account_no: account.facts.schedule for account in known}
    return {
        no: facts.model_copy(
            update={"schedule": schedules.get(no, facts.schedule), "postings": (*facts.postings, *added.get(no, ()))}
        )
        for no, facts in ours.facts.items()
    }


def _schedules(known: Sequence[ImportedAccount], ours: Ledger) -> Iterator[ScheduleChange]:
    for account in known:
        before = ours.facts[account.account_no].schedule
        if before != account.facts.schedule:
            yield ScheduleChange(account.account_no, before, account.facts.schedule)


def _changed_people(session: Session, known: Sequence[ImportedAccount], ours: Ledger) -> Iterator[ImportedAccount]:
    """What staff found out about a number or an address counts until the sender names another one than before."""
    every = [(account, people(account)) for account in known]
    corrected = iter(as_found(session, [party for _, theirs in every for party in theirs]))
    for account, theirs in every:
        if tuple(islice(corrected, len(theirs))) != ours.people.get(account.account_no, ()):
            yield account


def _ended(
    checked: CheckedBatch, ours: Ledger, after: Mapping[str, AccountFacts], terms: Mapping[str, Terms], through: date
) -> tuple[list[str], list[Difference]]:
    """Accounts the sender closed or no longer sends: settled, unless our ledger still shows something overdue."""
    said = {a.account_no: "closed" for a in checked.accounts if a.closed and a.account_no in ours.facts}
    if checked.portfolio.control.scope == "full":
        sent = {account.account_no for account in checked.accounts} | set(checked.portfolio.left_out)
        said |= {no: "not in the file" for no in ours.facts if no not in sent and not ours.contracts[no].closed}
    settled: list[str] = []
    differences: list[Difference] = []
    for no, theirs in sorted(said.items()):
        now: Standing = standing(after[no], through, terms[no])
        if not now.cured and not now.bought_back:
            remedy = "enter the missing payment, or have the account sent again"
            owed = f"{now.total_overdue} overdue for {now.past_due_days} days"
            differences.append(Difference(no, "settled early", owed, theirs, remedy))
        elif not ours.contracts[no].closed:
            settled.append(no)
    return settled, differences


def _contract(account: ImportedAccount, ours: Account) -> Iterator[Difference]:
    theirs = account.facts
    pairs: tuple[tuple[str, Decimal | str | bool, Decimal | str | bool], ...] = (
        ("customer_kind", ours.customer_kind, account.customer_kind or ours.customer_kind),
        ("contract_no", ours.contract_no, account.contract_no),
        ("lease_amount", ours.lease_amount, theirs.lease_amount),
        ("penalty_rate_per_day", ours.penalty_rate_per_day, theirs.penalty_rate_per_day),
        ("currency", ours.currency, theirs.currency),
    )
    for subject, mine, given in pairs:
        if mine != given:
            yield Difference(account.account_no, subject, str(mine), str(given), "find out which one is right")
    if ours.closed and not account.closed:
        yield Difference(account.account_no, "status", "closed", "active", "find out which one is right")


def _balance(account: ImportedAccount, after: AccountFacts, terms: Terms, through: date) -> Iterator[Difference]:
    if account.reported_overdue is None:
        return
    ours = standing(after, through, terms).overdue_rent
    if ours != account.reported_overdue:
        remedy = f"compare the postings through {through}"
        yield Difference(account.account_no, "overdue_amount", str(ours), str(account.reported_overdue), remedy)
