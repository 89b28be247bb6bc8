"""What commands write: tables on a terminal, lines separated by " | " elsewhere, faults on the error output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from domain.errors import Invalid

BAD_INPUT = 2  # exit code for input that cannot be used


def say(line: str) -> None:
    """One line for the person at the terminal, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def complain(line: str) -> None:
    """One line on the error output."""
    sys.stderr.write(line + "\n")


def faults(invalid: Invalid) -> int:
    """Every fault with its place and remedy; returns the exit code."""
    for problem in invalid.problems:
        complain(f"{problem.place}: {problem.message}")
        complain(f"    remedy: {problem.remedy}")
    count = len(invalid.problems)
    complain(f"{count} fault{'s' if count > 1 else ''}; nothing was done")
    return BAD_INPUT


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """The rows under their headings; plain text when the output is no terminal."""
    if not sys.stdout.isatty():
        lines = [headings, *rows] if not title else [[title], headings, *rows]
        sys.stdout.writelines(" | ".join(cells) + "\n" for cells in lines)
        return
    shown = Table(title=title or None, title_justify="left", header_style="bold")
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    for cells in rows:
        shown.add_row(*(Text(cell) for cell in cells))
    Console().print(shown)
