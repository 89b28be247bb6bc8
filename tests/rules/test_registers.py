"""The lists of rules are those of the thirteen regulations: none left out, none invented, none called otherwise."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from rules.book import newest_policies
from rules.register import HERE, REGULATIONS, STRICT, read_register
from tests.builders.ladders import ROOT

REGISTERS = {name: read_register(name) for name in REGULATIONS}
# Per regulation its prefix, and the items of its sections, counted from its text and not from our files.
RULES = {
    "leasing": "L 1: 1; 2: 1 2 3 4; 3: 1 2; 4: 1 2a 2b 2c 3 4a 4b 5a 5b 5c 5d 5e;"
    " 5: 1a 1b 1c 2a 2b 2c 2d 2e 2f 3 4a 4b 4c 5a 5b; 6: 1a 1b 1c 1d 2a 2b 3; 7: 1 2 3a 3b 4 5a 5b; 8: 1 2;"
    " 9: 1; 10: 1",
    "consumer": "Z 0: 1; 1: 1 2a 2b 2c 2d; 2: 1a 1b 1c 1d 2; 3: 1a 1b 2 3a 3b 4a 4b 4c 4d; 4: 1a 1b 1c 1d 2a 2b; 5: 1",
    "bank": "B 1: 1 2 3; 2.1.1: 1a 1b 1c 1s 2a 2as 2b 2c 2d 2bs 2e 2es; 2.1.2: 1a 1b 1c 1d 1ds 1e 1f 1g 1gs 2a 2as 2b"
    " 2c; 2.2.1: 1a 1as 1b 1bs 1c 2a 2b 2c 2d 2e 2f 2g 2s; 2.2.2: 1a 1b 1c 1s 1d 2a 2b 2c 2s; 2.3.1: 1 1s 2 3 3s;"
    " 2.3.2: 1a 1b 1c 1d 1s 2s 2a 2b 2c; 3.1.1: 1a 1b 1s 2a 2b 2s; 3.2: 1a 1b 1c 1s 2a 2b 2s;"
    " 4.1.1: 1a 1b 1s 2a 2b 2s; 4.2: 1a 1b 1c 1d 1s 2a 2b 2c 2d 2e 2s",
    "credit": "C 1: 1 2; 1.3: 1 2 3 4; 2: 1a 1b; 2.2: 1a 1b 1c 2a 2b 3a 3b 4a 4b; 3: 1 2 3a 3b 4; 4.1: 1 2;"
    " 4.2: 1 2a 2b; 4.3: 1a 1b 1c 2a 2b 2c 3; 4.4: 1 2a 2b; 4.5: 1 2a 2b; 5: 1 2a 2b 3a 3b; 6.1: 1 2 3; 6.2: 1 2;"
    " 6.3: 1 2",
    "union": "U 1: 1 2; 2: 1a 1b 2a 2b 2c 2d; 3.1: 1a 1b 1c 2a 2b 2c; 3.2: 1a 1b; 3.2.2: 1 2 3 4; 3.2: 3a 3b;"
    " 3: 3a 3b 3c; 4: 1a 1b 2a 2b; 5: 1 2; 6: 1",
    "lender": "O 1: 1; 2: 1a 1b 1c 1d 1e 2a 2b 2c 3a 3b 3c 4a 4b 4c 4d 5a 5b 5c; 3: 1 2 3a 3b 4a 4b 5a 5b",
    "treatment": "H 1: 0a 0b 1 2 3 4; 2.1: 1a 1b 2a 2b 3a 3b; 2.2: 1 2a 2b 2c 3; 2.3: 1 2a 2b 3; 3: 1",
    "servicing": "P 1: 1; 2: 1; 3: 1; 4: 0 1 2 3 4 5 6; 5: 1 2 3 4 5; 6: 1 2 3 4 5; 7: 1 2 3 4; 8: 1 2 3; 9: 1 2 3 4 5",
    "claims": "D 1: 1; 2: 1; 3: 1 2 3 4; 4: 1; 5: 1 2 3; 6: 1 2a 2b 3a 3b; 7: 1 2 3; 8: 1; 9: 1 2; 10: 1 2; 11: 1",
    "daily": "F 1: 1; 2: 1; 3.1: 1 2; 3.2: 1 2; 3.3: 1 2; 3.4: 1 2; 3.5: 1 2; 4.1: 1 2; 4.2: 1 2; 4.3: 1 2; 5.1: 1 2;"
    " 5.2: 1 2; 5.3: 1 2; 6: 1 2",
    "trade": "M 1: 1; 2: 1 2; 3: 1 2 3; 4: 1 2; 5: 1 2; 6: 1a 1b 2; 7: 1 2; 8: 1 2a 2b",
    "collection_1": "MA 1: 1 2 3; 2: 1 2 3; 3: 1 2 3; 4: 1 2 3; 5: 1 2 3a 3b",
    "collection_2": "MB 1: 1a 1b 2a 2b; 2: 1a 1b 2a 2b; 3: 1a 1b 2a 2b; 4: 1a 1b 2a 2b; 5: 1a 1b 2a 2b",
}
# What speaks of the organisation and of nothing else: only these may ever be left to the company.
ORGANISATIONAL = {
    "leasing": "L1.1",
    "consumer": "Z5.1",
    "bank": "B1.1 B1.2 B1.3 B3.2.2s B4.1.1.1b",
    "credit": "C1.1 C1.2 C1.3.2 C1.3.4 C5.2b C6.2.1 C6.2.2 C6.3.2",
    "union": "U1.2 U2.2b U2.2c U5.1 U5.2 U6.1",
    "lender": "O1.1 O2.1e O3.3a O3.3b O3.5b",
    "treatment": "H1.0a H1.4",
    "servicing": "P1.1 P2.1 P3.1 P4.0 P9.5",
    "claims": "D1.1 D3.2 D3.3 D3.4 D4.1 D5.1 D5.2 D8.1",
    "daily": "F1.1 F3.1.1 F3.1.2 F3.2.1 F3.3.1 F3.3.2 F4.3.1 F4.3.2 F5.1.1 F5.1.2 F5.2.1 F6.1 F6.2",
    "trade": "M1.1 M2.2 M3.1 M4.1",
    "collection_1": "MA1.3 MA2.2 MA2.3 MA3.1 MA4.2 MA4.3",
    "collection_2": "MB1.2b MB4.1b MB5.2a MB5.2b",
}
KINDS = {
    "task": 111, "org": 101, "document": 73, "calc": 66, "decision": 53, "access": 37, "cadence": 36, "message": 36,
    "conduct": 34, "timer": 32, "register": 26, "kpi": 25, "report": 16, "hold": 5,
}  # fmt: skip


def wanted(name: str) -> list[str]:
    prefix, _, sections = RULES[name].partition(" ")
    split = [section.split(": ") for section in sections.split("; ")]
    return [f"{prefix}{section}.{item}" for section, items in split for item in items.split()]


@pytest.mark.parametrize("name", REGULATIONS)
def test_the_rules_are_those_of_the_regulation(name: str) -> None:
    assert [rule.id for rule in REGISTERS[name].rules] == wanted(name)
    assert REGISTERS[name].policy == name
    assert REGISTERS[name].prefix == RULES[name].split()[0]


def test_all_regulations_together_have_442_rules_and_nobody_has_another_list() -> None:
    assert sum(len(register.rules) for register in REGISTERS.values()) == 442
    assert len({rule.id for register in REGISTERS.values() for rule in register.rules}) == 442
    assert {path.stem for path in HERE.glob("*.yaml")} == set(REGULATIONS)


def test_the_kinds_are_as_many_as_in_the_texts() -> None:
    found = Counter(kind for register in REGISTERS.values() for rule in register.rules for kind in rule.kinds)
    assert found == KINDS


@pytest.mark.parametrize("name", REGULATIONS)
def test_only_these_rules_speak_of_the_organisation_alone(name: str) -> None:
    found = [rule.id for rule in REGISTERS[name].rules if rule.kinds == ("org",)]
    assert found == ORGANISATIONAL[name].split()


@pytest.mark.parametrize("name", REGULATIONS)
def test_each_rule_is_said_once_in_both_languages(name: str) -> None:
    rules = REGISTERS[name].rules
    assert all(re.search("[一-鿿]", rule.zh) and rule.zh.endswith("。") for rule in rules)
    assert all(not re.search("[一-鿿]", rule.en) and rule.en.endswith((".", "?")) for rule in rules)
    assert len({rule.zh for rule in rules}) == len({rule.en for rule in rules}) == len(rules)


def test_a_reason_is_one_line_and_only_where_the_rule_is_organisational() -> None:
    reasoned = [rule for register in REGISTERS.values() for rule in register.rules if rule.reason is not None]
    assert all(rule.kinds == ("org",) and "\n" not in str(rule.reason) for rule in reasoned)


def test_what_is_strict_has_a_policy() -> None:
    files = newest_policies(ROOT / "policies") | newest_policies(ROOT / "policies" / "layers")
    assert set(STRICT) <= set(files) & set(REGULATIONS)


def test_the_newest_version_is_the_highest_number(tmp_path: Path) -> None:
    for name in ("a.v9.yaml", "a.v10.yaml", "b_1.v1.yaml", "HASHES", "notes.yaml"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert newest_policies(tmp_path) == {"a": tmp_path / "a.v10.yaml", "b_1": tmp_path / "b_1.v1.yaml"}
