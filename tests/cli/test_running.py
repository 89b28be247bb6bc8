"""The commands that read a running installation: import, cases, case; and what they say when something is not there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from commands.demonstration import prepare
from domain.ledger import PartyRole
from settings import load_settings
from store.accounts import add_accounts
from store.record import record
from store.session import Database
from store.views import NewAccount, Party
from tests.builders.leases import rents
from tests.cli.running import ROOT, Arrears
from tests.rules.walk import diligent

EXAMPLE = ROOT / "examples" / "leasing-portfolio.xlsx"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation of its own in which nothing was ever started, and whose engine is away."""
    monkeypatch.setenv("ARREARS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ARREARS_MODE", "up")
    monkeypatch.setenv("ARREARS_TEMPORAL_ADDRESS", "127.0.0.1:1")


@pytest.fixture
def database(nowhere: None) -> Iterator[Database]:
    """The same with an empty database."""
    found = Database(load_settings().database_url)
    prepare(found, datetime.now(UTC))
    yield found
    found.close()


@pytest.fixture
def one_case(database: Database) -> str:
    """A lease with its case as recorded at DPD 16, while nobody countersigns the inspection report."""
    desk = diligent(16, leave=("asset_inspection_countersignature",))
    number = desk.case.account_no
    lessee = Party(id="P1", role=PartyRole.LESSEE, name="上海测试有限公司")
    account = NewAccount(
        account_no=number, contract_no="HT-1", lease_amount=Decimal("500000.00"), created_at=NOW,
        schedule=rents("2026-03-02", "2026-04-02"), parties=(lessee,),
    )  # fmt: skip
    with database.session() as session:
        add_accounts(session, [account])
        record(session, desk.case.case_no, desk.events, desk.case)
    return desk.case.case_no


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("words", [("cases",), ("case", "X-1"), ("intake",), ("reconsider",), ("import", EXAMPLE)])
def test_before_anything_was_started(arrears: Arrears, words: tuple[str, ...]) -> None:
    ran = arrears(*words)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("no_database: ") and "make up" in ran.err


@pytest.mark.usefixtures("database")
def test_a_portfolio_is_held_and_taken_once(arrears: Arrears) -> None:
    first = arrears("import", EXAMPLE)
    assert (first.code, first.err) == (0, "")
    assert "held, 200 of 200 accounts taken" in first.out
    again = arrears("import", EXAMPLE, "--release")
    assert again.code == 0
    assert "released" in again.out and "imported before" in again.out
    assert "released" in arrears("import", EXAMPLE).out


@pytest.mark.usefixtures("database")
def test_a_file_that_is_no_portfolio(arrears: Arrears) -> None:
    ran = arrears("import", ROOT / "rules" / "leasing.yaml")
    assert ran.code == 2
    assert "remedy:" in ran.err


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("words", [("intake",), ("reconsider", "L-1")])
def test_without_the_engine_it_says_so(arrears: Arrears, words: tuple[str, ...]) -> None:
    ran = arrears(*words)
    assert ran.code == 1
    assert "No workflow engine answers at 127.0.0.1:1" in ran.err


def test_cases_as_a_table(arrears: Arrears, one_case: str) -> None:
    ran = arrears("cases", "--bucket", "II")
    cells = ran.out.splitlines()[1].split(" | ")
    assert (cells[0], cells[1], cells[3], cells[4]) == (one_case, "上海测试有限公司", "II", "open")
    assert arrears("cases", "--bucket", "IV").out.splitlines()[1:] == []
    assert arrears("cases", "--status", "closed").out.splitlines()[1:] == []


def test_a_case_from_the_record_when_the_engine_is_away(arrears: Arrears, one_case: str) -> None:
    ran = arrears("case", one_case)
    assert ran.code == 0
    assert "the workflow engine does not answer" in ran.err
    assert "bucket II" in ran.out
    waiting = [line for line in ran.out.splitlines() if line.startswith("业务部门负责人 | 资产检查报告会签")]
    assert len(waiting) == 1
    assert (
        "2026-03-10 09:00 | 8 | 租金催收通知书签字: opened | 资产管理部负责人 | 《租金催收通知书》 | L4.2c" in ran.out
    )


@pytest.mark.usefixtures("database")
def test_an_unknown_case(arrears: Arrears) -> None:
    ran = arrears("case", "X-1")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("unknown_case: ")
