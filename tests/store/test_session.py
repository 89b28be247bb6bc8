"""The database itself: migrations, transactions, column types, and failures that may pass."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, StatementError

from domain.errors import Transient
from store.accounts import add_account, get_account
from store.ledger import account_facts, post
from store.record import record
from store.session import Database, alembic_config
from store.tables import METADATA
from tests.store.samples import after, at_once, lease, new_case, opening, payment


def test_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert "case_event" in inspect(connection).get_table_names()


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.session() as session:
        add_account(session, lease())
    database.migrate()
    with database.reading() as session:
        assert get_account(session, "L-1").contract_no == "CL-1"


def test_migrations_go_back_to_nothing_and_forth_again_from_two_processes(database: Database) -> None:
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    with database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    other = Database(database.url.render_as_string(hide_password=False))
    at_once(lambda number: (database, other)[number].migrate())
    other.close()
    with database.engine.connect() as connection:
        assert set(METADATA.tables) <= set(inspect(connection).get_table_names())


def test_an_error_rolls_everything_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.session() as session:
        add_account(session, lease())
        raise ZeroDivisionError
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM account")).scalar_one() == 0


def test_amounts_rates_and_instants_come_back_as_they_were(database: Database) -> None:
    made = datetime(2026, 3, 3, 20, 15, 30, 123456, tzinfo=timezone(timedelta(hours=8)))
    rate, amount = Decimal("0.000123456789"), Decimal("1234567890123.45")
    with database.session() as session:
        add_account(session, lease(lease_amount=amount, penalty_rate_per_day=rate, created_at=made))
    with database.reading() as session:
        account = get_account(session, "L-1")
    assert (str(account.lease_amount), account.penalty_rate_per_day) == ("1234567890123.45", rate)
    assert account.created_at == made
    assert account.created_at.tzinfo is UTC


def test_fractions_of_a_cent_are_refused(database: Database) -> None:
    with pytest.raises(StatementError), database.session() as session:
        add_account(session, lease(lease_amount=Decimal("0.001")))


@pytest.mark.parametrize("table", ["posting", "case_event"])
@pytest.mark.parametrize("change", ["UPDATE {} SET kind = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_rewrite_history(database: Database, table: str, change: str) -> None:
    with database.session() as session:
        add_account(session, lease())
        post(session, payment("R1"), "L-1")
        record(session, "L-1-1", opening(), after(new_case(), opening()))
    with pytest.raises(DBAPIError, match="append-only"), database.session() as session:
        session.execute(text(change.format(table)))


def test_errors_do_not_show_what_was_written(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.session() as session:
        session.execute(text("INSERT INTO staff (id, name) VALUES (:id, :name)"), {"id": "u1", "name": "张三"})
    assert "张三" not in str(caught.value).split("DETAIL")[0]


def test_a_dead_server_is_a_transient_failure() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Transient):
        database.ping()
    database.close()


def test_a_file_that_cannot_be_opened_is_a_transient_failure(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}")
    with pytest.raises(Transient):
        database.ping()
    database.close()


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.session() as writing:
        add_account(writing, lease())
        with database.reading() as reading:
            assert reading.execute(text("SELECT count(*) FROM account")).scalar_one() == 0


def test_a_reader_sees_the_schedule(database: Database) -> None:
    with database.session() as session:
        add_account(session, lease())
    with database.reading() as session:
        assert [row.due for row in account_facts(session, "L-1").schedule] == [date(2026, 3, 2), date(2026, 4, 2)]
