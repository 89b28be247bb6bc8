"""Lifetime counters: how often, how long and in which months an account was overdue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings

from domain.counters import Counters, counters
from domain.ledger import AccountFacts, Instalment, Posting, PostingKind
from domain.standing import standing
from domain.terms import Terms
from tests.builders.effort import examples
from tests.domain.test_standing_properties import accounts, days_on

ORDINARY = settings(max_examples=examples(60), deadline=None)
DUES = (date(2026, 6, 15), date(2026, 7, 15), date(2026, 8, 15), date(2026, 9, 15))


def _loan(*postings: Posting) -> AccountFacts:
    schedule = tuple(Instalment(no=no, due=due, principal=Decimal("1000.00")) for no, due in enumerate(DUES, start=1))
    return AccountFacts(account_no="P", schedule=schedule, postings=postings)


def _paid(name: str, day: str, amount: str = "1000.00", **more: object) -> Posting:
    on = date.fromisoformat(day)
    at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    values = {"id": name, "kind": PostingKind.PAYMENT, "value_date": on, "at": at, "amount": Decimal(amount), **more}
    return Posting.model_validate(values)


def _back(name: str, of: str, day: str) -> Posting:
    return _paid(name, day, "0.00", kind=PostingKind.REVERSAL, reverses=of)


def test_paid_on_the_due_date_counts_nothing() -> None:
    account = _loan(_paid("a", "2026-06-15"), _paid("b", "2026-07-15"))
    assert counters(account, date(2026, 8, 14), Terms()) == Counters()


def test_the_due_date_itself_is_no_overdue_day() -> None:
    assert counters(_loan(), date(2026, 6, 15), Terms()) == Counters()
    assert counters(_loan(), date(2026, 6, 16), Terms()).overdue_days == 1


def test_late_payments_count_by_instalment_by_day_and_by_month() -> None:
    """June three days late (16, 17 and 18 June; paid on the 19th), July on time, August never paid."""
    account = _loan(_paid("a", "2026-06-19"), _paid("b", "2026-07-15"))
    found = counters(account, date(2026, 8, 20), Terms())
    months = (date(2026, 6, 1), date(2026, 8, 1))
    assert found == Counters(missed=2, delinquencies=2, overdue_days=3 + 5, missed_months=months)
    assert found.consecutive_months(date(2026, 9, 15)) == 1
    assert not found.overdue_in_both_last_months(date(2026, 9, 15))
    assert found.consecutive_months(date(2026, 8, 15)) == 0


def test_never_paid_is_one_delinquency_of_several_instalments() -> None:
    found = counters(_loan(), date(2026, 8, 16), Terms())
    assert (found.missed, found.delinquencies) == (3, 1)
    assert found.overdue_days == (date(2026, 8, 16) - date(2026, 6, 15)).days
    assert found.overdue_in_both_last_months(date(2026, 9, 15))
    assert found.overdue_in_both_last_months(date(2026, 8, 31))
    assert not found.overdue_in_both_last_months(date(2026, 7, 15))


def test_a_payment_taken_back_makes_the_days_overdue_again() -> None:
    account = _loan(_paid("a", "2026-06-15"), _back("b", "a", "2026-06-20"))
    assert counters(account, date(2026, 6, 19), Terms()) == Counters()
    found = counters(account, date(2026, 6, 20), Terms())
    assert (found.missed, found.delinquencies, found.overdue_days) == (1, 1, 5)


@ORDINARY
@given(accounts(), days_on)
def test_the_count_agrees_with_the_standing(account: AccountFacts, day: date) -> None:
    now, found = standing(account, day, Terms()), counters(account, day, Terms())
    assert (found.missed, found.delinquencies) == (now.missed, now.delinquencies)
    assert (now.dpd > 0) == (found.overdue_days > counters(account, day - timedelta(days=1), Terms()).overdue_days) or (
        any(p.kind is PostingKind.REVERSAL for p in account.postings)
    )


@ORDINARY
@given(accounts(), days_on)
def test_overdue_days_are_the_days_with_something_overdue(account: AccountFacts, day: date) -> None:
    """Counted one by one with the postings that stand on that day, they are the same."""
    kept = [p for p in account.postings if p.kind is not PostingKind.REVERSAL]
    taken = {p.reverses for p in account.postings if p.kind is PostingKind.REVERSAL}
    plain = account.model_copy(update={"postings": tuple(p for p in kept if p.id not in taken)})
    first = min(instalment.due for instalment in plain.schedule)
    days = [first + timedelta(days=n) for n in range(max(0, (day - first).days) + 1)]
    slow = sum(standing(plain, on, Terms()).dpd > 0 for on in days if on <= day)
    costs = [p for p in plain.postings if p.kind is PostingKind.COST and p.value_date < first]
    assert costs or counters(plain, day, Terms()).overdue_days == slow


@ORDINARY
@given(accounts(), days_on, days_on)
def test_counters_never_fall_while_nothing_is_taken_back(account: AccountFacts, one: date, other: date) -> None:
    plain = account.model_copy(
        update={"postings": tuple(p for p in account.postings if p.kind is not PostingKind.REVERSAL)}
    )
    early, late = (counters(plain, day, Terms()) for day in sorted((one, other)))
    assert early.missed <= late.missed
    assert early.overdue_days <= late.overdue_days
    assert set(early.missed_months) <= set(late.missed_months)


@ORDINARY
@given(accounts(), days_on)
def test_grace_days_only_lower_the_days(account: AccountFacts, day: date) -> None:
    strict, kind = (counters(account, day, Terms(grace_days=grace)) for grace in (0, 3))
    assert kind.overdue_days <= strict.overdue_days
    assert kind.missed == strict.missed
