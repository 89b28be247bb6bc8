"""What holds for every schedule, every payment and every day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from domain.ledger import AccountFacts, HoldFact, Instalment, Posting, PostingKind
from domain.standing import standing
from domain.terms import Terms
from tests.builders.effort import examples

START = date(2026, 1, 5)
ORDINARY = settings(max_examples=examples(300), deadline=None)
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
@given(accounts(), days_on)
def test_every_cent_paid_is_allocated_or_still_there(account: AccountFacts, day: date) -> None:
    gone = {p.reverses for p in account.postings if p.kind is PostingKind.REVERSAL and p.value_date <= day}
    counted = [p for p in account.postings if p.kind is PostingKind.PAYMENT and p.value_date <= day]
    found = standing(account, day, Terms())
    assert found.allocated + found.unallocated == sum((p.amount for p in counted if p.id not in gone), Decimal(0))
    assert found.unallocated >= 0


@ORDINARY
@given(accounts(), days_on, cents)
def test_a_payment_taken_back_the_same_day_was_never_there(account: AccountFacts, day: date, amount: Decimal) -> None:
    payment = _posting("X", PostingKind.PAYMENT, day, amount, 0)
    later = day + timedelta(days=10)
    for asked in (day, later):
        both = standing(_with(account, payment, _taken_back(payment, 0)), asked, Terms())
        assert both == standing(account, asked, Terms())


@ORDINARY
@given(accounts(), days_on)
def test_days_past_due_fall_only_when_something_was_paid_or_taken_over(account: AccountFacts, day: date) -> None:
    today, tomorrow = standing(account, day, Terms()), standing(account, day + timedelta(days=1), Terms())
    assert today.dpd >= 0
    if tomorrow.dpd < today.dpd:
        moved = [p for p in account.postings if p.value_date == day + timedelta(days=1)]
        assert any(p.kind in (PostingKind.PAYMENT, PostingKind.REVERSAL) for p in moved) or today.unallocated
    elif today.dpd:
        assert tomorrow.dpd >= today.dpd + 1


@ORDINARY
@given(accounts(), days_on, days_on, cents)
def test_a_day_in_the_past_does_not_know_later_postings(
    account: AccountFacts, day: date, other: date, amount: Decimal
) -> None:
    earlier, later = min(day, other), max(day, other) + timedelta(days=1)
    payment = _posting("X", PostingKind.PAYMENT, later, amount, 0)
    assert standing(_with(account, payment), earlier, Terms()) == standing(account, earlier, Terms())


@ORDINARY
@given(accounts(), days_on, cents)
def test_paying_more_never_makes_an_account_older(account: AccountFacts, day: date, amount: Decimal) -> None:
    richer = _with(account, _posting("X", PostingKind.PAYMENT, day, amount, 0))
    later = day + timedelta(days=3)
    assert standing(richer, later, Terms()).dpd <= standing(account, later, Terms()).dpd


@ORDINARY
@given(accounts(), days_on, cents)
def test_what_the_vendor_advances_changes_no_day_and_no_amount(
    account: AccountFacts, day: date, amount: Decimal
) -> None:  # L2.4
    advanced = standing(_with(account, _posting("X", PostingKind.VENDOR_ADVANCE, day, amount, 0)), day, Terms())
    without = standing(account, day, Terms())
    assert advanced.model_copy(update={"vendor_advance": without.vendor_advance}) == without


@ORDINARY
@given(accounts(), days_on)
def test_figures_agree_with_each_other(account: AccountFacts, day: date) -> None:
    found = standing(account, day, Terms())
    assert found.overdue_rent == sum((row.unpaid for row in found.open_instalments), Decimal(0))
    assert all(row.paid + row.unpaid == row.rent and row.paid >= 0 for row in found.open_instalments)
    assert (found.oldest_due is None) == found.cured
    assert min(found.costs, found.earlier_penalty, found.current_penalty, found.carried_penalty) >= 0
    assert found.cured or found.dpd == (day - (found.oldest_due or day)).days


@ORDINARY
@given(accounts(), days_on, st.integers(0, 5), days_on, st.integers(1, 40))
def test_grace_and_holds_only_ever_lower_the_days(
    account: AccountFacts, day: date, grace: int, hold_from: date, length: int
) -> None:
    held = account.model_copy(update={"holds": (HoldFact(start=hold_from, end=hold_from + timedelta(days=length)),)})
    plain, lowered = standing(account, day, Terms()), standing(held, day, Terms(grace_days=grace, holds="stop_clock"))
    assert 0 <= lowered.dpd <= plain.dpd
    assert lowered.dpd >= plain.dpd - grace - length
    assert lowered.past_due_days == plain.past_due_days
