"""Reads raw tables into the rows of the documented forms, collecting every fault on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from domain.money import ZERO
from imports import cells
from imports.cells import Unreadable
from imports.faults import EMPTY, Fault, shown
from imports.forms import IGNORED_COLUMNS, IGNORED_SHEETS, Column, Form, Kind
from imports.source import Cell, Table

Row = TypeVar("Row")
NOTHING = ("", None)


@dataclass(slots=True)
class Sheet(Generic[Row]):
    """The readable rows of one sheet with their row numbers, and its faults.

    partial: what could be read of the rows with faults. unsummable: columns with an unreadable amount; a total over
    them would only repeat that fault.
    """

    form: Form[Row]
    rows: list[tuple[int, Row]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    partial: list[dict[str, object]] = field(default_factory=list)
    unsummable: set[str] = field(default_factory=set)
    partial_accounts: set[object] = field(default_factory=set)
    readable: bool = True

    def __len__(self) -> int:
        """Number of rows, with those that have faults."""
        return len(self.rows) + len(self.partial)

    def total(self, column: str) -> Decimal:
        """Sum of an amount column over all rows, also those with a fault elsewhere."""
        amounts = [getattr(row, column) for _, row in self.rows] + [values.get(column) for values in self.partial]
        return sum((amount for amount in amounts if isinstance(amount, Decimal)), ZERO)

    def fault(
        self, row: int | None, column: str | None, value: object, expected: str, remedy: str, account_no: str | None
    ) -> Fault:
        """A fault at a row of this sheet; `column` is the plain name."""
        label = next((c.label for c in self.form.columns if c.name == column), column)
        value = None if value is None else shown(value) if column else str(value)
        return Fault(self.form.name, row, label, value, expected, remedy, account_no)


def named(table: Table, forms: Iterable[Form[Row]]) -> Form[Row] | None:
    """The form whose Chinese or English name the sheet or file has."""
    title = table.title.strip().lower()
    return next((form for form in forms if title in (form.name, *form.zh)), None)


def sort_out(
    tables: Sequence[Table], forms: Sequence[Form[object]], complete: bool = True
) -> tuple[dict[str, Table], list[Fault]]:
    """The tables by form name; unknown and doubled sheets, and missing ones if `complete`, are blocking faults."""
    found: dict[str, Table] = {}
    faults: list[Fault] = []
    for table in tables:
        form = named(table, forms)
        if form is None and table.title.strip().lower() not in IGNORED_SHEETS:
            names = ", ".join(f"{form.name} ({form.zh[0]})" for form in forms)
            faults.append(_blocking(table.title, None, "an unknown sheet", f"one of {names}", "rename or remove it"))
        elif form is not None and form.name in found:
            faults.append(
                _blocking(table.title, None, "the same sheet twice", "each sheet once", "put the rows together")
            )
        elif form is not None:
            found[form.name] = table
    for form in forms:
        if complete and form.required and form.name not in found:
            faults.append(_blocking(form.name, None, "nothing", f"a sheet {form.name} ({form.zh[0]})", "add it"))
    return found, faults


def _blocking(sheet: str, column: str | None, found: str, expected: str, remedy: str) -> Fault:
    return Fault(sheet, 1 if column else None, column, found, expected, remedy, blocking=True)


def read_sheet(table: Table | None, form: Form[Row], relative_to: date | None = None) -> Sheet[Row]:
    """All rows of a sheet; a row with a fault is not among `rows`. No table: no rows."""
    sheet = Sheet(form)
    if table is None:
        return sheet
    header = table.rows[0] if table.rows else []
    places = _places(table, header, sheet)
    if not sheet.readable:
        return sheet
    readers = [(column, places.get(column.name), reader_of(column, relative_to)) for column in form.columns]
    for number, cells_ in enumerate(table.rows[1:], start=2):
        if any(cell not in NOTHING for cell in cells_):
            _read_row(sheet, number, cells_, readers)
    return sheet


def _places(table: Table, header: Sequence[Cell], sheet: Sheet[Row]) -> dict[str, int]:
    """Column name to position; unknown, doubled and missing columns become blocking faults."""
    form = sheet.form
    names = {name.lower(): column.name for column in form.columns for name in (column.name, *column.zh)}
    places: dict[str, int] = {}
    for position, cell in enumerate(header):
        title = str(cell).strip()
        name = names.get(title.lower())
        if name is None and title and not title.startswith("#") and title.lower() not in IGNORED_COLUMNS:
            sheet.faults.append(_unknown(table, form, title))
        elif name in places:
            sheet.readable = False
            sheet.faults.append(_blocking(form.name, title, "the same column twice", "each column once", "remove one"))
        elif name is not None:
            places[name] = position
    for column in form.columns:
        if column.required and column.name not in places:
            sheet.readable = False
            found = "no such column" + (f" (the file was read as {table.encoding})" if table.encoding else "")
            sheet.faults.append(
                _blocking(form.name, column.label, found, "this column", "add it with this header in row 1")
            )
    return places


def _unknown(table: Table, form: Form[Row], title: str) -> Fault:
    known = ", ".join(column.label for column in form.columns)
    found = "an unknown column" + (f" (the file was read as {table.encoding})" if table.encoding else "")
    remedy = "correct the header, remove the column, or begin its header with # to have it ignored"
    return _blocking(form.name, shown(title), found, f"one of {known}", remedy)


def reader_of(column: Column, relative_to: date | None) -> cells.Reader:
    """The function that reads a cell of this column."""
    match column.kind:
        case Kind.TEXT:
            return cells.text
        case Kind.AMOUNT:
            return cells.amount
        case Kind.RATE:
            return cells.rate
        case Kind.COUNT:
            return cells.count
        case Kind.DAY:
            return cells.day(relative_to)
        case Kind.YES_NO:
            return cells.yes_no
        case Kind.ZONE:
            return cells.time_zone
        case Kind.CHOICE:
            return cells.choice(dict(column.choices))


ReaderPlace = tuple[Column, int | None, cells.Reader]


def _read_row(sheet: Sheet[Row], number: int, row: Sequence[Cell], readers: Sequence[ReaderPlace]) -> None:
    values: dict[str, object] = {}
    bad: list[tuple[Column, Cell, Unreadable]] = []
    for column, place, read in readers:
        cell = row[place] if place is not None and place < len(row) else ""
        if cell == "" or cell is None or (isinstance(cell, str) and not cell.strip()):
            if column.required:
                bad.append((column, "", Unreadable("a value", "fill the cell")))
            values[column.name] = column.default
            continue
        try:
            values[column.name] = read(cell)
        except Unreadable as error:
            bad.append((column, cell, error))
    if not bad:
        sheet.rows.append((number, sheet.form.row(**values)))
        return
    account_no = values.get("account_no")
    for column, cell, error in bad:
        sheet.faults.append(_cell_fault(sheet.form, number, column, cell, error, account_no))
        sheet.unsummable.add(column.name)
    sheet.partial.append(values)
    sheet.partial_accounts.add(account_no)


def _cell_fault(
    form: Form[Row], number: int, column: Column, cell: Cell, error: Unreadable, account_no: object
) -> Fault:
    value = EMPTY if cell == "" else "the value" if column.personal else shown(cell)
    account = account_no if isinstance(account_no, str) and account_no else None
    return Fault(form.name, number, column.label, value, error.expected, error.remedy, account)
