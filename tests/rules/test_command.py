"""`arrears rules` and the check of its page: what they print, and what they refuse."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from checks.rules_page import findings
from cli import run
from rules.book import Book, read_book
from rules.page import PAGE, cells, markdown
from rules.register import REGULATIONS
from tests.builders.ladders import ROOT, policy_text

LEASING = ("leasing",)  # the only regulation in the folder of these tests


@pytest.fixture
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the leasing policy alone, which the command reads."""
    folder = tmp_path / "policies"
    folder.mkdir()
    shutil.copy(ROOT / "policies" / "leasing.v1.yaml", folder)
    monkeypatch.setenv("ARREARS_POLICIES_DIR", str(folder))
    return folder


def rewritten(folder: Path, old: str, new: str, name: str = "leasing.v1.yaml") -> Path:
    """The leasing policy with another text in one place."""
    assert old in policy_text()
    (folder / name).write_text(policy_text().replace(old, new, 1), encoding="utf-8")
    return folder


def without_p4_3(folder: Path) -> None:
    """Puts a layer beside it whose inspection does not name the rule P4.3."""
    text = (ROOT / "policies" / "layers" / "servicing.v1.yaml").read_text(encoding="utf-8")
    assert "rules: [P4.3, " in text
    (folder / "layers").mkdir()
    (folder / "layers" / "servicing.v1.yaml").write_text(text.replace("rules: [P4.3, ", "rules: ["), encoding="utf-8")


def book(folder: Path) -> Book:
    return read_book(folder, ROOT)


def test_it_prints_every_rule_with_what_implements_and_verifies_it(
    policies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules"]) == 0
    printed = capsys.readouterr()
    rows = [line.split(" | ") for line in printed.out.splitlines()]
    rules = {row[0]: row for row in rows if len(row) == 5 and row[0] != "rule"}
    assert len(rules) == 442
    assert "step guarantor_notice" in rules["L6.1c"][3]
    assert rules["L6.1c"][4].startswith("rules/test_leasing_article_6.py::")
    assert rules["L1.1"][3] == "organisational: this versioned policy is the management process"
    assert rules["P1.1"][3] == "missing"  # its layer is not in this folder
    assert rules["B2.1.1.1a"][3] == "missing"
    counts = {row[0]: row[1:] for row in rows if len(row) == 8}
    assert counts["leasing"] == ["L", "52", "51", "51", "1", "0", "loaded"]
    assert counts["bank"] == ["B", "94", "0", "0", "0", "94", "none yet"]
    assert counts["all"][1] == "442"
    assert printed.err == "442 rules, 0 faults\n"


def test_one_regulation_and_only_what_is_missing(policies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "--policy", "leasing", "--missing", "--strict"]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("L")]
    assert rows == []
    assert run(["rules", "--policy", "servicing", "--missing"]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("P")]
    assert len(rows) == 32


def test_layers_are_counted_and_one_that_does_not_load_is_told(
    policies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without_p4_3(policies)
    assert run(["rules", "--policy", "servicing", "--missing"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.split(" | ")[0] for line in printed if line.startswith("P")] == ["P4.3"]
    (row,) = [line for line in printed if line.startswith("servicing | ")]
    assert row.startswith("servicing | P | 32 | 26 | ") and row.endswith(" | 5 | 1 | loaded")
    (policies / "layers" / "claims.v1.yaml").write_text("id: claims\nnonsense: 1\n", encoding="utf-8")
    assert run(["rules"]) == 1
    assert "layers/claims.v1.yaml:2: nonsense" in capsys.readouterr().err


def test_strict_refuses_what_is_missing(policies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    without_p4_3(policies)
    assert run(["rules", "--policy", "servicing", "--strict"]) == 1
    assert "P4.3 nothing implements it\n" in capsys.readouterr().err


def test_an_unknown_rule_is_refused(policies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewritten(policies, "contact_rules: [L4.5a]", "contact_rules: [L4.5a, L4.5z]")
    assert run(["rules"]) == 1
    assert "leasing: contact record names L4.5z, which is no rule\n" in capsys.readouterr().err


def test_an_organisational_mark_on_a_mixed_rule_is_refused(policies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewritten(policies, "L9.1: {note:", "L9.1: {organisational: true, note:")
    assert run(["rules", "--policy", "leasing"]) == 1
    assert "L9.1 is called organisational, but is also access\n" in capsys.readouterr().err


def test_a_policy_that_does_not_load_is_told_and_nothing_is_written(
    policies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewritten(policies, "id: leasing", "id: bank\nnonsense: 1", "bank.v1.yaml")
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert run(["rules", "--write"]) == 1
    said = capsys.readouterr().err
    assert "policies/bank.v1.yaml:" in said and "nonsense" in said and "stays as it is" in said
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page
    regulation = book(policies).regulations[REGULATIONS.index("bank")]
    assert cells(regulation.rules[0], regulation)[3] == "policy not loadable"


def test_an_unknown_regulation_and_a_page_of_one_regulation_are_refused(
    policies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "--policy", "nobody"]) == 2
    assert "one of: leasing, consumer" in capsys.readouterr().err
    assert run(["rules", "--policy", "leasing", "--write"]) == 2


def test_the_check_wants_the_page_that_the_command_would_write(policies: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    assert len(list(findings(book(policies), page, LEASING))) == 1
    page.write_text(markdown(book(policies)), encoding="utf-8")
    assert list(findings(book(policies), page, LEASING)) == []
    page.write_text(markdown(book(policies)) + "\n", encoding="utf-8")
    assert list(findings(book(policies), page, LEASING)) == [
        f"{PAGE} is not what `arrears rules` prints: run `arrears rules --write`"
    ]


def test_the_check_refuses_a_gap_of_a_strict_regulation_only(policies: Path, tmp_path: Path) -> None:
    found = book(
        rewritten(policies, "  L10.1: {note: a version is used only after the general manager approved it}\n", "")
    )
    page = tmp_path / "page.md"
    page.write_text(markdown(found), encoding="utf-8")
    assert list(findings(found, page, LEASING)) == ["L10.1 nothing implements it"]


def test_the_page_has_a_row_for_every_rule(policies: Path) -> None:
    lines = markdown(book(policies)).splitlines()
    rows = [line for line in lines if line.startswith("| ") and line.count(" | ") == 4]
    assert len(rows) == 442 + 2 * len(REGULATIONS)
    assert "| all |  | 442 |" in "\n".join(lines)
