"""Refuses unknown rules, false marks, gaps of complete regulations and a coverage page that is not up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from checks.tracked import ROOT
from rules.book import Book, read_book
from rules.page import PAGE, markdown
from rules.register import STRICT


def findings(book: Book, page: Path, strict: Sequence[str] = STRICT) -> Iterator[str]:
    """One line per fault of any regulation, per gap of a strict one, and one for a stale page."""
    yield from book.faults
    yield from book.gaps(strict)
    if not page.is_file() or page.read_text(encoding="utf-8") != markdown(book):
        yield f"{PAGE} is not what `arrears rules` prints: run `arrears rules --write`"


def main(root: Path = ROOT) -> int:
    """Print what is wrong; 1 when anything is."""
    book = read_book(root / "policies", root)
    found = list(findings(book, root / PAGE))
    for line in found:
        print(line)
    print(f"{sum(len(regulation.rules) for regulation in book.regulations)} rules, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
