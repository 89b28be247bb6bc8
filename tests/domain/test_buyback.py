"""The buyback: its price by hand, the claim, short and full payment, a vendor who does not perform, the title."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain import commands as c
from domain.buyback import bought_back_on, buyback_price, performance
from domain.errors import Refused
from domain.events import StepCompleted
from domain.evidence import Figure
from domain.ledger import AccountFacts, Posting, PostingKind
from domain.terms import Terms
from tests.builders.cases import Desk
from tests.builders.leases import BUYBACK_VENDOR, LESSEE, VENDOR, lease, paid, taken_back

DAY_1 = "2026-03-03 09:00"
OPEN = c.OpenStep(step="buyback_claim")


def guaranteed() -> Desk:
    return Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1)


def price(amount: str) -> tuple[Figure, ...]:
    return (Figure(item="buyback_price", side="income", amount=Decimal(amount)),)


def bought(day: str, amount: str) -> Posting:
    return paid(day, amount, PostingKind.BUYBACK_PRICE)


def claimed() -> Desk:
    """Claimed on 21 April 2026, DPD 50: 31,500.00 of rents, 362.25 of penalty interest."""
    return guaranteed().work("2026-04-21 10:00", leave=("disposal",)).tell("asset_manager", OPEN)


def told(desk: Desk, kind: str, step: str, name: str) -> list[object]:
    """This field of the events of a kind."""
    return [event.body.model_dump()[name] for event in desk.of(kind, step)]


def book(desk: Desk) -> AccountFacts:
    assert desk.account is not None
    return desk.account


def test_the_price_is_all_rents_penalty_and_costs_less_what_the_lessee_has_in_hand() -> None:
    cost = paid("2026-04-01", "260.00", PostingKind.COST)
    advance = paid("2026-04-05", "10500.00", PostingKind.VENDOR_ADVANCE)
    found = buyback_price(lease(cost, advance), date(2026, 4, 21), Terms())
    assert (found.rents_due, found.rents_to_come) == (Decimal("21000.00"), Decimal("10500.00"))
    assert found.penalty == Decimal("362.25")  # (50 + 19) x 5.25
    assert (found.costs, found.unallocated) == (Decimal("260.00"), Decimal(0))
    assert found.total == Decimal("32122.25")  # a vendor's advance is no payment of the lessee (L2.4)


def test_asset_management_claims_the_computed_price_and_the_vendor_is_written_to() -> None:
    desk = claimed()
    done = desk.of("step_completed", "buyback_claim")[0].body
    assert isinstance(done, StepCompleted)
    assert (done.claimed, done.figures) == (Decimal("31862.25"), price("31862.25"))
    assert told(desk, "message_sent", "buyback_letter", "target") == ["vendor/letter"]
    assert desk.deadline("buyback_payment") == "2026-05-08 18:00"  # ten business days, 1 to 5 May are holidays
    assert performance(book(desk), date(2026, 4, 21)).claimed == Decimal("31862.25")


def test_another_price_needs_its_reason_and_is_a_whole_amount() -> None:
    desk = guaranteed().work("2026-04-21 10:00", leave=("disposal",))
    for figures, note, said in (
        (price("30000.00"), "", "differs from the computed 31862.25"),
        (price("0.00"), "gift", "no amount to claim"),
        ((*price("1.00"), *price("2.00")), "two", "more than once"),
        (price("30000.001"), "agreed", "no amount to claim"),
    ):
        with pytest.raises(Refused) as found:
            desk.tell("asset_manager", OPEN.model_copy(update={"figures": figures, "note": note}))
        assert found.value.code == "buyback_unfit" and said in found.value.message
    desk.tell("asset_manager", OPEN.model_copy(update={"figures": price("30000.00"), "note": "agreed"}))
    assert performance(book(desk), date(2026, 4, 21)).claimed == Decimal("30000.00")


def test_only_a_vendor_who_guarantees_is_claimed_from() -> None:
    desk = Desk(lease(parties=(LESSEE, VENDOR)), DAY_1).work("2026-04-21 10:00", leave=("disposal",))
    with pytest.raises(Refused) as found:
        desk.tell("asset_manager", OPEN)
    assert found.value.code == "not_for_this_account"


def test_paid_in_full_the_title_goes_to_the_vendor_and_the_case_closes() -> None:
    desk = claimed().to("2026-04-23 10:00").post(bought("2026-04-23", "31862.25"))
    assert desk.case.ending == "bought_back" and desk.status("title_transfer") == "open"
    desk.answer("suit_settlement", "settled").answer("title_transfer", "transferred")
    assert desk.case.closed_for == "bought_back"


def test_paid_short_the_case_goes_on_and_somebody_is_asked_what_to_do() -> None:
    desk = claimed().to("2026-04-23 10:00").post(bought("2026-04-23", "31862.24"))
    assert desk.case.status == "open" and desk.status("buyback_shortfall") == "open"
    assert [e.due_at.isoformat()[:10] for e in desk.of("step_opened", "buyback_shortfall")] == ["2026-04-23"]
    desk.answer("buyback_shortfall", "rest_demanded")
    assert len(desk.of("message_sent", "buyback_letter")) == 2
    desk.to("2026-04-24 10:00").post(bought("2026-04-24", "0.01"))
    assert desk.case.ending == "bought_back"


def test_a_lower_price_is_claimed_anew_and_may_be_paid_already() -> None:
    desk = claimed().to("2026-04-23 10:00").post(bought("2026-04-23", "30000.00"))
    desk.answer("buyback_shortfall", "lower_price")
    assert desk.status("buyback_claim") == "open"
    body = c.AnswerStep(step="buyback_claim", outcome="claimed", note="settled", figures=price("30000.00"))
    desk.tell("asset_manager", body)
    assert desk.case.ending == "bought_back"
    assert bought_back_on(book(desk), date(2026, 5, 1)) == date(2026, 4, 23)


def test_a_vendor_who_does_not_perform_is_a_decision_and_may_be_claimed_from_again() -> None:
    desk = claimed().to("2026-05-08 18:00")
    assert told(desk, "escalated", "buyback_payment", "to") == ["head_of_asset_management"]
    desk.answer("buyback_payment", "not_paid")
    assert desk.status("vendor_default") == "open"
    desk.answer("vendor_default", "claim_again")
    assert desk.status("buyback_claim") == "open"


def test_a_claim_taken_back_is_none_and_does_not_become_a_debt_of_the_lessee() -> None:
    desk = claimed()
    before = buyback_price(book(desk), date(2026, 4, 21), Terms(returned_payment="return_date"))
    with pytest.raises(Refused) as found:  # the letter is out
        desk.tell("asset_manager", c.CorrectEntry(seq=desk.case.step("buyback_claim").done, reason="wrong lease"))
    assert found.value.code == "already_acted"
    claim = next(p for p in book(desk).postings if p.kind is PostingKind.BUYBACK_CLAIM)
    back = book(desk).model_copy(update={"postings": (*book(desk).postings, taken_back(claim, "2026-04-21"))})
    assert performance(back, date(2026, 4, 21)).claimed is None
    assert buyback_price(back, date(2026, 4, 21), Terms(returned_payment="return_date")) == before


def test_money_of_the_vendor_without_a_claim_ends_the_case_as_before() -> None:
    desk = guaranteed().work("2026-04-10 10:00").post(bought("2026-04-10", "20000.00"))
    assert desk.case.closed_for == "bought_back" and desk.status("title_transfer") == "idle"
