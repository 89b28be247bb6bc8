"""What commands undertake: an agreement is signed, a promise made in a contact, a recovery plan set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from domain import agreement_events as a, commands as c, events as e
from domain.affordability import INCOME, INSTALMENT
from domain.agreement_terms import (
    SIGNED_COPY,
    AgreementTerms,
    Limits,
    Monthly,
    terms_problems,
    terms_schedule,
    with_amounts,
)
from domain.base import days
from domain.concessions import owed, plan_limits
from domain.errors import Problem, Refused
from domain.evidence import Figure
from domain.ladder import Step
from domain.money import ZERO, rounded
from domain.received import total
from domain.view import View

PAUSE = 120  # days until the first instalment of a scripted agreement


def concluded(view: View, step: Step, body: c.AnswerStep, answered: e.Body) -> tuple[e.Body, ...]:
    """The agreement that a signature concludes; () for every other answer.

    Raises Refused terms_missing, document_missing, terms_unfit (with every fault).
    """
    if not _signs(step, body.outcome) or not isinstance(answered, e.StepCompleted):
        if body.agreement is not None:
            raise Refused("terms_unfit", "Nothing is signed with this answer.", "Leave the agreement out.")
        return ()
    if body.agreement is None:
        remedy = "Add agreement: first_due, and how far apart the instalments are."
        raise Refused("terms_missing", "An agreement needs its dates.", remedy)
    if not body.evidence:
        raise Refused("document_missing", f"{step.id} needs a document.", f"Attach the {SIGNED_COPY}.")
    limits = _limits(view)
    _refuse("terms_unfit", terms_problems(body.agreement, limits))
    whole, plan = terms_schedule(body.agreement, limits)
    return (
        a.AgreementConcluded(
            step=step.id, as_of=view.today, owed=whole, paid_before=view.facts.paid, instalments=plan,
            tolerance=view.ladder.integer("agreement_tolerance_days"),
            revive=bool(view.ladder.settings["agreement_revive"]),
        ),
    )  # fmt: skip


def _signs(step: Step, outcome: str) -> bool:
    """Whether this answer says that the customer signed an agreement."""
    concludes = step.rule.ask is not None and step.rule.ask.concludes == "agreement"
    return concludes and step.asked is not None and outcome == step.asked.outcomes[0]


def signature_requested(view: View, step: Step, body: c.RequestSignature) -> a.SignatureRequested:
    """The customer is asked to sign. Raises Refused terms_unfit with every fault."""
    if step.rule.ask is None or step.rule.ask.concludes is None:
        raise Refused("terms_unfit", f"{step.id} signs no agreement.", "Name the step in which it is signed.")
    limits = _limits(view)
    _refuse("terms_unfit", terms_problems(body.agreement, limits))
    return a.SignatureRequested(step=step.id, document=body.document, agreement=with_amounts(body.agreement, limits))


def _limits(view: View) -> Limits:
    """The amounts of an approved plan are those the plan step was answered with."""
    planned, figures = False, tuple[Figure, ...]()
    for step in view.ladder.steps:
        if step.rule.ask is not None and step.rule.ask.figures == "instalment_plan" and step.asked is not None:
            planned, state = True, view.case.end_of(step.id, step.asked.outcomes[0])
            figures = state.figures if state else figures
    plan = tuple(one.amount for one in figures if one.item == INSTALMENT)
    longest = view.ladder.integer("agreement_longest_days")
    monthly = _monthly(view, figures) if planned else None
    return Limits(today=view.today, owed=owed(view), plan=plan, longest=longest, monthly=monthly)


def _monthly(view: View, figures: Sequence[Figure]) -> Monthly:
    income = sum((one.amount for one in figures if one.item == INCOME), ZERO)
    limits = plan_limits(view.ladder)
    first_by = view.today + days(view.ladder.integer("plan_first_due_days"))
    return Monthly(most=limits.limit(income), share=limits.share, first_by=first_by)


def scripted_terms(step: Step, outcome: str, view: View) -> AgreementTerms | None:
    """Terms with which a scripted signature keeps every limit; None for steps that sign nothing."""
    if not _signs(step, outcome):
        return None
    monthly = _limits(view).monthly
    return AgreementTerms(first_due=monthly.first_by if monthly else view.today + days(PAUSE))


def promised(view: View, contact: e.ContactResult, seq: int) -> tuple[e.Body, ...]:
    """The promise that a recorded contact makes; () without amount and day. Raises Refused promise_unfit."""
    said = _said(contact, view.today)
    if said is None:
        return ()
    amount, by = said
    return (
        a.PromiseMade(
            contact=seq, amount=amount, by=by, paid_before=view.facts.paid, paid_that_day=_paid_today(view)
        ),
    )  # fmt: skip


def promise_corrected(view: View, seq: int, contact: e.ContactResult | None) -> tuple[e.Body, ...]:
    """A corrected contact entry corrects its promise, which counts from when it was made."""
    before = next((one for one in view.case.undertakings.promises if one.contact == seq), None)
    if contact is None:
        return ()
    said = _said(contact, before.made_on if before else view.today)
    if said is None:
        return (a.PromiseWithdrawn(contact=seq),) if before else ()
    if before is None:
        return promised(view, contact, seq)
    amount, by = said
    return (
        a.PromiseMade(
            contact=seq, amount=amount, by=by, paid_before=before.paid_before, paid_that_day=before.paid_that_day
        ),
    )  # fmt: skip


def _said(contact: e.ContactResult, made_on: date) -> tuple[Decimal, date] | None:
    """The amount and the day that were promised; None when nothing was. One without the other is no promise."""
    amount, by = contact.promise_amount, contact.promise_date
    if amount is None and by is None:
        return None
    _refuse("promise_unfit", [*_of_promise(amount, by, made_on)])
    return (amount, by) if amount is not None and by is not None else None


def _of_promise(amount: Decimal | None, by: date | None, made_on: date) -> Iterator[Problem]:
    if amount is None:
        yield Problem("promise_amount", "a day was promised, and no amount", "name the amount, or leave the day out")
    elif amount <= ZERO or amount != rounded(amount):
        yield Problem("promise_amount", f"{amount} is no amount to pay", "give whole cents above zero")
    if by is None:
        yield Problem("promise_date", "an amount was promised, and no day", "name the day, or leave the amount out")
    elif by < made_on:
        yield Problem("promise_date", f"{by} is in the past", "name the day by which it is to be paid")


def _paid_today(view: View) -> Decimal:
    return total([one for one in view.facts.received if one.day == view.today])


def recovery_plan(view: View, body: c.SetRecoveryPlan) -> a.RecoveryPlanSet:
    """The plan in stages, up to at most all that is owed. Raises Refused recovery_plan_unfit with every fault."""
    _refuse("recovery_plan_unfit", [*_of_stages(body.stages, view.today, owed(view) + view.facts.to_come)])
    return a.RecoveryPlanSet(
        responsible=body.responsible, stages=body.stages, paid_before=view.facts.paid, as_of=view.today
    )


def _of_stages(stages: Sequence[a.RecoveryStage], today: date, whole: Decimal) -> Iterator[Problem]:
    before, reached = today - days(1), ZERO
    for no, stage in enumerate(stages, start=1):
        if stage.target <= reached or stage.target != rounded(stage.target):
            yield Problem(f"stages {no}, target", f"{stage.target} after {reached}", "let targets rise, in whole cents")
        elif stage.target > whole:
            wrong = f"{stage.target} is above {whole}, all that is owed"
            yield Problem(f"stages {no}, target", wrong, f"at most {whole}")
        if stage.day <= before:
            wrong = "is in the past" if stage.day < today else "does not follow the stage before"
            yield Problem(f"stages {no}, day", f"{stage.day} {wrong}", "let days ascend from today on")
        before, reached = max(before, stage.day), max(reached, stage.target)


def _refuse(code: str, problems: list[Problem]) -> None:
    if problems:
        said = "; ".join(f"{one.place}: {one.message}" for one in problems)
        raise Refused(code, f"{said}.", "; ".join(f"{one.place}: {one.remedy}" for one in problems) + ".")
