"""Agreements, promises and recovery plans: judged by the clock from ledger and time, however often one looks."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from domain import commands as c
from domain.agreement_terms import AgreementTerms, Limits, terms_problems, terms_schedule
from domain.base import days
from domain.errors import Refused
from domain.evidence import ContactResult
from domain.instalment_plan import schedule, split
from domain.money import ZERO
from domain.received import Received, total
from domain.undertakings import Agreement, Payments, Promise, fill_promises, state_of, verdict
from tests.builders.cases import Desk, local
from tests.builders.effort import examples
from tests.builders.ladders import ladder
from tests.builders.leases import lease
from tests.builders.payments import kinds, payment, reversal

CENTS = st.decimals(min_value="0.01", max_value="9999.99", places=2)
START = date(2026, 5, 1)
REVIVE = (("agreement_revive: {type: boolean, default: false", "agreement_revive: {type: boolean, default: true"),)
TOLERANT = (
    "agreement_tolerance_days: {type: integer, minimum: 0, default: 0",
    "agreement_tolerance_days: {type: integer, minimum: 0, default: 3",
)
HOUSE = Limits(today=START, owed=Decimal("100.00"), plan=(), longest=366)


def credit(*changes: tuple[str, str]) -> Desk:
    """A loan past due since 3 March; on 20 March a plan is negotiated and waits for the signature."""
    desk = Desk(lease(), "2026-03-03 09:00", ladder("credit", *changes)).to("2026-03-20 10:00")
    desk.tell("credit_department", c.OpenStep(step="negotiation"))
    return desk.answer("negotiation", "plan_agreed")


def signed(desk: Desk, **terms: object) -> Desk:
    agreement = AgreementTerms.model_validate({"first_due": "2026-03-27", "frequency": "weekly", "count": 2} | terms)
    body = c.AnswerStep(step="repayment_agreement", outcome="signed", evidence="copy", agreement=agreement)
    return desk.tell("dedicated_person", body)


def halves(desk: Desk) -> tuple[Decimal, Decimal]:
    agreement = desk.case.undertakings.agreement
    assert agreement is not None
    first, second = (one.amount for one in agreement.instalments)
    return first, second


def state(desk: Desk) -> str:
    agreement = desk.case.undertakings.agreement
    return agreement.state if agreement else "-"


def held(desk: Desk) -> bool:
    return any(hold.hold == "agreement" and hold.ended_at is None for hold in desk.case.holds)


# ── agreements ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_s4_an_agreement_pauses_and_a_missed_instalment_puts_the_account_where_its_days_are() -> None:
    desk = signed(credit())
    assert (state(desk), held(desk)) == ("live", True)
    desk.to("2026-03-28 08:59")
    assert state(desk) == "live"
    desk.to("2026-03-28 09:00")
    assert (state(desk), held(desk)) == ("broken", False)
    assert kinds(desk, "instalment", "agreement", "hold_ended") == [
        ("2026-03-20", "agreement_concluded"), ("2026-03-28", "instalment_missed"), ("2026-03-28", "agreement_broken"),
        ("2026-03-28", "hold_ended"),
    ]  # fmt: skip
    assert desk.case.ladder_from == local("2026-03-28 09:00")  # counted anew, like a take-over


def test_a_payment_before_the_day_counts_and_a_reversal_takes_it_away_again() -> None:
    desk = signed(credit())
    first, _ = halves(desk)
    desk.to("2026-03-24 11:00").post(payment("R1", "2026-03-24", str(first)))
    desk.to("2026-03-28 09:00")
    assert kinds(desk, "instalment") == [("2026-03-28", "instalment_kept")]
    desk.to("2026-03-30 12:00").post(reversal("R1-back", "R1", "2026-03-30"))
    assert kinds(desk, "instalment")[1:] == [("2026-03-30", "instalment_missed")]
    assert (state(desk), held(desk)) == ("broken", False)


def test_a_payment_entered_late_for_a_day_in_time_shows_that_it_was_kept() -> None:
    desk = signed(credit())
    first, _ = halves(desk)
    desk.to("2026-03-29 10:00")
    assert state(desk) == "broken"
    desk.post(payment("R1", "2026-03-27", str(first), "2026-03-29"))
    assert (state(desk), held(desk)) == ("live", True)


@pytest.mark.parametrize(("changes", "expected"), [((), "broken"), (REVIVE, "live")])
def test_b_q15_catching_up_revives_only_where_the_setting_says_so(
    changes: tuple[tuple[str, str], ...], expected: str
) -> None:
    desk = signed(credit(*changes))
    first, _ = halves(desk)
    desk.to("2026-03-29 10:00").post(payment("R1", "2026-03-29", str(first)))
    assert (state(desk), held(desk)) == (expected, expected == "live")


def test_within_the_tolerance_an_instalment_is_in_time() -> None:
    desk = signed(
        credit(
            ('minimum: 0, default: 0, source: settled, note: "an', 'minimum: 0, default: 3, source: settled, note: "an')
        )
    )
    first, _ = halves(desk)
    desk.to("2026-03-30 20:00").post(payment("R1", "2026-03-30", str(first)))
    desk.to("2026-03-31 09:00")
    assert kinds(desk, "instalment") == [("2026-03-31", "instalment_kept")]


def test_nothing_is_judged_before_the_postings_of_the_day_are_complete() -> None:
    """S9: the money may be on its way."""
    late = Desk(
        lease(),
        "2026-03-03 09:00",
        ladder("credit"),
        posted_through=lambda today: min(today - days(1), date(2026, 3, 26)),
    ).to("2026-03-20 10:00")
    late.tell("credit_department", c.OpenStep(step="negotiation")).answer("negotiation", "plan_agreed")
    signed(late).to("2026-03-30 10:00")
    assert (state(late), kinds(late, "instalment")) == ("live", [])


def test_a_completed_agreement_closes_the_case() -> None:
    desk = signed(credit())
    first, second = halves(desk)
    desk.to("2026-03-25 11:00").post(payment("R1", "2026-03-25", str(first + second)))
    assert (state(desk), desk.case.closed_for) == ("completed", "cured")


def test_an_agreement_ended_by_hand_is_watched_no_longer() -> None:
    desk = signed(credit())
    desk.to("2026-03-25 10:00").tell("credit_department", c.EndHold(hold="agreement", evidence="letter"))
    desk.to("2026-03-31 10:00")
    assert (state(desk), kinds(desk, "instalment")) == ("ended", [])
    assert [event.body.kind for event in desk.of("agreement_broken")] == ["agreement_broken"]


def test_a_corrected_signature_takes_the_agreement_back() -> None:
    desk = signed(credit())
    seq = desk.of("step_completed", "repayment_agreement")[-1].seq
    desk.tell("dedicated_person", c.CorrectEntry(seq=seq, reason="the wrong customer"))
    assert desk.case.undertakings.agreement is None
    assert not held(desk)


def test_bad_terms_are_refused_with_every_fault_at_once() -> None:
    wrong = AgreementTerms(
        first_due=date(2026, 3, 1), amounts=(Decimal("1.005"), Decimal("-5.00")), owed=Decimal("50.00"),
        down_payment=Decimal("10.00"), down_payment_due=date(2026, 2, 1),
    )  # fmt: skip
    desk = credit()
    body = c.AnswerStep(step="repayment_agreement", outcome="signed", evidence="copy", agreement=wrong)
    before = desk.case
    with pytest.raises(Refused) as refused:
        desk.tell("dedicated_person", body)
    assert refused.value.code == "terms_unfit"
    for place in ("first_due: ", "down_payment_due: ", "amounts 1: ", "amounts 2: ", "amounts: "):
        assert place in refused.value.message
    assert desk.case == before


@pytest.mark.parametrize(
    ("change", "code"), [({"agreement": None}, "terms_missing"), ({"evidence": None}, "document_missing")]
)
def test_a_signature_needs_its_terms_and_the_signed_copy(change: dict[str, None], code: str) -> None:
    body = c.AnswerStep(
        step="repayment_agreement", outcome="signed", evidence="copy",
        agreement=AgreementTerms(first_due=date(2026, 4, 1)),
    ).model_copy(update=change)  # fmt: skip
    with pytest.raises(Refused) as refused:
        credit().tell("dedicated_person", body)
    assert refused.value.code == code


def test_a_plan_longer_than_allowed_and_more_than_is_owed_are_refused() -> None:
    long = AgreementTerms(first_due=date(2026, 6, 1), count=24, owed=Decimal("100.01"))
    assert [one.place for one in terms_problems(long, HOUSE)] == ["first_due", "owed"]


def test_the_amounts_of_an_approved_plan_stand() -> None:
    limits = HOUSE.model_copy(update={"plan": (Decimal("60.00"), Decimal("40.00"))})
    other = AgreementTerms(first_due=date(2026, 6, 1), amounts=(Decimal("50.00"), Decimal("50.00")))
    assert [one.place for one in terms_problems(other, limits)] == ["amounts"]
    assert terms_schedule(AgreementTerms(first_due=date(2026, 6, 1)), limits)[0] == Decimal("100.00")


# ── what holds for all ─────────────────────────────────────────────────────────────────────────────────────────────

RECEIVED = st.lists(st.tuples(st.integers(0, 60), CENTS), max_size=8).map(
    lambda rows: tuple(
        Received(day=START + days(day), amount=sum((a for d, a in rows if d == day), ZERO))
        for day in sorted({day for day, _ in rows})
    )
)
PROMISED = st.lists(st.tuples(CENTS, st.integers(0, 60), CENTS), max_size=5)


@given(RECEIVED, PROMISED, CENTS, st.integers(0, 5))
def test_payments_are_filled_or_left_over_and_no_money_counts_twice(
    received: tuple[Received, ...], promised: list[tuple[Decimal, int, Decimal]], before: Decimal, tolerance: int
) -> None:
    promises = tuple(
        Promise(contact=no, made_on=START, amount=amount, by=START + days(by), paid_before=before + sum(later, ZERO))
        for no, (amount, by, _) in enumerate(promised)
        for later in [[more for _, _, more in promised[:no]]]
    )
    there = fill_promises(promises, tolerance, Payments(paid=before + total(received), received=received))
    left_over = total(received) - sum(there, ZERO)
    assert left_over >= ZERO
    assert all(ZERO <= part <= one.amount for part, one in zip(there, promises, strict=True))


@given(CENTS, st.integers(1, 6), RECEIVED, st.integers(0, 5), st.booleans())
def test_verdicts_follow_from_ledger_and_time_alone(
    owed: Decimal, count: int, received: tuple[Received, ...], tolerance: int, revive: bool
) -> None:
    agreement = Agreement(
        step="s", source=1, as_of=START, concluded_at=datetime.fromisoformat("2026-05-01T09:00:00+08:00"), owed=owed,
        paid_before=ZERO, instalments=schedule(split(owed, count), START + days(7), "weekly"), tolerance=tolerance,
        revive=revive,
    )  # fmt: skip
    payments = Payments(paid=total(received), received=received)
    found = [verdict(agreement, n, one.due + days(tolerance), payments) for n, one in enumerate(agreement.instalments)]
    assert sum((filled for _, filled in found), ZERO) <= payments.paid
    assert all(
        (said == "kept") == (filled == one.amount)
        for (said, filled), one in zip(found, agreement.instalments, strict=True)
    )
    judged = agreement.model_copy(update={"verdicts": tuple(said for said, _ in found)})
    if payments.paid >= owed:
        assert state_of(judged, payments) == "completed"
    else:
        assert state_of(judged, payments) == "broken"  # the last instalment cannot be there


@settings(deadline=None, max_examples=examples(20))
@given(st.lists(st.integers(1, 40 * 24), max_size=6))
def test_the_verdict_does_not_depend_on_how_often_one_looks(hours: list[int]) -> None:
    """Looking at any times in between gives the same events as sleeping through."""

    def played(looks: list[int]) -> list[tuple[str, str]]:
        desk = signed(credit())
        said = ContactResult(promise_amount=Decimal("300.00"), promise_date=date(2026, 3, 26))
        desk.tell("credit_department", c.RecordContact(contact=said))
        base = desk.now
        for hour in sorted(looks):
            at = base + (days(1) / 24) * hour
            desk.to(at.strftime("%Y-%m-%d %H:%M"))
        desk.to("2026-05-01 10:00")
        return kinds(desk, "instalment", "agreement", "promise", "hold")

    assert played(hours) == played([])
