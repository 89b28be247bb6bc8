"""A report of key figures: values beside those of the period before, targets, and what follows when one is missed."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from domain.base import Frozen, days
from domain.kpi import FIGURES, STEPS, Aim, Figure, Tally, Unit, on_the_right_side
from domain.money import ZERO, rounded
from domain.policy import LayerValue, SettingValue

By = Literal["bucket", "product", "branch", "owner", "class"]
PARTED: Final = ("bucket", "owner")
HUNDRED: Final = Decimal(100)
QUARTER: Final = Decimal(3)  # months
PREFIX: Final = "target_"
IMPROVEMENT: Final = "improvement_days"
CURRENT: Final = "current"  # where an account is that is not overdue
BETTER: Final[Mapping[str, Aim]] = {"falling": "under", "rising": "over"}  # than in the period before
Values = Mapping[str, SettingValue] | Mapping[str, LayerValue]


class KpiValue(Frozen):
    """One figure of a line. value: in its unit, None when there is nothing to measure by. before: a period earlier."""

    figure: str
    value: Decimal | None
    before: Decimal | None
    target: Decimal | None = None
    met: bool | None = None


class KpiLine(Frozen):
    """The figures of one group; policy "": of all of them together.

    improve_by: until when those improve who are below the recovery target (C6.3.1).
    """

    policy: str
    group: str
    currency: str
    accounts: int
    values: tuple[KpiValue, ...]
    improve_by: date | None = None


class Roll(Frozen):
    """Accounts that were in one bucket at the start and in another, or none, at the end; amount: overdue at the start.

    share, share_amount: of all accounts, and of all that was overdue, in the bucket they came from; none came from
    nowhere: of accounts that were current there is no amount.
    """

    policy: str
    currency: str
    start: str
    end: str
    accounts: int
    amount: Decimal
    share: Decimal
    share_amount: Decimal | None


class KpiReport(Frozen):
    """Key figures of the days `first` to `last`, computed from ledger and record as they are now."""

    first: date
    last: date
    before_first: date
    before_last: date
    by: By | None
    lines: tuple[KpiLine, ...]
    rolls: tuple[Roll, ...]


class Detail(Frozen):
    """One account behind a figure: its parts of what is divided (top) and of what it is divided by (under)."""

    account_no: str
    case_no: str | None
    currency: str
    top: Decimal
    under: Decimal | None


def period_before(first: date, last: date) -> tuple[date, date]:
    """The period to compare with: the months before whole months, else as many days before."""
    end = first - days(1)
    if first.day == 1 and last.day == monthrange(last.year, last.month)[1]:
        index = first.year * 12 + first.month - 1 - _months(first, last)
        return date(index // 12, index % 12 + 1, 1), end
    return end - (last - first), end


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1


def months(first: date, last: date) -> Decimal:
    """How many months a period is, a part of a month by its days."""
    total, day = Decimal(0), first
    while day <= last:
        length = monthrange(day.year, day.month)[1]
        end = min(last, day.replace(day=length))
        total += Decimal((end - day).days + 1) / length
        day = end + days(1)
    return total


def sets_targets(settings: Values) -> bool:
    """Whether a regulation says how its figures should be."""
    return any(name.startswith(PREFIX) for name in settings)


def planned(settings: Values, first: date, last: date) -> Decimal:
    """What was to be collected by the company's setting `target_collected`, an amount per month (MA4.1)."""
    found = settings.get(PREFIX + "collected")
    return rounded(Decimal(str(found)) * months(first, last)) if found is not None else ZERO


def target_of(
    figure: Figure, group: str, settings: Values, first: date, last: date, tally: Tally, before: Decimal | None
) -> Decimal | None:
    """The target of a figure: setting `target_<figure>_<group>`, else `target_<figure>`; shares are set in per cent.

    "falling" and "rising" stand for the value of the period before (Z0.1, D6.3b).
    """
    if figure.id == "npl_change":
        return _npl_fall(settings, first, last, tally)
    if figure.id == "attainment":
        return Decimal(1) if PREFIX + "collected" in settings else None
    if figure.aim is None or figure.unit == "amount":
        return None
    name = PREFIX + figure.id
    found = settings.get(f"{name}_{group}", settings.get(name))
    if found is None or found in BETTER:
        return before if found else None
    return Decimal(str(found)) / HUNDRED if figure.unit == "share" else Decimal(str(found))


def _npl_fall(settings: Values, first: date, last: date, tally: Tally) -> Decimal | None:
    """Set per quarter (`target_npl_fall`): percentage points, or per cent of the ratio at the start (`npl_target`)."""
    fall = settings.get(PREFIX + "npl_fall")
    if fall is None:
        return None
    share = Decimal(str(fall)) / HUNDRED * months(first, last) / QUARTER
    if settings.get("npl_target") == "relative":
        share *= tally.bad_before / tally.book_before if tally.book_before else ZERO
    return (-share).quantize(STEPS["change"])


def line_of(
    key: tuple[str, str, str],
    by: By | None,
    tally: Tally,
    before: Tally,
    settings: Values,
    first: date,
    last: date,
) -> KpiLine:
    """The line of (policy, group, currency)."""
    policy, group, currency = key
    figures = [figure for figure in FIGURES if figure.part or by not in PARTED]
    values = tuple(_value(one, group, tally, before, settings, first, last) for one in figures)
    missed = any(one.figure == "recovery_rate" and one.met is False for one in values)
    within = settings.get(IMPROVEMENT)
    improve_by = last + days(within) if missed and isinstance(within, int) else None
    return KpiLine(
        policy=policy, group=group, currency=currency, accounts=tally.accounts, values=values, improve_by=improve_by
    )


def _value(
    figure: Figure, group: str, tally: Tally, before: Tally, settings: Values, first: date, last: date
) -> KpiValue:
    value, earlier = figure.of(tally), figure.of(before)
    target = target_of(figure, group, settings, first, last, tally, earlier)
    aim: Aim | None = BETTER.get(str(settings.get(PREFIX + figure.id))) or figure.aim
    met = None if value is None or target is None else on_the_right_side(value, target, aim)
    return KpiValue(figure=figure.id, value=value, before=earlier, target=target, met=met)


def rolls_of(counted: Mapping[tuple[str, str, str, str], tuple[int, Decimal]]) -> tuple[Roll, ...]:
    """The roll rates between buckets from (policy, currency, start, end) -> (accounts, amount)."""
    totals: dict[tuple[str, str, str], tuple[int, Decimal]] = {}
    for (*come_from, _), (accounts, amount) in counted.items():
        policy, currency, start = come_from
        known = totals.get((policy, currency, start), (0, ZERO))
        totals[policy, currency, start] = (known[0] + accounts, known[1] + amount)
    return tuple(
        Roll(
            policy=policy, currency=currency, start=start, end=end, accounts=accounts, amount=amount,
            share=_share(Decimal(accounts), Decimal(totals[policy, currency, start][0])) or ZERO,
            share_amount=_share(amount, totals[policy, currency, start][1]),
        )
        for (policy, currency, start, end), (accounts, amount) in sorted(counted.items())
        if (start, end) != (CURRENT, CURRENT)
    )  # fmt: skip


def _share(part: Decimal, of: Decimal) -> Decimal | None:
    return (part / of).quantize(STEPS["share"], rounding=ROUND_HALF_UP) if of else None


def shown(value: Decimal | None, unit: Unit) -> str:
    """A figure as people read it; nothing to measure by is a dash."""
    if value is None:
        return "-"
    match unit:
        case "share":
            return f"{value * 100:.2f} %"
        case "change":
            return f"{value * 100:+.2f} pp"
        case "amount":
            return f"{value:,.2f}"
        case "count" | "number" | "days":
            return str(value)
