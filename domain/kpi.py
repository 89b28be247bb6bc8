"""The key figures of collection: what each one is, by which rule, and how it is computed from counts and amounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal

from domain.base import days
from domain.kpi_stock import Stock
from domain.kpi_walk import NOTHING, History, Level
from domain.money import ZERO

Unit = Literal["share", "amount", "count", "number", "days", "change"]
Aim = Literal["over", "under", "at_least", "at_most"]
STEPS: Final[dict[Unit, Decimal]] = {
    "share": Decimal("0.0001"), "change": Decimal("0.0001"), "amount": Decimal("0.01"), "count": Decimal(1),
    "number": Decimal("0.1"), "days": Decimal("0.1"),
}  # fmt: skip


@dataclass
class Tally:
    """Counts and amounts of some accounts over a period; tallies of different accounts add up. Amounts of one currency.

    start, end: overdue when the period began (end of the day before) and when it ended. added: became overdue in it.
    collected: paid on what was overdue. long_*: the same for what was 90 days past due or more. cost: of collection.
    owed: rents unpaid at the start or falling due in the period; received: paid on them. balance: outstanding principal
    at the end. cured, cure_days: delinquencies that ended, and their days from DPD 1 on. bad, book: non-performing and
    all principal at the end; bad_before, book_before: at the start. handlers: owners of the cases closed.
    planned: what was to be collected in the period, where the company set that. judged, compliance: recordings judged
    by a script and the sum of their scores; asked, satisfaction: the same of the customer's mood. violations: found and
    not rejected. recovered: paid after a write-off on what was no longer in the book. realised: proceeds of disposals.
    """

    accounts: int = 0
    overdue_before: int = 0
    overdue: int = 0
    start: Level = NOTHING
    added: Level = NOTHING
    collected: Level = NOTHING
    end: Level = NOTHING
    long_stock: Decimal = ZERO
    long_collected: Decimal = ZERO
    cost: Decimal = ZERO
    owed: Decimal = ZERO
    received: Decimal = ZERO
    balance: Decimal = ZERO
    cured: int = 0
    cure_days: int = 0
    closed_cases: int = 0
    handlers: frozenset[str] = field(default_factory=frozenset[str])
    bad: Decimal = ZERO
    book: Decimal = ZERO
    bad_before: Decimal = ZERO
    book_before: Decimal = ZERO
    planned: Decimal = ZERO
    judged: int = 0
    compliance: Decimal = ZERO
    asked: int = 0
    satisfaction: Decimal = ZERO
    violations: int = 0
    recovered: Decimal = ZERO
    realised: Decimal = ZERO

    @property
    def stock(self) -> Level:
        """Everything that was overdue at some time in the period: collected + gone elsewhere + left at its end."""
        return self.start + self.added

    def add(self, other: Tally) -> None:
        """Count other accounts in."""
        for one in fields(self):
            mine: Any = getattr(self, one.name)
            more: Any = getattr(other, one.name)
            setattr(self, one.name, mine | more if one.name == "handlers" else mine + more)


@dataclass(frozen=True)
class Figure:
    """One key figure: `top` / `under`, or `top` alone. aim: how it should stand to its target; None: it has none.

    formula: in words, for whoever reads the report. rules: the regulations that ask for it.
    """

    id: str
    zh: str
    en: str
    unit: Unit
    formula: str
    rules: tuple[str, ...]
    top: Callable[[Tally], Decimal]
    under: Callable[[Tally], Decimal] | None = None
    aim: Aim | None = None
    part: bool = False  # buckets and owners have it too; the others belong to accounts as a whole

    def of(self, tally: Tally) -> Decimal | None:
        """The value in its unit; shares are fractions (0.8 is 80 %). None when there is nothing to measure by."""
        if self.under is None:
            return _in_steps(self.top(tally), self.unit)
        under = self.under(tally)
        return _in_steps(self.top(tally) / under, self.unit) if under else None


def on_the_right_side(value: Decimal, target: Decimal, aim: Aim | None) -> bool | None:
    """Whether a value is as it should be to its target; None when nobody said how."""
    match aim:
        case "over":
            return value > target
        case "under":
            return value < target
        case "at_least":
            return value >= target
        case "at_most":
            return value <= target
        case None:
            return None


def _in_steps(value: Decimal, unit: Unit) -> Decimal:
    return value.quantize(STEPS[unit], rounding=ROUND_HALF_UP)


def _npl_change(tally: Tally) -> Decimal:
    """Without a book then or now there is no change to speak of: `under` says so."""
    return tally.bad * tally.book_before - tally.bad_before * tally.book


FIGURES: Final[tuple[Figure, ...]] = (
    Figure(
        "overdue_accounts", "逾期账户量", "overdue accounts", "count",
        "accounts past due at the end", ("Z0.1",), lambda t: Decimal(t.overdue), None, "under", part=True,
    ),
    Figure(
        "overdue_before", "期初逾期余额", "overdue at the start", "amount",
        "principal and interest past due at the end of the day before", ("C6.1.2",), lambda t: t.start.rent, part=True,
    ),
    Figure(
        "overdue_end", "期末逾期余额", "overdue at the end", "amount",
        "principal and interest past due at the end", ("C6.1.2",), lambda t: t.end.rent, part=True,
    ),
    Figure(
        "collected", "催收金额", "amount collected", "amount",
        "paid on what was past due before the day of payment, costs and penalty interest included", ("B3.1.1.1a",),
        lambda t: t.collected.total, None, "at_least", part=True,
    ),
    Figure(
        "realised", "处置回款", "proceeds of disposals", "amount",
        "what disposals brought in; collected as far as it paid what was past due, and no cure", (),
        lambda t: t.realised,
    ),
    Figure(
        "attainment", "回款达成率", "attainment of the target amount", "share",
        "collected / the company's target amount for as many months", ("MA4.1",),
        lambda t: t.collected.total, lambda t: t.planned, "at_least",
    ),
    Figure(
        "success_rate", "催收成功率", "collection success rate", "share",
        "collected / (overdue at the start + came in), costs and penalty interest included",
        ("B3.1.1.1a", "B3.1.1.1b", "U3.2.3a"), lambda t: t.collected.total, lambda t: t.stock.total, "over", part=True,
    ),
    Figure(
        "success_rate_90", "逾期90天贷款回收比例", "recovered share of loans 90 days overdue", "share",
        "collected at 90 days past due and more / what was so long overdue", ("B3.1.1.1s",),
        lambda t: t.long_collected, lambda t: t.long_stock, "over",
    ),
    Figure(
        "cost", "催收费用", "cost of collection", "amount",
        "costs charged to accounts + costs of actions", ("C6.1.3", "U3.3a"), lambda t: t.cost, part=True,
    ),
    Figure(
        "cost_rate", "催收成本率", "collection cost rate", "share", "cost / collected",
        ("B3.1.1.2a", "B3.1.1.2b", "B3.1.1.2s"), lambda t: t.cost, lambda t: t.collected.total, "under", part=True,
    ),
    Figure(
        "recovery_rate", "清收率", "recovery rate", "share",
        "principal and interest collected / principal and interest overdue at the start or since",
        ("C6.1.1", "C6.3.1", "U3.3b", "MA1.1"),
        lambda t: t.collected.rent, lambda t: t.stock.rent, "at_least", part=True,
    ),
    Figure(
        "reduction_rate", "压降率", "reduction rate", "share",
        "(overdue at the start - overdue at the end) / overdue at the start", ("C6.1.2", "Z0.1"),
        lambda t: t.start.rent - t.end.rent, lambda t: t.start.rent, "at_least", part=True,
    ),
    Figure(
        "recovered_after_write_off", "核销后收回", "recovered after write-off", "amount",
        "paid after a write-off, beyond what was left in the book", (), lambda t: t.recovered,
    ),
    Figure(
        "delinquency_rate", "逾期率", "delinquency rate", "share",
        "principal past due at the end / outstanding principal", ("MB5.1a", "D6.3b"),
        lambda t: t.end.principal, lambda t: t.balance, "at_most",
    ),
    Figure(
        "receipt_rate", "回款率", "receipt rate", "share",
        "paid on rents / rents unpaid at the start or falling due since", ("MB5.1a",),
        lambda t: t.received, lambda t: t.owed, "at_least",
    ),
    Figure(
        "cycle", "追偿周期", "recovery cycle", "days",
        "mean days from the first day past due to the cure, of what was cured", ("MA1.1",),
        lambda t: Decimal(t.cure_days), lambda t: Decimal(t.cured), "at_most",
    ),
    Figure(
        "case_efficiency", "案件处理效率", "cases closed per person", "number",
        "cases closed / their owners", ("MA4.1",),
        lambda t: Decimal(t.closed_cases), lambda t: Decimal(len(t.handlers)), "at_least",
    ),
    Figure(
        "script_compliance", "话术合规得分", "script compliance", "number",
        "mean score of the recordings judged by a script, 0 to 100", ("B3.2.2a", "B3.2.2b"),
        lambda t: t.compliance, lambda t: Decimal(t.judged), "at_least", part=True,
    ),
    Figure(
        "satisfaction", "客户满意度", "customer satisfaction", "number",
        "mean score of the recordings in which the customer showed it, 0 to 100", ("B3.2.2a", "B3.2.2b"),
        lambda t: t.satisfaction, lambda t: Decimal(t.asked), "at_least", part=True,
    ),
    Figure(
        "violations", "违规次数", "violations", "count",
        "violations found and not rejected", ("B3.2.2b", "B4.1.1.1b"),
        lambda t: Decimal(t.violations), None, "at_most", part=True,
    ),
    Figure(
        "npl_ratio", "不良贷款率", "NPL ratio", "share",
        "non-performing principal / outstanding principal at the end", ("U2.1a", "U4.1a"),
        lambda t: t.bad, lambda t: t.book, "at_most",
    ),
    Figure(
        "npl_change", "不良贷款率变动", "change of the NPL ratio", "change",
        "NPL ratio at the end - at the start, 0.01 is one percentage point", ("U3.3c",),
        _npl_change, lambda t: t.book * t.book_before, "at_most",
    ),
)  # fmt: skip
"""Every key figure."""

BY_ID: Final[Mapping[str, Figure]] = {figure.id: figure for figure in FIGURES}


def tally_of(history: History, first: date, last: date, stock: Stock, long: Stock, spent: Decimal) -> Tally:
    """The tally of one account. stock: everything overdue; long: the part 90 days past due; spent: besides charges."""
    eve = first - days(1)
    turns = [turn for turn in history.turns if first <= turn.day <= last]
    cured = [turn for turn in turns if turn.behind_from is not None]
    before, now = history.at(eve), history.at(last)
    tally = part_of(stock)
    tally.accounts = 1
    tally.long_stock = (long.start + long.added).total
    tally.long_collected = long.collected.total
    tally.cost = sum((turn.cost for turn in turns), spent)
    tally.owed = before.unpaid.rent + before.fresh.rent + sum((turn.fallen_due for turn in turns), ZERO)
    tally.received = sum((turn.received for turn in turns), ZERO)
    tally.balance = now.balance
    tally.realised = sum((turn.realised for turn in turns), ZERO)
    tally.cured = len(cured)
    tally.cure_days = sum((turn.day - turn.behind_from).days for turn in cured if turn.behind_from)
    return tally


def part_of(stock: Stock) -> Tally:
    """What one bucket or one owner had of an account."""
    return Tally(
        overdue_before=1 if stock.start.total else 0,
        overdue=1 if stock.end.total else 0,
        start=stock.start,
        added=stock.added,
        collected=stock.collected,
        end=stock.end,
        cost=stock.cost,
    )


@dataclass(frozen=True, slots=True)
class Conduct:
    """One thing seen of how somebody collects, for their review (B3.2.2b). who: a staff id; scores from 0 to 100."""

    day: date
    who: str
    compliance: Decimal | None = None
    satisfaction: Decimal | None = None
    violation: bool = False

    def tally(self) -> Tally:
        """What it adds."""
        return Tally(
            judged=self.compliance is not None,
            compliance=self.compliance or ZERO,
            asked=self.satisfaction is not None,
            satisfaction=self.satisfaction or ZERO,
            violations=self.violation,
        )
