"""`arrears delegation`: given, listed, revoked; what is not possible is refused with every fault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.demonstration import prepare
from settings import load_settings
from store import staff
from store.session import Database
from store.staff import StaffMember
from tests.cli.running import Arrears

GIVE = ("delegation", "give", "gm", "fin", "general_manager", "--by", "gm", "--reason", "出差", "--ends")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("ARREARS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ARREARS_MODE", "up")
    found = Database(load_settings().database_url)
    prepare(found, datetime.now(UTC))
    with found.session() as session:
        for user, role in (("gm", "general_manager"), ("fin", "finance")):
            staff.add(session, StaffMember(id=user, login=user, name="职员", password_hash="x", roles=(role,)))
    yield found
    found.close()


def test_a_delegation_is_given_listed_and_revoked(arrears: Arrears, database: Database) -> None:
    given = arrears(*GIVE, "2099-01-01")
    assert given.code == 0, given.err
    number = given.out.split(":")[0]
    listed = arrears("delegation", "list").out
    assert "gm | fin | general_manager" in listed
    assert "2099-01-01 00:00" in listed
    end = ("delegation", "revoke", number, "--by", "gm", "--reason", "back")
    assert arrears(*end).code == 0
    again = arrears(*end)
    assert again.code == 1 and again.err.startswith("already_revoked")


def test_one_that_is_over_is_refused(arrears: Arrears, database: Database) -> None:
    refused = arrears(*GIVE, "2020-01-01")
    assert refused.code == 1 and refused.err.startswith("delegation_unfit")
