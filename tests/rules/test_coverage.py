"""The coverage table: every gap between rules, policy and tests is named, and nothing false can be claimed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checks.rules_mutate import Broken, regulations
from domain.layer import Layer
from domain.policy import Capability, Policy
from rules.book import texts
from rules.coverage import Covered, Proofs, Text, coverage, unknown_rules
from rules.register import REGULATIONS, STRICT, Register, Rule, read_register
from tests.builders.ladders import ROOT, leasing
from tests.builders.layers import layer

REGISTER = read_register("leasing")
SERVICING = read_register("servicing")  # its layer is no argument here: nothing implements it
REGISTERS = [read_register(name) for name in REGULATIONS]
TEXTS = texts(ROOT / "policies")
TEST = "tests/rules/test_coverage.py::test_every_rule_is_implemented_and_proved"


def told(register: Register, *policies: Text) -> dict[str, tuple[str, ...]]:
    """What is wrong or lacking, by rule."""
    found = coverage(register, policies, ROOT)
    return {each.rule.id: (*each.faults, *each.gaps) for each in found if each.faults or each.gaps}


def covered(register: Register, rule: str, *policies: Policy | Layer) -> Covered:
    return next(found for found in coverage(register, policies, ROOT) if found.rule.id == rule)


def changed(rule: str, change: Callable[[Rule], Rule]) -> Register:
    return changed_in(REGISTER, rule, change)


def changed_in(register: Register, rule: str, change: Callable[[Rule], Rule]) -> Register:
    rules = tuple(change(found) if found.id == rule else found for found in register.rules)
    return register.model_copy(update={"rules": rules})


def with_capability(rule: str, note: str, *, organisational: bool) -> Policy:
    policy = leasing().policy
    said = {**policy.capabilities, rule: Capability(organisational=organisational, note=note)}
    return policy.model_copy(update={"capabilities": said})


@pytest.mark.parametrize("name", STRICT)
def test_every_rule_is_implemented_and_proved(name: str) -> None:
    assert told(read_register(name), TEXTS[name]) == {}


@pytest.mark.parametrize("name", TEXTS)
def test_no_regulation_names_a_rule_that_there_is_not(name: str) -> None:
    assert unknown_rules(REGISTERS, TEXTS[name]) == []


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_false_is_said_of_any_rule(name: str) -> None:
    """No mixed rule is called organisational, no test is listed that does not exist."""
    assert [found for found in coverage(read_register(name), [TEXTS[name]], ROOT) if found.faults] == []


def test_a_rule_without_step_or_test_is_named() -> None:
    policy = leasing().policy
    without = tuple(step for step in policy.steps if step.id != "guarantor_notice")
    found = told(changed("L8.1", lambda rule: rule.model_copy(update={"tests": ()})),
                 policy.model_copy(update={"steps": without}))  # fmt: skip
    assert found == {"L8.1": ("no test proves it",)}  # L6.1c is still named by delivery_check
    none = tuple(step for step in policy.steps if "L6.1c" not in step.rules)
    assert told(REGISTER, policy.model_copy(update={"steps": none}))["L6.1c"] == ("nothing implements it",)


def test_a_setting_alone_implements_nothing() -> None:
    policy = leasing().policy
    without = tuple(step for step in policy.steps if "L5.2d" not in step.rules)
    found = covered(REGISTER, "L5.2d", policy.model_copy(update={"steps": without}))
    assert found.implemented_by == ("setting larger_lease_amount",)
    assert (found.status, found.gaps) == ("missing", ("nothing implements it",))


def test_organisational_may_be_said_only_of_rules_that_are_nothing_else() -> None:
    found = told(REGISTER, with_capability("L9.1", "the company's business", organisational=True))
    assert found == {"L9.1": ("is called organisational, but is also access",)}


def test_the_same_holds_for_a_reason_in_the_register() -> None:
    rules = tuple(rule.model_copy(update={"reason": "ours"}) if rule.id == "P4.3" else rule for rule in SERVICING.rules)
    register = SERVICING.model_copy(update={"rules": rules})
    assert covered(register, "P4.3").faults == ("is called organisational, but is also task",)


def test_without_a_policy_the_register_says_why_a_rule_is_organisational() -> None:
    rules = tuple(rule.model_copy(update={"reason": "ours"}) if rule.id == "P1.1" else rule for rule in SERVICING.rules)
    found = covered(SERVICING.model_copy(update={"rules": rules}), "P1.1")
    assert (found.status, found.reason, found.gaps) == ("organisational", "ours", ())
    unproved = changed_in(SERVICING, "P4.4", lambda rule: rule.model_copy(update={"tests": ()}))
    assert covered(unproved, "P4.4").gaps == ("nothing implements it", "no test proves it")


def test_with_a_policy_the_reason_stands_in_the_policy() -> None:
    register = changed("L1.1", lambda rule: rule.model_copy(update={"reason": "said here too"}))
    policy = leasing().policy
    silent = policy.model_copy(update={"capabilities": {}})
    assert covered(register, "L1.1", policy).reason == policy.capabilities["L1.1"].note
    moved = "nothing implements it; its `reason:` belongs into the capabilities of the policy"
    assert covered(register, "L1.1", silent).gaps == (moved, "no test proves it")


def test_another_regulations_policy_may_implement_a_rule() -> None:
    policy = with_capability("P4.4", "events are steps", organisational=False)
    assert unknown_rules([REGISTER, SERVICING], policy) == []
    unproved = changed_in(SERVICING, "P4.4", lambda rule: rule.model_copy(update={"tests": ()}))
    found = covered(unproved, "P4.4", policy)
    assert (found.implemented_by, found.status) == (("leasing: capability: events are steps",), "implemented")


def test_the_duties_and_capabilities_of_a_layer_implement_rules() -> None:
    servicing = layer("servicing").layer
    assert unknown_rules([SERVICING], servicing) == []
    found = {each.rule.id: each for each in coverage(SERVICING, [servicing], ROOT)}
    assert found["P7.1"].implemented_by == ("duty inspection",)
    assert found["P6.2"].implemented_by == ("duty inspection", "setting inspection_every")
    assert found["P1.1"].status == "organisational"
    assert {rule for rule, each in found.items() if each.status == "missing"} == set(servicing.not_yet)
    without = servicing.model_copy(update={"duties": tuple(d for d in servicing.duties if d.id != "inspection")})
    assert covered(SERVICING, "P7.1", without).gaps == ("nothing implements it",)


def test_a_test_that_is_not_there_is_named() -> None:
    proofs = Proofs(ROOT)
    assert proofs.has(TEST)
    assert proofs.has(f"{TEST}[parameter]")
    assert not proofs.has("tests/rules/test_coverage.py::test_nothing")
    assert not proofs.has("tests/nowhere.py::test_nothing")
    register = changed("L8.1", lambda rule: rule.model_copy(update={"tests": ("tests/a.py::b",)}))
    assert told(register, leasing().policy) == {"L8.1": ("names the test tests/a.py::b, which does not exist",)}
    assert covered(register, "L8.1", leasing().policy).status == "implemented"


def test_a_policy_that_names_an_unknown_rule_is_told() -> None:
    policy = leasing().policy
    odd = policy.steps[0].model_copy(update={"rules": ("L4.9",)})
    found = unknown_rules([REGISTER], policy.model_copy(update={"steps": (odd, *policy.steps[1:])}))
    assert found == [f"leasing: step {odd.id} names L4.9, which is no rule"]


@pytest.mark.parametrize("one", [one for one in regulations() if one.name in STRICT], ids=lambda one: one.name)
def test_every_rule_can_be_broken(one: Broken) -> None:
    assert one.unbreakable() == []
    assert [str(mutant) for mutant in one.mutants if not mutant.tests] == []
