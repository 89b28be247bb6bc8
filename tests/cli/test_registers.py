"""`arrears register`: the blacklist, money in suspense and the archive at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from commands.demonstration import prepare
from domain.events import Actor
from settings import load_settings
from store import blacklist, customer_marks, suspense
from store.batches import SuspenseItem
from store.customer_marks import CustomerMark
from store.session import Database
from tests.cli.running import Arrears

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
DAY = date(2026, 3, 10)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An installation of its own."""
    monkeypatch.setenv("ARREARS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ARREARS_MODE", "up")
    found = Database(load_settings().database_url)
    prepare(found, datetime.now(UTC))
    yield found
    found.close()


def mark(kind: str, value: str) -> CustomerMark:
    values = {"key": kind, "party_id": "K-1", "kind": kind, "value": value, "reason": "决定", "actor_user": "u-1"}
    return CustomerMark.model_validate({**values, "actor_role": "risk_management", "at": NOW})


def lines(out: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in out.splitlines()]


def test_who_is_listed_and_who_is_a_key_customer(arrears: Arrears, database: Database) -> None:
    with database.session() as session:
        blacklist.enter(session, mark("blacklist", "listed"), DAY)
        customer_marks.add_mark(session, mark("key_customer", "yes"))
    assert lines(arrears("register", "blacklist").out)[1:] == [["K-1", "2026-03-10", "blacklist", "决定"]]
    assert lines(arrears("register", "key-customers").out)[1:] == [["K-1", "2026-03-10", "-", "决定"]]


def test_money_in_suspense_is_told_without_its_payer(arrears: Arrears, database: Database) -> None:
    item = SuspenseItem(
        id="B-77",
        reference="租金",
        payer="某公司",
        amount=Decimal("2100.00"),
        value_date=DAY,
        reason="unknown payer",
        at=NOW,
    )
    wanted = suspense.Wanted(
        key="k", receipt_no="B-77", returned=Decimal("100.00"), remains=Decimal("2000.00"), reason="退款", at=NOW,
        actor=Actor(user="u-1", role="finance", authority="x"),
    )  # fmt: skip
    with database.session() as session:
        suspense.receive(session, item, DAY)
        suspense.carry_out(session, wanted)
    out = arrears("register", "suspense").out
    assert lines(out)[1] == ["B-77", "2026-03-10", "2,000.00", "2,100.00", "CNY", "unknown payer"]
    assert lines(out)[3] == ["CNY", "2,100.00", "0.00", "100.00", "2,000.00"]
    assert "某公司" not in out and "租金" not in out


def test_nothing_is_written_off_or_destroyable_at_first(arrears: Arrears, database: Database) -> None:
    assert len(lines(arrears("register", "write-offs").out)) == 1
    assert len(lines(arrears("register", "destroyable", "--on", "2099-01-01").out)) == 1
