"""`arrears classify`: the book in five categories from the running database."""

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
from store.ratings import rating_history
from store.session import Database
from store.views import NewAccount, Party
from tests.builders.leases import rents
from tests.cli.running import Arrears

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An installation of its own with a lease due on 2 March and one due on 2 June."""
    monkeypatch.setenv("ARREARS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ARREARS_MODE", "up")
    found = Database(load_settings().database_url)
    prepare(found, datetime.now(UTC))
    with found.session() as session:
        for account_no, due in (("A", "2026-03-02"), ("B", "2026-06-02")):
            debtor = Party(id=f"P-{account_no}", role=PartyRole.BORROWER, name="上海测试有限公司")
            account = NewAccount(
                account_no=account_no, contract_no=f"HT-{account_no}", lease_amount=Decimal("1000.00"), created_at=NOW,
                schedule=rents(due), parties=(debtor,),
            )  # fmt: skip
            add_accounts(session, [account])
    yield found
    found.close()


def test_the_book_is_printed_with_its_npl_ratio_and_recorded_once(arrears: Arrears, database: Database) -> None:
    ran = arrears("classify", "--as-of", "2026-06-02", "--record")
    assert (ran.code, ran.err) == (0, "2 ratings recorded\n")
    lines = ran.out.splitlines()
    assert lines[0].startswith("商业银行金融资产风险分类办法") and lines[0].endswith("2026-06-02")
    assert lines[1] == "category | accounts | CNY"
    assert [line.split(" | ")[:2] for line in lines[2:8]] == [
        ["正常 pass", "1"], ["关注 special mention", "0"], ["次级 substandard", "1"], ["可疑 doubtful", "0"],
        ["损失 loss", "0"], ["合计 total", "2"],
    ]  # fmt: skip
    assert lines[8].startswith("不良率 NPL ratio 50.00 %")
    assert "0 ratings recorded" in arrears("classify", "--as-of", "2026-06-02", "--record").err
    assert arrears("classify", "--as-of", "2026-06-02").out == ran.out
    with database.reading() as session:
        assert [one.category for one in rating_history(session, "A")] == ["substandard"]


def test_a_day_before_any_regulation_and_no_day_at_all(arrears: Arrears, database: Database) -> None:
    early, wrong = arrears("classify", "--as-of", "2023-06-30"), arrears("classify", "--as-of", "yesterday")
    assert early.code == 1 and "no_classification" in early.err
    assert wrong.code == 2 and "--as-of" in wrong.err
