"""`arrears costs`: what collection cost in a period, by channel and by what was paid."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from activities.costs import CostBooking
from commands.output import complain, say, table
from commands.system import clock_of, opened, running_settings
from domain.errors import Invalid, Problem
from store.costs import cost_of_collection
from worker import known_policies

First = Annotated[str, typer.Option("--from", metavar="DATE", help="first day of the period")]
Last = Annotated[str, typer.Option("--to", metavar="DATE", help="last day of the period")]


def costs(first: First, last: Last) -> None:
    """Books what was not booked yet at the tariff of the company, then shows the costs of the period."""
    start, end = _day("--from", first), _day("--to", last)
    settings = running_settings()
    with opened(settings) as database:
        policies = known_policies(settings, database)
        booked = CostBooking(database, policies, clock_of(settings)).book()
        with database.reading() as session:
            found = cost_of_collection(session, start, end, policies.company.costs_currency)
    complain(f"{booked} actions booked")
    rows = [(line.kind, line.item, str(line.count), f"{line.amount:,.2f}") for line in found.lines]
    table(("kind", "item", "count", found.currency), rows)
    say(f"清收费用 cost of collection {found.total:,.2f} {found.currency}, {found.first} to {found.last}")


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid([Problem(option, f"{text} is no day", "a day like 2026-03-31")]) from None
