"""Leases as contracts: taken in singly or by the thousand, changed by new versions of their schedule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from domain.errors import Refused
from domain.ledger import Instalment
from store.account_facts import chunks, split, unknown_account
from store.tables import AccountRow, DoneStepRow, InstalmentRow, NoticeRow, PartyRow
from store.views import Account, NewAccount, Page, Party


def add_account(session: Session, account: NewAccount) -> None:
    """Take in one lease; Refused "account_exists" if its number is taken."""
    add_accounts(session, [account])


def add_accounts(session: Session, accounts: Sequence[NewAccount]) -> None:
    """Take in many leases at once, all or none; Refused "account_exists" names how many are already there."""
    known = existing_accounts(session, [account.account_no for account in accounts])
    if known:
        raise Refused(
            "account_exists",
            f"{len(known)} accounts exist already, the first is {min(known)}.",
            "Change existing accounts instead of adding them.",
        )
    _insert(session, AccountRow, (_account_values(account) for account in accounts))
    _insert(session, InstalmentRow, (row for a in accounts for row in _schedule_rows(a.account_no, 1, a.schedule)))
    _insert(
        session, PartyRow, (row for account in accounts for row in _party_rows(account.account_no, account.parties))
    )
    _insert(session, DoneStepRow, (row for account in accounts for row in _history_rows(account)))


def existing_accounts(session: Session, account_nos: Sequence[str]) -> set[str]:
    """Which of these numbers are taken."""
    found: set[str] = set()
    for part in chunks(account_nos):
        found.update(session.scalars(select(col(AccountRow.account_no)).where(col(AccountRow.account_no).in_(part))))
    return found


def get_account(session: Session, account_no: str) -> Account:
    """The contract side of a lease; Refused "unknown_account"."""
    row = session.get(AccountRow, account_no)
    if row is None:
        raise unknown_account(account_no)
    return _account(row)


def list_accounts(session: Session, after: str = "", limit: int = 100, batch_id: str | None = None) -> Page[Account]:
    """Leases in the order of their numbers, those behind `after`."""
    query = select(AccountRow).where(col(AccountRow.account_no) > after).order_by(col(AccountRow.account_no))
    if batch_id is not None:
        query = query.where(col(AccountRow.batch_id) == batch_id)
    rows = [_account(row) for row in session.scalars(query.limit(limit + 1))]
    more = len(rows) > limit
    return Page(rows=tuple(rows[:limit]), next=rows[limit - 1].account_no if more else None)


def parties(session: Session, account_no: str) -> tuple[Party, ...]:
    """Names and addresses in their order, for letters; personal."""
    query = select(PartyRow).where(col(PartyRow.account_no) == account_no).order_by(col(PartyRow.ordinal))
    return tuple(_party(row) for row in session.scalars(query))


def replace_parties(session: Session, account_no: str, people: Sequence[Party], at: datetime) -> None:
    """The parties changed; who can be written to is a fact, so the ledger version rises."""
    version = lock_account(session, account_no)
    session.execute(delete(PartyRow).where(col(PartyRow.account_no) == account_no))
    _insert(session, PartyRow, _party_rows(account_no, people))
    changed(session, account_no, version, at)


def change_schedule(session: Session, account_no: str, schedule: Sequence[Instalment], at: datetime) -> int:
    """A new version of the schedule; the old ones stay. Returns the ledger version afterwards."""
    version = lock_account(session, account_no)
    of_account = col(InstalmentRow.account_no) == account_no
    newest = (session.scalar(select(func.max(col(InstalmentRow.version))).where(of_account)) or 0) + 1
    _insert(session, InstalmentRow, _schedule_rows(account_no, newest, schedule))
    account = update(AccountRow).where(col(AccountRow.account_no) == account_no)
    session.execute(account.values(schedule_version=newest))
    return changed(session, account_no, version, at)


def schedule_versions(session: Session, account_no: str) -> tuple[tuple[Instalment, ...], ...]:
    """All versions of a schedule, the first one first."""
    i = InstalmentRow
    query = select(col(i.version), col(i.no), col(i.due), col(i.principal), col(i.interest))
    found: dict[int, list[Instalment]] = {}
    for version, no, due, principal, interest in session.execute(
        query.where(col(i.account_no) == account_no).order_by(col(i.version), col(i.no))
    ):
        found.setdefault(version, []).append(Instalment(no=no, due=due, principal=principal, interest=interest))
    return tuple(tuple(rows) for rows in found.values())


def close_account(session: Session, account_no: str, at: datetime) -> None:
    """The lease is over (early settlement, end of term): no case is opened for it any more."""
    version = lock_account(session, account_no)
    session.execute(update(AccountRow).where(col(AccountRow.account_no) == account_no).values(closed=True))
    changed(session, account_no, version, at)


def lock_account(session: Session, account_no: str) -> int:
    """Keep others from changing this ledger until the transaction ends; its version. Refused "unknown_account"."""
    query = select(col(AccountRow.ledger_version)).where(col(AccountRow.account_no) == account_no)
    version = session.scalar(query.with_for_update())
    if version is None:
        raise unknown_account(account_no)
    return version


def changed(session: Session, account_no: str, version: int, at: datetime) -> int:
    """Raise the ledger version of a locked account and leave the notice for the relay; the new version."""
    raised = version + 1
    account = update(AccountRow).where(col(AccountRow.account_no) == account_no)
    session.execute(account.values(ledger_version=raised))
    notice = {"account_no": account_no, "ledger_version": raised, "created_at": at}
    session.execute(insert(NoticeRow), [notice])
    return raised


def _schedule_rows(account_no: str, version: int, schedule: Iterable[Instalment]) -> Iterable[dict[str, object]]:
    return (
        {
            "account_no": account_no,
            "version": version,
            "no": item.no,
            "due": item.due,
            "principal": item.principal,
            "interest": item.interest,
        }
        for item in schedule
    )


def _party_rows(account_no: str, people: Sequence[Party]) -> Iterable[dict[str, object]]:
    for ordinal, party in enumerate(people, start=1):
        values = party.model_dump(exclude={"id", "channels"})
        channels = ",".join(party.channels)
        yield {"account_no": account_no, "ordinal": ordinal, "party_id": party.id, **values, "channels": channels}


def _account_values(account: NewAccount) -> dict[str, object]:
    values = account.model_dump(exclude={"schedule", "parties", "history"})
    return {**values, "schedule_version": 1, "ledger_version": 0, "closed": False}


def _history_rows(account: NewAccount) -> Iterable[dict[str, object]]:
    for ordinal, done in enumerate(account.history, start=1):
        yield {"account_no": account.account_no, "ordinal": ordinal, **done.model_dump()}


def _insert(session: Session, row: type[SQLModel], values: Iterable[dict[str, object]]) -> None:
    listed = list(values)
    if listed:
        session.connection().execute(insert(row), listed)


def _account(row: AccountRow) -> Account:
    return Account(**row.model_dump(include=set(Account.model_fields)))


def _party(row: PartyRow) -> Party:
    values = row.model_dump(exclude={"account_no", "ordinal", "party_id", "channels"})
    return Party(id=row.party_id, channels=split(row.channels), **values)
