"""What implements each rule and what proves it; every gap is named."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.policy import Policy
from rules.register import Register, Rule


@dataclass(frozen=True)
class Implementation:
    """A part of a policy that carries out rules: "step lawsuit", "hold suspension", "standing" ..."""

    what: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Covered:
    """A rule with its implementations and the faults of its proof."""

    rule: Rule
    implemented_by: tuple[str, ...]
    organisational: bool
    faults: tuple[str, ...]


def implementations(policy: Policy) -> list[Implementation]:
    """Everything in a policy that names rules."""
    found = [Implementation(f"step {step.id}", step.rules) for step in policy.steps]
    found += [Implementation(f"portfolio {step.id}", step.rules) for step in policy.portfolio]
    found += [Implementation(f"hold {hold.id}", hold.rules) for hold in policy.holds]
    found += [Implementation(f"closing {reason}", closing.rules) for reason, closing in policy.closing.items()]
    found += [Implementation("standing", policy.standing.rules), Implementation("buckets", policy.buckets.rules)]
    found += [Implementation(f"setting {name}", setting.rules) for name, setting in policy.settings.items()]
    found += [Implementation(f"capability {name}", (name,)) for name in policy.capabilities]
    return found


def coverage(register: Register, policy: Policy, root: Path) -> list[Covered]:
    """Each rule with what implements it; `root` is where the tests are looked for."""
    parts = implementations(policy)
    return [_covered(rule, policy, parts, root) for rule in register.rules]


def unknown_rules(register: Register, policy: Policy) -> list[str]:
    """One line per rule that the policy names and the register does not know."""
    known = register.by_id
    named = [(part.what, name) for part in implementations(policy) for name in part.rules]
    return [f"{what} names {name}, which is no rule of {register.policy}" for what, name in named if name not in known]


def _covered(rule: Rule, policy: Policy, parts: list[Implementation], root: Path) -> Covered:
    by = tuple(part.what for part in parts if rule.id in part.rules)
    capability = policy.capabilities.get(rule.id)
    organisational = capability is not None and capability.organisational
    return Covered(rule, by, organisational, tuple(_faults(rule, by, organisational, root)))


def _faults(rule: Rule, by: tuple[str, ...], organisational: bool, root: Path) -> Iterator[str]:
    if organisational and rule.kinds != ("org",):
        yield f"is called organisational, but is also {', '.join(kind for kind in rule.kinds if kind != 'org')}"
    if not any(not name.startswith("setting ") for name in by):
        yield "nothing implements it"
    if not rule.tests and not organisational:
        yield "no test proves it"
    for node in rule.tests:
        if not test_exists(node, root):
            yield f"there is no test {node}"


def test_exists(node: str, root: Path) -> bool:
    """Whether a node id names a test function that stands in its file; parameters are not looked at."""
    name, _, function = node.partition("::")
    path = root / name
    if not path.is_file():
        return False
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wanted = function.partition("[")[0].split("::")[-1]
    return any(isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) and found.name == wanted
               for found in ast.walk(tree))  # fmt: skip
