"""Key figures of a period, and the accounts behind each of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from activities.classification import classified_on
from activities.key_figures import ROLL, Asked, KeyFigures
from api.auth import Person, may
from api.deps import Needs
from api.problems import problems
from api.schemas import Cursor, Limit
from domain.kpi import FIGURES, Unit
from domain.kpi_report import By, Detail, KpiLine, KpiReport, KpiValue, Roll
from store.paging import decode, encode

router = APIRouter(tags=["指标 key figures"])
ORDER = "kpi"
From = Annotated[date, Query(alias="from", description="First day of the period.", examples=["2026-04-01"])]
To = Annotated[date, Query(description="Last day of the period.", examples=["2026-04-30"])]
Split = Annotated[By | None, Query(description="Split by this; as a whole when absent.")]
Name = Annotated[str | None, Query(max_length=64)]
Group = Annotated[str | None, Query(max_length=200, description="The `group` of a line; of all lines when absent.")]
Figure = Annotated[str | None, Query(max_length=64, description='List the accounts behind this figure, or "roll".')]


class FigureView(BaseModel):
    """What a figure is. unit share: a fraction, 0.8 is 80 %; change: a difference of shares; days: calendar days."""

    id: str = Field(examples=["success_rate"])
    zh: str = Field(examples=["催收成功率"])
    en: str
    unit: Unit
    formula: str
    rules: tuple[str, ...] = Field(examples=[["B3.1.1.1a", "B3.1.1.1b"]])


class ValueView(KpiValue):
    """A figure of a line; accounts: where the accounts behind it are listed."""

    accounts: str = Field(examples=["/reports/kpi?from=2026-04-01&to=2026-04-30&detail=collected"])


class LineView(BaseModel):
    """The figures of one group. improve_by: until when those improve who are below the recovery target."""

    policy: str
    group: str
    currency: str
    count: int = Field(description="Accounts counted.")
    values: tuple[ValueView, ...]
    improve_by: date | None


class RollView(Roll):
    """Accounts that went from one bucket to another; listed: where those accounts are listed."""

    listed: str


class AccountsView(BaseModel):
    """The accounts behind a figure in order of their numbers: rows of top / under. next: cursor of the page after."""

    figure: str
    group: str | None
    rows: tuple[Detail, ...]
    next: str | None


class KeyFiguresView(BaseModel):
    """Key figures of a period; with `detail` the accounts behind one of them instead of the lines."""

    first: date
    last: date
    before_first: date | None = None
    before_last: date | None = None
    by: By | None
    figures: tuple[FigureView, ...] = ()
    lines: tuple[LineView, ...] = ()
    rolls: tuple[RollView, ...] = ()
    accounts: AccountsView | None = None


@router.get(
    "/reports/kpi",
    responses=problems("period_backwards", "period_unfit", "unknown_policy", "unknown_figure", "bad_cursor"),
)
def get_key_figures(
    person: Annotated[Person, may("see_figures")],
    deps: Needs,
    first: From,
    to: To,
    by: Split = None,
    policy: Name = None,
    detail: Figure = None,
    group: Group = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> KeyFiguresView:
    """Success, cost, recovery, reduction, delinquency and NPL rates beside their targets and the period before."""
    asked = Asked(first=first, last=to, by=by, policy=policy)
    wanted = KeyFigures(
        deps.policies, classified_on(deps.settings.classification_path, deps.settings.classification, to)
    )
    if detail is None:
        with deps.database.reading() as session:
            return _view(wanted.report(session, asked))
    after = decode(ORDER, cursor, (str,))[0] if cursor else ""
    with deps.database.reading() as session:
        found = wanted.detail(session, asked, detail, group, str(after), limit + 1)
    rows = found[:limit]
    behind = encode(ORDER, (rows[-1].account_no,)) if len(found) > limit else None
    accounts = AccountsView(figure=detail, group=group, rows=rows, next=behind)
    return KeyFiguresView(first=first, last=to, by=by, accounts=accounts)


def _view(report: KpiReport) -> KeyFiguresView:
    return KeyFiguresView(
        first=report.first,
        last=report.last,
        before_first=report.before_first,
        before_last=report.before_last,
        by=report.by,
        figures=tuple(FigureView.model_validate(one, from_attributes=True) for one in FIGURES),
        lines=tuple(_line(report, line) for line in report.lines),
        rolls=tuple(
            RollView(**dict(roll), listed=_listed(report, ROLL, roll.policy, f"{roll.start}>{roll.end}"))
            for roll in report.rolls
        ),
    )


def _line(report: KpiReport, line: KpiLine) -> LineView:
    values = (
        ValueView(**dict(value), accounts=_listed(report, value.figure, line.policy, line.group))
        for value in line.values
    )
    return LineView(
        policy=line.policy, group=line.group, currency=line.currency, count=line.accounts, values=tuple(values),
        improve_by=line.improve_by,
    )  # fmt: skip


def _listed(report: KpiReport, figure: str, policy: str, group: str) -> str:
    asked = {"from": report.first, "to": report.last, "detail": figure, "policy": policy}
    if figure == ROLL or report.by is not None:
        asked["group"] = group
    if report.by is not None and figure != ROLL:
        asked["by"] = report.by
    return "/reports/kpi?" + urlencode({name: str(value) for name, value in asked.items() if value or name == "group"})
