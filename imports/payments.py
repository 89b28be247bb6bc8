"""Posts a file of payments and reversals, each receipt once; what fits no account goes to the suspense list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from sqlalchemy.orm import Session

from domain.errors import Problem, Refused
from domain.ledger import Posting, PostingKind
from domain.money import ZERO
from domain.suspense import MONEY_IN
from imports.control import CONTROL, Control, Totals, compare, read_control
from imports.faults import EMPTY, Fault, refuse_if_blocking
from imports.forms import PAYMENTS, Form, ReceiptLine
from imports.rows import Sheet, read_sheet, sort_out
from imports.source import SourceFile, Table, fingerprint, read_tables
from store.accounts import existing_accounts
from store.batches import SuspenseItem, add_suspense, resolve_suspense, waiting_receipt
from store.bulk import accounts_of_contracts, posted, suspended
from store.ledger import post, set_posted_through
from store.suspense import acted_on
from store.views import Entry

Outcome = Literal["posted", "repeated", "suspense", "refused"]


@dataclass(frozen=True, slots=True)
class PaymentsFile:
    """A payments file after its check. rows with a fault are not among `rows`; control is optional here."""

    file_name: str
    sha256: str
    rows: tuple[tuple[int, ReceiptLine], ...]
    faults: tuple[Fault, ...]
    control: Control


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row. account_no: where it was posted. problem: why it was not, or why it waits."""

    row: int
    receipt_no: str | None
    outcome: Outcome
    account_no: str | None = None
    problem: Problem | None = None


def read_payments(files: Sequence[SourceFile], today: date) -> PaymentsFile:
    """Parse and check; never raises for bad content. A single csv file may have any name."""
    source = read_tables(files)
    tables = source.tables
    if len(tables) == 1:
        tables = (replace(tables[0], title=PAYMENTS.name),)
    optional = replace(CONTROL, required=False)
    forms: list[Form[object]] = [replace(PAYMENTS, required=True), optional]
    found, faults = sort_out(tables, forms, complete=not source.faults)
    control, control_faults = _control(found.get(CONTROL.name), today)
    sheet = read_sheet(found.get(PAYMENTS.name), PAYMENTS, control.relative_to)
    faults += [*source.faults, *control_faults, *sheet.faults, *_faults(sheet, today)]
    totals = Totals(postings=sheet.total("amount"))
    if "amount" not in sheet.unsummable and sheet.readable:
        faults += compare(replace(control, accounts=None, lease_amount=None), totals, frozenset())
    bad = {fault.row for fault in faults if fault.sheet == PAYMENTS.name}
    rows = tuple((row, line) for row, line in sheet.rows if row not in bad)
    names = ", ".join(sorted(file.name for file in files))
    return PaymentsFile(names, fingerprint(files), rows, tuple(faults), control)


def _control(table: Table | None, today: date) -> tuple[Control, list[Fault]]:
    control, faults = read_control(table, today)
    return control, [fault for fault in faults if fault.row is not None]  # no item is compulsory here


def _faults(sheet: Sheet[ReceiptLine], today: date) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for row, line in sheet.rows:
        before = first.setdefault(line.receipt_no, row)
        if before != row:
            expected = f"each receipt number once (first in row {before})"
            yield sheet.fault(row, "receipt_no", line.receipt_no, expected, "remove one", line.account_no or None)
        if line.value_date > today:
            expected = f"a day up to {today}"
            yield sheet.fault(row, "value_date", line.value_date, expected, "post it on its day", None)
        if line.kind == "reversal" and not line.reverses:
            expected = "the receipt number that is taken back"
            yield sheet.fault(row, "reverses", EMPTY, expected, "enter it", line.account_no or None)
        if line.kind != "reversal" and not line.amount:
            found = EMPTY if line.amount is None else line.amount
            yield sheet.fault(row, "amount", found, "an amount above 0.00", "enter it", line.account_no or None)


def post_payments(session: Session, file: PaymentsFile, at: datetime) -> list[RowResult]:
    """Post every good row; each receipt number counts once, in this file or any other.

    Repeated rows and repeated files change nothing. Raises Invalid when the file as a whole is bad.
    at: the instant from which the postings are known.
    """
    refuse_if_blocking(file.faults)
    desk = _Desk(session, file, at)
    ordered = sorted(file.rows, key=lambda numbered: (numbered[1].kind == "reversal", numbered[0]))
    results = [desk.book(row, line) for row, line in ordered]
    results += [RowResult(f.row, None, "refused", f.account_no, f.as_problem()) for f in file.faults if f.row]
    if file.control.posted_through:
        set_posted_through(session, file.control.posted_through)
    return sorted(results, key=lambda result: result.row)


class _Desk:
    """Books the rows of one file; what it must know of the ledger is read once."""

    def __init__(self, session: Session, file: PaymentsFile, at: datetime) -> None:
        lines = [line for _, line in file.rows]
        receipts = [line.receipt_no for line in lines]
        self.session = session
        self.at = at
        self.accounts = existing_accounts(session, [line.account_no for line in lines if line.account_no])
        self.contracts = accounts_of_contracts(session, [line.contract_no for line in lines if line.contract_no])
        self.postings: dict[str, Entry] = posted(session, [*receipts, *(line.reverses for line in lines)])
        self.waiting = suspended(session, [*receipts, *(line.reverses for line in lines)])

    def book(self, row: int, line: ReceiptLine) -> RowResult:
        """One row: posted, posted before, put on the suspense list, or refused by the ledger."""
        waits = self.waiting.get(line.receipt_no) and waiting_receipt(self.session, line.receipt_no)
        if waits is not None and acted_on(self.session, line.receipt_no):
            return RowResult(row, line.receipt_no, "repeated")  # people assigned or returned it
        if waits is not None and waits.resolved_by is not None:
            booked = posted(self.session, [waits.resolved_by]).get(waits.resolved_by)
            return RowResult(row, line.receipt_no, "repeated", booked.account_no if booked else None)
        account_no, reason = self._account(line)
        if account_no is None:
            return self._suspend(row, line, reason)
        if waits is not None and waits.kind in MONEY_IN and (waits.kind, waits.amount) != (line.kind, line.amount):
            message = f"it waits as {waits.kind.value} of {waits.amount}"
            problem = Problem(f"payments, row {row}", message, "enter the difference under a number of its own")
            return RowResult(row, line.receipt_no, "refused", account_no, problem)
        posting = self._posting(line)
        try:
            result = post(self.session, posting, account_no, "payments")
        except Refused as refusal:
            problem = Problem(f"payments, row {row}", refusal.message, refusal.remedy)
            return RowResult(row, line.receipt_no, "refused", account_no, problem)
        self.postings[posting.id] = Entry(account_no=account_no, posting=posting)
        if waits is not None:
            resolve_suspense(self.session, line.receipt_no, posting.id)
        return RowResult(row, line.receipt_no, "repeated" if result.repeated else "posted", account_no)

    def _account(self, line: ReceiptLine) -> tuple[str | None, str]:
        """The account of a row, or why there is none. A reversal goes where its original went."""
        if line.kind == "reversal":
            original = self.postings.get(line.reverses)
            return (
                (original.account_no, "") if original else (None, f"reversal of {line.reverses}, which is not posted")
            )
        if line.account_no:
            known = line.account_no in self.accounts
            return (line.account_no, "") if known else (None, f"unknown account {line.account_no}")
        if not line.contract_no:
            return None, "neither account nor contract given"
        found = self.contracts.get(line.contract_no, [])
        if len(found) == 1:
            return found[0], ""
        return None, f"contract {line.contract_no} has {len(found)} accounts"

    def _posting(self, line: ReceiptLine) -> Posting:
        amount = line.amount or ZERO
        original = self.postings.get(line.reverses)
        if line.kind == "reversal" and original is not None and line.amount is None:
            amount = original.posting.amount
        return Posting(
            id=line.receipt_no,
            kind=PostingKind(line.kind),
            value_date=line.value_date,
            at=self.at,
            amount=amount,
            reverses=line.reverses or None,
        )

    def _suspend(self, row: int, line: ReceiptLine, reason: str) -> RowResult:
        item = SuspenseItem(
            id=line.receipt_no,
            reference=line.reference,
            amount=line.amount or ZERO,
            kind=PostingKind(line.kind),
            value_date=line.value_date,
            reason=reason,
            at=self.at,
        )
        add_suspense(self.session, [item])
        problem = Problem(f"payments, row {row}", reason, "assign it on the suspense list")
        return RowResult(row, line.receipt_no, "suspense", None, problem)
