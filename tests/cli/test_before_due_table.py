"""The table of a policy begins with what happens before a due date."""

from __future__ import annotations

import pytest

from commands.words import Words
from domain.policy_check import load_ladder
from tests.builders.ladders import ROOT, company_text

CONSUMER = [
    ("D-7", "09:00", "Z1.1"), ("D-7..D-1", "10:00", "Z4.1a Z4.1b Z4.1c Z4.1d"),
    ("D-5b..D-1b", "09:00", "Z1.2a Z1.2b Z1.2c Z1.2d"), ("D-5b", "09:00", "Z3.3b"),
    ("D-2b", "09:00", "Z3.2"), ("D-2b", "09:00", "Z3.3b"),
]  # fmt: skip
BANK = [
    ("D-3", "09:00", "B2.1.1.1a B2.1.1.1b B2.1.1.1c B2.1.1.1s"), ("D-1", "09:00", "B2.1.1.1a B2.1.1.1b B2.1.1.1c"),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "wanted"), [("consumer", CONSUMER), ("bank", BANK), ("leasing", [])])
def test_days_hours_and_rules_before_the_due_date(policy: str, wanted: list[tuple[str, str, str]]) -> None:
    text = (ROOT / "policies" / f"{policy}.v1.yaml").read_text(encoding="utf-8")
    ladder = load_ladder(text, policy, company_text(), "company.yaml")
    rows = Words(ladder.policy).before_due(ladder)
    assert [(row[0], row[1], row[5]) for row in rows] == wanted
    assert all(row[2] and row[3] for row in rows)
