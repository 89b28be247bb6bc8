"""Instalment plans as arithmetic: dates, amounts, interest, the balance expected on a day, and whether a plan is kept.

The owner of a policy reads here what "missed", "caught up" and "remainder" mean; nothing here knows of cases.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal
from itertools import count, takewhile
from typing import Final, Literal

from pydantic import Field

from domain.base import Frozen, days
from domain.money import CENT, ZERO, rounded

Rhythm = Literal["once", "weekly", "fortnightly", "monthly"]
Frequency = Rhythm | int
"""How far apart instalments are; a number is so many days."""
State = Literal["live", "completed", "breached"]
EVERY: Final[dict[str, int]] = {"weekly": 7, "fortnightly": 14}
MONTHS: Final = 12
YEAR: Final = Decimal(365)
DOWN_PAYMENT_LANDS: Final = 7  # days after the start until a down payment is there, when interest is computed


class PlannedInstalment(Frozen):
    """One amount to be paid by the end of a day, in the currency of the account."""

    no: int = Field(ge=1)
    due: date
    amount: Decimal


class Debt(Frozen):
    """An amount owed since its due date."""

    amount: Decimal
    due: date


Schedule = tuple[PlannedInstalment, ...]


def nth(first: date, frequency: Frequency, number: int) -> date:
    """The date of the instalment `number` places after the first; the 31st is the last day of shorter months."""
    if frequency == "once" and number:
        raise ValueError("an extension has one instalment")
    if frequency in ("once", "monthly"):
        months = first.month - 1 + number
        year, month = first.year + months // MONTHS, months % MONTHS + 1
        return date(year, month, min(first.day, monthrange(year, month)[1]))
    return first + days(number * (EVERY[frequency] if isinstance(frequency, str) else frequency))


def dates_until(first: date, last: date, frequency: Frequency) -> tuple[date, ...]:
    """All dates of a plan from the first to the last, both included."""
    if frequency == "once":
        return (first,)
    return tuple(takewhile(lambda day: day <= last, (nth(first, frequency, number) for number in count())))


def split(owed: Decimal, number: int) -> tuple[Decimal, ...]:
    """So many equal amounts in whole cents; the remainder of the division goes to the last (settled)."""
    each = (owed / number).quantize(CENT, rounding=ROUND_DOWN)
    return (*[each] * (number - 1), owed - each * (number - 1))


def in_portions(owed: Decimal, each: Decimal) -> tuple[Decimal, ...]:
    """As many amounts of `each` as it takes; the last is what remains."""
    whole, rest = divmod(owed, each)
    return (*[each] * int(whole), *([rest] if rest else []))


def schedule(
    amounts: Sequence[Decimal], first: date, frequency: Frequency, down: tuple[date, Decimal] | None = None
) -> Schedule:
    """The instalments in order of their dates, the down payment first; an extension is one of them."""
    rows = [(nth(first, frequency, number), amount) for number, amount in enumerate(amounts)]
    paid_down = [down] if down and down[1] else []
    return tuple(
        PlannedInstalment(no=no, due=due, amount=amount) for no, (due, amount) in enumerate(paid_down + rows, start=1)
    )


def end_date(owed: Decimal, each: Decimal, first: date, frequency: Frequency, down_payment: Decimal = ZERO) -> date:
    """The date of the last instalment of a plan in portions of `each`; the down payment is made before the first."""
    portions = in_portions(owed - down_payment, each)
    return nth(first, frequency, max(0, len(portions) - 1))


def expected_balance(owed: Decimal, plan: Sequence[PlannedInstalment], on: date) -> Decimal:
    """What may still be unpaid at the end of a day when everything agreed until then was paid."""
    return owed - sum((one.amount for one in plan if one.due <= on), ZERO)


def state_on(owed: Decimal, plan: Sequence[PlannedInstalment], tolerance: int, as_of: date, balance: Decimal) -> State:
    """How a plan stands at the end of `as_of` by its balance alone: one caught up is live again (`revive`).

    tolerance: days an instalment may be late; it is missed at the end of the last of them.
    """
    if balance <= ZERO:
        return "completed"
    return "breached" if balance > expected_balance(owed, plan, as_of - days(tolerance)) else "live"


def filled(plan: Sequence[PlannedInstalment], paid: Decimal) -> tuple[Decimal, ...]:
    """How much of each instalment is there when so much was paid, the oldest first; never more than it is."""
    return tuple(_fill(plan, max(paid, ZERO)))


def _fill(plan: Sequence[PlannedInstalment], left: Decimal) -> Iterator[Decimal]:
    for one in plan:
        part = min(left, one.amount)
        left -= part
        yield part


def plan_interest(
    debts: Sequence[Debt], start: date, dates: Sequence[date], percent: Decimal, down_payment: Decimal = ZERO
) -> Decimal:
    """Late interest of a plan in cents: simple, so many per cent a year of 365 days, all of it added to the last one.

    A debt bears interest from its due date; the down payment takes from the oldest a few days after the start; what
    remains is paid in equal shares, each of which bears interest to the day after its date.
    """
    found, left = Decimal(0), down_payment
    for debt in sorted(debts, key=lambda one: one.due):
        covered = min(left, debt.amount)
        left -= covered
        found += _simple(covered, debt.due, start + days(DOWN_PAYMENT_LANDS), percent)
        share = (debt.amount - covered) / len(dates)
        found += sum((_simple(share, debt.due, day + days(1), percent) for day in dates), Decimal(0))
    return rounded(found)


def _simple(amount: Decimal, since: date, until: date, percent: Decimal) -> Decimal:
    return amount * percent / 100 * max(0, (until - since).days) / YEAR
