"""Reads a portfolio file: every fault at once, and the accounts without any fault complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from domain.base import local_date
from imports.accounts import ImportedAccount
from imports.assemble import LoosePosting, assemble, loose_postings
from imports.control import CONTROL, Control, Totals, compare, read_control
from imports.crosscheck import Bundle, Numbered, Rules, Sheets, faults_of, posting_faults
from imports.faults import Fault
from imports.forms import ACCOUNTS, ASSETS, FORMS, HISTORY, PARTIES, POSTINGS, SCHEDULE, AccountLine, PostingLine
from imports.rows import Sheet, read_sheet, sort_out
from imports.source import SourceFile, Table, fingerprint, read_tables
from imports.vocabulary import Words

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Loading:
    """The circumstances of a loading: the aware instant, the ledger's zone and currency, the words of the policies."""

    now: datetime
    vocabulary: Words
    time_zone: str = "Asia/Shanghai"
    currency: str = "CNY"

    @property
    def rules(self) -> Rules:
        return Rules(local_date(self.now, self.time_zone), self.currency, self.vocabulary)

    def rules_for(self, control: Control) -> Rules:
        """The rules for a file with this control sheet."""
        return replace(self.rules, changes=control.scope == "changes")


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What a file says. accounts: those without any fault; with a blocking fault none.

    left_out: account numbers with faults. totals are of all rows of the file, also those with faults.
    loose: postings of accounts that the file does not describe; only a change file may have them.
    """

    sha256: str
    accounts: tuple[ImportedAccount, ...]
    left_out: tuple[str, ...]
    faults: tuple[Fault, ...]
    control: Control
    totals: Totals
    loose: tuple[LoosePosting, ...] = ()

    @property
    def blocked(self) -> bool:
        return any(fault.blocking for fault in self.faults)


def read_portfolio(files: Sequence[SourceFile], loading: Loading) -> Portfolio:
    """Parse and check a workbook, one or several csv files, or a zip of them. Never raises for bad content."""
    source = read_tables(files)
    forms = [*FORMS, CONTROL]
    tables, unsorted = sort_out(source.tables, forms, complete=not source.faults)
    control, control_faults = read_control(tables.get(CONTROL.name), loading.rules.today)
    rules = loading.rules_for(control)
    sheets = _sheets(tables, control)
    totals = Totals(len(sheets.accounts), sheets.accounts.total("lease_amount"), sheets.postings.total("amount"))
    faults = [*source.faults, *unsorted, *control_faults, *_cell_faults(sheets)]
    bundles: list[Bundle] = []
    loose: list[tuple[int, PostingLine]] = []
    if not source.faults and _complete(tables, sheets):  # else every row would only repeat what is missing
        loose = _loose(sheets) if rules.changes else []
        bundles, grouping = _bundles(sheets, {line.account_no for _, line in loose})
        faults += [*compare(control, totals, _unsummable(sheets)), *grouping, *_twice_posted(sheets)]
        for bundle in bundles:
            faults += faults_of(bundle, sheets, rules)
        faults += posting_faults(loose, sheets, rules)
    bad = {fault.account_no for fault in faults if fault.account_no}
    blocked = any(fault.blocking for fault in faults)
    good = () if blocked else [bundle for bundle in bundles if bundle.account.account_no not in bad]
    accounts = tuple(assemble(bundle, loading.now, rules) for bundle in good)
    left_out = tuple(sorted(bad))
    ordered = tuple(sorted(faults, key=_order))
    kept = () if blocked else loose_postings(loose, bad, loading.now, loading.time_zone)
    return Portfolio(fingerprint(files), accounts, left_out, ordered, control, totals, kept)


def _order(fault: Fault) -> tuple[bool, int, int, str]:
    names = [form.name for form in FORMS]
    sheet = names.index(fault.sheet) if fault.sheet in names else len(names)
    return (not fault.blocking, sheet, fault.row or 0, fault.column or "")


def _sheets(tables: dict[str, Table], control: Control) -> Sheets:
    relative_to = control.relative_to
    return Sheets(
        accounts=read_sheet(tables.get(ACCOUNTS.name), ACCOUNTS, relative_to),
        schedule=read_sheet(tables.get(SCHEDULE.name), SCHEDULE, relative_to),
        parties=read_sheet(tables.get(PARTIES.name), PARTIES, relative_to),
        assets=read_sheet(tables.get(ASSETS.name), ASSETS, relative_to),
        postings=read_sheet(tables.get(POSTINGS.name), POSTINGS, relative_to),
        history=read_sheet(tables.get(HISTORY.name), HISTORY, relative_to),
    )


def _complete(tables: dict[str, Table], sheets: Sheets) -> bool:
    read = (sheets.accounts, sheets.schedule, sheets.parties, sheets.assets, sheets.postings, sheets.history)
    return all(sheet.readable for sheet in read) and all(form.name in tables for form in FORMS if form.required)


def _cell_faults(sheets: Sheets) -> Iterator[Fault]:
    yield from sheets.accounts.faults
    yield from sheets.schedule.faults
    yield from sheets.parties.faults
    yield from sheets.assets.faults
    yield from sheets.postings.faults
    yield from sheets.history.faults


def _unsummable(sheets: Sheets) -> frozenset[str]:
    found = {"lease_amount"} & sheets.accounts.unsummable
    return frozenset(found | ({"postings"} if "amount" in sheets.postings.unsummable else set()))


def _loose(sheets: Sheets) -> list[tuple[int, PostingLine]]:
    described = {line.account_no for _, line in sheets.accounts.rows} | sheets.accounts.partial_accounts
    return [(row, line) for row, line in sheets.postings.rows if line.account_no not in described]


def _bundles(sheets: Sheets, elsewhere: set[str]) -> tuple[list[Bundle], list[Fault]]:
    """The rows of each account together, in the order of account numbers; faults for rows that belong nowhere.

    elsewhere: accounts that may have postings without being described here.
    """
    first: dict[str, tuple[int, AccountLine]] = {}
    faults: list[Fault] = []
    for row, line in sheets.accounts.rows:
        if line.account_no in first:
            expected = f"each account once (first in row {first[line.account_no][0]})"
            remedy = "remove one of the rows"
            faults.append(sheets.accounts.fault(row, "account_no", line.account_no, expected, remedy, line.account_no))
        else:
            first[line.account_no] = (row, line)
    known = first.keys() | sheets.accounts.partial_accounts
    schedule = _grouped(sheets.schedule, known, faults, lambda line: line.account_no)
    parties = _grouped(sheets.parties, known, faults, lambda line: line.account_no)
    assets = _grouped(sheets.assets, known, faults, lambda line: line.account_no)
    postings = _grouped(sheets.postings, known | elsewhere, faults, lambda line: line.account_no)
    history = _grouped(sheets.history, known, faults, lambda line: line.account_no)
    bundles = [
        Bundle(row, line, schedule[no], parties[no], assets[no], postings[no], history[no])
        for no, (row, line) in sorted(first.items())
    ]
    return bundles, faults


def _grouped(
    sheet: Sheet[Row], known: set[object] | set[str], faults: list[Fault], account_of: Callable[[Row], str]
) -> defaultdict[str, Numbered[Row]]:
    groups: dict[str, list[tuple[int, Row]]] = {}
    for row, line in sheet.rows:
        groups.setdefault(account_of(line), []).append((row, line))
    for account_no, rows in groups.items():
        if account_no not in known:
            expected = "an account of the sheet accounts"
            remedy = "correct the number, or add the account"
            faults += [sheet.fault(row, "account_no", account_no, expected, remedy, account_no) for row, _ in rows]
    return defaultdict(tuple, groups)


def _twice_posted(sheets: Sheets) -> Iterator[Fault]:
    """A receipt number stands for one posting of the whole ledger."""
    first: dict[str, tuple[int, str]] = {}
    sheet = sheets.postings
    for row, line in sheet.rows:
        before = first.setdefault(line.receipt_no, (row, line.account_no))
        if before[0] != row:
            expected = f"each receipt number once (first in row {before[0]})"
            for account_no in {line.account_no, before[1]}:
                yield sheet.fault(row, "receipt_no", line.receipt_no, expected, "remove or renumber one", account_no)
