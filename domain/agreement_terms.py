"""What a signed agreement has to say, and everything that is wrong with it at once, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from domain.base import Frozen, PlannedDay
from domain.errors import Problem
from domain.instalment_plan import Frequency, Rhythm, Schedule, schedule, split
from domain.money import ZERO, rounded

MOST_INSTALMENTS: Final = 120
SIGNED_COPY: Final = "signed copy"
Amount = Annotated[Decimal, Field(max_digits=15)]


class AgreementTerms(Frozen):
    """When and how much is to be paid, as the customer signed it; amounts in the currency of the account.

    amounts: of the instalments in order; () = those of the plan that was approved, or else `owed` (what is overdue when
    it is not named), less the down payment, in `count` equal parts. An extension is one instalment: frequency once.
    frequency: or every so many days. down_payment_due: by default the day of the signature.
    """

    first_due: PlannedDay
    frequency: Rhythm | Annotated[int, Field(ge=1, le=366)] = "monthly"
    count: int = Field(default=1, ge=1, le=MOST_INSTALMENTS)
    amounts: tuple[Amount, ...] = Field(default=(), max_length=MOST_INSTALMENTS)
    owed: Amount | None = None
    down_payment: Amount = ZERO
    down_payment_due: PlannedDay | None = None


class Monthly(Frozen):
    """What a plan within a share of the income allows (B2.2.2.1b): most may fall due in any one calendar month."""

    most: Decimal
    share: int
    first_by: date


class Limits(Frozen):
    """What an agreement is measured by: the day it is signed, what is owed, the plan approved, the longest time.

    monthly: where plans keep within a share of the income, also what of it may be taken.
    """

    today: date
    owed: Decimal
    plan: tuple[Decimal, ...]
    longest: int
    monthly: Monthly | None = None


def terms_schedule(terms: AgreementTerms, limits: Limits) -> tuple[Decimal, Schedule]:
    """(What the agreement covers, its instalments); meant for terms without problems."""
    owed, amounts = covered(terms, limits), _amounts(terms, limits)
    frequency: Frequency = "monthly" if terms.frequency == "once" and len(amounts) > 1 else terms.frequency
    down = (terms.down_payment_due or limits.today, terms.down_payment)
    return owed, schedule(amounts, terms.first_due, frequency, down)


def with_amounts(terms: AgreementTerms, limits: Limits) -> AgreementTerms:
    """The same terms with every amount named, as the paper that is signed later names them."""
    return terms.model_copy(update={"owed": covered(terms, limits), "amounts": _amounts(terms, limits)})


def covered(terms: AgreementTerms, limits: Limits) -> Decimal:
    """What is to be paid in all."""
    if terms.owed is not None:
        return terms.owed
    return sum(limits.plan, ZERO) if limits.plan else limits.owed


def terms_problems(terms: AgreementTerms, limits: Limits) -> list[Problem]:
    """Amounts that do not add up, dates in the past or out of order, a plan longer or denser than allowed."""
    dense = _of_income(terms, limits, limits.monthly) if limits.monthly else ()
    return [*_of_dates(terms, limits), *dense, *_of_amounts(terms, limits)]


def _amounts(terms: AgreementTerms, limits: Limits) -> tuple[Decimal, ...]:
    if terms.amounts or limits.plan:
        return terms.amounts or limits.plan
    return split(covered(terms, limits) - terms.down_payment, terms.count)


def _of_dates(terms: AgreementTerms, limits: Limits) -> Iterator[Problem]:
    if terms.first_due < limits.today:
        yield Problem("first_due", f"{terms.first_due} is in the past", "name a day from today on")
    down = terms.down_payment_due
    if down is not None and not terms.down_payment:
        yield Problem("down_payment", "there is a day and no amount", "name the amount, or leave the day out")
    if down is not None and down < limits.today:
        yield Problem("down_payment_due", f"{down} is in the past", "name a day from today on")
    if terms.down_payment and (down or limits.today) >= terms.first_due:
        yield Problem("down_payment_due", "it is not before the first instalment", "let the days ascend")
    number = len(_amounts(terms, limits))
    if terms.frequency == "once" and number > 1:
        yield Problem("frequency", f"an extension has one instalment, not {number}", "name how far apart they are")
        return
    _, plan = terms_schedule(terms, limits)
    if plan and (plan[-1].due - limits.today).days > limits.longest:
        yield Problem("first_due", f"it ends on {plan[-1].due}", f"end within {limits.longest} days")


def _of_income(terms: AgreementTerms, limits: Limits, monthly: Monthly) -> Iterator[Problem]:
    """The share is one of a month: instalments closer together would take it several times (B2.2.2.1b)."""
    if not limits.plan:
        yield Problem("amounts", "no plan was measured by the income", "have a plan approved first")
        return
    if terms.frequency != "monthly":
        said = terms.frequency if isinstance(terms.frequency, str) else f"every {terms.frequency} days"
        yield Problem("frequency", f"{said} is not how the plan was measured", "let the instalments be monthly")
    if terms.first_due > monthly.first_by:
        yield Problem("first_due", f"{terms.first_due} is too far away", f"at the latest {monthly.first_by}")
    if terms.frequency == "once":
        return
    falls_due: dict[str, Decimal] = {}
    for one in terms_schedule(terms, limits)[1]:
        month = f"{one.due:%Y-%m}"
        falls_due[month] = falls_due.get(month, ZERO) + one.amount
    for month, amount in falls_due.items():
        if amount > monthly.most:
            wrong = f"{amount} falls due in {month}, above {monthly.share} per cent of the income"
            yield Problem("amounts", wrong, f"at most {monthly.most} in a month, the down payment included")


def _of_amounts(terms: AgreementTerms, limits: Limits) -> Iterator[Problem]:
    owed, amounts = covered(terms, limits), _amounts(terms, limits)
    if owed <= ZERO or owed != rounded(owed):
        yield Problem("owed", f"{owed} is nothing to agree on", "name an amount in whole cents above zero")
    if terms.down_payment < ZERO or terms.down_payment != rounded(terms.down_payment):
        yield Problem("down_payment", f"{terms.down_payment} is no amount to pay", "give whole cents above zero")
    for no, amount in enumerate(amounts, start=1):
        if amount <= ZERO or amount != rounded(amount):
            yield Problem(f"amounts {no}", f"{amount} is no amount to pay", "give whole cents above zero")
    if limits.plan and amounts != limits.plan:
        said = ", ".join(str(amount) for amount in limits.plan)
        yield Problem("amounts", "they are not those of the plan that was approved", f"leave them out, or say {said}")
    most = max(limits.owed, sum(limits.plan, ZERO))  # penalty interest grows on after the plan was measured
    if owed > most:
        yield Problem("owed", f"{owed} is above {most}, which is overdue", f"at most {most}")
    whole = sum(amounts, ZERO) + terms.down_payment
    if whole != owed:
        yield Problem("amounts", f"with the down payment they add up to {whole}, owed is {owed}", "let them add up")
