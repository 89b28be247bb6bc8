"""Money is neither made nor lost: what the postings alone say, against what the product computes from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from domain import agreement_events as a, events as e
from domain.case import Case
from domain.ladder import Ladder
from domain.ledger import AccountFacts, Posting, PostingKind
from domain.standing import standing
from tests.builders.sequences import Given

CENT = Decimal("0.01")
NOTHING = Decimal(0)


def counted(account: AccountFacts, as_of: date, *kinds: PostingKind) -> Decimal:
    """The sum of the postings of these kinds that were not taken back by the end of a day."""
    known = [posting for posting in account.postings if posting.value_date <= as_of]
    back = {posting.reverses for posting in known if posting.kind is PostingKind.REVERSAL}
    return _sum(posting for posting in known if posting.kind in kinds and posting.id not in back)


def _sum(postings: Iterable[Posting]) -> Decimal:
    return sum((posting.amount for posting in postings), NOTHING)


def assert_conserved(account: AccountFacts, as_of: date, ladder: Ladder) -> None:
    """What was paid is allocated or left over; nothing that fell due vanishes unpaid; waivers are of penalty only."""
    now = standing(account, as_of, ladder.terms)
    assert ladder.terms.returned_payment != "return_date", "the sums below take back what was returned"
    cures = (
        (PostingKind.PAYMENT, PostingKind.VENDOR_ADVANCE)
        if ladder.terms.vendor_advance_cures
        else (PostingKind.PAYMENT,)
    )
    paid = counted(account, as_of, *cures)
    assert paid == now.allocated + now.unallocated
    assert now.allocated >= 0 and now.unallocated >= 0
    due = sum((one.rent for one in account.schedule if one.due <= as_of), NOTHING)
    costs = counted(account, as_of, PostingKind.COST)
    grown = sum(
        (one.rent * account.penalty_rate_per_day * max(0, (as_of - one.due).days) for one in account.schedule), NOTHING
    )
    roundings = CENT * (len(account.postings) + len(account.schedule))
    assert now.allocated <= due + costs + grown + roundings, "more was taken than was owed"
    today = sum((one.rent for one in account.schedule if one.due == as_of), NOTHING)
    assert now.overdue_rent + today + now.costs >= due + costs - paid, "rents vanished that nobody paid"
    assert now.overdue_rent + now.costs <= due + costs, "more is owed than fell due"
    assert counted(account, as_of, PostingKind.WAIVER) <= grown + roundings, "more was waived than there was"


def assert_facts_fit(case: Case, account: AccountFacts) -> None:
    """What the case knows of payments is what was posted."""
    if case.facts is not None and case.status != "closed":
        assert case.facts.paid == counted(account, case.facts.as_of, PostingKind.PAYMENT)
        assert case.facts.ledger_version == len(account.postings)


def assert_waived_within(given: Given, account: AccountFacts) -> None:
    """A waiver gives up no more penalty interest than there is that day; an agreement adds up; a share is a share."""
    for event in given.made:
        body = event.body
        if isinstance(body, e.StepCompleted) and body.waived is not None:
            now = standing(account.known_at(given.now), given.before.today(given.now), given.ladder.terms)
            figures = given.ladder.by_id[body.step].rule.ask
            share = 20 if figures and figures.figures == "penalty_waiver" else 100  # B2.2.2.2c
            assert NOTHING < body.waived.amount <= now.current_penalty * share / 100 + CENT
        if isinstance(body, a.AgreementConcluded):
            assert sum((one.amount for one in body.instalments), NOTHING) == body.owed


def assert_filled_once(events: Sequence[e.Event]) -> None:
    """No verdict says that more was paid than was agreed."""
    for event in events:
        if isinstance(event.body, a.InstalmentJudged | a.PromiseJudged):
            assert NOTHING <= event.body.filled <= event.body.amount
