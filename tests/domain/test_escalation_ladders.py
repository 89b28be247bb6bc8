"""Worked examples of ladders from one unpaid item: each level on its day, re-anchored and never skipped."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from domain.calendar import Calendar
from domain.ladder import Ladder
from domain.ledger import AccountFacts, Instalment, Posting
from domain.policy_check import load_ladder
from tests.builders.cases import Desk
from tests.builders.leases import paid

EVERY_DAY = Calendar(version="none", official_through=date(2012, 12, 31))
POLICY = """
id: small
version: 1
title: {{en: A ladder of three levels}}
rule_prefix: X
owner: manager
approver: manager
calendar: none
evaluate_at: "09:00"
close_of_business: "18:00"
contact_hours: {{from: "08:00", to: "21:00"}}
standing: {{rules: [X1], day_count: calendar, holds: run_on, allocation: [interest, principal]}}
buckets: {{rules: [X2], list: [{{id: all, from: 1}}]}}
roles: {{clerk: {{zh: 经办, head: manager}}, manager: {{zh: 经理}}}}
settings: {{}}
closing: {{cured: {{rules: [X1]}}, bought_back: {{rules: [X1]}}}}
steps:
{steps}
"""
COMPANY = """
id: small
version: 1
name: {en: Small}
address: "-"
phone: "-"
bank_account: {name: "-", bank: "-", number: "-"}
policies: {small: {approved: {by: manager, on: 2012-01-01}}}
"""


def ladder_of(**levels: int) -> Ladder:
    """A policy that asks somebody at each level."""
    steps = "\n".join(
        f"  - {{id: {level}, title: {{en: {level}}}, rules: [X{day}], when: [{{dpd: {day}}}], "
        f"ask: {{what: task, of: clerk, within: {{business_days: 3}}}}}}"
        for level, day in levels.items()
    )
    return load_ladder(POLICY.format(steps=steps), "small.yaml", COMPANY, "company.yaml")


def account_of(*due: str, postings: tuple[Posting, ...] = ()) -> AccountFacts:
    """Items of 100 due on these days."""
    items = tuple(
        Instalment(no=no, due=date.fromisoformat(day), principal=Decimal(100)) for no, day in enumerate(due, start=1)
    )
    return AccountFacts(account_no="S-1", schedule=items, postings=postings)


def level(desk: Desk, day: str) -> str:
    """The level reached at the end of a day."""
    desk.to(f"{day} 23:59")
    reached = desk.of("step_opened")
    return str(getattr(reached[-1].body, "step", "")) if reached else "CLEAR"


def test_each_level_is_reached_on_its_day_and_payment_clears() -> None:  # V138
    desk = Desk(account_of("2012-05-31"), "2012-06-01 09:00", ladder_of(OD1=30, OD2=40, OD3=50), EVERY_DAY)
    days = ["2012-06-24", "2012-06-30", "2012-07-08", "2012-07-10", "2012-07-18", "2012-07-20"]
    assert [level(desk, day) for day in days] == ["CLEAR", "OD1", "OD1", "OD2", "OD2", "OD3"]
    desk.post(paid("2012-07-20", "100"))
    assert (desk.case.status, desk.case.closed_for) == ("closed", "cured")


def test_levels_follow_the_oldest_item_still_unpaid_and_none_is_skipped() -> None:  # V140
    account = account_of("2012-05-31", "2012-05-31", "2012-06-02", "2012-06-03")
    desk = Desk(account, "2012-06-01 09:00", ladder_of(WARNING=5, BLOCKED=7, CANCELLATION=11), EVERY_DAY)
    desk.to("2012-06-02 12:00").post(paid("2012-06-02", "200"))
    days = ["2012-06-02", "2012-06-05", "2012-06-07", "2012-06-09", "2012-06-13"]
    assert [level(desk, day) for day in days] == ["CLEAR", "CLEAR", "WARNING", "BLOCKED", "CANCELLATION"]


def test_levels_missed_by_an_outage_are_each_made_up_with_their_own_date() -> None:
    desk = Desk(account_of("2012-05-31"), "2012-06-01 09:00", ladder_of(OD1=30, OD2=40, OD3=50), EVERY_DAY)
    desk.wait = None  # nobody wakes it for two months
    desk.to("2012-07-25 12:00")
    opened = [(getattr(event.body, "step", ""), event.due_at.date(), event.dpd) for event in desk.of("step_opened")]
    assert opened == [("OD1", date(2012, 6, 30), 30), ("OD2", date(2012, 7, 10), 40), ("OD3", date(2012, 7, 20), 50)]
    assert {event.at.astimezone(UTC) for event in desk.of("step_opened")} == {datetime(2012, 7, 25, 4, tzinfo=UTC)}
