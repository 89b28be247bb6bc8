"""`arrears kpi`: the key figures of a period beside those of the period before and their targets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, cast, get_args

import typer

from activities.classification import classified_on
from activities.key_figures import Asked, KeyFigures
from commands.output import say, table
from commands.system import opened, running_settings
from domain.errors import Invalid, Problem
from domain.kpi import BY_ID
from domain.kpi_report import By, Detail, KpiLine, KpiReport, KpiValue, shown
from worker import known_policies

First = Annotated[str, typer.Option("--from", metavar="DATE", help="first day of the period")]
Last = Annotated[str, typer.Option("--to", metavar="DATE", help="last day of the period")]
Split = Annotated[str | None, typer.Option("--by", help=f"one of: {', '.join(get_args(By))}")]
PolicyName = Annotated[str | None, typer.Option("--policy", help="accounts of this policy only")]
Figure = Annotated[str | None, typer.Option("--detail", help='list the accounts behind this figure, or "roll"')]
Group = Annotated[str | None, typer.Option("--group", help="of this bucket, product, branch or owner only")]
AT_ONCE = 500  # accounts listed from one reading


def kpi(
    first: First,
    last: Last,
    by: Split = None,
    policy: PolicyName = None,
    detail: Figure = None,
    group: Group = None,
) -> None:
    """Success, cost, recovery, reduction, delinquency and NPL rates from ledger and record, nothing typed in.

    Costs of actions are booked every morning and by `arrears costs`.
    """
    asked = Asked(first=_day("--from", first), last=_day("--to", last), by=_split(by), policy=policy)
    settings = running_settings()
    with opened(settings) as database:
        wanted = KeyFigures(
            known_policies(settings, database),
            classified_on(settings.classification_path, settings.classification, asked.last),
        )
        with database.reading() as session:
            if detail is None:
                _show(wanted.report(session, asked))
                return
            rows, after = list[Detail](), ""
            while found := wanted.detail(session, asked, detail, group, after, AT_ONCE):
                rows += found
                after = found[-1].account_no
    headings = ("account", "case", "currency", "top", "under")
    table(headings, [(one.account_no, one.case_no or "", one.currency, str(one.top), _cell(one.under)) for one in rows])


def _show(report: KpiReport) -> None:
    say(f"{report.first} to {report.last}, before: {report.before_first} to {report.before_last}")
    for line in report.lines:
        names = [line.policy or "全部 all", line.group if report.by else "", line.currency, f"{line.accounts} accounts"]
        table(("figure", "value", "before", "target", ""), [_row(value) for value in line.values],
              title=", ".join(name for name in names if name))  # fmt: skip
        _order(line)
    rows = [
        (roll.policy, roll.start, roll.end, str(roll.accounts), f"{roll.amount:,.2f} {roll.currency}",
         shown(roll.share, "share"), shown(roll.share_amount, "share"))
        for roll in report.rolls
    ]  # fmt: skip
    headings = ("policy", "from", "to", "accounts", "amount", "of accounts", "of amount")
    table(headings, rows, title="迁徙率 roll rates")


def _order(line: KpiLine) -> None:
    if line.improve_by:
        say(f"未达清收率目标，限期整改 below the recovery target: to improve by {line.improve_by}")


def _row(value: KpiValue) -> tuple[str, ...]:
    figure = BY_ID[value.figure]
    met = {True: "达标 met", False: "未达标 missed", None: ""}[value.met]
    amounts = (shown(one, figure.unit) for one in (value.value, value.before, value.target))
    return (f"{figure.zh} {figure.en}", *amounts, met)


def _cell(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def _split(text: str | None) -> By | None:
    if text is not None and text not in get_args(By):
        raise Invalid([Problem("--by", f"nothing is split by {text}", f"one of: {', '.join(get_args(By))}")])
    return cast("By | None", text)


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid([Problem(option, f"{text} is no day", "a day like 2026-03-31")]) from None
