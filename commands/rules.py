"""`arrears rules`: each rule of each regulation, what implements it, and the tests that prove it."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.output import complain, say, table
from domain.errors import Invalid, Problem
from rules.book import Book, Regulation, read_book
from rules.page import PAGE, ROW, SUMMARY, cells, markdown, summary
from settings import ROOT, load_settings

Named = Annotated[str | None, typer.Option("--policy", metavar="ID", help="one regulation; default: all")]
Missing = Annotated[bool, typer.Option("--missing", help="only the rules that lack an implementation or a test")]
Strict = Annotated[bool, typer.Option("--strict", help="what is missing is a fault too")]
Write = Annotated[bool, typer.Option("--write", help=f"write {PAGE}")]


def rules(policy: Named = None, missing: Missing = False, strict: Strict = False, write: Write = False) -> None:
    """Each rule with what implements and what proves it; exit code 1 when something is wrong."""
    book = read_book(load_settings().policies_path, ROOT)
    shown = _chosen(book, policy)
    faults = [*book.faults, *(book.gaps([regulation.name for regulation in shown]) if strict else [])]
    if write:
        _write(book, policy is not None or missing)
    else:
        _show(shown, missing)
    for fault in faults:
        complain(fault)
    complain(f"{sum(len(regulation.rules) for regulation in shown)} rules, {len(faults)} faults")
    if faults:
        raise typer.Exit(1)


def _chosen(book: Book, policy: str | None) -> list[Regulation]:
    found = [regulation for regulation in book.regulations if policy in (None, regulation.name)]
    if not found:
        known = ", ".join(regulation.name for regulation in book.regulations)
        raise Invalid([Problem("--policy", f"there is no regulation {policy}", f"one of: {known}")])
    return found


def _show(shown: list[Regulation], missing: bool) -> None:
    rows = [cells(covered, regulation) for regulation in shown for covered in regulation.rules
            if covered.gaps or not missing]  # fmt: skip
    table(ROW, rows)
    say("")
    table(SUMMARY, summary(shown))


def _write(book: Book, part: bool) -> None:
    if part:
        raise Invalid([Problem("--write", "the page holds every rule", "leave --policy and --missing out")])
    if any(regulation.policy == "not loadable" for regulation in book.regulations):
        complain(f"{PAGE} stays as it is until every policy loads")
        return
    (ROOT / PAGE).write_text(markdown(book), encoding="utf-8")
    say(f"{PAGE} written")
