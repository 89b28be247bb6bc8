"""A pytest plugin that breaks a rule for a whole run: `-p tests.rules.disabled`, ARREARS_TEST_DISABLE=leasing/L4.2b.

After the policy stands RULE (all its parts taken away), RULE:NAME (a named mutation) or one part, "step lawsuit".
Only `make rules-mutate` loads this; no program of the product knows of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from domain import policy_check
from domain.ladder import Ladder
from domain.policy import Policy, SettingValue
from rules.coverage import implementations
from tests.rules.code_mutations import CODE
from tests.rules.mutations import INTAKE, NAMED, Mutation, without

VARIABLE = "ARREARS_TEST_DISABLE"
NOTHING = "nothing"  # the same run with nothing broken, which must pass
REMOVABLE = ("step ", "portfolio ", "hold ", "before due ")


def pytest_configure(config: pytest.Config) -> None:
    """Break it before any test loads a policy."""
    of, _, name = os.environ[VARIABLE].partition("/")
    if name == NOTHING:
        return
    rule, _, named = name.partition(":")
    if named in CODE.get(rule, {}):
        CODE[rule][named]()
    elif named:
        _load_with(of, lambda policy: NAMED[rule][named])
    elif " " in name:
        _load_with(of, lambda policy: without([name]))
    else:
        _load_with(of, lambda policy: without(removable(policy, rule)))


def removable(policy: Policy, rule: str) -> list[str]:
    """The parts that are taken away for a rule; intake serves several rules and is a part by itself."""
    parts = [part.what for part in implementations(policy) if rule in part.rules]
    return [part for part in parts if part.startswith(REMOVABLE) and part != INTAKE]


def _load_with(of: str, mutation: Callable[[Policy], Mutation]) -> None:
    compiled = policy_check.compile_ladder

    def compile_ladder(policy: Policy, sha256: str, settings_id: str, settings: dict[str, SettingValue]) -> Ladder:
        changed, values = mutation(policy).apply(policy, settings) if policy.id == of else (policy, settings)
        return compiled(changed, sha256, settings_id, values)

    policy_check.compile_ladder = compile_ladder
