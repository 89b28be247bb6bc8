"""The key figures of a company: the accounts of its book tallied by policy, bucket, product, branch or owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from sqlalchemy.orm import Session

from activities.registry import Policies
from domain.base import Frozen, days
from domain.classification import ClassificationPack, Rated
from domain.errors import Refused
from domain.kpi import BY_ID, Conduct, Figure, Tally, part_of, tally_of
from domain.kpi_report import (
    CURRENT,
    PARTED,
    By,
    Detail,
    KpiReport,
    Values,
    line_of,
    period_before,
    planned,
    rolls_of,
    sets_targets,
)
from domain.kpi_stock import ByBucket, ByOwner, Stock, stocks, whole
from domain.layer import LayerInForce
from domain.money import ZERO
from domain.policy import Bucket
from store.kpi import MeasuredAccount, measured_accounts, unassigned_costs
from store.ratings import classify_days

ROLL = "roll"
EARLIEST, LATEST, LONGEST = date(1970, 1, 1), date(2199, 12, 31), days(5 * 366)
LONG = 90  # days past due of the short text's success rate (B3.1.1.1s)
Key = tuple[str, str, str]  # policy, group, currency
Books = Mapping[str, tuple[Decimal, Decimal]]  # account -> (non-performing, all) principal


class Asked(Frozen):
    """What is asked for: a period, both days included, of one policy or of all, split or as a whole."""

    first: date
    last: date
    by: By | None = None
    policy: str | None = None


class Period(NamedTuple):
    """Both days are included."""

    first: date
    last: date


@dataclass
class _Sums:
    """What was counted so far; as large as there are groups, not accounts."""

    now: dict[Key, Tally] = field(default_factory=dict[Key, Tally])
    before: dict[Key, Tally] = field(default_factory=dict[Key, Tally])
    rolls: dict[tuple[str, str, str, str], tuple[int, Decimal]] = field(
        default_factory=dict[tuple[str, str, str, str], tuple[int, Decimal]]
    )

    def roll(self, key: tuple[str, str, str, str], amount: Decimal) -> None:
        accounts, known = self.rolls.get(key, (0, ZERO))
        self.rolls[key] = (accounts + 1, known + amount)


class KeyFigures:
    """Reads key figures; nothing is stored. classification: None leaves the NPL ratio out."""

    def __init__(self, policies: Policies, classification: ClassificationPack | None = None) -> None:
        self._policies = policies
        self._pack = classification

    def report(self, session: Session, asked: Asked) -> KpiReport:
        """All figures beside those of the period before. Refused: period_backwards, period_unfit, unknown_policy."""
        self._must_be_sound(asked)
        now, before = Period(asked.first, asked.last), Period(*period_before(asked.first, asked.last))
        books = self._books(session, asked)
        sums = _Sums()
        for one in self._accounts(session, asked):
            for period, found in ((now, sums.now), (before, sums.before)):
                for key, tally in self._tallies(one, asked.by, period, books if period is now else None):
                    for name in (one.policy, *self._beside(one.policy)):
                        found.setdefault((name, *key[1:]), Tally()).add(tally)
            start, end, amount = self._rolled(one, now)
            sums.roll((one.policy, one.currency, start, end), amount)
        if asked.by is None:
            self._plan(sums.now, now)
            self._plan(sums.before, before)
        if asked.by is None and asked.policy is None:
            self._sum_up(session, sums.now, now)
            self._sum_up(session, sums.before, before)
        lines = [
            line_of(key, asked.by, tally, sums.before.get(key, Tally()), self._settings(key[0]), *now)
            for key, tally in sorted(sums.now.items(), key=lambda found: self._place(found[0]))
            if key[0] == asked.policy or asked.policy not in self._layers
        ]
        return KpiReport(
            first=now.first, last=now.last, before_first=before.first, before_last=before.last, by=asked.by,
            lines=tuple(lines), rolls=rolls_of(sums.rolls),
        )  # fmt: skip

    def detail(
        self, session: Session, asked: Asked, figure: str, group: str | None, after: str, limit: int
    ) -> tuple[Detail, ...]:
        """The accounts behind a figure of one group (None: of all), at most `limit` of them behind the number `after`.

        A figure may be "roll": its groups are "start>end", top is 1 and under what was overdue at the start.
        Refused: period_backwards, period_unfit, unknown_policy, unknown_figure.
        """
        self._must_be_sound(asked)
        wanted = _figure(figure, asked.by)
        books = self._books(session, asked) if figure.startswith("npl") else None
        found: list[Detail] = []
        for one in self._accounts(session, asked, after):
            parts = (
                self._rolling(one, asked, group) if wanted is None else self._parts(one, asked, wanted, group, books)
            )
            if any(parts):
                named = {"account_no": one.account_no, "case_no": one.case_no, "currency": one.currency}
                found.append(Detail.model_validate({**named, "top": parts[0], "under": parts[1]}))
                if len(found) == limit:
                    break
        return tuple(found)

    @cached_property
    def _layers(self) -> Mapping[str, LayerInForce]:
        """The frameworks that set targets; their figures are those of the accounts they run beside (MA1.1, D6.3b)."""
        return {name: layer for name, layer in self._policies.layers.items() if sets_targets(layer.settings)}

    def _beside(self, policy: str) -> list[str]:
        return [name for name, layer in self._layers.items() if policy in layer.beside]

    def _accounts(self, session: Session, asked: Asked, after: str = "") -> Iterator[MeasuredAccount]:
        layer = self._layers.get(asked.policy or "")
        for one in measured_accounts(session, asked.last, self._policies, None if layer else asked.policy, after):
            if layer is None or one.policy in layer.beside:
                yield one

    def _place(self, key: Key) -> tuple[str, int, str, str]:
        """Buckets stand in their own order, other groups in that of their names."""
        policy, group, currency = key
        names = [bucket.id for bucket in self._list(policy)] if policy else []
        return (policy, names.index(group) if group in names else -1, group, currency)

    def _parts(
        self, one: MeasuredAccount, asked: Asked, wanted: Figure, group: str | None, books: _Books | None
    ) -> tuple[Decimal, Decimal | None]:
        total = Tally()
        for key, tally in self._tallies(one, asked.by, Period(asked.first, asked.last), books):
            if group is None or key[1] == group:
                total.add(tally)
        return wanted.top(total), wanted.under(total) if wanted.under else None

    def _rolling(self, one: MeasuredAccount, asked: Asked, group: str | None) -> tuple[Decimal, Decimal]:
        start, end, amount = self._rolled(one, Period(asked.first, asked.last))
        moves = (start, end) != (CURRENT, CURRENT) if group is None else f"{start}>{end}" == group
        return (Decimal(1), amount) if moves else (ZERO, ZERO)

    def _must_be_sound(self, asked: Asked) -> None:
        if asked.first > asked.last:
            raise Refused("period_backwards", "The period ends before it begins.", "Swap its two days.")
        if asked.first < EARLIEST or asked.last > LATEST or asked.last - asked.first > LONGEST:
            raise Refused(
                "period_unfit", f"A period lies between {EARLIEST} and {LATEST} and is at most five years long.",
                "Ask for a shorter one.",
            )  # fmt: skip
        if asked.policy is not None and asked.policy not in self._policies and asked.policy not in self._layers:
            known = ", ".join([*self._policies.ids, *self._layers])
            raise Refused("unknown_policy", f"There is no policy {asked.policy}.", f"Use one of: {known}.")

    def _tallies(self, one: MeasuredAccount, by: By | None, period: Period, books: _Books | None) -> Iterator[
        tuple[Key, Tally]
    ]:  # fmt: skip
        """What an account adds to which groups."""
        everything = whole(one.history.reading)
        if by == "bucket" or by == "owner":
            split = self._buckets(one) if by == "bucket" else ByOwner(one.owners, everything)
            for group, stock in stocks(one.history, *period, split, one.costs).items():
                tally = part_of(stock)
                tally.accounts = 1
                yield (one.policy, group, one.currency), tally
            for seen in _seen(one, period):
                group = seen.who if by == "owner" else split.key(one.history.at(seen.day), seen.day)
                yield (one.policy, group or CURRENT, one.currency), seen.tally()
            return
        stock = stocks(one.history, *period, everything).get("all", Stock())
        long = stocks(one.history, *period, whole(one.history.reading, LONG)).get("all", Stock())
        spent = sum((sum_ for day, sum_ in one.costs.items() if period.first <= day <= period.last), ZERO)
        tally = tally_of(one.history, *period, stock, long, spent)
        closed = [case for case in one.closed if period.first <= case.on <= period.last]
        tally.closed_cases, tally.handlers = len(closed), frozenset(case.owner for case in closed)
        tally.recovered = sum((sum_ for day, sum_ in one.recovered.items() if period.first <= day <= period.last), ZERO)
        for seen in _seen(one, period):
            tally.add(seen.tally())
        if books is not None:
            tally.bad, tally.book = books.now.get(one.account_no, (ZERO, ZERO))
            tally.bad_before, tally.book_before = books.before.get(one.account_no, (ZERO, ZERO))
        group = {"product": one.product, "branch": one.branch, "class": one.customer_class}.get(by or "", "")
        yield (one.policy, group, one.currency), tally

    def _buckets(self, one: MeasuredAccount) -> ByBucket:
        return ByBucket(self._list(one.policy), one.history.reading)

    def _list(self, policy: str) -> tuple[Bucket, ...]:
        found = policy if policy in self._policies else next(iter(self._policies.ids))
        return self._policies.current(found).policy.buckets.list

    def _rolled(self, one: MeasuredAccount, period: Period) -> tuple[str, str, Decimal]:
        """Bucket at the start, bucket at the end, and what was overdue at the start."""
        split, eve = self._buckets(one), period.first - days(1)
        before, now = one.history.at(eve), one.history.at(period.last)
        start, end = split.key(before, eve), split.key(now, period.last)
        return start or CURRENT, end or CURRENT, before.level(eve).rent if start else ZERO

    def _books(self, session: Session, asked: Asked) -> _Books | None:
        """Non-performing and all principal of each account at the end and at the start of the period (U2.1a)."""
        if self._pack is None or asked.by in PARTED:
            return None
        eve = asked.first - days(1)
        rated = classify_days(session, (asked.last, eve), self._policies, self._pack)
        return _Books(*(_bad_and_all(self._pack, rated[day]) for day in (asked.last, eve)))

    def _plan(self, found: Mapping[Key, Tally], period: Period) -> None:
        """The amount a company wants to collect under a policy; of a part of it nothing is said (MA4.1)."""
        for (policy, _, _), tally in found.items():
            tally.planned = planned(self._settings(policy), *period)

    def _settings(self, policy: str) -> Values:
        if policy in self._layers:
            return self._layers[policy].settings
        return self._policies.current(policy).settings if policy in self._policies else {}

    def _sum_up(self, session: Session, found: dict[Key, Tally], period: Period) -> None:
        """All policies together, by currency, with the costs that belong to no account."""
        whole_book: dict[str, Tally] = {}
        for (policy, _, currency), tally in found.items():
            if policy not in self._layers:
                whole_book.setdefault(currency, Tally()).add(tally)
        for currency, amount in unassigned_costs(session, *period).items():
            if currency in whole_book:
                whole_book[currency].cost += amount
        found |= {("", "", currency): tally for currency, tally in whole_book.items()}


class _Books(NamedTuple):
    now: Books
    before: Books


def _bad_and_all(pack: ClassificationPack, rated: Iterable[Rated]) -> Books:
    bad = pack.rank(pack.non_performing_from)
    return {
        one.exposure.account_no: (
            one.exposure.balance if pack.rank(one.category) >= bad else ZERO, one.exposure.balance
        )
        for one in rated
    }  # fmt: skip


def _seen(one: MeasuredAccount, period: Period) -> Iterator[Conduct]:
    """What was seen in the period of how people collected from the customer (B3.2.2b)."""
    return (seen for seen in one.conduct if period.first <= seen.day <= period.last)


def _figure(name: str, by: By | None) -> Figure | None:
    """The figure of that name; None for roll rates. Refused "unknown_figure"."""
    found = BY_ID.get(name)
    if name != ROLL and (found is None or (by in PARTED and not found.part)):
        known = ", ".join([ROLL, *(one.id for one in BY_ID.values() if one.part or by not in PARTED)])
        raise Refused("unknown_figure", f"There is no figure {name} by {by or 'policy'}.", f"Use one of: {known}.")
    return found
