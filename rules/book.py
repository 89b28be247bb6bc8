"""All regulations together: their rules, the newest version of every policy, and what each makes of the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from domain.errors import Invalid, Problem
from domain.layer_file import load_layer
from domain.policy import Policy
from domain.policy_check import check_policy
from domain.policy_file import parse_policy, read_source
from domain.standard_holds import with_standard_holds
from rules.coverage import Covered, Text, coverage, unknown_rules
from rules.register import HERE, REGULATIONS, STRICT, Register, read_register

Written = Literal["loaded", "none yet", "not loadable"]
VERSION = re.compile(r"(?P<name>.+)\.v(?P<number>\d+)\.yaml")


@dataclass(frozen=True)
class Regulation:
    """One regulation as it stands; `policy` says whether its file is there and loads."""

    register: Register
    rules: tuple[Covered, ...]
    policy: Written

    @property
    def name(self) -> str:
        """The name of its policy."""
        return self.register.policy

    @property
    def gaps(self) -> list[str]:
        """One line per thing that keeps it from being complete."""
        return [f"{covered.rule.id} {gap}" for covered in self.rules for gap in covered.gaps]


@dataclass(frozen=True)
class Book:
    """Every regulation, and one line for each thing in rules and policies that is wrong."""

    regulations: tuple[Regulation, ...]
    faults: tuple[str, ...]

    def gaps(self, names: Sequence[str] = STRICT) -> list[str]:
        """What the regulations of these names lack."""
        return [gap for regulation in self.regulations if regulation.name in names for gap in regulation.gaps]


def read_book(policies: Path, root: Path, registers: Path = HERE) -> Book:
    """The registers with the policies of a folder; tests are looked for below `root`. Raises Invalid for a register."""
    read = tuple(read_register(name, registers) for name in REGULATIONS)
    usable, unusable = _policies(policies)
    written: dict[str, Written] = dict.fromkeys(unusable, "not loadable")
    written |= {policy.id: "loaded" for policy in usable}
    regulations = tuple(
        Regulation(register, tuple(coverage(register, usable, root)), written.get(register.policy, "none yet"))
        for register in read
    )
    faults = [str(problem) for found in unusable.values() for problem in found]
    faults += [line for policy in usable for line in unknown_rules(read, policy)]
    for regulation in regulations:
        faults += [f"{covered.rule.id} {fault}" for covered in regulation.rules for fault in covered.faults]
    return Book(regulations, tuple(faults))


def newest_policies(folder: Path) -> dict[str, Path]:
    """The file of the highest version of each policy, by name."""
    matches = [(VERSION.fullmatch(path.name), path) for path in folder.glob("*.yaml")]
    versions = sorted((match["name"], int(match["number"]), path) for match, path in matches if match)
    return {name: path for name, _, path in versions}


def read_policy(path: Path) -> Policy:
    """A policy of the right form that makes sense, whatever a company sets. Raises Invalid with every fault."""
    source = read_source(path.read_text(encoding="utf-8"), f"{path.parent.name}/{path.name}")
    policy = parse_policy(source)
    if problems := check_policy(with_standard_holds(policy, source), source):  # whose rules are of no regulation
        raise Invalid(problems)
    return policy


def texts(folder: Path) -> dict[str, Text]:
    """The newest version of every policy and layer, by name. Raises Invalid with every fault of all of them."""
    usable, unusable = _policies(folder)
    if unusable:
        raise Invalid([problem for found in unusable.values() for problem in found])
    return {text.id: text for text in usable}


def _policies(folder: Path) -> tuple[list[Text], dict[str, Sequence[Problem]]]:
    """Policies and layers."""
    usable: list[Text] = []
    unusable: dict[str, Sequence[Problem]] = {}
    for name, path in (newest_policies(folder) | newest_policies(folder / "layers")).items():
        try:
            layer = path.parent.name == "layers"
            usable.append(load_layer(path.read_text("utf-8"), f"layers/{path.name}") if layer else read_policy(path))
        except Invalid as fault:
            unusable[name] = fault.problems
    return usable, unusable
