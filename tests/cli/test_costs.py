"""`arrears costs`: what collection cost in a period, at the tariff of the company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from commands.demonstration import prepare
from domain.errors import Invalid
from domain.policy_file import parse_company, read_source
from settings import load_settings
from store.contacts import NewContact, enter_contact
from store.session import Database
from tests.cli.running import ROOT, Arrears


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An installation of its own in which one call and one visit were recorded."""
    monkeypatch.setenv("ARREARS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ARREARS_MODE", "up")
    found = Database(load_settings().database_url)
    prepare(found, datetime.now(UTC))
    with found.session() as session:
        for number, channel in ((7, "call"), (8, "visit")):
            contact = NewContact.model_validate({
                "id": f"A-1/{number}", "party_id": "P", "case_no": "A-1", "account_no": "A", "channel": channel,
                "purpose": "collection", "at": datetime(2026, 3, number, 4, tzinfo=UTC),
            })  # fmt: skip
            enter_contact(session, contact)
    yield found
    found.close()


def test_actions_are_booked_and_the_period_adds_up(arrears: Arrears, database: Database) -> None:
    ran = arrears("costs", "--from", "2026-03-01", "--to", "2026-03-31")
    assert (ran.code, ran.err) == (0, "2 actions booked\n")
    assert ran.out.splitlines() == [
        "kind | item | count | CNY", "tariff | visit | 1 | 150.00", "tariff | call | 1 | 0.30",
        "清收费用 cost of collection 150.30 CNY, 2026-03-01 to 2026-03-31",
    ]  # fmt: skip
    later = arrears("costs", "--from", "2026-03-08", "--to", "2026-03-08")
    assert later.err == "0 actions booked\n" and "150.00 CNY" in later.out


def test_no_day_is_bad_input(arrears: Arrears, database: Database) -> None:
    ran = arrears("costs", "--from", "2026-03-01", "--to", "soon")
    assert ran.code == 2 and "--to" in ran.err


@pytest.mark.parametrize("wrong", ['{pigeon: "1.00"}', '{sms: "-1"}', '{sms: "0.005"}'])
def test_a_wrong_tariff_is_refused_with_its_line(wrong: str) -> None:
    text = (ROOT / "company" / "demo.yaml").read_text(encoding="utf-8")
    line = 1 + next(number for number, found in enumerate(text.splitlines()) if found.startswith("costs:"))
    changed = "\n".join(f"costs: {wrong}" if found.startswith("costs:") else found for found in text.splitlines())
    with pytest.raises(Invalid) as refused:
        parse_company(read_source(changed, "demo.yaml"))
    assert {problem.place for problem in refused.value.problems} == {f"demo.yaml:{line}"}


def test_the_demonstration_has_a_tariff() -> None:
    text = (ROOT / "company" / "demo.yaml").read_text(encoding="utf-8")
    assert parse_company(read_source(text, "demo.yaml")).costs["visit"] == Decimal("150.00")
