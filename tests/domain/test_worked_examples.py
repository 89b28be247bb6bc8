"""Worked examples of conditions, charges and campaigns: where we have no such concept, what corresponds to it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain.calendar import Calendar
from domain.ledger import AccountFacts, Instalment, Posting, PostingKind
from domain.policy_check import load_ladder
from domain.standing import standing
from domain.terms import Terms
from tests.builders.cases import Desk
from tests.builders.leases import paid, rents, taken_back

EVERY_DAY = Calendar(version="none", official_through=date(2025, 12, 31))


@pytest.mark.parametrize(("unpaid", "matches"), [(0, False), (1, True), (2, True)])
def test_a_condition_on_the_number_of_unpaid_items(unpaid: int, matches: bool) -> None:
    """At least one: with us that is what being overdue means, and it opens a bucket."""
    items = rents("2025-01-01", "2025-02-01", principal="100", interest="0")
    payments = tuple(paid(f"{item.due}", "100") for item in items[: 2 - unpaid])
    found = standing(AccountFacts(account_no="X", schedule=items, postings=payments), date(2025, 3, 1), Terms())
    assert len(found.open_instalments) == unpaid
    assert (found.oldest_due is not None, found.dpd > 0) == (matches, matches)


def charged(item: Instalment, amount: str) -> Posting:
    """A late fee on the day after the due date."""
    day = datetime(item.due.year, item.due.month, item.due.day + 1, tzinfo=UTC)
    return Posting(
        id=f"fee-{item.no}", kind=PostingKind.COST, value_date=day.date(), at=day, amount=Decimal(amount)
    )  # fmt: skip


def test_a_late_fee_once_per_missed_instalment() -> None:
    """1.5 % of the principal that is missed. Our fees are costs that Finance posts, once per posting id; `missed`
    tells for how many instalments, and the amount is that of the tariff of the company.
    """
    items = rents("2023-02-01", "2023-03-01", "2023-04-01", principal="1000", interest="30")
    fees = [charged(item, str(item.principal * Decimal("0.015"))) for item in items]
    assert [fee.amount for fee in fees] == [Decimal("15.000")] * 3
    account = AccountFacts(account_no="X", schedule=items, postings=tuple(fees))
    for day, missed, costs, total in (
        ("2023-02-01", 0, "0", "0"), ("2023-02-02", 1, "15", "1045"), ("2023-03-02", 2, "30", "2090"),
        ("2023-05-01", 3, "45", "3135"),
    ):  # fmt: skip
        found = standing(account, date.fromisoformat(day), Terms())
        assert (found.missed, found.costs, found.total_overdue) == (missed, Decimal(costs), Decimal(total)), day


def test_a_fee_is_paid_before_what_it_was_charged_on_and_taken_back_whole() -> None:
    """A fee is a cost, and costs come first; a payment that is charged back leaves everything as it was."""
    items = rents("2023-02-01", principal="1000", interest="30")
    payment = paid("2023-02-10", "45")
    before = AccountFacts(account_no="X", schedule=items, postings=(charged(items[0], "15"),))
    after = before.model_copy(update={"postings": (*before.postings, payment)})
    back = after.model_copy(update={"postings": (*after.postings, taken_back(payment, "2023-02-20"))})
    day = date(2023, 2, 20)
    first, second, third = (standing(account, day, Terms()) for account in (before, after, back))
    assert (first.costs, first.overdue_rent) == (Decimal(15), Decimal(1030))
    assert (second.costs, second.overdue_rent) == (Decimal(0), Decimal(1000))
    assert (third.costs, third.overdue_rent, third.dpd) == (first.costs, first.overdue_rent, first.dpd)


CAMPAIGN = """
id: campaign
version: 1
title: {en: Two requests for payment}
rule_prefix: X
owner: manager
approver: manager
calendar: none
evaluate_at: "09:00"
close_of_business: "18:00"
contact_hours: {from: "08:00", to: "21:00"}
standing: {rules: [X1], day_count: calendar, holds: run_on, allocation: [interest, principal]}
buckets: {rules: [X2], list: [{id: all, from: 1}]}
roles: {clerk: {zh: 经办, head: manager}, manager: {zh: 经理}}
settings:
  threshold: {type: money, source: per currency}
  apart: {type: integer, default: 3, source: more than two days}
  collections_without_effect: {type: integer, default: 2, source: attempts at most}
closing: {cured: {rules: [X1]}, bought_back: {rules: [X1]}}
steps:
  - id: request
    title: {zh: 催款, en: Request for payment}
    rules: [X3]
    cadence: {every_days: {earliest: apart, latest: apart}, during: {bucket: all}}
    if: [{overdue_from: threshold}]
    unless: {finished: noted}
    ask: {what: contact, of: clerk, within: {business_days: 1}}
  - id: finished
    title: {zh: 催款结束, en: Campaign finished}
    rules: [X4]
    when: [{finding: no_effect, once: true}]
    ask: {what: task, of: clerk, outcomes: [noted], within: {business_days: 1}}
"""
COMPANY = """
id: small
version: 1
name: {{en: Small}}
address: "-"
phone: "-"
bank_account: {{name: "-", bank: "-", number: "-"}}
policies: {{campaign: {{approved: {{by: manager, on: 2024-01-01}}, threshold: "{threshold}"}}}}
"""


def campaign(threshold: str, *items: tuple[str, str]) -> Desk:
    """The debts of a customer in one currency: with us an account each, and a case each."""
    schedule = tuple(
        Instalment(no=no, due=date.fromisoformat(due), principal=Decimal(amount))
        for no, (due, amount) in enumerate(items, start=1)
    )
    ladder = load_ladder(CAMPAIGN, "campaign.yaml", COMPANY.format(threshold=threshold), "company.yaml")
    return Desk(AccountFacts(account_no="X", schedule=schedule), "2024-12-31 09:00", ladder, EVERY_DAY)


def test_a_campaign_asks_twice_above_a_threshold_and_finishes_once() -> None:
    """A cadence with an amount is such a campaign; its end is the finding that collections were without effect."""
    desks = {
        "EUR": campaign("150", ("2024-12-30", "149"), ("2025-01-05", "10")),  # 159 from 6 January on
        "USD": campaign("100", ("2024-12-30", "120")),
    }
    attempts: list[dict[str, int]] = []
    finished: list[int] = []
    for day in ("2025-01-03", "2025-01-05", "2025-01-06", "2025-01-09", "2025-01-12"):
        for desk in desks.values():
            desk.work(f"{day} 10:00")
        made = {name: len(desk.of("contact_recorded")) for name, desk in desks.items()}
        attempts.append({name: count for name, count in made.items() if count})
        finished.append(min(len(desk.of("step_completed", "finished")) for desk in desks.values()))
    assert attempts == [{"USD": 1}, {"USD": 1}, {"EUR": 1, "USD": 2}, {"EUR": 2, "USD": 2}, {"EUR": 2, "USD": 2}]
    assert [sum(made.values()) for made in attempts] == [1, 1, 3, 4, 4]
    assert finished == [0, 0, 0, 1, 1]
