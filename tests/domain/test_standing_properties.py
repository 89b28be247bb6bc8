"""What holds for every schedule, every payment and every day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from domain.ledger import AccountFacts, HoldFact, Instalment, Posting, PostingKind
from domain.standing import Standing, standing
from domain.terms import Terms
from tests.builders.effort import examples

START = date(2026, 1, 5)
ORDINARY = settings(max_examples=examples(150), deadline=None)
days_on = st.integers(0, 240).map(lambda number: START + timedelta(days=number))
cents = st.integers(1, 3_000_000).map(lambda number: Decimal(number) / 100)


@st.composite
def accounts(draw: st.DrawFn) -> AccountFacts:
    """A lease with one to five instalments, up to six payments, some taken back, and costs."""
    due = sorted(draw(st.lists(days_on, min_size=1, max_size=5, unique=True)))
    schedule = tuple(
        Instalment(no=no, due=day, principal=draw(cents), interest=draw(cents)) for no, day in enumerate(due, start=1)
    )
    kinds = st.sampled_from([PostingKind.PAYMENT] * 4 + [PostingKind.VENDOR_ADVANCE, PostingKind.COST])
    postings: list[Posting] = []
    for number in range(draw(st.integers(0, 6))):
        posting = _posting(f"R{number}", draw(kinds), draw(days_on), draw(cents), draw(st.integers(0, 9)))
        postings.append(posting)
        if posting.kind is PostingKind.PAYMENT and draw(st.integers(0, 3)) == 0:
            postings.append(_taken_back(posting, draw(st.integers(0, 20))))
    rate = draw(st.sampled_from([Decimal(0), Decimal("0.0005")]))
    return AccountFacts(account_no="P", schedule=schedule, postings=tuple(postings), penalty_rate_per_day=rate)


def _posting(name: str, kind: PostingKind, day: date, amount: Decimal, late: int) -> Posting:
    at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC) + timedelta(days=late)
    return Posting(id=name, kind=kind, value_date=day, at=at, amount=amount)


def _taken_back(posting: Posting, later: int) -> Posting:
    delay = timedelta(days=later)
    return Posting(
        id=f"back-{posting.id}",
        kind=PostingKind.REVERSAL,
        value_date=posting.value_date + delay,
        at=posting.at + delay,
        reverses=posting.id,
    )


def _with(account: AccountFacts, *more: Posting) -> AccountFacts:
    return account.model_copy(update={"postings": account.postings + more})


@ORDINARY
@given(accounts(), days_on, st.integers(0, 5), days_on, st.integers(1, 40))
def test_figures_of_a_day(account: AccountFacts, day: date, grace: int, hold_from: date, length: int) -> None:
    found = standing(account, day, Terms())
    assert_every_cent_is_somewhere(account, found)
    assert found.overdue_rent == sum((row.unpaid for row in found.open_instalments), Decimal(0))
    assert all(row.paid + row.unpaid == row.rent and row.paid >= 0 for row in found.open_instalments)
    assert (found.oldest_due is None) == found.cured
    assert min(found.costs, found.earlier_penalty, found.current_penalty, found.carried_penalty) >= 0
    assert found.cured or found.dpd == (day - (found.oldest_due or day)).days
    held = account.model_copy(update={"holds": (HoldFact(start=hold_from, end=hold_from + timedelta(days=length)),)})
    lowered = standing(held, day, Terms(grace_days=grace, holds="stop_clock"))
    assert max(0, found.dpd - grace - length) <= lowered.dpd <= found.dpd
    assert lowered.past_due_days == found.past_due_days


def assert_every_cent_is_somewhere(account: AccountFacts, found: Standing) -> None:
    """What was paid and not taken back is allocated or still there."""
    known = [p for p in account.postings if p.value_date <= found.as_of]
    gone = {p.reverses for p in known if p.kind is PostingKind.REVERSAL}
    payments = sum((p.amount for p in known if p.kind is PostingKind.PAYMENT and p.id not in gone), Decimal(0))
    assert found.allocated + found.unallocated == payments
    assert found.unallocated >= 0


@ORDINARY
@given(accounts(), days_on)
def test_days_past_due_rise_by_one_and_fall_only_when_something_is_paid(account: AccountFacts, day: date) -> None:
    following = day + timedelta(days=1)
    today, tomorrow = standing(account, day, Terms()), standing(account, following, Terms())
    assert today.dpd >= 0
    if tomorrow.dpd < today.dpd:
        moved = {p.kind for p in account.postings if p.value_date == following}
        assert moved & {PostingKind.PAYMENT, PostingKind.REVERSAL}
    elif today.dpd:
        assert tomorrow.dpd >= today.dpd + 1  # more only after a reversal


@ORDINARY
@given(accounts(), days_on, cents)
def test_one_more_posting(account: AccountFacts, day: date, amount: Decimal) -> None:
    before, on_day = standing(account, day - timedelta(days=1), Terms()), standing(account, day, Terms())
    payment = _posting("X", PostingKind.PAYMENT, day, amount, 0)
    paid = _with(account, payment)
    # a day in the past does not know it; taken back the same day it was never there; more paid is never older
    assert standing(paid, before.as_of, Terms()) == before
    assert standing(_with(paid, _taken_back(payment, 0)), day, Terms()) == on_day
    assert standing(paid, day, Terms()).dpd <= on_day.dpd
    # an advance of the vendor changes neither days nor amounts (L2.4)
    advanced = standing(_with(account, _posting("V", PostingKind.VENDOR_ADVANCE, day, amount, 0)), day, Terms())
    assert advanced.vendor_advance == on_day.vendor_advance + amount
    assert advanced.model_copy(update={"vendor_advance": on_day.vendor_advance}) == on_day
