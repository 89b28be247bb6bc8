"""What was done before a due date, each thing once: the key is account, due date, policy, rule and planned day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from domain.base import Frozen
from domain.before_due import Occurrence
from domain.before_due_rule import Act
from domain.ledger import DEBTORS
from store.account_facts import chunks, split
from store.assignment import subjects
from store.book import Book
from store.dialect import insert_into, inserted
from store.intake import released
from store.tables import AccountRow, InstalmentRow, PartyRow, ReminderRow, ReminderRunRow
from store.views import Page

Status = Literal["claimed", "opened", "sent", "refused", "unknown", "unreachable", "barred", "paid", "too_late"]


class Coming(Frozen):
    """An account and its due dates in the days looked at."""

    account_no: str
    dues: tuple[date, ...]


class Reminder(Frozen):
    """One run of a rule for one instalment. targets: channels a message goes to; amount: unpaid when it was claimed.

    status: claimed (being sent), sent, refused, unknown, unreachable (nobody to write to), opened (people were asked),
    barred (the person may not be contacted), paid (before it went out), too_late (the due date passed before that).
    """

    account_no: str
    due: date
    policy_id: str
    rule: str
    occurrence: date
    act: Act
    status: Status
    rules: tuple[str, ...] = ()
    planned_at: AwareDatetime
    at: AwareDatetime
    amount: Decimal
    ledger_version: int
    targets: tuple[str, ...] = ()
    text: str = ""
    sha256: str = ""

    @property
    def id(self) -> str:
        """The name of this run, part of the keys under which it is sent; nothing personal in it."""
        return f"{self.account_no}/{self.due:%Y%m%d}/{self.policy_id}.{self.rule}/{self.occurrence:%Y%m%d}"

    def key(self, channel: str) -> str:
        """The idempotency key of one message."""
        return f"{self.id}/{channel}"


def coming(
    session: Session, book: Book, policy_id: str, first: date, last: date, after: str = "", limit: int = 1000
) -> Page[Coming]:
    """Accounts of a policy with an instalment due between two days, both included, in the order of their numbers.

    Looks at `limit` accounts at a time: a page may be empty and still have a `next`. Closed accounts and those of an
    import that is not released are left alone.
    """
    a, i = AccountRow, InstalmentRow
    within = (col(i.due) >= first) & (col(i.due) <= last)
    present = (col(i.account_no) == col(a.account_no)) & (col(i.version) == col(a.schedule_version)) & within
    names = (
        select(col(a.account_no))
        .where(col(a.account_no) > after, ~col(a.closed), released())
        .where(exists().where(present))
        .order_by(col(a.account_no))
        .limit(limit + 1)
    )
    found = list(session.scalars(names))
    page = found[:limit]
    ours = [name for name, subject in subjects(session, page).items() if book.policy_of(subject) == policy_id]
    dues = _dues(session, ours, first, last)
    rows = tuple(Coming(account_no=name, dues=dues[name]) for name in sorted(ours))
    return Page(rows=rows, next=page[-1] if len(found) > limit else None)


def _dues(session: Session, names: Sequence[str], first: date, last: date) -> dict[str, tuple[date, ...]]:
    a, i = AccountRow, InstalmentRow
    present = (col(i.account_no) == col(a.account_no)) & (col(i.version) == col(a.schedule_version))
    found: dict[str, set[date]] = {}
    for part in chunks(names):
        query = select(col(i.account_no), col(i.due)).join(a, present).where(col(i.account_no).in_(part))
        for account_no, due in session.execute(query.where(col(i.due) >= first, col(i.due) <= last)):
            found.setdefault(account_no, set()).add(due)
    return {name: tuple(sorted(days)) for name, days in found.items()}


def lock_accounts(session: Session, names: Sequence[str]) -> dict[str, int]:
    """Keep others from changing these ledgers until the transaction ends; their versions."""
    found: dict[str, int] = {}
    for part in chunks(sorted(names)):
        query = select(col(AccountRow.account_no), col(AccountRow.ledger_version))
        query = query.where(col(AccountRow.account_no).in_(part)).order_by(col(AccountRow.account_no))
        found.update((name, version) for name, version in session.execute(query.with_for_update()))
    return found


def done(session: Session, policy_id: str, names: Sequence[str], after: date) -> set[tuple[str, Occurrence]]:
    """What was claimed before for these accounts and due dates after a day."""
    r = ReminderRow
    found: set[tuple[str, Occurrence]] = set()
    for part in chunks(names):
        query = select(col(r.account_no), col(r.rule), col(r.due), col(r.occurrence))
        query = query.where(col(r.account_no).in_(part), col(r.due) > after, col(r.policy_id) == policy_id)
        found.update(
            (account_no, Occurrence(rule=rule, due=due, day=day))
            for account_no, rule, due, day in session.execute(query)
        )
    return found


def claim_reminder(session: Session, reminder: Reminder) -> bool:
    """Claim a run; of any number of rivals exactly one gets True."""
    values = {**reminder.model_dump(), "rules": ",".join(reminder.rules), "targets": ",".join(reminder.targets)}
    return inserted(session, ReminderRow, values)


def find_reminder(session: Session, like: Reminder, account_no: str) -> Reminder | None:
    """The run of the same rule for the same due date and day of another account."""
    key = (account_no, like.due, like.policy_id, like.rule, like.occurrence)
    row = session.get(ReminderRow, key, populate_existing=True)
    return _reminder(row) if row else None


def accounts_of_debtor(session: Session, account_no: str) -> tuple[str, ...]:
    """The other accounts of the person who owes on this one; none that is closed or whose import is not released."""
    a, p, own = AccountRow, PartyRow, aliased(PartyRow)
    query = (
        select(col(a.account_no))
        .join(p, col(p.account_no) == col(a.account_no))
        .join(own, col(own.party_id) == col(p.party_id))
        .where(col(own.account_no) == account_no, col(own.role).in_(DEBTORS), col(p.role).in_(DEBTORS))
        .where(col(a.account_no) != account_no, ~col(a.closed), released())
        .order_by(col(a.account_no))
    )
    return tuple(session.scalars(query.distinct()))


def change_reminder(session: Session, reminder: Reminder) -> None:
    """Keep how far a claimed run came: its status, amount, text and ledger version."""
    r = ReminderRow
    values = reminder.model_dump(include={"status", "amount", "ledger_version", "text", "sha256", "at"})
    session.execute(
        update(r)
        .where(
            col(r.account_no) == reminder.account_no, col(r.due) == reminder.due, col(r.rule) == reminder.rule,
            col(r.policy_id) == reminder.policy_id, col(r.occurrence) == reminder.occurrence,
        )
        .values(**values)
    )  # fmt: skip


def claimed(session: Session, policy_id: str, after: str = "", limit: int = 200) -> Page[Reminder]:
    """Runs that were claimed and not finished: their sender died, or the gateway was away; by account."""
    r = ReminderRow
    names = select(col(r.account_no)).where(col(r.policy_id) == policy_id, col(r.status) == "claimed")
    found = list(
        session.scalars(names.where(col(r.account_no) > after).distinct().order_by(col(r.account_no)).limit(limit))
    )
    query = select(r).where(col(r.policy_id) == policy_id, col(r.status) == "claimed")
    rows = session.scalars(query.where(col(r.account_no).in_(found)).order_by(col(r.account_no), col(r.due)))
    return Page(rows=tuple(_reminder(row) for row in rows), next=found[-1] if len(found) == limit else None)


def reminders_of(session: Session, account_no: str, limit: int = 200) -> tuple[Reminder, ...]:
    """What was done for an account before its due dates, the newest first."""
    r = ReminderRow
    query = select(r).where(col(r.account_no) == account_no).order_by(col(r.planned_at).desc(), col(r.rule))
    return tuple(_reminder(row) for row in session.scalars(query.limit(limit)))


def upto(session: Session, policy_id: str) -> datetime | None:
    """The instant up to which the portfolio was worked through."""
    return session.scalar(select(col(ReminderRunRow.upto)).where(col(ReminderRunRow.policy_id) == policy_id))


def set_upto(session: Session, policy_id: str, at: datetime) -> None:
    """The portfolio was worked through up to an instant."""
    values = {"policy_id": policy_id, "upto": at}
    statement = insert_into(session, ReminderRunRow).values(**values)
    session.execute(statement.on_conflict_do_update(index_elements=["policy_id"], set_={"upto": at}))


def _reminder(row: ReminderRow) -> Reminder:
    return Reminder(**{**row.model_dump(), "rules": split(row.rules), "targets": split(row.targets)})
