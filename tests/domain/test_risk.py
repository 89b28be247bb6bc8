"""Risk classes computed by hand, factor by factor, and what a risk pack must not say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domain.errors import Invalid, Refused
from domain.policy_check import load_ladder
from domain.risk import Ability, RiskFacts, assess
from domain.risk_file import load_risk, risk_in_force

ROOT = Path(__file__).parents[2]
FILE = ROOT / "policies" / "risk" / "default.2026.yaml"
TEXT = FILE.read_text(encoding="utf-8")
(PACK,) = load_risk({FILE.name: TEXT})


@pytest.mark.parametrize(
    ("days", "amount", "ability", "delinquencies", "points", "score", "proposed"),
    [  # time (1, 31, 61, 91) x 2, amount (20 000, 100 000, 500 000), ability (partly 1, unable 3), delinquencies (2, 4)
        (0, "0.00", None, 0, [0, 0, 0, 0], 0, "low"),
        (30, "19999.99", "able", 1, [1, 0, 0, 0], 2, "low"),
        (31, "19999.99", "able", 1, [2, 0, 0, 0], 4, "low"),
        (31, "20000.00", "able", 1, [2, 1, 0, 0], 5, "medium"),  # one limit more: the amount
        (31, "19999.99", "partly", 1, [2, 0, 1, 0], 5, "medium"),  # the ability
        (31, "19999.99", "able", 2, [2, 0, 0, 1], 5, "medium"),  # the credit record
        (61, "100000.00", "partly", 2, [3, 2, 1, 1], 10, "high"),
        (0, "0.00", "unable", 4, [0, 0, 3, 2], 5, "medium"),  # nothing is overdue today
        (91, "500000.00", "unable", 4, [4, 3, 3, 2], 16, "high"),
    ],
)
def test_the_class_follows_from_time_amount_ability_and_credit(
    days: int, amount: str, ability: Ability | None, delinquencies: int, points: list[int], score: int, proposed: str
) -> None:  # C1.3.3, C4.4.1
    facts = RiskFacts(
        days_past_due=days, overdue_amount=Decimal(amount), ability=ability, delinquencies=delinquencies
    )  # fmt: skip
    found = assess(PACK, facts)
    assert [(line.factor, line.points) for line in found.factors] == list(
        zip(("time", "amount", "ability", "credit"), points, strict=True)
    )
    assert (found.score, found.by_score, found.proposed, found.warned) == (score, proposed, proposed, ())
    assert found.score == sum(line.score for line in found.factors)


def test_each_line_says_what_was_found_and_what_it_weighs() -> None:
    found = assess(PACK, RiskFacts(days_past_due=45, overdue_amount=Decimal("30000.00"), delinquencies=2))
    said = [(line.title["zh"], line.value, line.points, line.weight, line.score) for line in found.factors]
    assert said == [
        ("逾期时间", "45", 2, 2, 4), ("逾期金额", "30000.00", 1, 1, 1),
        ("还款能力", "", 0, 1, 0), ("信用状况", "2", 1, 1, 1),
    ]  # fmt: skip


def test_another_weight_and_another_limit_give_another_class() -> None:
    facts = RiskFacts(days_past_due=31, overdue_amount=Decimal(19999))
    heavier = TEXT.replace("limits: [1, 31, 61, 91], weight: 2", "limits: [1, 31, 61, 91], weight: 3")
    lower = TEXT.replace('limits: ["20000",', 'limits: ["19999",')
    assert assess(PACK, facts).proposed == "low"
    for text in (heavier, lower):
        assert assess(load_risk({"x.yaml": text})[0], facts).proposed == "medium"


def test_a_signal_makes_the_class_worse_and_never_better() -> None:
    quiet = RiskFacts()
    assert assess(PACK, quiet, ["income_drop"]).proposed == "medium"
    found = assess(PACK, quiet, ["income_drop", "asset_transfer"])
    assert (found.proposed, found.by_score, found.warned) == ("high", "low", ("income_drop", "asset_transfer"))
    bad = RiskFacts(days_past_due=91, ability="unable")
    assert assess(PACK, bad, ["income_drop"]).proposed == "high"
    assert assess(PACK, bad, ["income_drop"]).warned == ()
    assert assess(PACK, quiet, ["gone_from_the_pack"]).proposed == "low"


def test_every_fault_of_a_pack_is_told_at_once_with_its_line() -> None:
    broken = (
        TEXT.replace("proposes: medium", "proposes: low", 1)
        .replace("from_score: 10", "from_score: 5")
        .replace("limits: [2, 4]", "limits: [4, 2]")
        .replace(
            "measure: ability, points: {able: 0, partly: 1, unclear: 1, unable: 3}", "measure: ability, limits: [1]"
        )
        .replace("id: spending_spike", "id: income_drop")
    )
    with pytest.raises(Invalid) as fault:
        load_risk({"r.yaml": broken})
    said = {problem.message for problem in fault.value.problems}
    assert said == {
        "income_drop: low is no worse class", "high begins at 5, not after medium", "credit: the limits do not rise",
        "ability: ability has points, not limits", "income_drop stands twice",
    }  # fmt: skip
    places = {problem.message: problem.place for problem in fault.value.problems}
    lines = broken.splitlines()
    assert "proposes: low" in lines[int(places["income_drop: low is no worse class"].removeprefix("r.yaml:")) - 1]
    with pytest.raises(Invalid, match="stands in another file too"):
        load_risk({"a.yaml": TEXT, "b.yaml": TEXT})


def test_the_newest_pack_in_force_counts() -> None:
    later = TEXT.replace("effective: 2026-01-01", "effective: 2026-07-01")
    packs = load_risk({"a.yaml": TEXT, "b.yaml": later})
    assert risk_in_force(packs, "default", date(2026, 6, 30)).effective == date(2026, 1, 1)
    assert risk_in_force(packs, "default", date(2026, 7, 1)).effective == date(2026, 7, 1)
    with pytest.raises(Refused) as refused:
        risk_in_force(packs, "default", date(2025, 12, 31))
    assert refused.value.code == "no_risk_pack"


def test_a_policy_that_asks_nobody_it_knows_is_refused() -> None:
    text = (ROOT / "policies" / "lender.v1.yaml").read_text(encoding="utf-8")
    asked = "early_warning: {rules: [O3.1], of: collection_team, within: 1}"
    assert asked in text
    broken = text.replace(asked, "early_warning: {rules: [L3.1], of: nobody, within: some_days}")
    company = (ROOT / "company" / "demo.yaml").read_text(encoding="utf-8")
    with pytest.raises(Invalid) as fault:
        load_ladder(broken, "lender.v1.yaml", company, "demo.yaml")
    said = {problem.message for problem in fault.value.problems}
    assert said == {"unknown role nobody", "some_days is no setting", "L3.1 is no rule of O"}
