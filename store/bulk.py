"""What imports need in bulk: opening ledgers, and look-ups by many ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.ledger import Posting
from store.account_facts import chunks, split
from store.batches import SuspenseItem
from store.tables import AccountRow, PartyRow, PostingRow, SuspenseRow
from store.views import Account, Entry, Party


def open_ledgers(session: Session, entries: Iterable[Entry], source: str, batch_id: str | None = None) -> int:
    """Enter the postings of accounts that were just added, in order; how many.

    No notice is left: nobody knows these accounts yet. Everything else must have been checked (see `ledger.post`).
    """
    versions: Counter[str] = Counter()
    values: list[dict[str, object]] = []
    for entry in entries:
        versions[entry.account_no] += 1
        of_account = {"account_no": entry.account_no, "ledger_version": versions[entry.account_no]}
        values.append({**entry.posting.model_dump(), **of_account, "source": source, "batch_id": batch_id})
    if values:
        session.connection().execute(insert(PostingRow), values)
        account = update(AccountRow).where(col(AccountRow.account_no) == bindparam("number"))
        raised = [{"number": account_no, "version": version} for account_no, version in versions.items()]
        session.connection().execute(account.values(ledger_version=bindparam("version")), raised)
    return len(values)


def posted(session: Session, posting_ids: Sequence[str]) -> dict[str, Entry]:
    """Which of these ids are postings, with their accounts."""
    found: dict[str, Entry] = {}
    for part in chunks(posting_ids):
        for row in session.scalars(select(PostingRow).where(col(PostingRow.id).in_(part))):
            posting = Posting(**row.model_dump(include=set(Posting.model_fields)))
            found[row.id] = Entry(account_no=row.account_no, posting=posting)
    return found


def reversed_postings(session: Session, posting_ids: Sequence[str]) -> dict[str, str]:
    """Which of these postings are taken back, with the id of the reversal."""
    found: dict[str, str] = {}
    for part in chunks(posting_ids):
        query = select(col(PostingRow.reverses), col(PostingRow.id)).where(col(PostingRow.reverses).in_(part))
        found.update({str(taken): by for taken, by in session.execute(query)})
    return found


def suspended(session: Session, receipt_ids: Sequence[str]) -> dict[str, SuspenseItem]:
    """Which of these receipts are or were on the suspense list."""
    found: dict[str, SuspenseItem] = {}
    for part in chunks(receipt_ids):
        for row in session.scalars(select(SuspenseRow).where(col(SuspenseRow.id).in_(part))):
            found[row.id] = SuspenseItem(**row.model_dump())
    return found


def accounts_of_contracts(session: Session, contract_nos: Sequence[str]) -> dict[str, list[str]]:
    """The account numbers of each contract number."""
    found: dict[str, list[str]] = {}
    columns = (col(AccountRow.contract_no), col(AccountRow.account_no))
    for part in chunks(contract_nos):
        for contract, account in session.execute(select(*columns).where(columns[0].in_(part)).order_by(*columns)):
            found.setdefault(contract, []).append(account)
    return found


def people_of(session: Session, account_nos: Sequence[str]) -> dict[str, tuple[Party, ...]]:
    """The parties of many accounts in their order; personal."""
    found: dict[str, list[Party]] = {}
    for part in chunks(account_nos):
        query = select(PartyRow).where(col(PartyRow.account_no).in_(part))
        for row in session.scalars(query.order_by(col(PartyRow.account_no), col(PartyRow.ordinal))):
            values = row.model_dump(exclude={"account_no", "ordinal", "party_id", "channels"})
            party = Party(id=row.party_id, channels=split(row.channels), **values)
            found.setdefault(row.account_no, []).append(party)
    return {account_no: tuple(people) for account_no, people in found.items()}


def accounts_of(session: Session, account_nos: Sequence[str]) -> dict[str, Account]:
    """The contract side of many leases; unknown numbers are left out."""
    found: dict[str, Account] = {}
    for part in chunks(account_nos):
        for row in session.scalars(select(AccountRow).where(col(AccountRow.account_no).in_(part))):
            found[row.account_no] = Account(**row.model_dump(include=set(Account.model_fields)))
    return found


def running_accounts(session: Session) -> list[str]:
    """The numbers of all leases that are not closed, in order."""
    number = col(AccountRow.account_no)
    return list(session.scalars(select(number).where(~col(AccountRow.closed)).order_by(number)))
