"""Bad layer files and bad settings are refused with all faults at once, each with file, line and remedy."""

from __future__ import annotations

import pytest

from domain.errors import Invalid
from domain.layer_file import load_layer
from tests.builders.layers import layer, layer_text

BAD = """\
id: odd
version: 1
title: {zh: 坏, en: Bad}
rule_prefix: F
owner: nobody
approver: boss
roles: {boss: {zh: 总}}
settings:
  often: {type: integer}
spread: never
duties:
  - {id: a, title: {zh: 甲}, rules: F1.1, every: {period: once}, ask: {what: task, of: it, outcomes: x, within: soon}}
  - {id: a, title: {zh: 乙}, rules: [X9.9], on: {opening: true, dpd: 3}, writes: z}
  - {id: b, title: {zh: 丙}, rules: [F1.2]}
  - {id: c, title: {zh: 丁}, rules: [F1.2], on: {after: {a: [y]}}, writes: z, items: {q: 问}}
  - {id: d, title: {zh: 戊}, rules: [F1.2], on: {after: {a: [x]}}, for: customer, grade: {scale: often}}
  - {id: e, title: {zh: 己}, rules: [F1.2], on: {dpd: 1}, for: portfolio, writes: z, send: guarantor_demand}
not_yet: {F1.2: why}
"""


def faults(text: str) -> list[str]:
    with pytest.raises(Invalid) as found:
        load_layer(text, "odd.yaml")
    return [f"{problem.place.removeprefix('odd.yaml:')} {problem.message}" for problem in found.value.problems]


def test_every_fault_of_a_file_is_told_at_once() -> None:
    assert sorted(faults(BAD), key=lambda line: (int(line.split()[0]), line)) == [
        "7 unknown role nobody",
        "10 spread: never is no setting",
        "12 a: unknown period once",
        "12 a: unknown role it",
        "12 a: within: soon is no setting",
        "13 X9.9 is no rule of F",
        "13 a: needs exactly one of opening, dpd, after and by_hand",
        "13 duty a stands twice",
        "14 b does nothing",
        "14 b: needs exactly one of every and on",
        "15 c: a never ends with y",
        "15 c: nobody is asked for its items",
        "16 d: a is for another subject",
        "16 d: nothing gives the grade",
        "16 d: scale often is no setting",
        "17 e: a letter goes out by an answer that is kept, about one account",
        "17 e: all accounts together have no such event",
        "18 F1.2 is fulfilled and not yet fulfilled",
    ]


def test_a_word_that_is_not_in_the_vocabulary_is_told_with_its_line() -> None:
    text = layer_text("daily").replace("    every: {period: inspection_every}", "    each: {period: inspection_every}")
    assert [line.split(": ")[0] for line in faults(text)] == ["42 duties / 1 / each"]


def test_every_fault_of_the_company_is_told_at_once() -> None:
    head = "  claims:\n    approved: {by: general_manager, on: 2026-01-05}\n    beside: [leasing]\n"
    odd = "  claims:\n    approved: {by: head_of_claims, on: 2026-01-05}\n    beside: [nowhere]\n    extra: 1\n"
    with pytest.raises(Invalid) as found:
        layer(
            "claims", (head, odd), ("    disposal_dpd: 91\n", ""),
            ("disposal_deciders: [head_of_claims]", "disposal_deciders: [ghost]"),
            ('grade_amounts: ["50000.00", "200000.00", "1000000.00"]\n    watched_grades: [C, D]\n    disposal',
             'grade_amounts: ["50000.00", "10.00"]\n    watched_grades: [E]\n    disposal'),
        )  # fmt: skip
    told = [problem.message for problem in found.value.problems]
    assert told == [
        "layer claims is not in force",
        "layer claims runs beside no known policy",
        "unknown setting extra",
        "setting grade_amounts: ('50000.00', '10.00') does not fit",
        "setting disposal_deciders: ('ghost',) does not fit",
        "setting disposal_dpd (integer) is missing; needed by D7.2",
        "setting grade_amounts: 2 limits for 4 grades",
        "setting watched_grades: E is no grade",
    ]
    assert all(problem.remedy and problem.place.startswith("company.yaml:") for problem in found.value.problems)


@pytest.mark.parametrize("approval", ["", "    approved: {by: head_of_claims, on: 2026-01-05}\n"])
def test_a_layer_is_refused_without_the_approval_of_its_approver(approval: str) -> None:
    """P4.1, F6.2: the approver named in the file, on a day."""
    head = "  servicing:\n    approved: {by: general_manager, on: 2026-01-05}\n"
    with pytest.raises(Invalid, match="layer servicing is not in force"):
        layer("servicing", (head, f"  servicing:\n{approval}"))


def test_a_layer_without_a_file_is_told() -> None:
    with pytest.raises(Invalid, match="there is no file of the layer claims_2"):
        layer("servicing", ("  claims:\n    approved", "  claims_2:\n    approved"))
