"""`arrears policy` and `arrears simulate`: what a lawyer reads, and what a program reads."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, ROOT, Arrears, written

GOLDEN = sorted((ROOT / "tests" / "policies" / "golden").glob("*.yaml"))


def test_check_lists_every_setting_with_value_default_source_and_rules(arrears: Arrears) -> None:
    ran = arrears("policy", "check", ROOT / "policies" / "leasing.v1.yaml")
    assert (ran.code, ran.err) == (0, "")
    rows = {cells[0]: cells[1:] for line in ran.out.splitlines() if len(cells := line.split(" | ")) == 6}
    assert rows["consent_group"][:4] == [
        "head_of_business, head_of_risk_management", "must be set", "company", "L5.5a L5.5b",
    ]  # fmt: skip
    assert rows["disposal_plan_due_dpd"][:4] == ["38", "38", "settled", "L6.2a"]
    assert rows["standing.vendor_advance_cures"][:1] == ["false"]
    assert "in force since 2026-01-05, approved by general_manager" in ran.out


def test_check_lists_the_settings_of_the_layers_beside_a_policy(arrears: Arrears) -> None:
    ran = arrears("policy", "check", "leasing")
    assert (ran.code, ran.err) == (0, "")
    rows = {cells[0]: cells[1:] for line in ran.out.splitlines() if len(cells := line.split(" | ")) == 6}
    assert rows["servicing.grades"][:4] == ["A, B, C, D", "must be set", "company", "P8.1"]
    assert rows["servicing.inspection_every"][:4] == ["quarter", "quarter", "P-Q1: quarterly", "P6.2"]
    assert rows["claims.disposal_dpd"][2] == "company"
    assert not any(name.startswith("trade.") for name in rows)  # it runs beside another policy
    assert "beside leasing" in ran.out


@pytest.mark.parametrize("named", ["trade", ROOT / "policies" / "layers" / "trade.v1.yaml"], ids=["name", "file"])
def test_check_of_a_layer_by_itself(arrears: Arrears, named: str | Path) -> None:
    ran = arrears("policy", "check", named)
    assert (ran.code, ran.err) == (0, "")
    rows = [line.split(" | ") for line in ran.out.splitlines()]
    assert ["trade.measure_deciders", "operations_management", "must be set", "company"] in [row[:4] for row in rows]


def test_check_of_a_layer_that_the_company_does_not_fill_in(arrears: Arrears, tmp_path: Path) -> None:
    demo = (ROOT / "company" / "demo.yaml").read_text(encoding="utf-8")
    company = tmp_path / "company.yaml"
    company.write_text(demo.partition("\nlayers:")[0] + "\n", encoding="utf-8")
    ran = arrears("policy", "check", "trade", "--company", company)
    assert ran.code == 2
    assert "there are no settings of the layer trade" in ran.err


def test_timeline_of_an_account_that_never_pays(arrears: Arrears) -> None:
    ran = arrears("policy", "timeline", "leasing")
    assert (ran.code, ran.err) == (0, "")
    rows = [line.split(" | ") for line in ran.out.splitlines()[2:]]
    sent = {cells[2]: (cells[1], cells[4]) for cells in rows if cells[2].endswith(": sent")}
    assert sent == {
        "发送租金催收通知书: sent": ("8", "《租金催收通知书》"),
        "发送诉讼律师函: sent": ("31", "《诉讼律师函》"),
        "书面通知第三方担保人: sent": ("31", "《关于承租人租金逾期情况的通知函》"),
    }
    lawsuit = next(cells for cells in rows if cells[2] == "提起诉讼: filed")
    assert lawsuit[1:] == ["46", "提起诉讼: filed", "法律合规部", "《民事起诉状》", "L7.1"]
    assert ["every friday", "逾期租金周报"] in [[cells[0], cells[2]] for cells in rows]


# One late thing that happens to a loan due on 4 March that is never paid, in the words of each regulation.
LATE = [
    ("consumer", "上门催收（本地，两人）: visited", "6"),  # the fourth business day
    ("bank", "申請強制執行: opened", "91"),
    ("credit", "每天催收: opened", "118"),
    ("union", "提起诉讼: filed", "55"),  # decided three business days before day 60
    ("lender", "提起诉讼: filed", "91"),
    ("treatment", "提起诉讼: filed", "62"),  # the third instalment was missed
]


@pytest.mark.parametrize(("policy", "what", "day"), LATE)
def test_timeline_of_a_loan_that_is_never_paid(arrears: Arrears, policy: str, what: str, day: str) -> None:
    ran = arrears("policy", "timeline", policy)
    assert (ran.code, ran.err) == (0, "")
    rows = [line.split(" | ") for line in ran.out.splitlines()[2:]]
    assert any(cells[1] == day and what in cells[2] for cells in rows)
    assert not any("hold placed" in cells[2] for cells in rows)  # who never pays signs no agreement


def test_timeline_of_an_account_of_ones_own(arrears: Arrears, tmp_path: Path) -> None:
    data = {
        "until": "2026-03-20T18:00",
        "account": {"schedule": [{"due": "2026-03-02", "amount": 100}]},
        "postings": [{"at": "2026-03-04T10:00", "amount": 100}],
    }
    ran = arrears("policy", "timeline", "leasing", "--account", written(tmp_path, data))
    assert "2026-03-04 10:00 | 2 | 结案 (case closed): cured | 系统 | - | L2.1 L2.2" in ran.out


def test_simulate_prints_one_object_per_event(arrears: Arrears) -> None:
    found = arrears("simulate", EXAMPLES / "never-pays.yaml", "--json").objects()
    wanted = {"at", "due_at", "dpd", "bucket", "event", "step", "who", "document", "rules", "why"}
    assert all(set(line) == wanted for line in found)
    first = found[0]
    assert (first["event"], first["due_at"], first["dpd"], first["bucket"]) == (
        "case_opened", "2026-03-05T09:00:00+08:00", 1, "I",
    )  # fmt: skip
    letter = next(line for line in found if line["step"] == "litigation_letter")
    assert (letter["dpd"], letter["bucket"], letter["rules"]) == (31, "III", ["L6.1a"])
    assert found[-1]["event"] == "case_closed"


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_simulate_gives_the_timelines_written_by_hand(arrears: Arrears, file: Path) -> None:
    ran = arrears("simulate", file)
    lines = [line for line in ran.out.splitlines() if line[:2] == "20"]
    text = file.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    wanted = [" | ".join(cell.strip() for cell in line.split("|")) for line in text if line[:2] == "20"]
    assert Counter(lines) == Counter(wanted)


def test_a_command_that_is_refused_is_named(arrears: Arrears, tmp_path: Path) -> None:
    data = {
        "until": "2026-03-10T18:00",
        "account": {"schedule": [{"due": "2026-03-02", "amount": 100}]},
        "commands": [{"at": "2026-03-05T10:00", "do": "open_step", "step": "fast_track", "role": "review_committee",
                      "outcome": "direct_disposal", "present": 4, "in_favour": 3, "document": "minutes"}],
    }  # fmt: skip
    ran = arrears("simulate", written(tmp_path, data))
    assert ran.code == 0
    assert ran.err.startswith("refused: open_step by review_committee: ")


def test_as_a_program_of_its_own_it_ends_with_its_exit_code(tmp_path: Path) -> None:
    words = ["standing", str(EXAMPLES / "grace-and-holds.yaml"), "--as-of", "2026-04-10", "--json"]
    argv = [sys.executable, str(ROOT / "cli.py")]
    good = subprocess.run([*argv, *words], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (good.returncode, json.loads(good.stdout)["dpd"]) == (0, 18)
    bad = subprocess.run([*argv, "standing", "nothing.yaml", "--as-of", "2026-04-10"], cwd=tmp_path,
                         capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    assert (bad.returncode, bad.stdout) == (2, "")
    wrong = subprocess.run([*argv, "no-such-command"], capture_output=True, text=True, timeout=60, check=False)
    assert wrong.returncode == 2
