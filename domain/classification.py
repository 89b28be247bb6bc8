"""Five-category classification of the whole book by days past due, with contagion and the NPL ratio."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from pydantic import Field

from domain.base import Frozen
from domain.money import ZERO

BASIS_POINT = Decimal("0.0001")
Debtors = Literal["all", "company"]
Basis = Literal["days", "person", "contagion"]


class Category(Frozen):
    """A category: at least this one from `from_days` calendar days past due on; the best one has none."""

    id: str
    zh: str
    en: str
    from_days: int | None = Field(default=None, ge=1)


class Contagion(Frozen):
    """One customer's accounts pull each other down.

    Either overdue_above: debts overdue for more days than that count, elsewhere too; or classified_from: own claims
    in that category or worse count. Above the share (strictly) every account is at_least in the category named.
    """

    id: str
    debtors: Debtors
    overdue_above: int | None = Field(default=None, ge=0)
    classified_from: str | None = None
    share_above: Decimal = Field(ge=0, lt=1)
    at_least: str


class ClassificationPack(Frozen):
    """A regulation on classification, in force from `effective`; categories from the best to the worst."""

    id: str
    title: dict[Literal["zh", "en"], str]
    source: str
    effective: date
    categories: tuple[Category, ...] = Field(min_length=2)
    non_performing_from: str
    contagion: tuple[Contagion, ...] = ()

    def rank(self, category: str) -> int:
        """0 is the best. Raises ValueError for a category that this pack does not have."""
        return [found.id for found in self.categories].index(category)

    def by_days(self, days: int) -> int:
        """The rank that days past due alone give."""
        return max(rank for rank, found in enumerate(self.categories) if days >= (found.from_days or 0))


class Exposure(Frozen):
    """What one account has in the book: outstanding principal, calendar days past due.

    written_off: principal that is owed and no longer in the book. judged: a category a person set.
    """

    account_no: str
    customer: str
    currency: str = "CNY"
    balance: Decimal = Field(ge=0)
    written_off: Decimal = Field(default=Decimal("0.00"), ge=0)
    days: int = Field(ge=0)
    retail: bool = False
    judged: str | None = None


class DebtElsewhere(Frozen):
    """What a customer owes to another institution."""

    customer: str
    currency: str = "CNY"
    balance: Decimal = Field(ge=0)
    days: int = Field(ge=0)


class Rated(Frozen):
    """An account with its category and what it rests on; rule: the contagion that applied."""

    exposure: Exposure
    by_days: str
    category: str
    basis: Basis
    rule: str = ""


class ClassLine(Frozen):
    """Accounts and outstanding principal of one category."""

    category: str
    accounts: int
    balance: Decimal


class BookTotals(Frozen):
    """The accounts of one currency. npl_ratio: non-performing balance / balance, to 0.01 %; None if there is none."""

    currency: str
    lines: tuple[ClassLine, ...]
    balance: Decimal
    non_performing: Decimal
    npl_ratio: Decimal | None


def classify(
    pack: ClassificationPack, exposures: Sequence[Exposure], elsewhere: Iterable[DebtElsewhere] = ()
) -> tuple[Rated, ...]:
    """Every account with its category: by days, worse if a person said so, worse by contagion.

    Contagion looks at days and at the categories before contagion, so that the order of its rules means nothing.
    """
    own = {one.account_no: _own(pack, one) for one in exposures}
    debts: dict[str, list[DebtElsewhere]] = {}
    for debt in elsewhere:
        debts.setdefault(debt.customer, []).append(debt)
    by_customer: dict[str, list[Exposure]] = {}
    for one in exposures:
        by_customer.setdefault(one.customer, []).append(one)
    pulled = {name: _pulled(pack, found, own, debts.get(name, ())) for name, found in by_customer.items()}
    return tuple(_rated(pack, one, own[one.account_no], pulled[one.customer]) for one in exposures)


def _own(pack: ClassificationPack, one: Exposure) -> int:
    judged = pack.rank(one.judged) if one.judged else 0
    return max(pack.by_days(one.days), judged)


def _pulled(
    pack: ClassificationPack, found: Sequence[Exposure], own: Mapping[str, int], elsewhere: Sequence[DebtElsewhere]
) -> tuple[int, str]:
    """The rank below which no account of this customer can stay, and the rule that says so."""
    retail = all(one.retail for one in found)
    reached = [
        (pack.rank(rule.at_least), rule.id)
        for rule in pack.contagion
        if not (retail and rule.debtors == "company") and _share(pack, rule, found, own, elsewhere) > rule.share_above
    ]
    return max(reached, key=lambda one: one[0], default=(0, ""))


def _share(
    pack: ClassificationPack,
    rule: Contagion,
    found: Sequence[Exposure],
    own: Mapping[str, int],
    elsewhere: Sequence[DebtElsewhere],
) -> Decimal:
    if rule.classified_from is not None:
        limit = pack.rank(rule.classified_from)
        return _largest_part([(one.currency, one.balance, own[one.account_no] >= limit) for one in found])
    days = rule.overdue_above or 0
    return _largest_part([(one.currency, one.balance, one.days > days) for one in (*found, *elsewhere)])


def _largest_part(debts: Sequence[tuple[str, Decimal, bool]]) -> Decimal:
    """The share of what counts, in the currency in which it is largest: amounts of two currencies have no sum."""
    total: dict[str, Decimal] = {}
    counted: dict[str, Decimal] = {}
    for currency, balance, counts in debts:
        total[currency] = total.get(currency, ZERO) + balance
        counted[currency] = counted.get(currency, ZERO) + (balance if counts else ZERO)
    return max((counted[name] / amount for name, amount in total.items() if amount), default=ZERO)


def _rated(pack: ClassificationPack, one: Exposure, own: int, pulled: tuple[int, str]) -> Rated:
    by_days = pack.by_days(one.days)
    rank, rule = pulled
    basis: Basis = "contagion" if rank > own else "person" if own > by_days else "days"
    return Rated(
        exposure=one,
        by_days=pack.categories[by_days].id,
        category=pack.categories[max(own, rank)].id,
        basis=basis,
        rule=rule if basis == "contagion" else "",
    )


def totals(pack: ClassificationPack, rated: Iterable[Rated]) -> tuple[BookTotals, ...]:
    """Accounts and balance per category and the NPL ratio, one book per currency (U2.1a)."""
    by_currency: dict[str, list[Rated]] = {}
    for one in rated:
        by_currency.setdefault(one.exposure.currency, []).append(one)
    return tuple(_book(pack, currency, found) for currency, found in sorted(by_currency.items()))


def _book(pack: ClassificationPack, currency: str, found: Sequence[Rated]) -> BookTotals:
    lines = tuple(_line(category.id, found) for category in pack.categories)
    total = sum((line.balance for line in lines), ZERO)
    bad = sum((line.balance for line in lines[pack.rank(pack.non_performing_from) :]), ZERO)
    ratio = (bad / total).quantize(BASIS_POINT, rounding=ROUND_HALF_UP) if total else None
    return BookTotals(currency=currency, lines=lines, balance=total, non_performing=bad, npl_ratio=ratio)


def _line(category: str, found: Sequence[Rated]) -> ClassLine:
    balances = [one.exposure.balance for one in found if one.category == category]
    return ClassLine(category=category, accounts=len(balances), balance=sum(balances, ZERO))
