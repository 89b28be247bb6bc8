"""The history of risk ratings and of early warnings only grows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.errors import Refused
from domain.events import Actor
from domain.risk_file import load_risk
from store.accounts import add_account
from store.book import OnePolicy
from store.early_warnings import KeptSignal, keep_signal, signals_in_force, signals_of, withdraw_signal
from store.risk_ratings import NewRating, RiskRating, add_risk_rating, risk_class_of, risk_history
from store.session import Database
from tests.store.samples import TERMS, at, lease

FILE = Path(__file__).parents[2] / "policies" / "risk" / "default.2026.yaml"
(PACK,) = load_risk({FILE.name: FILE.read_text(encoding="utf-8")})
BOOK = OnePolicy("leasing", TERMS)
DAY = date(2026, 3, 10)
OFFICER = Actor(user="u-risk", role="risk_management", authority="test")
SIGNAL = KeptSignal(
    id="s-1", account_no="A", indicator="income_drop", observed_on=DAY, source="outside", proposes="medium",
    valid_until=date(2026, 6, 8), pack="default 2026-01-01", actor_user="outside", actor_role="system", at=at(3, 10),
)  # fmt: skip


@pytest.fixture
def filled(database: Database) -> Database:
    with database.session() as session:
        add_account(session, lease("A"))
    return database


def rate(database: Database, risk_class: str, key: str | None, reason: str = "评估") -> RiskRating:
    wanted = NewRating(
        account_no="A", kind="confirmed", risk_class=risk_class, reason=reason, actor=OFFICER, key=key, at=at(3, 10)
    )
    with database.session() as session:
        return add_risk_rating(session, wanted, DAY, BOOK, PACK)


def test_every_rating_stays_and_the_last_one_confirmed_counts(filled: Database) -> None:
    for number, risk_class in enumerate(("low", "high", "medium")):
        rate(filled, risk_class, f"k-{number}")
    assert rate(filled, "high", "k-1").seq == 2  # the same again is the same entry
    with filled.reading() as session:
        assert risk_class_of(session, "A") == "medium"
        assert [(one.seq, one.risk_class) for one in risk_history(session, "A")] == [
            (1, "low"),
            (2, "high"),
            (3, "medium"),
        ]
        with pytest.raises(Refused, match="A-9"):
            risk_history(session, "A-9")


def test_a_signal_is_kept_once_and_withdrawn_once(filled: Database) -> None:
    with filled.session() as session:
        assert [keep_signal(session, SIGNAL), keep_signal(session, SIGNAL)] == [True, False]
        assert signals_in_force(session, "A", date(2026, 6, 8)) == signals_of(session, "A")
        assert signals_in_force(session, "A", date(2026, 6, 9)) == ()
        ended = withdraw_signal(session, "outside", "s-1", "误报", OFFICER, at(3, 11))
        assert (ended.end_reason, ended.ended_by, ended.state(DAY)) == ("误报", "u-risk", "withdrawn")
        assert withdraw_signal(session, "outside", "s-1", "误报", OFFICER, at(3, 12)) == ended
        assert signals_in_force(session, "A", DAY) == ()


@pytest.mark.parametrize("table", ["risk_rating", "early_warning", "early_warning_end"])
@pytest.mark.parametrize("change", ["UPDATE {} SET actor_user = 'x'", "DELETE FROM {}"])
def test_no_row_is_ever_changed_or_removed(filled: Database, table: str, change: str) -> None:
    rate(filled, "high", "k-1")
    with filled.session() as session:
        keep_signal(session, SIGNAL)
        withdraw_signal(session, "outside", "s-1", "误报", OFFICER, at(3, 11))
    with pytest.raises(DBAPIError, match="append-only"), filled.session() as session:
        session.execute(text(change.format(table)))
