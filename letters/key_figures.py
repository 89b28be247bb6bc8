"""Typed rows of the report of key figures; figures arrive as finished texts, since each has a unit of its own."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from letters.parts import Amount, Currency, Line, Piece

Count = Annotated[int, Field(ge=0)]


class KpiRow(Piece):
    """One figure of the whole policy. met: None without a target, or with nothing to measure."""

    figure: Line
    value: Line
    before: Line
    target: Line | None = None
    met: bool | None = None


class KpiBucketRow(Piece):
    """One class of days past due: what was overdue, what came in, what was collected there, and the success rate."""

    bucket: Line
    accounts: Count
    start: Amount
    collected: Amount
    end: Amount
    rate: Line
    target: Line | None = None
    met: bool | None = None


class KpiRollRow(Piece):
    """Accounts that went from one class to another during the period."""

    start: Line
    end: Line
    accounts: Count
    share: Line


class KpiGroup(Piece):
    """The figures of one currency."""

    currency: Currency = "CNY"
    accounts: Count
    rows: tuple[KpiRow, ...] = Field(min_length=1)
    buckets: tuple[KpiBucketRow, ...] = ()
    rolls: tuple[KpiRollRow, ...] = ()


class KpiTable(Piece):
    """Key figures of the days `start` to `end`, both included, beside those from `before_start` to `before_end`."""

    form: Literal["kpi"] = "kpi"
    start: date
    end: date
    before_start: date
    before_end: date
    groups: tuple[KpiGroup, ...] = ()
