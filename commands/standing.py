"""`arrears standing`: what an account written in a file owes on a day, since when, and in which bucket."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from commands.case_check import check_account, refuse
from commands.case_file import CaseFile, Overrides, parse_case_file
from commands.company_values import check_values, with_values
from commands.files import read_file
from commands.ladders import read_ladder
from commands.output import say, table
from domain.aging import aged_by_bucket
from domain.errors import Invalid, Problem
from domain.ladder import Ladder
from domain.ledger import AccountFacts
from domain.policy import Bucket
from domain.standing import Standing, standing as standing_of
from settings import load_settings

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="YAML or JSON: account, postings, settings (docs/formats.md)")
]
AsOf = Annotated[list[str], typer.Option("--as-of", metavar="DATE", help="end of that day; may be given several times")]
AsJson = Annotated[bool, typer.Option("--json", help="one object per line")]
PolicyName = Annotated[
    str, typer.Option("--policy", help="whose terms apply where the file says nothing: name or path")
]
CompanyFile = Annotated[Path | None, typer.Option("--company", help="company settings; default: ARREARS_COMPANY_FILE")]


def standing(
    file: File,
    as_of: AsOf,
    as_json: AsJson = False,
    policy: PolicyName = "leasing",
    company: CompanyFile = None,
) -> None:
    """Where an account stands: days past due, amounts by bucket, next due date. No server needed."""
    wanted = [_day(text) for text in as_of]
    ladder = read_ladder(policy, company, load_settings())
    source = read_file(file)
    case = parse_case_file(source)
    refuse([*check_account(case, source), *check_values(case, ladder, source)])
    account, settled = case.scenario().ledger(), with_values(case, ladder)
    for day in wanted:
        found = standing_of(account, day, case.settings.terms(settled.terms))
        if as_json:
            say(json.dumps(answer(case, settled, account, found), ensure_ascii=False, default=_text))
        else:
            _show(answer(case, settled, account, found))


def answer(case: CaseFile, ladder: Ladder, account: AccountFacts, found: Standing) -> dict[str, object]:
    """The standing with its buckets, as it is printed; amounts as text in the account's currency."""
    buckets = case.settings.buckets or ladder.policy.buckets.list
    rows = found.open_instalments
    ages = {bucket.id: (bucket.from_, bucket.to) for bucket in buckets}
    return {
        "account_no": account.account_no,
        "currency": account.currency,
        "as_of": found.as_of,
        "past_due_days": found.past_due_days,
        "dpd": found.dpd,
        "bucket": _bucket(buckets, found.dpd),
        "oldest_due": found.oldest_due if found.past_due_days else None,  # on its due date a rent is not overdue yet
        "delinquent_date": found.delinquent_date if found.past_due_days else None,
        "overdue_amount": found.overdue_rent,
        "amount_by_bucket": aged_by_bucket(rows, found.as_of, ages),
        "next_due": _next_due(case.settings, found),
        "costs": found.costs,
        "earlier_penalty": found.earlier_penalty,
        "current_penalty": found.current_penalty,
        "carried_penalty": found.carried_penalty,
        "total_overdue": found.total_overdue,
        "vendor_advance": found.vendor_advance,
        "allocated": found.allocated,
        "unallocated": found.unallocated,
        "cured": found.cured,
        "bought_back": found.bought_back,
        "open_instalments": [row.model_dump() for row in rows],
    }


def _bucket(buckets: tuple[Bucket, ...], dpd: int) -> str | None:
    return next((b.id for b in buckets if dpd >= b.from_ and (b.to is None or dpd <= b.to)), None)


def _next_due(settings: Overrides, found: Standing) -> date | None:
    """The next instalment to come; with `earliest_unpaid` the oldest unpaid one goes before it."""
    if settings.next_due == "earliest_unpaid" and found.oldest_due is not None:
        return found.oldest_due
    return found.next_due


def _show(values: dict[str, object]) -> None:
    rows = [(name, _cell(value)) for name, value in values.items() if name != "open_instalments"]
    table(("what", "value"), rows)


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {amount}" for name, amount in value.items()) or "-"
    return "-" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _text(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid([Problem("--as-of", f"{text} is no day", "a day like 2026-03-31")]) from None
