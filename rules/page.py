"""The coverage table: its rows for the terminal, and the page docs/rules-coverage.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from rules.book import Book, Regulation
from rules.coverage import Covered

PAGE = "docs/rules-coverage.md"
SUMMARY = ("regulation", "prefix", "rules", "implemented", "of these verified", "organisational", "missing", "policy")
ROW = ("rule", "what it says", "kind", "implemented by", "verified by")
INTRODUCTION = """\
# The rules of each regulation, what implements them and what proves it

Written by `arrears rules --write`; `make check` refuses a page that is not what the command prints. Rules in our words
and their tests stand in `rules/`, what implements a rule stands in the policy.

- implemented: a step, a hold, a capability or work on the portfolio names the rule. A setting alone implements nothing.
- verified: implemented, and tests are listed; `make rules-mutate` breaks the rule and expects one of them to fail.
- organisational: left to the company, with the reason; only for rules that are nothing else.
- missing: neither.
"""


def summary(regulations: Iterable[Regulation]) -> list[tuple[str, ...]]:
    """One row per regulation and their sum."""
    rows = [_counts(regulation) for regulation in regulations]
    total = [str(sum(int(row[column]) for row in rows)) for column in range(2, 7)]
    return [*rows, ("all", "", *total, "")]


def cells(covered: Covered, regulation: Regulation) -> tuple[str, ...]:
    """One rule as it stands in the table."""
    rule = covered.rule
    tests = ", ".join(map(_short, rule.tests))
    return (rule.id, f"{rule.zh} {rule.en}", ", ".join(rule.kinds), _implemented_by(covered, regulation), tests)


def markdown(book: Book) -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_table(SUMMARY, summary(book.regulations)), *_regulations(book)]) + "\n"


def _regulations(book: Book) -> Iterator[str]:
    for regulation in book.regulations:
        rows = [cells(covered, regulation) for covered in regulation.rules]
        yield from ("", f"## {regulation.register.prefix}: {regulation.name}", "", *_table(ROW, rows))


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _line(headings)
    yield _line(["---"] * len(headings))
    yield from map(_line, rows)


def _line(texts: Iterable[str]) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"


def _counts(regulation: Regulation) -> tuple[str, ...]:
    found = Counter(covered.status for covered in regulation.rules)
    counted = (len(regulation.rules), found["implemented"] + found["verified"], found["verified"],
               found["organisational"], found["missing"])  # fmt: skip
    return (regulation.name, regulation.register.prefix, *map(str, counted), regulation.policy)


def _implemented_by(covered: Covered, regulation: Regulation) -> str:
    if covered.organisational:
        return f"organisational: {covered.reason}"
    parts = ", ".join(covered.implemented_by)
    if covered.status != "missing":
        return parts
    if regulation.policy == "not loadable":
        return "policy not loadable"
    return f"missing (only {parts})" if parts else "missing"


def _short(node: str) -> str:
    """The test without the folder that all of them share."""
    return node.removeprefix("tests/")
