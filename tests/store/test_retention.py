"""What of the archive is kept, what Legal holds, and what may be destroyed by whom: never by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain import events as e
from domain.errors import Refused
from domain.events import Actor
from domain.retention import Period, RetentionPack
from store.accounts import add_account
from store.documents import NewDocument, claim_number, get_content, get_document, get_pdf, save_document
from store.record import record
from store.retention import Act, destroy, destroyable, destructions, hold, holds, lift
from store.session import Database
from tests.store.samples import NOON, after, at, events, lease, new_case, opening

PACK = RetentionPack(
    id="x", title={"zh": "期限", "en": "periods"}, source="company", effective=date(2026, 1, 1), years=10,
    kinds={"master_table": Period(years=30, source="第十四条")},
)  # fmt: skip
LAST = date(2036, 4, 10)  # the case of A was closed on 10 April 2026
AFTER = date(2036, 4, 11)
NOTICE, TABLE = "rent-demand-notice-2026-00001", "master-table-2026-00001"


@pytest.fixture
def filled(database: Database) -> Database:
    """The closed case of A with a notice and a table, the open one of B with a notice."""
    with database.session() as session:
        for name in "AB":
            add_account(session, lease(name))
            happened = opening()
            if name == "A":
                bodies = (*(event.body for event in happened), e.CaseClosed(reason="cured"))
                happened = events(*bodies, when=at(4, 10))
            record(session, f"{name}-1", happened, after(new_case(name), happened))
        for kind, case_no in (("rent_demand_notice", "A-1"), ("master_table", "A-1"), ("rent_demand_notice", "B-1")):
            number = claim_number(session, kind, 2026)
            document = NewDocument(
                number=number, case_no=case_no, step="s", occurrence=1, as_of=date(2026, 3, 10), pdf=b"%PDF",
                sha256=sha256(b"%PDF").hexdigest(), content="{}", created_at=NOON,
            )  # fmt: skip
            save_document(session, document)
    return database


def act(number: str, reason: str = "保管期满") -> Act:
    return Act(id=number, reason=reason, actor=Actor(user="u-1", role="head_of_legal", authority="x"), at=at(4, 11))


def numbers(database: Database, on: date) -> list[str]:
    with database.reading() as session:
        return [one.number for one in destroyable(session, on, PACK)]


def destroyed(database: Database, number: str = NOTICE, on: date = AFTER) -> str:
    with database.session() as session:
        return destroy(session, number, act(number), on, PACK).sha256


def code(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def test_a_document_is_kept_for_the_period_of_its_kind_after_the_case_was_closed(filled: Database) -> None:
    assert (numbers(filled, LAST), numbers(filled, AFTER)) == ([], [NOTICE])
    assert numbers(filled, date(2056, 4, 11)) == [TABLE, NOTICE]
    assert code(lambda: destroyed(filled, on=LAST)) == "to_be_kept"
    assert code(lambda: destroyed(filled, TABLE)) == "to_be_kept"
    assert code(lambda: destroyed(filled, "rent-demand-notice-2026-00002", date(2099, 1, 1))) == "to_be_kept"
    assert PACK.kept_until("x", date(2024, 2, 29)) == date(2034, 3, 1)


def test_the_content_goes_the_record_and_the_hash_stay(filled: Database) -> None:
    digest = destroyed(filled)
    assert digest == destroyed(filled) == sha256(b"%PDF").hexdigest()
    with filled.reading() as session:
        line = get_document(session, NOTICE)
        assert (get_pdf(session, NOTICE), get_content(session, NOTICE)) == (None, None)
        assert line is not None and line.sha256 == digest
        (one,) = destructions(session)
        assert (one.number, one.reason, one.actor_role, one.rule) == (NOTICE, "保管期满", "head_of_legal", "company")
        assert get_pdf(session, TABLE) == b"%PDF"
    assert numbers(filled, AFTER) == []


def test_nothing_is_destroyed_while_legal_holds_the_case(filled: Database) -> None:
    with filled.session() as session:
        hold(session, "A-1", act("hold-1", "诉讼待决"))
    assert numbers(filled, AFTER) == []
    assert code(lambda: destroyed(filled)) == "legal_hold"
    with filled.session() as session:
        assert lift(session, act("hold-1", "已结案")).lifted_for == "已结案"
        assert [(one.case_no, one.reason) for one in holds(session)] == [("A-1", "诉讼待决")]
    assert numbers(filled, AFTER) == [NOTICE]


def test_a_later_open_case_of_the_account_keeps_everything(filled: Database) -> None:
    with filled.session() as session:
        happened = opening()
        record(session, "A-2", happened, after(new_case("A", 2), happened))
    assert numbers(filled, AFTER) == []
    assert code(lambda: destroyed(filled)) == "to_be_kept"


def test_the_records_are_never_changed(filled: Database) -> None:
    destroyed(filled)
    with pytest.raises(DBAPIError), filled.session() as session:
        session.execute(text("DELETE FROM destruction"))
