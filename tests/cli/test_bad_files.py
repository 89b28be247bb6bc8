"""Bad input: all faults at once, each with line and remedy, exit code 2, nothing on the standard output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import EXAMPLES, ROOT, Arrears, written

BAD = """\
account:
  schedule:
    - {no: 1, due: 2026-03-02, amount: "100.005"}
    - {no: 1, due: 2026-02-30, amount: -5}
  shedule: []
settings:
  grace_days: -1
"""


def test_all_faults_of_form_are_listed_with_their_lines(arrears: Arrears, tmp_path: Path) -> None:
    file = written(tmp_path, BAD)
    ran = arrears("standing", file, "--as-of", "2026-04-01")
    assert (ran.code, ran.out) == (2, "")
    for line in (3, 4, 5, 7):
        assert f"{file}:{line}: " in ran.err
    assert ran.err.count("remedy:") == 5  # two on line 4
    assert "5 faults" in ran.err


def base(**more: Any) -> dict[str, Any]:
    return {"account": {"schedule": [{"due": "2026-03-02", "amount": 100}]}} | more


def holds(*pairs: tuple[str, str]) -> dict[str, Any]:
    found = base()
    found["account"]["holds"] = [{"start": start, "end": end} for start, end in pairs]
    return found


def buckets(*ranges: tuple[int, int]) -> dict[str, Any]:
    return base(settings={"buckets": [{"id": f"B{a}", "from": a, "to": b} for a, b in ranges]})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (buckets((1, 3), (3, 30)), "buckets B1 and B3 overlap"),
        (buckets((0, 3)), "holds no day"),
        (holds(("2026-03-15", "2026-03-22"), ("2026-03-15", "2026-03-22")), "overlaps the hold"),
        (holds(("2026-03-22", "2026-03-15")), "before it starts"),
        (base(postings=[{"amount": 5}]), "neither at nor value_date"),
        (base(postings=[{"value_date": "2026-03-03"}]), "the amount is missing"),
        (base(postings=[{"value_date": "2026-03-03", "kind": "reversal", "reverses": "X"}]), "no earlier payment"),
        (base(postings=[{"id": "A", "value_date": "2026-03-03", "amount": 5}] * 2), "stands twice"),
        (base(settings={"policy": {"consent_group": ["nobody"]}}), "does not fit"),
        (base(settings={"policy": {"larger_amount": "1.00"}}), "unknown setting larger_amount"),
        ({"account": {"schedule": []}}, "there is no instalment"),
        ({"account": {"schedule": [{"due": "2026-03-02"}]}}, "either an amount or a principal"),
        ("- not a mapping", "not a mapping"),
        ("a: [1", "not YAML"),
    ],
)
def test_what_makes_no_sense_is_refused(arrears: Arrears, tmp_path: Path, data: object, message: str) -> None:
    ran = arrears("standing", written(tmp_path, data), "--as-of", "2026-04-01")
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert "remedy:" in ran.err


def test_holds_that_touch_are_good(arrears: Arrears, tmp_path: Path) -> None:
    file = written(tmp_path, holds(("2026-03-05", "2026-03-10"), ("2026-03-10", "2026-03-12")))
    assert arrears("standing", file, "--as-of", "2026-04-01").code == 0


def test_a_script_is_checked_against_the_policy(arrears: Arrears, tmp_path: Path) -> None:
    data = base(
        staff_answers=[
            {"step": "demand_notice_signatur", "outcome": "first"},
            {"step": "litigation_letter_consent", "outcome": "maybe"},
            {"step": "*"},
        ],
        commands=[
            {"at": "2026-03-05T10:00", "do": "open_step", "role": "janitor"},
            {"at": "2026-03-05T10:00", "do": "end_hold", "role": "asset_manager", "hold": "nothing"},
        ],
        settings={"grace_days": 3, "holds": "stop_clock"},
    )
    ran = arrears("simulate", written(tmp_path, data))
    assert (ran.code, ran.out) == (2, "")
    wanted = (
        "do you mean demand_notice_signature?", "one of: agreed, refused", "neither outcome nor answers",
        "unknown role janitor",
        "open_step needs a step", "unknown hold nothing", "needs the document", "grace_days changes a standing",
        "holds changes a standing",
    )  # fmt: skip
    for message in wanted:
        assert message in ran.err


@pytest.mark.parametrize(
    "words", [("standing", "nowhere.yaml", "--as-of", "2026-04-01"), ("policy", "check", "nothing")]
)
def test_what_is_not_there(arrears: Arrears, words: tuple[str, ...]) -> None:
    ran = arrears(*words)
    assert (ran.code, ran.out) == (2, "")


def test_a_day_that_is_none(arrears: Arrears) -> None:
    ran = arrears("standing", EXAMPLES / "grace-and-holds.yaml", "--as-of", "2026-02-30")
    assert (ran.code, ran.out) == (2, "")
    assert "2026-02-30 is no day" in ran.err


def test_a_broken_policy_names_every_fault_of_both_files(arrears: Arrears, tmp_path: Path) -> None:
    policy = (ROOT / "policies" / "leasing.v1.yaml").read_text(encoding="utf-8")
    policy = policy.replace("{id: II, from: 16, to: 30}", "{id: II, from: 15, to: 30}")
    policy = policy.replace("of: risk_management, outcomes: [listed]", "of: risk_managment, outcomes: [listed]")
    company = (ROOT / "company" / "demo.yaml").read_text(encoding="utf-8")
    company = company.replace("    committee_members: 5\n", "").replace("by: general_manager,", "by: nobody,")
    files = (written(tmp_path, policy, "bad.yaml"), written(tmp_path, company, "company.yaml"))
    ran = arrears("policy", "check", files[0], "--company", files[1])
    assert (ran.code, ran.out) == (2, "")
    wanted = ("overlap", "unknown role risk_managment", "committee_members (integer) is missing", "not in force")
    for message in wanted:
        assert message in ran.err
    assert "bad.yaml:" in ran.err and "company.yaml:" in ran.err
