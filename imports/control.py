"""Reads the control sheet and compares its totals with what the file really holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.money import ZERO
from imports import cells
from imports.cells import Unreadable
from imports.faults import Fault, shown
from imports.forms import Form
from imports.source import Cell, Table

SCOPES = (("full", "full"), ("全量", "full"), ("changes", "changes"), ("增量", "changes"))
ITEMS: dict[str, tuple[str, ...]] = {
    "accounts": ("账户数",),
    "lease_amount": ("租赁本金合计",),
    "postings": ("入账金额合计",),
    "posted_through": ("入账截止日",),
    "relative_dates": ("相对日期",),
    "scope": ("范围",),
}
REQUIRED = ("accounts", "lease_amount", "postings", "posted_through")


@dataclass(frozen=True, slots=True)
class ControlLine:
    item: str
    value: str


CONTROL: Form[object] = Form("control", ("控制",), ControlLine, (), required=True)


@dataclass(frozen=True, slots=True)
class Control:
    """What the sender says the file holds. None: not given or not readable.

    posted_through: last day whose postings are complete. relative_to: the day that D means, if the file may say D-38.
    scope: "full" (all accounts) or "changes" (only what changed).
    """

    accounts: int | None = None
    lease_amount: Decimal | None = None
    postings: Decimal | None = None
    posted_through: date | None = None
    relative_to: date | None = None
    scope: str = "full"


@dataclass(frozen=True, slots=True)
class Totals:
    """What the file holds: number of accounts, sums of the lease amounts and of the amounts of all postings."""

    accounts: int = 0
    lease_amount: Decimal = ZERO
    postings: Decimal = ZERO


def read_control(table: Table | None, today: date) -> tuple[Control, list[Fault]]:
    """The control sheet: rows of item and value, without or with a header row."""
    if table is None:
        return Control(), []  # the missing sheet is reported with the others
    names = {name.lower(): item for item, zh in ITEMS.items() for name in (item, *zh)}
    found: dict[str, tuple[int, Cell]] = {}
    faults: list[Fault] = []
    for number, row in enumerate(table.rows, start=1):
        title = str(row[0]).strip() if row else ""
        item = names.get(title.lower())
        if item is None and title and number > 1:
            faults.append(
                _fault(number, title, "an unknown item", "one of " + ", ".join(ITEMS), "correct or remove it")
            )
        elif item is not None and len(row) > 1 and row[1] != "":
            found[item] = (number, row[1])
    for item in REQUIRED:
        if item not in found:
            faults.append(_fault(None, f"{item} ({ITEMS[item][0]})", "nothing", "this row", "add it with its value"))
    return _control(found, faults, today), faults


def _fault(row: int | None, column: str, found: str, expected: str, remedy: str) -> Fault:
    return Fault("control", row, column, found, expected, remedy, blocking=True)


def _control(found: dict[str, tuple[int, Cell]], faults: list[Fault], today: date) -> Control:
    def value(item: str, read: cells.Reader) -> object:
        number, cell = found.get(item, (None, ""))
        try:
            return None if number is None else read(cell)
        except Unreadable as error:
            faults.append(_fault(number, f"{item} ({ITEMS[item][0]})", shown(cell), error.expected, error.remedy))
            return None

    relative_to = today if value("relative_dates", cells.yes_no) else None
    accounts = value("accounts", cells.count)
    lease_amount, postings = value("lease_amount", cells.amount), value("postings", cells.amount)
    through = value("posted_through", cells.day(relative_to))
    scope = value("scope", cells.choice(dict(SCOPES))) or "full"
    if isinstance(through, date) and through > today:
        number, _ = found["posted_through"]
        expected = f"a day up to {today}"
        faults.append(
            _fault(number, "posted_through (入账截止日)", str(through), expected, "give the last complete day")
        )
    return Control(
        accounts=accounts if isinstance(accounts, int) else None,
        lease_amount=lease_amount if isinstance(lease_amount, Decimal) else None,
        postings=postings if isinstance(postings, Decimal) else None,
        posted_through=through if isinstance(through, date) else None,
        relative_to=relative_to,
        scope=str(scope),
    )


def compare(control: Control, totals: Totals, unsummable: frozenset[str]) -> Iterator[Fault]:
    """A blocking fault for each total that differs; `unsummable` names totals with an unreadable part."""
    for item in ("accounts", "lease_amount", "postings"):
        said, held = getattr(control, item), getattr(totals, item)
        if said is not None and said != held and item not in unsummable:
            yield _fault(
                None,
                f"{item} ({ITEMS[item][0]})",
                f"{said} here, {held} in the rows",
                "the same total",
                "the file is incomplete or the total is of another day: export both again together",
            )
