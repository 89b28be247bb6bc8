"""What a case is told about its account on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.errors import Refused
from domain.ledger import PartyRole
from store.accounts import add_account
from store.calendar import fill
from store.facts import read_facts, read_standing, read_standings
from store.ledger import post, set_posted_through
from store.session import Database
from store.views import Party
from tests.builders.ladders import ladder
from tests.store.samples import NOON, TERMS, lease, payment, reversal


@pytest.fixture
def database(database: Database) -> Database:
    """With a lease, the calendar, and postings complete through 2 March."""
    with database.session() as session:
        add_account(session, lease())
        fill(session, (2025, 2026, 2027), NOON)
        set_posted_through(session, date(2026, 3, 2))
    return database


def test_the_day_after_the_due_date(database: Database) -> None:
    with database.reading() as session:
        found = read_facts(session, "L-1", date(2026, 3, 3), TERMS, "CN")
    assert (found.as_of, found.oldest_due, found.cured) == (date(2026, 3, 3), date(2026, 3, 2), False)
    assert (found.overdue_rent, found.total_overdue) == (Decimal("1050.00"), Decimal("1050.53"))
    assert (found.ledger_version, found.posted_through) == (0, date(2026, 3, 2))
    assert found.recipients == ("lessee/letter", "lessee/email", "guarantor-1/letter", "vendor/letter")
    assert (found.guarantors, found.vendor, found.buyback_guarantee) == (2, True, True)
    assert found.lease_amount == Decimal("500000.00")


def test_money_and_its_return_move_the_facts_and_the_version(database: Database) -> None:
    with database.session() as session:
        post(session, payment("R1"), "L-1")
        post(session, reversal("X1", of="R1"), "L-1")
        paid = read_facts(session, "L-1", date(2026, 3, 19), TERMS, "CN")
        returned = read_facts(session, "L-1", date(2026, 3, 20), TERMS, "CN")
    assert (paid.cured, paid.oldest_due, paid.ledger_version) == (True, None, 2)
    assert (returned.cured, returned.oldest_due, returned.ledger_version) == (False, date(2026, 3, 2), 2)


def test_the_calendar_is_the_part_around_the_day(database: Database) -> None:
    with database.reading() as session:
        near = read_facts(session, "L-1", date(2026, 3, 3), TERMS, "CN").calendar
    days = (*near.days_off, *near.working_weekends)
    assert min(days) >= date(2025, 12, 18)
    assert max(days) <= date(2026, 9, 19)
    assert date(2026, 5, 1) in near.days_off
    assert near.official_through == date(2026, 12, 31)


def test_facts_are_small(database: Database) -> None:
    with database.reading() as session:
        for month in range(1, 13):
            found = read_facts(session, "L-1", date(2026, month, 3), TERMS, "CN")
            assert len(found.model_dump_json()) <= 1024


def test_the_portfolio_knows_only_the_days(database: Database) -> None:
    with database.reading() as session:
        found = read_facts(session, "", date(2026, 3, 3), TERMS, "CN")
    assert (found.oldest_due, found.cured, found.ledger_version, found.recipients) == (None, False, 0, ())
    assert found.posted_through == date(2026, 3, 2)


def test_unknown_accounts_and_calendars_are_refused(database: Database) -> None:
    with database.reading() as session:
        with pytest.raises(Refused) as caught:
            read_facts(session, "L-9", date(2026, 3, 3), TERMS, "CN")
        assert caught.value.code == "unknown_account"
        with pytest.raises(Refused) as caught:
            read_facts(session, "L-1", date(2026, 3, 3), TERMS, "XX")
        assert caught.value.code == "unknown_calendar"


def test_any_past_day_can_be_asked(database: Database) -> None:
    with database.session() as session:
        post(session, payment("R1"), "L-1")
        assert read_standing(session, "L-1", date(2026, 3, 13), TERMS).dpd == 11
        assert read_standing(session, "L-1", date(2026, 3, 14), TERMS).dpd == 0
        both = read_standings(session, ["L-1", "L-9"], date(2026, 4, 12), TERMS)
    assert {name: standing.dpd for name, standing in both.items()} == {"L-1": 10}


def test_b2_2_2_2a_delinquencies_are_the_borrowers_where_the_policy_counts_so(database: Database) -> None:
    """14.8: of the account, B of the borrower; a loan that was repaid long ago counts, another person's does not."""
    own, day = (Party(id="P7", role=PartyRole.BORROWER, name="李雷"),), date(2026, 3, 3)
    other = (
        Party(id="P9", role=PartyRole.BORROWER, name="韩梅"),
        Party(id="P7", role=PartyRole.GUARANTOR, name="李雷"),
    )
    with database.session() as session:
        for name, people in (("B-1", own), ("B-2", own), ("B-9", other)):
            add_account(session, lease(name, dues=(date(2026, 2, 2),), parties=people))
        add_account(session, lease("B-3", dues=(date(2026, 3, 2),), parties=own))
        for name in ("B-2", "B-9"):
            post(session, payment(f"R-{name}", "5000.00", date(2026, 2, 20)), name)
        found = {
            terms.counted_per: read_facts(session, "B-3", day, terms, "CN").delinquencies
            for terms in (ladder("consumer").terms, ladder("bank").terms)
        }
        first = read_facts(session, "B-9", day, ladder("bank").terms, "CN").delinquencies
    assert found == {"account": 1, "borrower": 3}
    assert first == 1
