"""Checks that the rows of one account agree with each other and with the policy."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from domain.assignment import AssignmentSubject, CustomerKind
from domain.ledger import DEBTORS
from domain.money import ZERO
from imports.assets import asset_faults
from imports.faults import EMPTY, Fault
from imports.forms import AccountLine, AssetLine, HistoryLine, InstalmentLine, PartyLine, PostingLine
from imports.rows import Sheet
from imports.vocabulary import Vocabulary, Words

SUIT = "lawsuit"  # the step that an imported suit stands for
Row = TypeVar("Row")
Numbered = Sequence[tuple[int, Row]]


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets of one file, read."""

    accounts: Sheet[AccountLine]
    schedule: Sheet[InstalmentLine]
    parties: Sheet[PartyLine]
    assets: Sheet[AssetLine]
    postings: Sheet[PostingLine]
    history: Sheet[HistoryLine]


@dataclass(frozen=True, slots=True)
class Bundle:
    """All rows of one account with their row numbers."""

    row: int
    account: AccountLine
    schedule: Numbered[InstalmentLine]
    parties: Numbered[PartyLine]
    assets: Numbered[AssetLine]
    postings: Numbered[PostingLine]
    history: Numbered[HistoryLine]

    @property
    def subject(self) -> AssignmentSubject:
        """What decides the policy of the account."""
        kinds: dict[str, CustomerKind] = {"individual": "individual", "sole_trader": "sole_trader"}
        return AssignmentSubject(
            product=self.account.product,
            customer_kind=kinds.get(self.account.customer_kind, "company"),
            amount=self.account.lease_amount,
            vendor=any(line.role == "vendor" for _, line in self.parties),
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rows are checked against: the day of loading, the currency of the ledger, the policy's words.

    changes: the file holds only what changed, so that it may name postings that are in the ledger only.
    """

    today: date
    currency: str
    vocabulary: Words
    changes: bool = False


def faults_of(bundle: Bundle, sheets: Sheets, rules: Rules) -> Iterator[Fault]:
    """Every disagreement inside one account."""
    yield from _account(bundle, sheets, rules)
    yield from _schedule(bundle, sheets)
    yield from _parties(bundle, sheets)
    yield from asset_faults(bundle.assets, sheets.assets, rules.today)
    yield from posting_faults(bundle.postings, sheets, rules)
    words = rules.vocabulary.of(bundle.subject)
    for row, line in bundle.history:
        yield from _history(row, line, sheets, rules, words)


def _account(bundle: Bundle, sheets: Sheets, rules: Rules) -> Iterator[Fault]:
    line = bundle.account
    if line.currency != rules.currency:
        remedy = "a ledger holds one currency: load accounts of another one into a ledger of their own"
        yield sheets.accounts.fault(bundle.row, "currency", line.currency, rules.currency, remedy, line.account_no)


def _schedule(bundle: Bundle, sheets: Sheets) -> Iterator[Fault]:
    account, sheet = bundle.account, sheets.schedule
    if not bundle.schedule:
        if account.account_no not in sheet.partial_accounts:
            remedy = "add the instalments to the sheet schedule, or remove the account"
            yield sheets.accounts.fault(
                bundle.row, None, "an account without schedule", "instalments", remedy, account.account_no
            )
        return
    yield from _numbering(bundle, sheet)
    for row, line in bundle.schedule:
        if line.rent is not None and line.rent != line.principal + line.interest:
            expected = f"principal + interest = {line.principal + line.interest}"
            yield sheet.fault(
                row, "rent", line.rent, expected, "correct the row or leave rent empty", account.account_no
            )
    if account.account_no not in sheet.partial_accounts:  # otherwise the sum would only repeat that fault
        yield from _sums(bundle, sheets.accounts)


def _numbering(bundle: Bundle, sheet: Sheet[InstalmentLine]) -> Iterator[Fault]:
    account_no = bundle.account.account_no
    first: dict[int, int] = {}
    for row, line in bundle.schedule:
        if line.instalment_no in first:
            expected = f"each number once (first in row {first[line.instalment_no]})"
            yield sheet.fault(row, "instalment_no", line.instalment_no, expected, "remove or renumber one", account_no)
        else:
            first[line.instalment_no] = row
    ordered = sorted(bundle.schedule, key=lambda numbered: numbered[1].instalment_no)
    for (_, before), (row, line) in itertools.pairwise(ordered):
        if line.instalment_no != before.instalment_no and line.due_date <= before.due_date:
            expected = f"a date after {before.due_date}, the date of instalment {before.instalment_no}"
            yield sheet.fault(row, "due_date", line.due_date, expected, "correct date or number", account_no)


def _sums(bundle: Bundle, sheet: Sheet[AccountLine]) -> Iterator[Fault]:
    """The schedule must add up to the contract (all instalments of it, also those paid)."""
    account = bundle.account
    principal = sum((line.principal for _, line in bundle.schedule), ZERO)
    rents = principal + sum((line.interest for _, line in bundle.schedule), ZERO)
    remedy = "send the whole schedule, also the instalments already paid, or correct the amount of the contract"
    for column, said, summed in (
        ("lease_amount", account.lease_amount, principal),
        ("rent_total", account.rent_total, rents),
    ):
        if said is not None and said != summed:
            expected = f"the sum of the schedule, {summed} (it differs by {said - summed})"
            yield sheet.fault(bundle.row, column, said, expected, remedy, account.account_no)


def _parties(bundle: Bundle, sheets: Sheets) -> Iterator[Fault]:
    account_no, sheet = bundle.account.account_no, sheets.parties
    debtors = [(row, line) for row, line in bundle.parties if line.role in DEBTORS]
    if not debtors and account_no not in sheet.partial_accounts:
        remedy = "add the lessee or borrower to the sheet parties"
        expected = "one lessee (承租人) or borrower (借款人)"
        yield sheets.accounts.fault(bundle.row, None, "no lessee", expected, remedy, account_no)
    vendors = [(row, line) for row, line in bundle.parties if line.role == "vendor"]
    for found in (debtors, vendors):
        for row, line in found[1:]:
            expected = f"one {found[0][1].role} per account (first in row {found[0][0]})"
            yield sheet.fault(row, "role", line.role, expected, "joint debtors are entered as guarantors", account_no)
    seen: dict[tuple[str, str], int] = {}
    for row, line in bundle.parties:
        first = seen.setdefault((line.role, line.party_no), row)
        if first != row:
            yield sheet.fault(
                row, "party_no", line.party_no, f"each party once (first in row {first})", "remove one", account_no
            )
        if line.buyback_guarantee and line.role != "vendor":
            remedy = "a buyback guarantee is given by the vendor: correct the role or the column"
            yield sheet.fault(row, "buyback_guarantee", "yes", f"no for a {line.role}", remedy, account_no)


def posting_faults(lines: Numbered[PostingLine], sheets: Sheets, rules: Rules) -> Iterator[Fault]:
    """Every disagreement among postings."""
    sheet = sheets.postings
    originals = {line.receipt_no: line for _, line in lines if line.kind != "reversal"}
    reversed_in: dict[str, int] = {}
    for row, line in lines:
        account_no = line.account_no
        if line.value_date > rules.today:
            remedy = "post it on its day"
            yield sheet.fault(row, "value_date", line.value_date, f"a day up to {rules.today}", remedy, account_no)
        if line.kind == "reversal":
            original = originals.get(line.reverses)
            if original is not None or not rules.changes or not line.reverses:
                yield from _reversal(row, line, original, sheet, reversed_in)
        else:
            yield from _plain_posting(row, line, sheet)


def _plain_posting(row: int, line: PostingLine, sheet: Sheet[PostingLine]) -> Iterator[Fault]:
    if not line.amount:
        value = EMPTY if line.amount is None else line.amount
        yield sheet.fault(row, "amount", value, "an amount above 0.00", "enter it or remove the row", line.account_no)
    if line.reverses:
        remedy = "set kind to reversal (冲销) or empty the cell"
        yield sheet.fault(row, "reverses", line.reverses, "nothing unless kind is reversal", remedy, line.account_no)


def _reversal(
    row: int, line: PostingLine, original: PostingLine | None, sheet: Sheet[PostingLine], reversed_in: dict[str, int]
) -> Iterator[Fault]:
    no = line.account_no
    if original is None:
        expected = "the receipt number of a posting of the same account in this file"
        yield sheet.fault(row, "reverses", line.reverses or EMPTY, expected, "add or correct it", no)
        return
    first = reversed_in.setdefault(line.reverses, row)
    if first != row:
        yield sheet.fault(
            row, "reverses", line.reverses, f"each posting reversed once (first in row {first})", "remove one", no
        )
    if line.amount is not None and line.amount != original.amount:
        expected = f"nothing, or the whole amount {original.amount}"
        yield sheet.fault(row, "amount", line.amount, expected, "a reversal takes the whole posting back", no)
    if line.value_date < original.value_date:
        expected = f"a day from {original.value_date} on"
        yield sheet.fault(row, "value_date", line.value_date, expected, "a posting is taken back after it was made", no)


def _history(row: int, line: HistoryLine, sheets: Sheets, rules: Rules, words: Vocabulary) -> Iterator[Fault]:
    sheet = sheets.history
    if line.date > rules.today:
        yield sheet.fault(
            row, "date", line.date, f"a day up to {rules.today}", "only what was done belongs here", line.account_no
        )
    if line.entry == "suit":
        if SUIT not in words.steps:
            remedy = "leave the row out: the policy of this account knows no lawsuit"
            yield sheet.fault(row, "entry", line.entry, "a step, letter or hold", remedy, line.account_no)
        elif not line.document_no:
            yield sheet.fault(row, "document_no", EMPTY, "the court's case number", "enter it", line.account_no)
        return
    known = {"hold": words.holds.keys(), "letter": words.letters}.get(line.entry, words.steps.keys())
    name = words.ids.get(line.name, line.name)
    if name not in known:
        expected = f"a {line.entry} of the policy: " + ", ".join(sorted(known))
        found = line.name or EMPTY
        yield sheet.fault(row, "name", found, expected, "use one of these names, or its Chinese title", line.account_no)
    elif line.entry == "hold":
        if line.end_date is not None and line.end_date < line.date:
            expected = f"a day from {line.date} on"
            yield sheet.fault(row, "end_date", line.end_date, expected, "correct it", line.account_no)
    else:
        yield from _outcome(row, line, name, sheet, words)


def _outcome(row: int, line: HistoryLine, name: str, sheet: Sheet[HistoryLine], words: Vocabulary) -> Iterator[Fault]:
    outcomes = words.steps[name]
    if line.outcome and line.outcome not in outcomes:
        expected = "one of " + ", ".join(outcomes)
        yield sheet.fault(row, "outcome", line.outcome, expected, "use one of these outcomes", line.account_no)
    if name in words.letters and not line.document_no:
        yield sheet.fault(row, "document_no", EMPTY, "the number of the letter", "enter it", line.account_no)
