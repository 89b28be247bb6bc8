"""What an answer may concede: instalments within income (B2.2.2.1), a part of the penalty interest (B2.2.2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from typing import Final

from domain import commands as c
from domain.affordability import HUNDRED, INCOME, INSTALMENT, NOT_FEASIBLE, PlanLimits, options, plan_problems
from domain.base import days
from domain.buyback_claim import with_price
from domain.errors import Problem, Refused
from domain.evidence import Figure
from domain.ladder import Ladder, Step
from domain.money import CENT, ZERO, rounded
from domain.step_events import Waived
from domain.view import View

WAIVER: Final = "waiver"


def must_keep_limits(view: View, step: Step, body: c.AnswerStep) -> c.AnswerStep:
    """The answer, with the reason added when no plan fits. Raises Refused plan_unfit, waiver_unfit with every fault."""
    match step.rule.ask.figures if step.rule.ask else None:
        case "instalment_plan":
            return _plan(view, body)
        case "penalty_waiver" if step.asked and body.outcome == step.asked.outcomes[0]:
            _refuse("waiver_unfit", _waiver_problems(view, body))
            return body
        case "waiver" if step.asked and body.outcome == step.asked.outcomes[0]:
            _refuse("waiver_unfit", [*_amount_problems(body, penalty(view), "the penalty interest")])
            return body
        case "buyback_price" if step.asked and body.outcome == step.asked.outcomes[0]:
            return with_price(view, body)
        case _:
            return body


def waived(view: View, step: Step, body: c.AnswerStep) -> Waived | None:
    """What a granted waiver gives up, and until when everything due has to be paid."""
    asked = step.rule.ask
    if asked is None or asked.figures not in ("penalty_waiver", "waiver") or step.asked is None:
        return None
    if body.outcome != step.asked.outcomes[0]:
        return None
    (amount,) = (figure.amount for figure in body.figures if figure.item == WAIVER)
    return Waived(amount=amount, paid_by=view.today + days(view.ladder.integer("waiver_paid_within_days")))


def stated(ladder: Ladder, step: Step, outcome: str, view: View) -> tuple[Figure, ...]:
    """Figures with which a scripted answer keeps its limits; () for steps without any."""
    asked = step.rule.ask
    if asked is None or asked.figures is None or step.asked is None:
        return ()
    favourable = outcome == step.asked.outcomes[0]
    if asked.figures in ("penalty_waiver", "waiver"):
        most = max(CENT, _most_waived(view) if asked.figures == "penalty_waiver" else penalty(view))
        return (Figure(item=WAIVER, side="expense", amount=most),) if favourable else ()
    if asked.figures == "buyback_price":
        return ()  # the computed price
    income = owed(view) * HUNDRED if favourable else CENT
    plan = options(owed(view), income, plan_limits(ladder))
    rows = [Figure(item=INCOME, side="income", amount=income)]
    if favourable and plan:
        rows += [Figure(item=INSTALMENT, side="expense", amount=amount) for amount in plan[0]]
    return tuple(rows)


def _plan(view: View, body: c.AnswerStep) -> c.AnswerStep:
    feasible = body.outcome != "not_feasible"
    limits = plan_limits(view.ladder)
    _refuse("plan_unfit", plan_problems(body.figures, owed(view), limits, feasible))
    if feasible or body.note.strip():
        return body
    reason = NOT_FEASIBLE.format(least=limits.least, most=limits.most, share=limits.share)
    return body.model_copy(update={"note": reason})


def _waiver_problems(view: View, body: c.AnswerStep) -> list[Problem]:
    """First delinquency, own contact, within 30 days, at most 20 per cent of the penalty interest (B2.2.2.2a-c)."""
    found: list[Problem] = []
    if view.facts.delinquencies > 1:
        found.append(Problem("case", "it is not the first delinquency", "answer refused"))
    if not view.case.contacts.own:
        remedy = "record their contact with initiated_by: customer, or answer refused"
        found.append(Problem("contact", "no record says that the customer made contact on their own", remedy))
    latest = view.ladder.integer("waiver_latest_dpd")
    if view.dpd > latest:
        found.append(Problem("case", f"it is more than {latest} days past due", "answer refused"))
    share = view.ladder.integer("waiver_share")
    return [*found, *_amount_problems(body, _most_waived(view), f"{share} per cent")]


def _amount_problems(body: c.AnswerStep, most: Decimal, named: str) -> Iterator[Problem]:
    amounts = [figure.amount for figure in body.figures if figure.item == WAIVER]
    if len(amounts) != 1:
        yield Problem(WAIVER, "the amount is not stated once", "add one figure waiver")
    elif amounts[0] <= ZERO or amounts[0] != rounded(amounts[0]):
        yield Problem(WAIVER, f"{amounts[0]} is no amount to waive", "give whole cents above zero")
    elif amounts[0] > most:
        yield Problem(WAIVER, f"{amounts[0]} is above {named}", f"waive at most {most}")


def _most_waived(view: View) -> Decimal:
    share = Decimal(view.ladder.integer("waiver_share")) / HUNDRED
    return (penalty(view) * share).quantize(CENT, rounding=ROUND_DOWN)


def penalty(view: View) -> Decimal:
    """Penalty interest of the present delinquency up to today."""
    return rounded(view.facts.current_penalty + _since_read(view))


def owed(view: View) -> Decimal:
    """All that is overdue today, the penalty interest of today included."""
    return rounded(view.facts.total_overdue + _since_read(view))


def _since_read(view: View) -> Decimal:
    """Penalty interest of the days since the facts were read: they are of the day the case last woke."""
    return view.facts.daily_penalty * max(0, (view.today - view.facts.as_of).days)


def plan_limits(ladder: Ladder) -> PlanLimits:
    """What an instalment plan may be under this policy (B2.2.2.1b, c)."""
    return PlanLimits(
        share=ladder.integer("plan_share_of_income"), least=ladder.integer("plan_least_instalments"),
        most=ladder.integer("plan_most_instalments"),
    )  # fmt: skip


def _refuse(code: str, problems: list[Problem]) -> None:
    if problems:
        said = "; ".join(f"{one.place}: {one.message}" for one in problems)
        raise Refused(code, f"{said}.", "; ".join(f"{one.place}: {one.remedy}" for one in problems) + ".")
