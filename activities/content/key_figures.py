"""The report of key figures as a document: all figures of a policy, its buckets, and who has to improve by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from activities.content.words import UNREPORTED, bucket, day, line
from activities.key_figures import Asked, KeyFigures
from activities.registry import Policies
from domain.base import days
from domain.classification import ClassificationPack
from domain.kpi import BY_ID, Figure
from domain.kpi_report import CURRENT, By, KpiLine, KpiReport, KpiValue, Roll, shown
from domain.ladder import Ladder
from letters.key_figures import KpiBucketRow, KpiGroup, KpiRollRow, KpiRow, KpiTable
from letters.parts import Section
from store.dossier import last_report, staff_names

PARTIES: dict[By, str] = {"branch": "机构", "owner": "责任人"}
"""Departments and persons (C6.3.1)."""
CLASSES = {"low": "低风险客户", "medium": "中风险客户", "high": "高风险客户"}
UNCLASSED = "未评定客户"
CLASS_FIGURES = ("overdue_accounts", "overdue_end", "collected", "recovery_rate")


def kpi_table(
    session: Session,
    policies: Policies,
    ladder: Ladder,
    case_no: str,
    step: str,
    period: date,
    classification: ClassificationPack | None,
) -> tuple[KpiTable, tuple[Section, ...]]:
    """The figures of the complete days since the report before, or since the first of the month: not of `period`.

    On that day postings may still come in; it belongs to the next report.
    """
    last = period - days(1)
    before = last_report(session, case_no, step, period)
    first = before[0] if before else last.replace(day=1)
    figures = KeyFigures(policies, classification)
    asked = Asked(first=first, last=last, policy=ladder.policy.id)
    whole = figures.report(session, asked)
    buckets = figures.report(session, asked.model_copy(update={"by": "bucket"}))
    table = KpiTable.model_validate({
        "start": whole.first, "end": whole.last, "before_start": whole.before_first, "before_end": whole.before_last,
        "groups": tuple(_group(ladder, one, buckets, whole.rolls) for one in whole.lines),
    })  # fmt: skip
    return table, (*_classes(session, figures, asked), *_orders(session, figures, asked))


def _group(ladder: Ladder, whole: KpiLine, buckets: KpiReport, rolls: Sequence[Roll]) -> KpiGroup:
    rows = tuple(_row(value) for value in whole.values if _is_said(value))
    return KpiGroup.model_validate({
        "currency": whole.currency,
        "accounts": whole.accounts,
        "rows": rows,
        "buckets": tuple(_bucket(ladder, one) for one in buckets.lines if one.currency == whole.currency),
        "rolls": tuple(_roll(ladder, roll) for roll in rolls if roll.currency == whole.currency),
    })  # fmt: skip


def _is_said(value: KpiValue) -> bool:
    """What no rule asks for is said when there was something: write-offs, disposals."""
    if not BY_ID[value.figure].rules:
        return bool(value.value or value.before)
    return value.value is not None or value.target is not None


def _row(value: KpiValue) -> KpiRow:
    figure = BY_ID[value.figure]
    return KpiRow(
        figure=figure.zh,
        value=shown(value.value, figure.unit),
        before=shown(value.before, figure.unit),
        target=_target(figure, value.target),
        met=value.met,
    )


def _bucket(ladder: Ladder, found: KpiLine) -> KpiBucketRow:
    values = {value.figure: value for value in found.values}
    rate, figure = values["success_rate"], BY_ID["success_rate"]
    return KpiBucketRow(
        bucket=_name(ladder, found.group),
        accounts=int(values["overdue_accounts"].value or 0),
        start=values["overdue_before"].value or Decimal(0),
        collected=values["collected"].value or Decimal(0),
        end=values["overdue_end"].value or Decimal(0),
        rate=shown(rate.value, figure.unit),
        target=_target(figure, rate.target),
        met=rate.met,
    )


def _roll(ladder: Ladder, roll: Roll) -> KpiRollRow:
    return KpiRollRow(
        start=_name(ladder, roll.start),
        end=_name(ladder, roll.end),
        accounts=roll.accounts,
        share=shown(roll.share, "share"),
    )


def _name(ladder: Ladder, group: str) -> str:
    found = next((one for one in ladder.policy.buckets.list if one.id == group), None)
    return "正常" if group == CURRENT else bucket(found) if found else line(group)


def _target(figure: Figure, target: Decimal | None) -> str | None:
    if target is None:
        return None
    sign = {"over": ">", "under": "<", "at_least": "≥", "at_most": "≤", None: ""}[figure.aim]
    return sign + shown(target, figure.unit)


def _orders(session: Session, figures: KeyFigures, asked: Asked) -> tuple[Section, ...]:
    """Departments and persons below the recovery target, and until when they must improve (C6.3.1)."""
    orders: list[str] = []
    for by, word in PARTIES.items():
        below = [one for one in figures.report(session, asked.model_copy(update={"by": by})).lines if one.improve_by]
        names = staff_names(session, (one.group for one in below)) if by == "owner" else {}
        orders += [_order(word, names.get(one.group, one.group), one) for one in below]
    return (Section(heading="限期整改", text="\n".join(orders)),) if orders else ()


def _classes(session: Session, figures: KeyFigures, asked: Asked) -> tuple[Section, ...]:
    """Recovery by class of customer (U4.1b); nothing where nobody was put in a class."""
    lines = figures.report(session, asked.model_copy(update={"by": "class"})).lines
    if not any(one.group for one in lines):
        return ()
    return (Section(heading="按客户类别分析", text="\n".join(_of_class(one) for one in lines)),)


def _of_class(found: KpiLine) -> str:
    values = {value.figure: value.value for value in found.values}
    said = (f"{BY_ID[name].zh}{shown(values[name], BY_ID[name].unit)}" for name in CLASS_FIGURES)
    return f"{CLASSES.get(found.group, UNCLASSED)}：{found.accounts}户，" + "，".join(said) + f"（{found.currency}）。"


def _order(word: str, name: str, found: KpiLine) -> str:
    rate = next(value for value in found.values if value.figure == "recovery_rate")
    until = day(found.improve_by) if found.improve_by else UNREPORTED
    return (
        f"{word}{line(name)}：清收率{shown(rate.value, 'share')}，未达到考核标准{shown(rate.target, 'share')}"
        f"（{found.currency}），责令于{until}前整改。"
    )
