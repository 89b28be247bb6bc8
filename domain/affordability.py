"""Which instalments a borrower can afford: 3 to 6 equal ones, each at most 30 per cent of monthly income (B2.2.2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Final

from pydantic import Field

from domain.base import Frozen
from domain.errors import Problem
from domain.evidence import Figure
from domain.money import CENT, ZERO

INCOME: Final = "monthly_income"
INSTALMENT: Final = "instalment"
NOT_FEASIBLE: Final = "no plan of {least} to {most} instalments keeps within {share} per cent of income"
HUNDRED: Final = Decimal(100)


class PlanLimits(Frozen):
    """What a plan may be. share: per cent of monthly income that an instalment may take; least, most: instalments."""

    share: int = Field(default=30, ge=1, le=100)
    least: int = Field(default=3, ge=1)
    most: int = Field(default=6, ge=1)

    def limit(self, income: Decimal) -> Decimal:
        """The highest instalment, in whole cents, never above the share."""
        return (income * self.share / HUNDRED).quantize(CENT, rounding=ROUND_DOWN)


def options(owed: Decimal, income: Decimal, limits: PlanLimits) -> tuple[tuple[Decimal, ...], ...]:
    """Every choice that fits, the shortest first; () when none does. owed and income: in one currency, cents.

    All instalments are equal; the last one is what remains, which is never more: amounts add up to `owed`.
    """
    found = (_equal(owed, count) for count in range(limits.least, limits.most + 1))
    return tuple(plan for plan in found if plan and plan[0] <= limits.limit(income))


def _equal(owed: Decimal, count: int) -> tuple[Decimal, ...]:
    """`count` amounts, rounded up to the cent so that only the last is smaller; () when that leaves it nothing."""
    each = (owed / count).quantize(CENT, rounding=ROUND_UP)
    last = owed - each * (count - 1)
    return (*[each] * (count - 1), last) if last > ZERO else ()


def plan_problems(figures: Sequence[Figure], owed: Decimal, limits: PlanLimits, feasible: bool = True) -> list[Problem]:
    """Everything wrong with a plan as it was handed in: one figure of the income, then the instalments in order.

    feasible False: the answer is that no plan fits; wrong when one does (B-Q12).
    """
    incomes = [figure.amount for figure in figures if figure.item == INCOME]
    plan = [figure.amount for figure in figures if figure.item == INSTALMENT]
    if len(incomes) != 1 or incomes[0] <= ZERO:
        return [Problem(INCOME, "the monthly income is not stated once", "add one figure monthly_income above zero")]
    fitting = options(owed, incomes[0], limits)
    if not feasible:
        counts = ", ".join(str(len(one)) for one in fitting)
        return [Problem(INSTALMENT, f"a plan fits: {counts} instalments", "propose it")] if fitting else []
    if not fitting:
        reason = NOT_FEASIBLE.format(least=limits.least, most=limits.most, share=limits.share)
        return [Problem(INSTALMENT, reason, "answer not_feasible: the supervisor decides")]
    return [*_of_amounts(plan, limits.limit(incomes[0])), *_of_whole(plan, owed, limits)]


def _of_amounts(plan: Sequence[Decimal], limit: Decimal) -> list[Problem]:
    found: list[Problem] = []
    for no, amount in enumerate(plan, start=1):
        place = f"{INSTALMENT} {no}"
        if amount > limit:
            found.append(Problem(place, f"{amount} is above {limit}", "spread it over more instalments"))
        if amount != amount.quantize(CENT) or amount <= ZERO:
            found.append(Problem(place, f"{amount} is no amount to pay", "give whole cents above zero"))
        if no < len(plan) and amount != plan[0]:
            found.append(Problem(place, f"{amount} differs from the first", "make all but the last equal"))
    if plan and plan[-1] > plan[0]:
        found.append(Problem(f"{INSTALMENT} {len(plan)}", "the last is above the others", "make it the remainder"))
    return found


def _of_whole(plan: Sequence[Decimal], owed: Decimal, limits: PlanLimits) -> list[Problem]:
    found: list[Problem] = []
    if not limits.least <= len(plan) <= limits.most:
        allowed = f"{limits.least} to {limits.most}"
        found.append(Problem(INSTALMENT, f"{len(plan)} instalments", f"give {allowed} figures named instalment"))
    if plan and sum(plan, ZERO) != owed:
        found.append(Problem(INSTALMENT, f"they add up to {sum(plan, ZERO)}, owed is {owed}", "let them add up"))
    return found
