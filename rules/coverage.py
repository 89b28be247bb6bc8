"""What implements each rule and what proves it; every gap is named."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from domain.layer import Layer
from domain.policy import Policy
from rules.register import Register, Rule

Text = Policy | Layer

OF_ALL = re.compile(r"S\d+")  # what holds under every regulation, in no register
Status = Literal["verified", "implemented", "organisational", "missing"]
DISTRIBUTION, KEY_ACCOUNTS = "distribution", "key accounts"
SETTING = "setting "  # chooses a reading; by itself it does nothing


@dataclass(frozen=True)
class Implementation:
    """A part of a policy that carries out rules: "step lawsuit", "hold suspension", "standing" ..."""

    what: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Covered:
    """A rule with what implements it, or the reason why nothing has to.

    faults: what is said and is not true. gaps: what a complete regulation may not lack.
    """

    rule: Rule
    implemented_by: tuple[str, ...]
    reason: str | None
    faults: tuple[str, ...]
    gaps: tuple[str, ...]

    @property
    def organisational(self) -> bool:
        """Whether the rule is left to the company."""
        return self.reason is not None

    @property
    def status(self) -> Status:
        """The column of the summary in which the rule is counted."""
        if self.organisational:
            return "organisational"
        if not _acts(self.implemented_by):
            return "missing"
        return "verified" if self.rule.tests and not self.faults else "implemented"


def implementations(policy: Text) -> list[Implementation]:
    """Everything in a policy or layer that names rules."""
    found = _duties(policy) if isinstance(policy, Layer) else _steps(policy)
    found += [Implementation(f"{SETTING}{name}", setting.rules) for name, setting in policy.settings.items()]
    found += [Implementation(f"capability: {said.note}", (name,)) for name, said in policy.capabilities.items()]
    return found


def _duties(layer: Layer) -> list[Implementation]:
    found = [Implementation(f"duty {duty.id}", duty.rules) for duty in layer.duties]
    return [*found, *_early_warning(layer)]


def _early_warning(text: Text) -> list[Implementation]:
    return [Implementation("early warning", text.early_warning.rules)] if text.early_warning else []


def _steps(policy: Policy) -> list[Implementation]:
    found = [Implementation(f"step {step.id}", step.rules) for step in policy.steps]
    found += [Implementation(f"portfolio {step.id}", step.rules) for step in policy.portfolio]
    found += [Implementation(f"before due {duty.id}", duty.rules) for duty in policy.before_due]
    found += [Implementation(f"hold {hold.id}", hold.rules) for hold in policy.holds]
    found += [Implementation(f"closing {reason}", closing.rules) for reason, closing in policy.closing.items()]
    found += [Implementation("standing", policy.standing.rules), Implementation("buckets", policy.buckets.rules)]
    found += [Implementation("occurrence", policy.occurrence.rules)] if policy.occurrence else []
    found += _early_warning(policy)
    found += [Implementation("opening", policy.opening), Implementation("contact record", policy.contact_rules)]
    return [*found, *_distribution(policy)]


def _distribution(policy: Policy) -> Iterator[Implementation]:
    found = policy.distribution
    if found is not None and found.rules:
        yield Implementation(DISTRIBUTION, found.rules)
    if found is not None and found.key_accounts is not None:
        yield Implementation(KEY_ACCOUNTS, found.key_accounts.rules)


def coverage(register: Register, policies: Sequence[Text], root: Path) -> list[Covered]:
    """Each rule with what any of the policies does for it; `root` is where the tests are looked for."""
    proofs = Proofs(root)
    return [_covered(rule, register, policies, proofs) for rule in register.rules]


def unknown_rules(registers: Sequence[Register], policy: Text) -> list[str]:
    """One line per rule that the policy names and no register knows."""
    known = {rule.id for register in registers for rule in register.rules}
    named = [(part.what, name) for part in implementations(policy) for name in part.rules if not OF_ALL.fullmatch(name)]
    return [f"{policy.id}: {what} names {name}, which is no rule" for what, name in named if name not in known]


def _covered(rule: Rule, register: Register, policies: Sequence[Text], proofs: Proofs) -> Covered:
    parts = [_label(part, policy, register) for policy in policies for part in implementations(policy)
             if rule.id in part.rules]  # fmt: skip
    claimed = [policy.capabilities[rule.id] for policy in policies if rule.id in policy.capabilities]
    said = next((capability.note for capability in claimed if capability.organisational), None)
    written = any(policy.id == register.policy for policy in policies)
    reason = said or (None if written else rule.reason)
    faults = [*_false(rule, said or rule.reason), *proofs.absent(rule)]
    return Covered(rule, tuple(parts), reason, tuple(faults), tuple(_gaps(rule, parts, reason)))


def _label(part: Implementation, policy: Text, register: Register) -> str:
    return part.what if policy.id == register.policy else f"{policy.id}: {part.what}"


def _acts(parts: Iterable[str]) -> bool:
    return any(SETTING not in part for part in parts)


def _false(rule: Rule, reason: str | None) -> Iterator[str]:
    if reason is not None and rule.kinds != ("org",):
        yield f"is called organisational, but is also {', '.join(kind for kind in rule.kinds if kind != 'org')}"


def _gaps(rule: Rule, parts: Sequence[str], reason: str | None) -> Iterator[str]:
    if reason is not None:
        return
    if not _acts(parts):
        moved = "; its `reason:` belongs into the capabilities of the policy" if rule.reason else ""
        yield f"nothing implements it{moved}"
    if not rule.tests:
        yield "no test proves it"


@dataclass(frozen=True)
class Proofs:
    """The test functions below a folder, each file read once."""

    root: Path

    def absent(self, rule: Rule) -> list[str]:
        """One line per listed test that does not exist."""
        return [f"names the test {node}, which does not exist" for node in rule.tests if not self.has(node)]

    def has(self, node: str) -> bool:
        """Whether a node id names a test function that stands in its file; parameters are not looked at."""
        name, _, function = node.partition("::")
        if name not in self._functions:
            self._functions[name] = _functions(self.root / name)
        return function.partition("[")[0].split("::")[-1] in self._functions[name]

    @cached_property
    def _functions(self) -> dict[str, frozenset[str]]:
        return {}


def _functions(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
