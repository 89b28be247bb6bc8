"""A claim for the buyback: the computed price, or another one with its reason, and the entry it makes in the ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from domain import commands as c
from domain.base import local_date
from domain.case import Case
from domain.errors import Refused
from domain.events import Event, StepCompleted, StepReopened
from domain.evidence import Figure
from domain.ladder import Step
from domain.ledger import AccountFacts, Posting, PostingKind
from domain.money import ZERO, rounded
from domain.view import View

PRICE: Final = "buyback_price"


def with_price(view: View, body: c.AnswerStep) -> c.AnswerStep:
    """The answer with the price it claims. Raises Refused buyback_unfit with every fault."""
    computed = price_today(view)
    given = [figure.amount for figure in body.figures if figure.item == PRICE]
    if not given:
        figure = Figure(item=PRICE, side="income", amount=computed)
        return body.model_copy(update={"figures": (*body.figures, figure)})
    faults: list[tuple[str, str]] = []
    if len(given) > 1:
        faults.append(("the price is stated more than once", "give one figure buyback_price"))
    if any(amount <= ZERO or amount != rounded(amount) for amount in given):
        faults.append(("the price is no amount to claim", "give whole cents above zero"))
    if given[0] != computed and not body.note.strip():
        faults.append((f"it differs from the computed {computed}", "give the reason in note"))
    if faults:
        said = "; ".join(what for what, _ in faults)
        raise Refused("buyback_unfit", f"{PRICE}: {said}.", "; ".join(remedy for _, remedy in faults) + ".")
    return body


def claimed(step: Step, body: c.AnswerStep) -> Decimal | None:
    """What an answer claims from the vendor; None for any other."""
    asked = step.rule.ask
    if asked is None or asked.figures != PRICE or step.asked is None or body.outcome != step.asked.outcomes[0]:
        return None
    return next(figure.amount for figure in body.figures if figure.item == PRICE)


def price_today(view: View) -> Decimal:
    """The computed price, with the penalty interest of the days since the facts were read."""
    since_read = view.facts.daily_penalty * max(0, (view.today - view.facts.as_of).days)
    return rounded(view.facts.buyback_price + since_read)


def posting_of(case: Case, event: Event) -> Posting | None:
    """The entry of the ledger that a claim makes; of a correction the one that takes the claim back, if it was one."""
    day = local_date(event.at, case.time_zone)
    match event.body:
        case StepCompleted(claimed=amount) if amount is not None:
            number = claim_id(case.case_no, event.seq)
            return Posting(id=number, kind=PostingKind.BUYBACK_CLAIM, value_date=day, at=event.at, amount=amount)
        case StepReopened(corrects=corrects):
            number = claim_id(case.case_no, corrects)
            return Posting(id=f"{number}/back", kind=PostingKind.REVERSAL, value_date=day, at=event.at, reverses=number)
        case _:
            return None


def entered(account: AccountFacts, case: Case, event: Event) -> AccountFacts:
    """The account with what the event enters in its ledger; a correction of something else enters nothing."""
    posting = posting_of(case, event)
    if posting is None or (posting.reverses and posting.reverses not in {known.id for known in account.postings}):
        return account
    return account.model_copy(update={"postings": (*account.postings, posting)})


def claim_id(case_no: str, seq: int) -> str:
    """The id of the posting of a claim."""
    return f"buyback/{case_no}/{seq}"
