"""Half a year of each layer by hand: an account that falls behind on 15 March 2026 and pays on 20 June.

Accounts have their turn on the first business day of each period here: 1 April, 6 May (after Labour Day), 1 June and so
on. 16 March is day 1 past due, 15 April day 31, 15 May day 61, 14 June day 91. People answer on the next business day.
"""

from __future__ import annotations

from datetime import date

import pytest

from domain.layer import Subject
from rules.register import read_register
from tests.builders.layers import LAYERS, Answers, Life, layer, lived, table

AT_ONCE = (
    "spread_days: {type: integer, minimum: 1, default: 10",
    "spread_days: {type: integer, minimum: 1, default: 1",
)
FIRST, LAST = date(2026, 1, 5), date(2026, 7, 5)
SERVICING: Answers = {"inspection": "risk_found", "rating": "C", "disposal_way": "lawsuit"}
TRADE: Answers = {"assessment": "severe", "blacklist_choice": "listed"}

WORDS: dict[tuple[str, Subject], tuple[Answers, str]] = {
    ("servicing", "account"): (
        SERVICING,
        """
        01-05 Mon  registration opening
        03-16 Mon  monitoring 20260316 B
        04-01 Wed  inspection 2026-Q2
        04-02 Thu  risk_measure inspection.2026-Q2
        04-15 Wed  monitoring 20260415 C
        04-16 Thu  warning monitoring.20260415
        06-14 Sun  monitoring 20260614 D
        06-14 Sun  disposal_way delinquency-1
        06-15 Mon  warning monitoring.20260614
        06-15 Mon  lawsuit disposal_way.delinquency-1
        06-20 Sat  monitoring 20260620 A
        07-01 Wed  inspection 2026-Q3
        07-02 Thu  risk_measure inspection.2026-Q3
        """,
    ),
    ("servicing", "customer"): (
        SERVICING,
        """
        02-02 Mon  rating 2026-02 A
        02-03 Tue  strategy rating.2026-02
        03-02 Mon  rating 2026-03 A
        03-03 Tue  strategy rating.2026-03
        04-01 Wed  rating 2026-04 B
        04-02 Thu  strategy rating.2026-04
        05-06 Wed  rating 2026-05 C
        05-07 Thu  strategy rating.2026-05
        06-01 Mon  rating 2026-06 C
        06-02 Tue  strategy rating.2026-06
        07-01 Wed  rating 2026-07 A
        07-02 Thu  strategy rating.2026-07
        """,
    ),
    ("servicing", "portfolio"): (
        {},
        """
        02-02 Mon  summary 2026-02
        03-02 Mon  summary 2026-03
        04-01 Wed  summary 2026-04
        05-06 Wed  summary 2026-05
        06-01 Mon  summary 2026-06
        07-01 Wed  summary 2026-07
        """,
    ),
    ("claims", "account"): (
        {"disposal_way": "restructuring"},
        """
        02-02 Mon  monitoring 2026-02
        03-02 Mon  monitoring 2026-03
        03-16 Mon  person_in_charge delinquency-1
        03-16 Mon  indicators 20260316 B
        04-01 Wed  monitoring 2026-04
        04-15 Wed  indicators 20260415 C
        05-06 Wed  monitoring 2026-05
        06-01 Mon  monitoring 2026-06
        06-14 Sun  disposal_way delinquency-1
        06-14 Sun  indicators 20260614 D
        06-15 Mon  disposal disposal_way.delinquency-1
        06-20 Sat  indicators 20260620 A
        07-01 Wed  monitoring 2026-07
        """,
    ),
    ("claims", "customer"): (
        {"assessment": "D"},
        """
        04-01 Wed  assessment 2026-Q2 B
        04-02 Thu  control_measures assessment.2026-Q2
        07-01 Wed  assessment 2026-Q3 A
        07-02 Thu  control_measures assessment.2026-Q3
        """,
    ),
    ("daily", "customer"): (
        {},
        """
        01-05 Mon  credit_assessment opening A
        02-02 Mon  credit_file 2026-02
        03-02 Mon  credit_file 2026-03
        04-01 Wed  credit_file 2026-04
        05-06 Wed  credit_file 2026-05
        06-01 Mon  credit_file 2026-06
        07-01 Wed  credit_file 2026-07
        """,
    ),
    ("trade", "account"): (
        {},
        """
        03-16 Mon  risk_grade 20260316 watch
        03-16 Mon  dunning_notice delinquency-1
        03-16 Mon  means delinquency-1
        03-16 Mon  overdue_database delinquency-1
        04-15 Wed  risk_grade 20260415 high
        04-16 Thu  measures risk_grade.20260415
        06-14 Sun  risk_grade 20260614 severe
        06-15 Mon  measures risk_grade.20260614
        06-15 Mon  treatment risk_grade.20260614
        06-20 Sat  risk_grade 20260620 normal
        """,
    ),
    ("trade", "customer"): (
        TRADE,
        """
        03-16 Mon  assessment 2026-03 watch
        03-17 Tue  credit_adjustment assessment.2026-03
        03-17 Tue  blacklist_choice assessment.2026-03
        03-18 Wed  blacklist_entry blacklist_choice.assessment.2026-03
        04-01 Wed  assessment 2026-04 watch
        04-02 Thu  credit_adjustment assessment.2026-04
        04-02 Thu  blacklist_choice assessment.2026-04
        04-03 Fri  blacklist_entry blacklist_choice.assessment.2026-04
        05-06 Wed  assessment 2026-05 high
        05-07 Thu  credit_adjustment assessment.2026-05
        05-07 Thu  blacklist_choice assessment.2026-05
        05-08 Fri  blacklist_entry blacklist_choice.assessment.2026-05
        06-01 Mon  assessment 2026-06 high
        06-02 Tue  credit_adjustment assessment.2026-06
        06-02 Tue  blacklist_choice assessment.2026-06
        06-03 Wed  blacklist_entry blacklist_choice.assessment.2026-06
        """,
    ),
    ("collection_1", "account"): (
        {"wilful_choice": "wilful"},
        """
        03-16 Mon  invitation delinquency-1
        03-16 Mon  risk_grade 20260316 medium
        05-15 Fri  risk_grade 20260515 high
        05-15 Fri  wilful_choice delinquency-1
        05-16 Sat  measures risk_grade.20260515
        05-16 Sat  risk_handled risk_grade.20260515
        05-18 Mon  blacklist_entry wilful_choice.delinquency-1
        06-20 Sat  risk_grade 20260620 low
        """,
    ),
    ("collection_2", "account"): (
        {"measure_choice": "guarantor"},
        """
        03-16 Mon  follow_up delinquency-1
        03-16 Mon  collection_plan delinquency-1
        03-16 Mon  grade 20260316 two
        03-17 Tue  concession grade.20260316
        05-15 Fri  grade 20260515 three
        05-15 Fri  measure_choice delinquency-1
        05-16 Sat  concession grade.20260515
        05-18 Mon  guarantor_demand measure_choice.delinquency-1
        06-20 Sat  grade 20260620 one
        """,
    ),
}  # fmt: skip


def half_a_year(name: str, kind: Subject, answers: Answers, last: date = LAST) -> str:
    late = kind != "portfolio"
    life = Life(kind=kind, due=date(2026, 3, 15) if late else None, paid=date(2026, 6, 20) if late else None)
    return table(lived(layer(name, AT_ONCE), life, FIRST, last, answers))


@pytest.mark.parametrize(("name", "kind"), list(WORDS), ids="-".join)
def test_half_a_year_by_hand(name: str, kind: Subject) -> None:
    answers, words = WORDS[name, kind]
    assert half_a_year(name, kind, answers) == "\n".join(line.strip() for line in words.strip().splitlines())


@pytest.mark.parametrize(
    ("name", "kind", "answers", "february"),
    [
        ("claims", "portfolio", {}, "02-02 recovery_tracking, 02-02 overdue_analysis"),
        ("claims", "account", {"monitoring": "problem_found"}, "02-02 monitoring, 02-03 problem_solved"),
        ("daily", "account", {}, "01-05 acceptance, 01-05 asset_assessment, 02-02 inspection, 02-02 asset_file"),
        ("daily", "portfolio", {"internal_audit": "findings"},
         "02-02 income_analysis, 02-02 internal_audit, 02-03 correction"),
        ("trade", "portfolio", {}, "02-02 system_review"),
        ("collection_1", "portfolio", {}, "02-02 collection_plan"),
        ("collection_2", "portfolio", {"internal_review": "violations_found", "data_analysis": "problem_found"},
         "02-02 meeting, 02-02 internal_review, 02-02 data_analysis, 02-03 correction, 02-03 strategy"),
    ],
)  # fmt: skip
def test_the_first_weeks_by_hand(name: str, kind: Subject, answers: Answers, february: str) -> None:
    """Known since Monday 5 January: the turn of January, Sunday the 4th (make-up working day), was before."""
    lines = [line.split() for line in half_a_year(name, kind, answers, date(2026, 2, 28)).splitlines()]
    assert ", ".join(f"{line[0]} {line[2]}" for line in lines) == february


def test_third_parties_acknowledge_the_rules_each_half_year() -> None:  # F2.1
    found = half_a_year("daily", "portfolio", {}).splitlines()
    assert [line for line in found if "third_party" in line] == ["07-01 Wed  third_party_commitment 2026-H2"]
    ask = layer("daily").duty("third_party_commitment").ask
    assert ask is not None and ask.of == "third_party"


@pytest.mark.parametrize(
    ("name", "duty", "outcome", "then"),
    [
        ("servicing", "disposal_way", "collection", "npa_collection"),
        ("servicing", "disposal_way", "recovery", "recovery"),
        ("servicing", "disposal_way", "transfer", "transfer"),
        ("claims", "disposal_way", "sale", "disposal"),
        ("collection_2", "measure_choice", "lawsuit", "lawsuit"),
    ],
)
def test_each_way_has_its_task(name: str, duty: str, outcome: str, then: str) -> None:
    with_it = half_a_year(name, "account", {duty: outcome})
    assert f"  {then} {duty}.delinquency-1" in with_it
    assert f"  {then} {duty}" not in half_a_year(name, "account", {})


def test_what_an_inspection_and_an_assessment_must_speak_of() -> None:
    """P6.2 and P7: use, business, credit, performance, law. M6.2: delinquency, reason, degree."""
    inspection = layer("servicing").duty("inspection")
    assert list(inspection.items) == ["asset_use", "business", "lessee_credit", "performance", "compliance"]
    assert list(layer("trade").duty("assessment").items) == ["delinquency", "reason", "degree"]


def test_inspections_of_the_demonstration_take_turns() -> None:
    """Ten business days from 1 April: the 6th is Qingming. Each account has the same place in every quarter."""
    rules = layer("servicing")
    turns = [
        [day for day, run in lived(rules, Life(key=f"C-{number}"), date(2026, 4, 1), date(2026, 9, 30))
         if run.duty == "inspection"] for number in range(60)
    ]  # fmt: skip
    assert {len(found) for found in turns} == {2}
    assert {found[0].day for found in turns} == {1, 2, 3, 7, 8, 9, 10, 13, 14, 15}
    assert {found[1].day for found in turns} == {1, 2, 3, 6, 7, 8, 9, 10, 13, 14}


@pytest.mark.parametrize("name", LAYERS)
def test_each_rule_stands_in_one_place(name: str) -> None:
    found = layer(name).layer
    cited = {rule for duty in found.duties for rule in duty.rules}
    places = [*cited, *found.capabilities, *found.not_yet]
    assert sorted(places) == sorted(rule.id for rule in read_register(name).rules)
