"""The append-only ledger: postings entered once, notices of change, and how far postings are complete."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.errors import Refused
from domain.ledger import Posting, PostingKind
from domain.money import ZERO, rounded
from store.account_facts import account_facts, account_facts_many
from store.accounts import add_account, add_accounts, changed, lock_account
from store.dialect import insert_into, inserted
from store.tables import CaseRow, NoticeRow, PostedThroughRow, PostingRow
from store.views import Entry, Notice, Posted

__all__ = [
    "account_facts",
    "account_facts_many",
    "add_account",
    "add_accounts",
    "mark_relayed",
    "pending_notices",
    "post",
    "post_many",
    "posted_through",
    "set_posted_through",
]

LEDGER = "main"
NEVER = date(1970, 1, 1)
OWN_WAY: Final = {  # by source: what is not only of the account is taken back where all of it is known
    "suspense": "POST /suspense/reallocations, with `returned` when the money went back",
    "write_off": "POST /write-offs/{id}/verdict: reversed",
}


def post(
    session: Session, posting: Posting, account_no: str, source: str = "api", batch_id: str | None = None
) -> Posted:
    """Enter a posting once; its id makes a repeat harmless (the instant `at` of the first one stays).

    Raises the ledger version and writes the notice in the same transaction. Refused: unknown_account,
    posting_differs (the id is taken by another posting), amount_not_positive, amount_not_cents,
    reverses_nothing, reversal_unknown, reversal_of_reversal, reversed_elsewhere, already_reversed,
    reversal_amount_differs.
    """
    _must_be_sound(posting)
    version = lock_account(session, account_no)
    stored = session.get(PostingRow, posting.id)
    if stored is None:
        _must_be_reversible(session, posting, account_no, source)
        values = {"account_no": account_no, "ledger_version": version + 1, "source": source, "batch_id": batch_id}
        if inserted(session, PostingRow, {**posting.model_dump(), **values}):
            return Posted(ledger_version=changed(session, account_no, version, posting.at), repeated=False)
        stored = session.get(PostingRow, posting.id)  # entered meanwhile, for another account
    _must_be_the_same(stored, posting, account_no)
    return Posted(ledger_version=version, repeated=True)


def post_many(session: Session, entries: Iterable[Entry], source: str, batch_id: str | None = None) -> list[Posted]:
    """Enter postings of a file in order, all or none; see `post`."""
    return [post(session, entry.posting, entry.account_no, source, batch_id) for entry in entries]


def pending_notices(session: Session, limit: int = 500) -> list[Notice]:
    """Ledger changes nobody was told of yet, the oldest first, with the open case to tell."""
    is_open = (col(CaseRow.account_no) == col(NoticeRow.account_no)) & (col(CaseRow.status) != "closed")
    query = (
        select(col(NoticeRow.account_no), col(NoticeRow.ledger_version), col(CaseRow.case_no))
        .join(CaseRow, is_open, isouter=True)
        .where(col(NoticeRow.relayed_at).is_(None))
        .order_by(col(NoticeRow.created_at), col(NoticeRow.account_no), col(NoticeRow.ledger_version))
        .limit(limit)
    )
    return [Notice(account_no=no, ledger_version=v, case_no=case) for no, v, case in session.execute(query)]


def mark_relayed(session: Session, notices: Iterable[Notice], at: datetime) -> None:
    """These notices, and older ones of the same accounts, have been passed on."""
    newest: dict[str, int] = {}
    for notice in notices:
        newest[notice.account_no] = max(notice.ledger_version, newest.get(notice.account_no, 0))
    for account_no, version in newest.items():
        session.execute(
            update(NoticeRow)
            .where(col(NoticeRow.account_no) == account_no, col(NoticeRow.ledger_version) <= version)
            .where(col(NoticeRow.relayed_at).is_(None))
            .values(relayed_at=at)
        )


def posted_through(session: Session) -> date:
    """The last day whose postings are complete (S9); 1970-01-01 before the first one."""
    day = session.scalar(select(col(PostedThroughRow.day)).where(col(PostedThroughRow.ledger) == LEDGER))
    return day or NEVER


def set_posted_through(session: Session, day: date) -> date:
    """Declare the postings complete through `day`; never goes back. Returns the day that now counts."""
    query = insert_into(session, PostedThroughRow).values(ledger=LEDGER, day=day)
    later = query.excluded.day > col(PostedThroughRow.day)
    conflict = query.on_conflict_do_update(index_elements=["ledger"], set_={"day": day}, where=later)
    session.connection().execute(conflict)
    return posted_through(session)


def _must_be_sound(posting: Posting) -> None:
    if posting.amount != rounded(posting.amount):
        raise Refused("amount_not_cents", "An amount has at most two decimals.", "Give whole cents.")
    if posting.kind is PostingKind.REVERSAL:
        if posting.reverses is None:
            raise Refused("reverses_nothing", "A reversal names the posting it takes back.", "Give `reverses`.")
    elif posting.reverses is not None:
        raise Refused("reverses_nothing", "Only a reversal takes a posting back.", "Leave `reverses` out.")
    elif posting.amount <= ZERO:
        raise Refused("amount_not_positive", "An amount is more than zero.", "Enter a reversal to take money back.")


def _must_be_reversible(session: Session, posting: Posting, account_no: str, source: str) -> None:
    if posting.reverses is None:
        return
    target = session.get(PostingRow, posting.reverses)
    if target is None or target.account_no != account_no:
        raise Refused(
            "reversal_unknown",
            f"Account {account_no} has no posting {posting.reverses}.",
            "Name a posting of this account.",
        )
    if target.kind == PostingKind.REVERSAL:
        raise Refused("reversal_of_reversal", "A reversal cannot be reversed.", "Enter the payment again.")
    if target.source in OWN_WAY and source != target.source:
        message = f"{posting.reverses} is no posting that stands for itself."
        raise Refused("reversed_elsewhere", message, f"It is taken back by {OWN_WAY[target.source]}.")
    if posting.amount not in (ZERO, target.amount):
        raise Refused(
            "reversal_amount_differs", "A posting is taken back as a whole.", "Leave the amount out or repeat it."
        )
    taken = session.scalar(select(col(PostingRow.id)).where(col(PostingRow.reverses) == posting.reverses))
    if taken is not None:
        raise _already_reversed(posting.reverses)


def _must_be_the_same(stored: PostingRow | None, posting: Posting, account_no: str) -> None:
    if stored is None:
        raise _already_reversed(str(posting.reverses))
    before = (stored.account_no, stored.kind, stored.value_date, stored.amount, stored.reverses)
    if before != (account_no, posting.kind.value, posting.value_date, posting.amount, posting.reverses):
        raise Refused(
            "posting_differs",
            f"The id {posting.id} belongs to another posting.",
            "Give a new posting an id of its own.",
        )


def _already_reversed(posting_id: str) -> Refused:
    return Refused("already_reversed", f"Posting {posting_id} is taken back already.", "Nothing is left to do.")
