"""The suspense account: money received that fits no account is assigned, returned or re-allocated, to the last cent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.audit import digest
from domain.base import Frozen
from domain.errors import Invalid, Problem, Refused
from domain.events import Actor
from domain.ledger import Posting, PostingKind
from domain.money import ZERO
from domain.suspense import MONEY_IN, Fate, Split, faults_of
from domain.words import Said
from store.accounts import lock_account
from store.batches import SuspenseItem, add_suspense, waiting_receipt
from store.bulk import accounts_of, posted
from store.dialect import take_turns
from store.ledger import post
from store.suspense_read import acts_of, fate_of
from store.tables import PostingRow, SuspenseActRow, SuspenseLineRow, SuspenseRow

SOURCE = "suspense"
Do = Literal["assign", "return", "reallocate"]


class Wanted(Frozen):
    """What somebody wants done with money. key: chosen by the caller; the same one again changes nothing.

    receipt_no: of a receipt in suspense; posting: of one that went to the wrong account. What lines and `returned` do
    not take `remains` in suspense; the three add up to all that there is.
    """

    key: str
    receipt_no: str | None = None
    posting: str | None = None
    lines: tuple[Split, ...] = ()
    returned: Decimal = ZERO
    remains: Decimal = ZERO
    reason: Said
    actor: Actor
    at: AwareDatetime

    @property
    def do(self) -> Do:
        if self.posting is not None:
            return "reallocate"
        return "assign" if self.lines else "return"

    @property
    def asked(self) -> str:
        """The same for the same wish."""
        return digest(self.model_dump(mode="json", exclude={"key", "actor", "at"}))


def receive(session: Session, item: SuspenseItem, today: date) -> bool:
    """Enter a receipt by hand that fits no account; False when it is here already. Refused: receipt_differs.

    Raises Invalid with every fault. Its number is the bank's, so that a file with it changes nothing.
    """
    faults: list[Problem] = []
    if item.value_date > today:
        faults.append(Problem("value_date", f"{item.value_date} is in the future", "enter it on its day"))
    if item.kind not in MONEY_IN:
        kinds = ", ".join(kind.value for kind in MONEY_IN)
        faults.append(Problem("kind", f"{item.kind.value} is no money received", f"one of: {kinds}"))
    if item.amount <= ZERO:
        faults.append(Problem("amount", f"{item.amount} is no amount", "give what was received"))
    if posted(session, [item.id]):
        faults.append(Problem("receipt_no", f"{item.id} is posted already", "re-allocate the posting"))
    if faults:
        raise Invalid(faults)
    if add_suspense(session, [item]):
        return True
    known = waiting_receipt(session, item.id)
    if known is None or _said(known) != _said(item):
        raise Refused("receipt_differs", f"The receipt {item.id} was entered otherwise.", "Check its number.")
    return False


def carry_out(session: Session, wanted: Wanted) -> Fate:
    """Do it once, with its postings, in this transaction; what has become of the receipt then.

    Raises Invalid with every fault, place by place. Refused: command_differs, unknown_receipt, unknown_posting,
    not_money, already_reversed.
    """
    take_turns(session, SOURCE)
    known = session.get(SuspenseActRow, wanted.key)
    if known is not None:
        if known.asked != wanted.asked:
            raise Refused("command_differs", "This key was used for something else.", "Use a new Idempotency-Key.")
        return fate_of(session, known.entry)
    misposted = _misposted(session, wanted.posting) if wanted.posting is not None else None
    entry = _entry_of_posting(session, misposted) if misposted else _receipt(session, wanted.receipt_no or "")
    whole = misposted.amount if misposted else fate_of(session, entry.id).waiting
    faults = [*faults_of(wanted.lines, wanted.returned, wanted.remains, whole), *_unfit(session, wanted, entry)]
    if faults:
        raise Invalid(faults)
    touched = {line.account_no for line in wanted.lines} | ({misposted.account_no} if misposted else set[str]())
    for account_no in sorted(touched):
        lock_account(session, account_no)
    _do(session, wanted, entry, misposted)
    return fate_of(session, entry.id)


def acted_on(session: Session, receipt_no: str) -> bool:
    """Whether people have done anything with a receipt."""
    return bool(acts_of(session, receipt_no))


def _do(session: Session, wanted: Wanted, entry: SuspenseItem, misposted: PostingRow | None) -> None:
    name = f"sus-{sha256(wanted.key.encode()).hexdigest()[:24]}"
    at = wanted.at
    if misposted is not None:
        # The money was never this account's: it is taken back for the day on which it was entered there.
        back = Posting(
            id=f"{name}-0", kind=PostingKind.REVERSAL, value_date=misposted.value_date, at=at,
            amount=misposted.amount, reverses=misposted.id,
        )  # fmt: skip
        post(session, back, misposted.account_no, SOURCE)
    kind, day = (PostingKind(misposted.kind), misposted.value_date) if misposted else (entry.kind, entry.value_date)
    made = [
        Posting(id=f"{name}-{no}", kind=kind, value_date=day, at=at, amount=line.amount)
        for no, line in enumerate(wanted.lines, start=1)
    ]
    for posting, line in sorted(zip(made, wanted.lines, strict=True), key=lambda pair: pair[1].account_no):
        post(session, posting, line.account_no, SOURCE)
    values = {
        "key": wanted.key, "entry": entry.id, "do": wanted.do, "asked": wanted.asked, "reason": wanted.reason, "at": at,
        "assigned": sum((line.amount for line in wanted.lines), ZERO), "returned": wanted.returned,
        "taken_back": misposted.amount if misposted else ZERO, "posting": misposted.id if misposted else None,
        "reversal": f"{name}-0" if misposted else None, "actor_user": wanted.actor.user,
        "actor_role": wanted.actor.role, "authority": wanted.actor.authority,
    }  # fmt: skip
    session.connection().execute(insert(SuspenseActRow), [values])
    lines = [
        {"act": wanted.key, "no": no, "account_no": line.account_no, "amount": line.amount, "posting": posting.id}
        for no, (posting, line) in enumerate(zip(made, wanted.lines, strict=True), start=1)
    ]
    if lines:
        session.connection().execute(insert(SuspenseLineRow), lines)


def _receipt(session: Session, receipt_no: str) -> SuspenseItem:
    found = waiting_receipt(session, receipt_no)
    if found is None:
        raise Refused("unknown_receipt", f"No receipt {receipt_no} is or was in suspense.", "See GET /suspense.")
    if found.kind not in MONEY_IN:
        raise Refused("not_money", f"{receipt_no} is a {found.kind.value}.", "Send it again later.")
    return found


def _misposted(session: Session, posting_id: str) -> PostingRow:
    found = session.get(PostingRow, posting_id)
    if found is None:
        raise Refused("unknown_posting", f"There is no posting {posting_id}.", "See the postings of the account.")
    if PostingKind(found.kind) not in MONEY_IN:
        raise Refused("not_money", f"{posting_id} is a {found.kind}.", "Only money received is re-allocated.")
    taken = session.scalar(select(col(PostingRow.id)).where(col(PostingRow.reverses) == posting_id))
    if taken is not None:
        raise Refused("already_reversed", f"Posting {posting_id} is taken back already.", "See where it went.")
    return found


def _entry_of_posting(session: Session, posting: PostingRow) -> SuspenseItem:
    """The receipt that a posting came from; one that never was in suspense is entered as if it had been."""
    s, x, a = SuspenseRow, SuspenseLineRow, SuspenseActRow
    of_act = select(col(a.entry)).join(x, col(x.act) == col(a.key)).where(col(x.posting) == posting.id)
    entry = session.scalar(of_act) or session.scalar(select(col(s.id)).where(col(s.resolved_by) == posting.id))
    if entry is not None:
        return _receipt(session, entry)
    currency = accounts_of(session, [posting.account_no])[posting.account_no].currency
    item = SuspenseItem(
        id=posting.id, reference="", amount=posting.amount, currency=currency, kind=PostingKind(posting.kind),
        value_date=posting.value_date, reason="re-allocated", at=posting.at, resolved_by=posting.id,
    )  # fmt: skip
    add_suspense(session, [item])
    return item


def _unfit(session: Session, wanted: Wanted, entry: SuspenseItem) -> Sequence[Problem]:
    """Accounts that cannot get this money."""
    known = accounts_of(session, [line.account_no for line in wanted.lines])
    faults: list[Problem] = []
    for index, line in enumerate(wanted.lines):
        place, account = f"lines.{index}.account_no", known.get(line.account_no)
        if account is None:
            faults.append(Problem(place, f"there is no account {line.account_no}", "check its number"))
        elif account.currency != entry.currency:
            message = f"{line.account_no} is kept in {account.currency}, the money is {entry.currency}"
            faults.append(Problem(place, message, "name an account of that currency, or return it"))
    return faults


def _said(item: SuspenseItem) -> tuple[object, ...]:
    return (item.amount, item.currency, item.kind, item.value_date, item.payer, item.reference)
