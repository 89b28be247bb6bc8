"""A fault in an imported file: where it stands, what stands there, what is expected and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from domain.errors import Invalid, Problem

SHOWN = 40
EMPTY = "an empty cell"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `row` is the row number as a spreadsheet shows it (the header is row 1), None for the whole sheet.

    account_no: the account that is left out because of it. blocking: the file as a whole cannot be taken.
    """

    sheet: str
    row: int | None
    column: str | None
    value: str | None
    expected: str
    remedy: str
    account_no: str | None = None
    blocking: bool = False

    @property
    def place(self) -> str:
        """For people: `schedule, row 12, column due_date (应付日)`."""
        parts = [self.sheet]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    def as_problem(self) -> Problem:
        """The fault in the form all parts of the product report."""
        found = "" if self.value is None else f"{self.value} found, "
        return Problem(self.place, f"{found}{self.expected} expected", self.remedy)


def refuse_if_blocking(faults: tuple[Fault, ...]) -> None:
    """Raise Invalid with all faults when one of them spoils the whole file."""
    if any(fault.blocking for fault in faults):
        raise Invalid([fault.as_problem() for fault in faults])


def shown(value: object) -> str:
    """A cell as a fault shows it: quoted when it is text, shortened when it is long."""
    text = repr(value) if isinstance(value, str) and value != EMPTY else str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
