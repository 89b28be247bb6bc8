"""Which accounts get a case, and which case goes on."""

from __future__ import annotations

from datetime import date

import pytest

from domain import events as e
from domain.ledger import DoneStep
from domain.standing import Terms
from store.accounts import add_account, add_accounts, close_account
from store.batches import Batch, add_batch, move_batch
from store.book import OnePolicy
from store.cases import open_cases_due
from store.ledger import post
from store.record import record
from store.session import Database
from store.views import Candidate
from tests.store.samples import NOON, TERMS, after, events, facts, lease, new_case, opening, payment, reversal

DUE = date(2026, 3, 2)


def due(database: Database, today: date, terms: Terms = TERMS) -> list[Candidate]:
    with database.reading() as session:
        return list(open_cases_due(session, today, OnePolicy("leasing", terms)).rows)


def close_case(database: Database, on: date, reason: str = "cured") -> None:
    """The first case of L-1 opens and closes, with the facts of that day."""
    happened = (
        *opening(),
        *events(e.FactsUpdated(facts=facts(None, 1, as_of=on)), e.CaseClosed(reason=reason), first=6),
    )
    with database.session() as session:
        record(session, "L-1-1", happened, after(new_case(), happened))


def test_an_account_is_due_the_day_after_its_due_date(database: Database) -> None:
    done = (DoneStep(step="asset_inspection", outcome="inspected", on=DUE),)
    with database.session() as session:
        add_account(session, lease(history=done))
    assert due(database, DUE) == []
    (found,) = due(database, date(2026, 3, 3))
    assert (found.case_no, found.ordinal, found.dpd, found.oldest_due, found.reopens) == ("L-1-1", 1, 1, DUE, False)
    assert found.history == done


def test_paid_bought_back_closed_and_running_accounts_are_left_alone(database: Database) -> None:
    with database.session() as session:
        add_accounts(session, [lease(name) for name in ("open", "paid", "bought", "closed", "running")])
        post(session, payment("R1"), "paid")
        post(session, payment("R2", kind="buyback_price"), "bought")
        post(session, payment("R3", kind="vendor_advance"), "open")
        close_account(session, "closed", NOON)
        record(session, "running-1", opening(), after(new_case("running"), opening()))
    assert [found.account_no for found in due(database, date(2026, 3, 20))] == ["open"]


def test_a_held_import_waits_for_its_release(database: Database) -> None:
    batch = Batch(
        id="B1", sha256="1", file_name="f.xlsx", kind="accounts", state="held", created_by="u1", created_at=NOON
    )
    with database.session() as session:
        add_batch(session, batch)
        add_account(session, lease(batch_id="B1"))
    assert due(database, date(2026, 3, 20)) == []
    with database.session() as session:
        move_batch(session, "B1", "released", "u2", NOON)
    assert len(due(database, date(2026, 3, 20))) == 1


def test_pages_cover_every_account_once(database: Database) -> None:
    with database.session() as session:
        add_accounts(session, [lease(f"L-{number}") for number in range(7)])
        post(session, payment("R1"), "L-3")
        found: list[str] = []
        after_name: str | None = ""
        while after_name is not None:
            page = open_cases_due(session, date(2026, 3, 20), OnePolicy("leasing", TERMS), after_name, limit=2)
            found += [row.account_no for row in page.rows]
            after_name = page.next
    assert found == ["L-0", "L-1", "L-2", "L-4", "L-5", "L-6"]


def test_a_later_delinquency_is_a_new_case_without_the_old_history(database: Database) -> None:
    with database.session() as session:
        add_account(session, lease(history=(DoneStep(step="asset_inspection", outcome="inspected", on=DUE),)))
        post(session, payment("R1"), "L-1")
    close_case(database, date(2026, 3, 14))
    assert due(database, date(2026, 4, 2)) == []
    (found,) = due(database, date(2026, 4, 3))
    assert (found.case_no, found.ordinal, found.reopens, found.history) == ("L-1-2", 2, False, ())


@pytest.mark.parametrize("value_date", [date(2026, 3, 14), date(2026, 3, 20)])
def test_the_reversal_of_the_curing_payment_reopens_the_case(database: Database, value_date: date) -> None:
    with database.session() as session:
        add_account(session, lease())
        post(session, payment("R1"), "L-1")
    close_case(database, date(2026, 3, 14))
    with database.session() as session:
        post(session, reversal("X1", of="R1", on=value_date), "L-1")
    (found,) = due(database, date(2026, 3, 21))
    assert (found.case_no, found.reopens, found.oldest_due, found.dpd) == ("L-1-1", True, DUE, 19)


def test_a_reversal_that_is_made_good_reopens_nothing(database: Database) -> None:
    with database.session() as session:
        add_account(session, lease())
        post(session, payment("R1"), "L-1")
    close_case(database, date(2026, 3, 14))
    with database.session() as session:
        post(session, reversal("X1", of="R1"), "L-1")
        post(session, payment("R2", on=date(2026, 3, 20)), "L-1")
    assert due(database, date(2026, 3, 21)) == []


def test_with_debts_of_the_return_date_a_reversal_is_a_new_case(database: Database) -> None:
    terms = Terms(returned_payment="return_date")
    with database.session() as session:
        add_account(session, lease())
        post(session, payment("R1"), "L-1")
    close_case(database, date(2026, 3, 14))
    with database.session() as session:
        post(session, reversal("X1", of="R1", on=date(2026, 3, 20)), "L-1")
    (found,) = due(database, date(2026, 3, 21), terms)
    assert (found.case_no, found.reopens, found.oldest_due) == ("L-1-2", False, date(2026, 3, 20))


def test_a_buyback_taken_back_reopens_the_case(database: Database) -> None:
    with database.session() as session:
        add_account(session, lease())
        post(session, payment("R1", kind="buyback_price"), "L-1")
    close_case(database, date(2026, 3, 14), "bought_back")
    assert due(database, date(2026, 3, 21)) == []
    with database.session() as session:
        post(session, reversal("X1", of="R1"), "L-1")
    assert [(found.case_no, found.reopens) for found in due(database, date(2026, 3, 21))] == [("L-1-1", True)]


@pytest.mark.parametrize("reason", ["recourse_waived", "recourse_ended"])
def test_after_the_recourse_nothing_is_opened(database: Database, reason: str) -> None:
    with database.session() as session:
        add_account(session, lease())
    close_case(database, date(2026, 3, 14), reason)
    assert due(database, date(2026, 5, 1)) == []


def test_a_residue_within_the_tolerance_does_not_reopen_a_case(database: Database) -> None:
    terms = Terms.model_validate({"tolerance": "1.00"})
    with database.session() as session:
        add_account(session, lease())
        post(session, payment("R1", "1049.50", on=date(2026, 3, 14)), "L-1")
    close_case(database, date(2026, 3, 14))
    (found,) = due(database, date(2026, 4, 3), terms)
    assert (found.case_no, found.reopens) == ("L-1-2", False)
