"""`arrears vendor PARTY`: what a vendor advanced, what was claimed from them, and what they owe."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api.vendor_statement import statement_xlsx
from commands.output import say, table
from commands.system import clock_of, opened, running_settings
from domain.base import local_date
from domain.errors import Invalid, Problem
from store.buybacks import vendor_statement

HOME = "Asia/Shanghai"
Party = Annotated[str, typer.Argument(metavar="PARTY", help="party id of the vendor")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="end of that day; default: today")]
Out = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="write it as a workbook too")]


def vendor(party: Party, as_of: AsOf = None, xlsx: Out = None) -> None:
    """Advances (垫付), buyback claims (回购), paid and open, account by account."""
    settings = running_settings()
    with opened(settings) as database:
        day = _day(as_of) if as_of else local_date(clock_of(settings).now(), HOME)
        with database.reading() as session:
            found = vendor_statement(session, party, day)
    rows = [
        (one.account_no, one.contract_no, one.currency, f"{one.advanced:,.2f}", str(one.claimed_on or ""),
         "" if one.claimed is None else f"{one.claimed:,.2f}", f"{one.paid:,.2f}", f"{one.open:,.2f}")
        for one in found.accounts
    ]  # fmt: skip
    table(("account", "contract", "currency", "垫付 advanced", "claimed on", "回购价款 claimed", "paid", "open"), rows)
    for sums in found.totals:
        amounts = f"advanced {sums.advanced:,.2f}, claimed {sums.claimed:,.2f}, paid {sums.paid:,.2f}"
        say(f"合计 {sums.currency}: {amounts}, open {sums.open:,.2f} on {found.as_of}")
    if xlsx is not None:
        xlsx.write_bytes(statement_xlsx(found))
        say(f"written to {xlsx}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid([Problem("--as-of", f"{text} is no day", "a day like 2026-03-31")]) from None
