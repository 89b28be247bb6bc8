"""Write-offs: proposed by Finance, decided by somebody else within their authority, taken back by another entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Invalid, Problem, Refused
from domain.events import Actor
from domain.exposure import exposure_of
from domain.ledger import Posting, PostingKind
from domain.money import ZERO, rounded
from domain.words import Said
from store.account_facts import account_facts
from store.accounts import get_account, lock_account
from store.assignment import subject_of
from store.book import Book
from store.delegations import persons
from store.dialect import inserted
from store.documents import get_attachment
from store.ledger import post
from store.tables import WriteOffRow, WriteOffVerdictRow

SOURCE = "write_off"
Verdict = Literal["approved", "refused", "reversed"]
Limits = Mapping[str, Decimal]  # role -> up to which amount it decides; no entry: any


class Proposal(Frozen):
    """What is to be written off. id: chosen by the caller. document: an uploaded file that shows why."""

    id: str
    account_no: str
    amount: Decimal
    reason: Said
    document: str
    actor: Actor
    at: AwareDatetime


class Decision(Frozen):
    """One thing decided of a proposal."""

    verdict: Verdict
    reason: str
    posting: str | None = None
    actor: Actor
    at: AwareDatetime


class WriteOff(Frozen):
    """A write-off as it stands; decisions in their order."""

    proposal: Proposal
    currency: str
    status: Literal["proposed", "approved", "refused", "reversed"]
    decisions: tuple[Decision, ...]


def propose(session: Session, wanted: Proposal, as_of: date, book: Book) -> WriteOff:
    """Enter a proposal once. Raises Invalid with every fault.

    Nothing more can be written off than the principal that is in the book. Refused: unknown_account, write_off_open,
    command_differs.
    """
    account = get_account(session, wanted.account_no)
    lock_account(session, wanted.account_no)
    row = session.get(WriteOffRow, wanted.id)
    if row is None:
        waiting = [one for one in write_offs(session, wanted.account_no) if one.status == "proposed"]
        if waiting:
            raise Refused("write_off_open", f"{waiting[0].proposal.id} waits for its decision.", "Decide that first.")
        faults = _faults(wanted, in_book(session, wanted.account_no, as_of, book))
        if get_attachment(session, wanted.document) is None:
            message = f"there is no attachment {wanted.document}"
            faults.append(Problem("document", message, "upload it with POST /attachments first"))
        if faults:
            raise Invalid(faults)
        values = wanted.model_dump(exclude={"actor"}) | _by(wanted.actor) | {"currency": account.currency}
        inserted(session, WriteOffRow, values)
    found = get_write_off(session, wanted.id)
    if found.proposal.model_copy(update={"at": wanted.at, "actor": wanted.actor}) != wanted:
        raise Refused("command_differs", "This key was used for another proposal.", "Use a new Idempotency-Key.")
    return found


def decide(session: Session, number: str, decision: Decision, as_of: date, book: Book, limits: Limits) -> WriteOff:
    """Approve, refuse, or take back what was approved; an approval posts the write-off, its reversal takes it back.

    Refused: unknown_write_off, own_proposal, over_limit, already_decided, write_off_unfit, not_written_off. The same
    decision again changes nothing.
    """
    lock_account(session, get_write_off(session, number).proposal.account_no)
    found = get_write_off(session, number)
    last = found.decisions[-1] if found.decisions else None
    if last is not None and (last.verdict, last.actor.user) == (decision.verdict, decision.actor.user):
        return found
    _must_be_entitled(session, found, decision, limits)
    posting = None
    if decision.verdict == "reversed":
        if found.status != "approved":
            raise Refused("not_written_off", f"{number} is {found.status}.", "Only what was approved is taken back.")
        posting = _posting(found, PostingKind.REVERSAL, as_of, decision.at)
    elif found.status != "proposed":
        raise Refused("already_decided", f"{number} is {found.status}.", "A wrong approval is taken back by reversed.")
    elif decision.verdict == "approved":
        faults = _faults(found.proposal, in_book(session, found.proposal.account_no, as_of, book))
        if faults:
            raise Refused("write_off_unfit", str(faults[0]), "Refuse it and propose what is left.")
        posting = _posting(found, PostingKind.WRITE_OFF, as_of, decision.at)
    if posting is not None:
        post(session, posting, found.proposal.account_no, SOURCE)
    values = {
        "write_off": number, "seq": len(found.decisions) + 1, "verdict": decision.verdict, "reason": decision.reason,
        "posting": posting.id if posting else None, "at": decision.at, **_by(decision.actor),
    }  # fmt: skip
    inserted(session, WriteOffVerdictRow, values)
    return get_write_off(session, number)


def number_of(user: str, key: str) -> str:
    """The number of the proposal that somebody made under a key."""
    return f"write-off-{sha256(f'{user}/{key}'.encode()).hexdigest()[:16]}"


def in_book(session: Session, account_no: str, as_of: date, book: Book) -> Decimal:
    """The principal of an account that is in the book at the end of a day. Refused "unknown_account"."""
    terms = book.terms(book.policy_of(subject_of(session, account_no)))
    return exposure_of(account_facts(session, account_no), as_of, terms, account_no).balance


def get_write_off(session: Session, number: str) -> WriteOff:
    """One write-off. Refused "unknown_write_off"."""
    row = session.get(WriteOffRow, number)
    if row is None:
        raise Refused("unknown_write_off", f"There is no write-off {number}.", "See GET /write-offs.")
    return _write_off(session, row)


def write_offs(session: Session, account_no: str | None = None, limit: int = 200) -> tuple[WriteOff, ...]:
    """Write-offs of an account or of all, the newest first."""
    query = select(WriteOffRow).order_by(col(WriteOffRow.at).desc(), col(WriteOffRow.id)).limit(limit)
    if account_no is not None:
        query = query.where(col(WriteOffRow.account_no) == account_no)
    return tuple(_write_off(session, row) for row in session.scalars(query))


def _write_off(session: Session, row: WriteOffRow) -> WriteOff:
    v = WriteOffVerdictRow
    query = select(v).where(col(v.write_off) == row.id).order_by(col(v.seq))
    decisions = tuple(
        Decision.model_validate({**one.model_dump(include={"verdict", "reason", "posting", "at"}), "actor": _who(one)})
        for one in session.scalars(query)
    )
    proposal = Proposal.model_validate({
        **row.model_dump(include={"id", "account_no", "amount", "reason", "document", "at"}), "actor": _who(row),
    })  # fmt: skip
    status = decisions[-1].verdict if decisions else "proposed"
    return WriteOff(proposal=proposal, currency=row.currency, status=status, decisions=decisions)


def _must_be_entitled(session: Session, found: WriteOff, decision: Decision, limits: Limits) -> None:
    if persons(session, decision.actor) & persons(session, found.proposal.actor):
        raise Refused("own_proposal", "You proposed it.", "Somebody else decides it.")
    limit = limits.get(decision.actor.role)
    if decision.verdict != "refused" and limit is not None and found.proposal.amount > limit:
        message = f"{decision.actor.role} decides up to {limit}; this is about {found.proposal.amount}."
        raise Refused("over_limit", message, "Somebody with a greater authority decides it.")


def _faults(wanted: Proposal, balance: Decimal) -> list[Problem]:
    if wanted.amount <= ZERO or wanted.amount != rounded(wanted.amount):
        return [Problem("amount", f"{wanted.amount} is no amount", "give whole cents")]
    if wanted.amount > balance:
        return [Problem("amount", f"only {balance} is in the book", f"propose at most {balance}")]
    return []


def _posting(found: WriteOff, kind: PostingKind, day: date, at: AwareDatetime) -> Posting:
    name = f"wo-{sha256(found.proposal.id.encode()).hexdigest()[:24]}"
    back = kind is PostingKind.REVERSAL
    return Posting(
        id=f"{name}-back" if back else name, kind=kind, value_date=day, at=at, amount=found.proposal.amount,
        reverses=name if back else None,
    )  # fmt: skip


def _by(actor: Actor) -> dict[str, str]:
    return {"actor_user": actor.user, "actor_role": actor.role, "authority": actor.authority}


def _who(row: WriteOffRow | WriteOffVerdictRow) -> Actor:
    return Actor(user=row.actor_user, role=row.actor_role, authority=row.authority)
