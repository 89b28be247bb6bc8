"""`arrears classify`: the whole book in five categories, and how much of it is non-performing."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from activities.classification import classification_of
from commands.output import complain, say, table
from commands.system import clock_of, opened, running_settings, today_of
from domain.classification import BookTotals, ClassificationPack, totals
from domain.errors import Invalid, Problem
from store.ratings import classify_book, record_ratings
from worker import known_policies

AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="end of that day; default: today")]
Record = Annotated[bool, typer.Option("--record", help="add what changed to the history of ratings")]


def classify(as_of: AsOf = None, record: Record = False) -> None:
    """Accounts and balance per category, and the NPL ratio, from the running database."""
    settings = running_settings()
    day = _day(as_of) if as_of else today_of(settings)
    pack = classification_of(settings.classification_path, settings.classification, day)
    with opened(settings) as database:
        policies = known_policies(settings, database)
        with database.reading() as session:
            rated = classify_book(session, day, policies, pack)
        if record:
            with database.session() as session:
                count = record_ratings(session, rated, day, pack, clock_of(settings).now())
            complain(f"{count} ratings recorded")
    say(f"{pack.title['zh']} {pack.title['en']}, {day}")
    for book in totals(pack, rated):
        _show(pack, book)


def _show(pack: ClassificationPack, book: BookTotals) -> None:
    names = {category.id: f"{category.zh} {category.en}" for category in pack.categories}
    rows = [(names[line.category], str(line.accounts), f"{line.balance:,.2f}") for line in book.lines]
    accounts = sum(line.accounts for line in book.lines)
    table(("category", "accounts", book.currency), [*rows, ("合计 total", str(accounts), f"{book.balance:,.2f}")])
    ratio = "-" if book.npl_ratio is None else f"{book.npl_ratio * 100:.2f} %"
    say(f"不良率 NPL ratio {ratio} ({book.non_performing:,.2f} {book.currency})")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid([Problem("--as-of", f"{text} is no day", "a day like 2026-03-31")]) from None
