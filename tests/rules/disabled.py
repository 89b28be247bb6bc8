"""A pytest plugin that breaks a rule for a whole run: `-p tests.rules.disabled`, ARREARS_TEST_DISABLE=leasing/L4.2b.

After the policy stands RULE (all its parts taken away), RULE:NAME (a named mutation) or one part, "step lawsuit".
Only `make rules-mutate` loads this; no program of the product knows of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import pytest

from domain import layer_file, policy_check
from domain.ladder import Ladder
from domain.layer import Layer, LayerInForce
from domain.policy import LayerValue, Policy, SettingValue
from rules.coverage import Text
from tests.rules.code_mutations import CODE
from tests.rules.mutations import NAMED
from tests.rules.parts import Mutation, acting, without

VARIABLE = "ARREARS_TEST_DISABLE"
NOTHING = "nothing"  # the same run with nothing broken, which must pass
Choice = Callable[[Text], Mutation]


def pytest_configure(config: pytest.Config) -> None:
    """Break it before any test loads a policy."""
    of, _, name = os.environ[VARIABLE].partition("/")
    if name == NOTHING:
        return
    rule, _, named = name.partition(":")
    if named in CODE.get(rule, {}):
        CODE[rule][named]()
    else:
        choice = _choice(rule, named)
        _load_policies_with(of, choice)
        _load_layers_with(of, choice)


def _choice(rule: str, named: str) -> Choice:
    if named:
        return lambda text: NAMED[rule][named]
    if rule[0].isupper():
        return lambda text: without(acting(text, rule))
    return lambda text: without([rule])


def _load_policies_with(of: str, choice: Choice) -> None:
    compiled = policy_check.compile_ladder

    def compile_ladder(policy: Policy, sha256: str, settings_id: str, settings: dict[str, SettingValue]) -> Ladder:
        if policy.id != of:
            return compiled(policy, sha256, settings_id, settings)
        changed, values = choice(policy).apply(policy, {**settings})
        assert isinstance(changed, Policy)
        return compiled(changed, sha256, settings_id, values)  # pyright: ignore[reportArgumentType]

    policy_check.compile_ladder = compile_ladder


def _load_layers_with(of: str, choice: Choice) -> None:
    joined = layer_file.in_force

    def in_force(layer: Layer, values: Mapping[str, LayerValue]) -> LayerInForce:
        found = joined(layer, values)
        if layer.id != of:
            return found
        changed, settings = choice(layer).apply(layer, {**found.settings})
        assert isinstance(changed, Layer)
        return LayerInForce(changed, settings, found.beside, found.since)  # pyright: ignore[reportArgumentType]

    layer_file.in_force = in_force
