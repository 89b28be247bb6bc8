"""What a lawyer would try: each test says in its name what the rules ask for."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c, events as e
from domain.agreement_terms import AgreementTerms
from domain.buyback import bought_back_on
from domain.errors import Refused
from domain.ledger import AccountFacts, PostingKind
from domain.moving import movers
from domain.stops import held
from domain.view import View
from tests.builders.cases import Desk
from tests.builders.ladders import ladder
from tests.builders.leases import BUYBACK_VENDOR, LESSEE, lease, paid

DAY_1 = "2026-03-03 09:00"
APPROVAL = "suspension_approval"


def signed() -> Desk:
    desk = Desk(lease(), DAY_1, ladder("credit")).to("2026-03-20 10:00")
    desk.tell("credit_department", c.OpenStep(step="negotiation")).answer("negotiation", "plan_agreed")
    terms = AgreementTerms(first_due=date(2026, 3, 27), frequency="weekly", count=2)
    body = c.AnswerStep(step="repayment_agreement", outcome="signed", evidence="copy", agreement=terms)
    return desk.tell("dedicated_person", body)


@pytest.mark.parametrize("target", ["bank", "lender", "treatment", "union"])
def test_s4_no_pause_outlives_the_agreement_that_is_watched(target: str) -> None:
    """Moved to another regulation: either the agreement is still watched, or its pause is over."""
    desk = signed()
    desk.move(movers(desk.ladder.policy)[0], ladder(target))
    paused = any(hold.hold == "agreement" and hold.ended_at is None for hold in desk.case.holds)
    assert paused == (desk.case.undertakings.agreement is not None)
    desk.to("2026-04-20 10:00")  # nothing was paid: S4, a missed instalment resumes the ladder
    assert not any(hold.hold == "agreement" and hold.ended_at is None for hold in desk.case.holds)


def test_s4_while_an_agreement_is_kept_nobody_may_dun_not_even_an_agency() -> None:
    """The stop is of the case: also when no step of that kind is open."""
    desk = signed()
    assert held(View(desk.ladder, desk.case, desk.now), ("contact", "agency")) == "agreement"
    desk.to("2026-04-20 10:00")  # nothing was paid
    assert held(View(desk.ladder, desk.case, desk.now), ("contact", "agency")) is None


def test_l6_3_a_part_of_the_price_dated_before_the_claim_is_no_performance() -> None:
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1).work("2026-04-21 10:00", leave=("disposal",))
    desk.tell("asset_manager", c.OpenStep(step="buyback_claim")).to("2026-04-23 10:00")
    desk.post(paid("2026-04-20", "100.00", PostingKind.BUYBACK_PRICE, known="2026-04-23"))
    assert desk.case.ending is None
    assert isinstance(desk.account, AccountFacts)
    assert bought_back_on(desk.account, date(2026, 4, 23)) is None
    desk.post(paid("2026-04-23", "31762.25", PostingKind.BUYBACK_PRICE))
    assert desk.case.ending == "bought_back"
    assert bought_back_on(desk.account, date(2026, 4, 23)) == date(2026, 4, 23)


def applied(end: date) -> Desk:
    desk = Desk(lease(), DAY_1).work("2026-04-17 12:00", leave=("disposal", "lawsuit"))
    return desk.tell("business", c.OpenStep(step="suspension_application", evidence="D1", end_date=end), user="li")


def test_l7_5b_a_session_with_the_majority_in_favour_is_no_refusal() -> None:
    desk = applied(date(2026, 5, 20)).answer(APPROVAL, "approved", "head_of_business", "head_of_asset_management")
    with pytest.raises(Refused):
        said = c.AnswerStep(step=APPROVAL, outcome="refused", present=5, in_favour=5, evidence="minutes")
        desk.tell("review_committee", said)


def before_the_committee(step: str) -> Desk:
    if step != APPROVAL:
        return Desk(lease(), DAY_1).work("2026-06-30 12:00", leave=(step, "lawsuit"))
    return applied(date(2026, 5, 20)).answer(APPROVAL, "approved", "head_of_business", "head_of_asset_management")


@pytest.mark.parametrize(
    ("step", "outcome", "in_favour"),
    [("disposal_plan_decision", "accepted", 5), (APPROVAL, "approved", 4), (APPROVAL, "refused", 1),
     ("recourse_resolution", "pursue", 3)],
)  # fmt: skip
def test_l7_5b_one_member_says_how_the_others_voted_only_with_the_minutes(
    step: str, outcome: str, in_favour: int
) -> None:
    """L6.2b, L7.3b, decision 0026: or under a meeting whose record holds it; the case keeps both."""
    desk = before_the_committee(step)
    before, said = desk.case, c.AnswerStep(step=step, outcome=outcome, present=5, in_favour=in_favour)
    with pytest.raises(Refused) as refused:
        desk.tell("review_committee", said)
    assert (refused.value.code, desk.case) == ("document_missing", before)
    desk.tell("review_committee", said.model_copy(update={"evidence": "minutes"}))
    (told,) = [
        event.body for event in desk.events
        if isinstance(event.body, e.StepAnswered | e.StepCompleted) and event.body.step == step
        and event.body.role == "review_committee"
    ]  # fmt: skip
    assert (told.present, told.in_favour, told.evidence) == (5, in_favour, "minutes")


def test_l7_5_a_suspension_approved_after_its_last_day_holds_nothing_and_never_ends_before_it_began() -> None:
    desk = applied(date(2026, 4, 20)).to("2026-04-27 10:00").answer(APPROVAL, "approved")
    assert all(hold.ended_at is None or hold.ended_at >= hold.placed_at for hold in desk.case.holds)
