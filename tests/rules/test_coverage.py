"""`arrears rules`: every gap between rules, policy and tests is named."""

from __future__ import annotations

from collections.abc import Callable

from checks.rules_mutate import mutants, unbroken
from domain.policy import Capability, Policy
from rules.coverage import coverage, test_exists as exists, unknown_rules
from rules.register import Register, Rule, read_register
from tests.builders.ladders import ROOT, leasing

REGISTER = read_register("leasing")
# The duties of each article, counted from the text of the regulation and not from our files.
ARTICLES = {
    1: "1",
    2: "1 2 3 4",
    3: "1 2",
    4: "1 2a 2b 2c 3 4a 4b 5a 5b 5c 5d 5e",
    5: "1a 1b 1c 2a 2b 2c 2d 2e 2f 3 4a 4b 4c 5a 5b",
    6: "1a 1b 1c 1d 2a 2b 3",
    7: "1 2 3a 3b 4 5a 5b",
    8: "1 2",
    9: "1",
    10: "1",
}
TEST = "tests/rules/test_coverage.py::test_every_rule_is_implemented_and_proved"


def faults(register: Register, policy: Policy) -> dict[str, tuple[str, ...]]:
    return {found.rule.id: found.faults for found in coverage(register, policy, ROOT) if found.faults}


def changed(rule: str, change: Callable[[Rule], Rule]) -> Register:
    rules = tuple(change(found) if found.id == rule else found for found in REGISTER.rules)
    return REGISTER.model_copy(update={"rules": rules})


def test_every_rule_is_implemented_and_proved() -> None:
    assert len(REGISTER.rules) == 52
    assert faults(REGISTER, leasing().policy) == {}
    assert unknown_rules(REGISTER, leasing().policy) == []


def test_the_rules_are_those_of_the_regulation() -> None:
    wanted = [f"L{article}.{item}" for article, items in ARTICLES.items() for item in items.split()]
    assert [rule.id for rule in REGISTER.rules] == wanted


def test_only_these_rules_speak_of_the_organisation() -> None:
    kinds = {rule.id: rule.kinds for rule in REGISTER.rules if "org" in rule.kinds}
    assert kinds == {"L1.1": ("org",), "L9.1": ("org", "access"), "L10.1": ("org", "decision")}


def test_a_rule_without_step_or_test_is_named() -> None:
    policy = leasing().policy
    without = tuple(step for step in policy.steps if step.id != "guarantor_notice")
    found = faults(changed("L8.1", lambda rule: rule.model_copy(update={"tests": ()})),
                   policy.model_copy(update={"steps": without}))  # fmt: skip
    assert found == {"L8.1": ("no test proves it",)}  # L6.1c is still named by delivery_check
    none = tuple(step for step in policy.steps if "L6.1c" not in step.rules)
    assert faults(REGISTER, policy.model_copy(update={"steps": none}))["L6.1c"] == ("nothing implements it",)


def test_a_setting_alone_implements_nothing() -> None:
    policy = leasing().policy
    without = tuple(step for step in policy.steps if "L5.2d" not in step.rules)
    assert faults(REGISTER, policy.model_copy(update={"steps": without}))["L5.2d"] == ("nothing implements it",)


def test_organisational_may_be_said_only_of_rules_that_are_nothing_else() -> None:
    policy = leasing().policy
    claimed = {**policy.capabilities, "L9.1": Capability(organisational=True, note="")}
    found = faults(REGISTER, policy.model_copy(update={"capabilities": claimed}))
    assert found == {"L9.1": ("is called organisational, but is also access",)}


def test_a_test_that_is_not_there_is_named() -> None:
    assert exists(TEST, ROOT)
    assert exists(f"{TEST}[parameter]", ROOT)
    assert not exists("tests/rules/test_coverage.py::test_nothing", ROOT)
    assert not exists("tests/nowhere.py::test_nothing", ROOT)
    found = faults(
        changed("L8.1", lambda rule: rule.model_copy(update={"tests": ("tests/a.py::b",)})), leasing().policy
    )
    assert found == {"L8.1": ("there is no test tests/a.py::b",)}


def test_a_policy_that_names_an_unknown_rule_is_told() -> None:
    policy = leasing().policy
    odd = policy.steps[0].model_copy(update={"rules": ("L4.9",)})
    found = unknown_rules(REGISTER, policy.model_copy(update={"steps": (odd, *policy.steps[1:])}))
    assert found == [f"step {odd.id} names L4.9, which is no rule of leasing"]


def test_every_rule_can_be_broken() -> None:
    policy = leasing().policy
    found = list(mutants(REGISTER, policy))
    assert unbroken(REGISTER, policy, found) == []
    assert all(mutant.tests for mutant in found)
