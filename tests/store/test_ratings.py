"""The book classified from the ledger, what a person may set, and a history that only grows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.classification import totals
from domain.classification_file import load_classification
from domain.errors import Refused
from domain.events import Actor
from domain.ledger import PartyRole
from store.accounts import add_account
from store.book import OnePolicy
from store.ledger import post
from store.ratings import Judgement, Rating, classify_book, judge, rating_history, record_ratings
from store.session import Database
from store.views import Party
from tests.store.samples import TERMS, at, lease, payment

FILE = Path(__file__).parents[2] / "policies" / "classification" / "cn-2023.yaml"
(PACK,) = load_classification({FILE.name: FILE.read_text(encoding="utf-8")})
BOOK = OnePolicy("leasing", TERMS)
DAY = date(2026, 6, 2)  # 92 days after 2 March
OFFICER = Actor(user="u-risk", role="risk_management", authority="test")


def party(customer: str, role: PartyRole = PartyRole.BORROWER) -> tuple[Party, ...]:
    return (Party(id=customer, role=role, name="客户", address="苏州"),)


@pytest.fixture
def filled(database: Database) -> Database:
    """K owes A (92 days) and B (nothing due yet); the individual M owes C (92 days) and D; E is paid, F closed."""
    future = (date(2026, 9, 2), date(2026, 10, 2), date(2026, 11, 2), date(2026, 12, 2))
    with database.session() as session:
        add_account(session, lease("A", parties=party("K")))
        add_account(session, lease("B", future, parties=party("K", PartyRole.LESSEE)))
        add_account(session, lease("C", parties=party("M"), customer_kind="individual"))
        add_account(session, lease("D", future, parties=party("M"), customer_kind="individual"))
        add_account(session, lease("E", (date(2026, 3, 2),), parties=party("K")))
        add_account(session, lease("F", parties=party("K")))
        post(session, payment("p-e", on=date(2026, 3, 2)), "E")
        session.execute(text("UPDATE account SET closed = true WHERE account_no = 'F'"))
    return database


def categories(database: Database, as_of: date = DAY) -> dict[str, tuple[str, str]]:
    with database.reading() as session:
        rated = classify_book(session, as_of, BOOK, PACK)
    return {one.exposure.account_no: (one.category, one.basis) for one in rated}


def say(
    database: Database, account_no: str, category: str | None, key: str = "k-1", reason: str = "抵押物灭失"
) -> Rating:
    wanted = Judgement(
        account_no=account_no, category=category, reason=reason, actor=OFFICER, key=key, at=at(6, 2, 5)
    )  # fmt: skip
    with database.session() as session:
        return judge(session, wanted, DAY, BOOK, PACK)


def record(database: Database, as_of: date, hour: int = 6) -> int:
    with database.session() as session:
        rated = classify_book(session, as_of, BOOK, PACK)
        return record_ratings(session, rated, as_of, PACK, at(as_of.month, as_of.day, hour))


def history(database: Database, account_no: str) -> list[tuple[int, str | None, str, str]]:
    with database.reading() as session:
        return [(one.seq, one.category, one.basis, one.reason) for one in rating_history(session, account_no)]


def test_the_book_holds_what_runs_and_is_owed_and_contagion_goes_by_customer(filled: Database) -> None:
    assert categories(filled) == {
        "A": ("substandard", "days"),
        "B": ("substandard", "contagion"),  # 2,000 of 6,000 that K owes is non-performing
        "C": ("substandard", "days"),
        "D": ("normal", "days"),  # M is an individual
    }
    with filled.reading() as session:
        (book,) = totals(PACK, classify_book(session, DAY, BOOK, PACK))
    assert (book.balance, book.non_performing) == (Decimal("12000.00"), Decimal("8000.00"))
    assert book.npl_ratio == Decimal("0.6667")
    assert categories(filled, date(2026, 3, 3))["A"] == ("special_mention", "days")


def test_a_payment_lowers_days_and_balance(filled: Database) -> None:
    with filled.session() as session:
        post(session, payment("p-a", on=date(2026, 5, 1)), "A")
    with filled.reading() as session:
        one = classify_book(session, DAY, BOOK, PACK)[0]
    assert (one.exposure.days, one.exposure.balance, one.category) == (61, Decimal("1000.00"), "special_mention")


def test_a_person_sets_a_worse_category_once_and_takes_it_back(filled: Database) -> None:
    first = say(filled, "D", "doubtful")
    assert (first.seq, first.category, first.by_days, first.days) == (1, "doubtful", "normal", 0)
    assert (first.actor_user, first.actor_role, first.balance) == ("u-risk", "risk_management", Decimal("4000.00"))
    assert say(filled, "D", "doubtful") == first
    assert categories(filled)["D"] == ("doubtful", "person")
    assert categories(filled, date(2026, 6, 1))["D"] == ("normal", "days")
    say(filled, "D", None, "k-2", "新抵押物")
    assert categories(filled)["D"] == ("normal", "days")
    assert history(filled, "D") == [(1, "doubtful", "person", "抵押物灭失"), (2, None, "person", "新抵押物")]


def test_what_one_account_is_set_to_counts_for_the_others_of_a_company(filled: Database) -> None:
    with filled.session() as session:
        post(session, payment("p-a", "2100.00", on=date(2026, 5, 1)), "A")
        add_account(session, lease("G", (date(2026, 9, 2),), parties=party("K")))
    say(filled, "B", "loss")
    assert categories(filled)["B"] == ("loss", "person")
    assert categories(filled)["G"] == ("substandard", "contagion")


@pytest.mark.parametrize(
    ("account_no", "category", "code"),
    [
        ("X", "loss", "unknown_account"),
        ("E", "loss", "nothing_owed"),
        ("A", "bad", "unknown_category"),
        ("A", "special_mention", "not_worse"),
        ("A", "substandard", "not_worse"),
        ("B", "substandard", "not_worse"),
        ("A", None, "nothing_set"),
    ],
)
def test_what_a_person_may_not_set(filled: Database, account_no: str, category: str | None, code: str) -> None:
    with pytest.raises(Refused) as refused:
        say(filled, account_no, category)
    assert refused.value.code == code
    if account_no != "X":
        assert history(filled, account_no) == []


def test_one_key_is_one_rating(filled: Database) -> None:
    say(filled, "D", "doubtful")
    for account_no, category, reason in (
        ("A", "doubtful", "抵押物灭失"),
        ("D", "loss", "抵押物灭失"),
        ("D", "doubtful", ""),
    ):
        with pytest.raises((Refused, ValueError)) as refused:
            say(filled, account_no, category, reason=reason)
        assert getattr(refused.value, "code", "key_differs") == "key_differs"
    assert len(history(filled, "D")) == 1


def test_only_changes_are_recorded_and_the_history_goes_forward(filled: Database) -> None:
    assert record(filled, date(2026, 6, 1)) == 4
    assert record(filled, date(2026, 6, 1)) == 0
    assert record(filled, date(2026, 6, 2)) == 0
    say(filled, "D", "doubtful")
    assert record(filled, date(2026, 6, 2), 7) == 1
    assert history(filled, "D") == [
        (1, "normal", "days", ""), (2, "doubtful", "person", "抵押物灭失"), (3, "doubtful", "person", ""),
    ]  # fmt: skip
    with pytest.raises(Refused) as refused:
        record(filled, date(2026, 5, 31))
    assert refused.value.code == "rated_later"
    with filled.reading() as session:
        (first,) = rating_history(session, "A")
    assert (first.as_of, first.pack, first.actor_user, first.days) == (date(2026, 6, 1), "cn 2023-07-01", "system", 91)


@pytest.mark.parametrize("statement", ["UPDATE rating SET category = 'normal'", "DELETE FROM rating"])
def test_the_database_refuses_to_change_a_rating(filled: Database, statement: str) -> None:
    record(filled, DAY)
    with pytest.raises(DBAPIError, match="append-only"), filled.session() as session:
        session.execute(text(statement))
    assert len(history(filled, "A")) == 1
