"""The accounts behind the key figures: all of them, page by page, with their policy, owners, cases and costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import insert, text

from domain import events as e
from domain.kpi_walk import history_of
from store.account_facts import account_facts
from store.accounts import add_account
from store.book import OnePolicy
from store.kpi import MeasuredAccount, measured_accounts, unassigned_costs
from store.ledger import post
from store.record import record
from store.session import Database
from store.tables import CostRow
from tests.store.samples import TERMS, after, at, events, lease, new_case, opening, payment

BOOK = OnePolicy("bank", TERMS)
LAST = date(2026, 4, 30)


def spend(account_no: str, cost_id: str, day: date, amount: str, currency: str = "CNY") -> dict[str, object]:
    return {
        "id": cost_id, "case_no": f"{account_no}-1", "account_no": account_no, "kind": "tariff", "item": "call",
        "day": day, "amount": Decimal(amount), "currency": currency, "actor_user": "system", "at": at(4, 1),
    }  # fmt: skip


@pytest.fixture
def filled(database: Database) -> Database:
    """Four leases; B has a case under `leasing` that was given to somebody and closed; D is paid and over."""
    with database.session() as session:
        for name in ("A", "B", "C", "D"):
            add_account(session, lease(name, branch="west" if name == "C" else "east"))
        happened = events(
            *(event.body for event in opening()), e.OwnerChanged(owner="u-1"), e.CaseClosed(reason="cured"),
            when=at(4, 10),
        )  # fmt: skip
        record(session, "B-1", happened, after(new_case("B"), happened))
        post(session, payment("p-d", "2100.00", on=date(2026, 3, 20)), "D")
        session.execute(text("UPDATE account SET closed = true WHERE account_no = 'D'"))
        session.connection().execute(insert(CostRow), [
            spend("A", "k-1", date(2026, 4, 3), "2.00"), spend("A", "k-2", date(2026, 4, 3), "0.50"),
            spend("A", "k-3", date(2026, 4, 4), "9.00", "USD"), spend("", "k-4", date(2026, 4, 4), "7.00"),
        ])  # fmt: skip
    return database


def found(
    database: Database, policy: str | None = None, after: str = "", page: int = 500
) -> dict[str, MeasuredAccount]:
    with database.reading() as session:
        return {one.account_no: one for one in measured_accounts(session, LAST, BOOK, policy, after, page)}


def test_every_account_once_whatever_the_size_of_a_page(filled: Database) -> None:
    for page in (1, 2, 3, 500):
        assert list(found(filled, page=page)) == ["A", "B", "C", "D"]
    assert list(found(filled, after="B", page=1)) == ["C", "D"]
    assert found(filled, page=1) == found(filled)


def test_the_policy_is_that_of_the_case_else_of_the_next_one(filled: Database) -> None:
    assert {name: one.policy for name, one in found(filled).items()} == {
        "A": "bank", "B": "leasing", "C": "bank", "D": "bank",
    }  # fmt: skip
    assert list(found(filled, policy="leasing", page=1)) == ["B"]


def test_owners_and_closed_cases_by_day(filled: Database) -> None:
    one = found(filled)["B"]
    assert (one.case_no, one.owners) == ("B-1", ((date(2026, 4, 10), "u-1"),))
    assert one.closed == ((date(2026, 4, 10), "u-1"),)
    with filled.reading() as session:  # on the day its case was opened, and before
        same = {one.account_no: one for one in measured_accounts(session, date(2026, 4, 10), BOOK)}
    assert same["B"].case_no == "B-1"
    with filled.reading() as session:
        early = {one.account_no: one for one in measured_accounts(session, date(2026, 4, 9), BOOK)}
    assert (early["B"].case_no, early["B"].policy) == (None, "bank")


def test_costs_of_actions_are_those_of_the_account_in_its_currency(filled: Database) -> None:
    everything = found(filled)
    assert everything["A"].costs == {date(2026, 4, 3): Decimal("2.50")}
    assert everything["B"].costs == {}
    with filled.reading() as session:
        assert unassigned_costs(session, date(2026, 4, 1), LAST) == {"CNY": Decimal("7.00")}
        assert unassigned_costs(session, date(2026, 4, 5), LAST) == {}


def test_what_is_over_owes_nothing_after_its_last_posting(filled: Database) -> None:
    one = found(filled)["D"]
    assert (one.history.at(LAST).balance, one.history.at(date(2026, 3, 19)).oldest) == (Decimal(0), date(2026, 3, 2))
    with filled.reading() as session:
        assert found(filled)["A"].history == history_of(account_facts(session, "A"), LAST, TERMS)


def test_a_batch_that_was_discarded_is_not_in_the_book(filled: Database) -> None:
    with filled.session() as session:
        session.execute(text(
            "INSERT INTO import_batch (id, sha256, file_name, kind, state, totals, created_by, created_at) "
            "VALUES ('b-1', 'x', 'f', 'portfolio', 'discarded', '{}', 'u', '2026-03-01 00:00:00')"
        ))  # fmt: skip
        session.execute(text("UPDATE account SET batch_id = 'b-1' WHERE account_no = 'C'"))
    assert list(found(filled, page=1)) == ["A", "B", "D"]
