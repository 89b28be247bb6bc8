"""`arrears audit` and `arrears case export`: checked offline, told with the entry, exit code 1 for any fault."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.demonstration import prepare
from settings import load_settings
from store import audit
from store.record import record
from store.session import Database
from tests.cli.running import Arrears
from tests.store.samples import after, new_case, opening


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An installation of its own with one case."""
    monkeypatch.setenv("ARREARS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ARREARS_MODE", "up")
    settings = load_settings()
    found = Database(settings.database_url, audit_key=settings.audit_key())
    prepare(found, datetime.now(UTC))
    with found.session() as session:
        case = after(new_case(), opening())
        record(session, case.case_no, opening(), case)
    yield found
    found.close()


def test_a_whole_log_is_said_to_be_whole(arrears: Arrears, database: Database) -> None:
    head = arrears("audit", "head").out.strip()
    done = arrears("audit", "verify", "--anchor", head)
    assert (done.code, done.out) == (0, "The log is whole.\n")


def test_what_is_done_at_a_terminal_is_entered(arrears: Arrears, database: Database) -> None:
    arrears("staff", "add", "li.wei", "--role", "collector", "--password", "secret")
    with database.reading() as session:
        entry = list(audit.entries(session))[-1]
    assert entry.what.startswith("arrears") and entry.authority == "terminal"
    assert "li.wei" not in entry.model_dump_json() and entry.actor_user
    assert arrears("audit", "verify").code == 0


def test_an_exported_log_is_checked_as_a_file(arrears: Arrears, database: Database, tmp_path: Path) -> None:
    arrears("staff", "add", "li.wei", "--role", "collector", "--password", "secret")
    file = tmp_path / "log.jsonl"
    assert arrears("audit", "export", file).out == "3 entries\n"
    head = arrears("audit", "head").out.strip()
    assert arrears("audit", "verify", file, "--anchor", head).out == "The log is whole.\n"
    file.write_text(file.read_text(encoding="utf-8").rpartition("{")[0], encoding="utf-8")
    told = arrears("audit", "verify", file, "--anchor", head)
    assert (told.code, told.out) == (1, "entry 3: is missing: the chain ends at 2, the anchor says 3\n")


def test_a_changed_file_is_told_with_its_entry(arrears: Arrears, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    arrears("audit", "export", file)
    file.write_text(file.read_text(encoding="utf-8").replace('"rule"', '"u-1"'), encoding="utf-8")
    told = arrears("audit", "verify", file)
    assert told.code == 1
    assert told.out == "entry 1: was changed: its hash is that of another content\n"
    other = tmp_path / "other.key"
    other.write_text("another key", encoding="utf-8")
    assert "seal of another key" in arrears("audit", "verify", "--key", other).out


def test_an_anchor_that_is_none_is_refused(arrears: Arrears, database: Database) -> None:
    assert arrears("audit", "verify", "--anchor", "yesterday").code == 2


def test_a_case_is_given_out_in_one_archive(arrears: Arrears, database: Database, tmp_path: Path) -> None:
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    assert arrears("case", "export", "L-1-1", first).code == 0
    arrears("case", "export", "L-1-1", second)
    assert first.read_bytes() == second.read_bytes()
    assert "records/case_event.jsonl" in zipfile.ZipFile(first).namelist()
    assert arrears("case", "export", "none", second).code == 1
    whole = arrears("audit", "verify", first)
    assert (whole.code, whole.out) == (0, "The archive is whole.\n")
    with zipfile.ZipFile(second, "a") as packed:
        packed.writestr("documents/another.pdf", b"x")
    forged = arrears("audit", "verify", second)
    assert (forged.code, "documents/another.pdf was added" in forged.out) == (1, True)
