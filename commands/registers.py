"""`arrears register`: blacklist, key customers, money in suspense, write-offs, and what of the archive may go."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from activities.retention import retention_of
from commands.output import table
from commands.system import opened, running_settings, today_of
from store import blacklist, customer_marks, retention, suspense_read
from store.write_offs import write_offs

On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="the day; today when absent")]
Everybody = Annotated[bool, typer.Option("--all", help="also those who were taken off it")]
PAGE = 200


def listed(everybody: Everybody = False) -> None:
    """Who is on the blacklist, since when, until when and why."""
    settings = running_settings()
    rows: list[tuple[str, ...]] = []
    after = ""
    with opened(settings) as database, database.reading() as session:
        while page := blacklist.blacklist(session, today_of(settings), after, PAGE):
            for one in page:
                for entry in one.entries:
                    source = ", ".join((*entry.rules, entry.reference))
                    rows.append((one.party_id, str(entry.since.date()), source, entry.reason))
                if everybody and not one.entries:
                    rows.append((one.party_id, "-", "-", one.marks[-1].reason if one.marks else ""))
            after = page[-1].party_id
    table(("customer", "since", "source", "reason"), rows)


def key_customers() -> None:
    """The key customers with the reason of each."""
    rows: list[tuple[str, ...]] = []
    after = ""
    with opened(running_settings()) as database, database.reading() as session:
        while page := customer_marks.key_customers(session, after, PAGE):
            rows += [(one.party_id, str(one.at.date()), one.case_no or "-", one.reason) for one in page]
            after = page[-1].party_id
    table(("customer", "since", "case", "reason"), rows)


def suspense() -> None:
    """Money that fits no account, the oldest first; payers are named in the API only."""
    with opened(running_settings()) as database, database.reading() as session:
        waiting = suspense_read.open_suspense(session, PAGE)
        fates = suspense_read.fates(session)
    table(
        ("receipt", "day", "waiting", "of", "currency", "reason"),
        [
            (one.item.id, str(one.item.value_date), f"{one.waiting:,.2f}", f"{one.item.amount:,.2f}",
             one.item.currency, one.item.reason)
            for one in waiting
        ],
    )  # fmt: skip
    table(
        ("currency", "received", "assigned", "returned", "waiting"),
        [
            (one.currency, *(f"{sum_:,.2f}" for sum_ in (one.received, one.assigned, one.returned, one.waiting)))
            for one in fates
        ],
    )


def written_off() -> None:
    """Write-offs and what was decided of them, the newest first."""
    with opened(running_settings()) as database, database.reading() as session:
        found = write_offs(session, limit=PAGE)
    table(
        ("write-off", "account", "amount", "currency", "status"),
        [
            (one.proposal.id, one.proposal.account_no, f"{one.proposal.amount:,.2f}", one.currency, one.status)
            for one in found
        ],
    )


def destroyable(on: On = None) -> None:
    """Documents that need not be kept any more; nothing is destroyed by this."""
    settings = running_settings()
    today = today_of(settings)
    pack = retention_of(settings.retention_path, today)
    with opened(settings) as database, database.reading() as session:
        found = retention.destroyable(session, on.date() if on else today, pack, PAGE)
    table(
        ("document", "kind", "case", "closed", "kept until", "by"),
        [(one.number, one.kind, one.case_no, str(one.closed_on), str(one.kept_until), one.rule) for one in found],
    )
