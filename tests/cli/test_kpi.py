"""`arrears kpi` on a database, with the five accounts of tests/domain/test_kpi.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.demonstration import prepare
from settings import load_settings
from store.session import Database
from tests.builders.measured import fill_book
from tests.cli.running import Arrears

APRIL = ("--from", "2026-04-01", "--to", "2026-04-30")


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("ARREARS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ARREARS_MODE", "up")
    found = Database(load_settings().database_url)
    prepare(found, datetime.now(UTC))
    with found.session() as session:
        fill_book(session)
    yield found
    found.close()


@pytest.mark.usefixtures("book")
def test_figures_with_targets_and_roll_rates(arrears: Arrears) -> None:
    ran = arrears("kpi", *APRIL, "--policy", "bank")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "2026-04-01 to 2026-04-30, before: 2026-03-01 to 2026-03-31"
    assert "bank, CNY, 5 accounts" in lines
    assert "催收成本率 collection cost rate | 6.00 % | - | 5.00 % | 未达标 missed" in lines
    assert "催收金额 amount collected | 2,000.00 | 0.00 | - | " in lines
    assert "bank | mild | moderate_1 | 1 | 1,050.00 CNY | 50.00 % | 50.00 %" in lines


@pytest.mark.usefixtures("book")
def test_by_bucket_and_the_accounts_behind_a_figure(arrears: Arrears) -> None:
    ran = arrears("kpi", *APRIL, "--by", "bucket")
    assert "bank, severe, CNY, 1 accounts" in ran.out
    assert "催收成功率 collection success rate | 43.48 % | 0.00 % | 50.00 % | 未达标 missed" in ran.out
    ran = arrears("kpi", *APRIL, "--by", "bucket", "--group", "severe", "--detail", "success_rate")
    assert ran.out.splitlines()[1:] == ["C |  | CNY | 500.00 | 1150.00"]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--from", "soon", "--to", "2026-04-30"), 2, "--from: soon is no day"),
        ((*APRIL, "--by", "weather"), 2, "--by: nothing is split by weather"),
        (("--from", "2026-05-01", "--to", "2026-04-30"), 1, "period_backwards"),
        ((*APRIL, "--detail", "profit"), 1, "unknown_figure"),
    ],
)
def test_what_cannot_be_asked(arrears: Arrears, words: tuple[str, ...], code: int, said: str) -> None:
    ran = arrears("kpi", *words)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
