"""Breaks each rule of the regulation in turn and expects one of its listed tests to fail; lists the survivors."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from checks.tracked import ROOT
from domain.policy import Policy
from domain.policy_file import parse_policy, read_source
from rules.coverage import coverage, implementations
from rules.register import Register, read_register
from tests.rules.code_mutations import CODE
from tests.rules.disabled import NOTHING, VARIABLE, removable
from tests.rules.mutations import NAMED, ON_DAY

WORKERS = 2
# Plugins that no listed test needs take longer to load than the tests to run.
PLUGINS = ("pytest_asyncio.plugin", "pytest_timeout", "tests.rules.disabled", "no:cacheprovider")
FAILED = 1  # pytest's exit code for "tests ran, some failed"
REGISTERS = (("leasing", "leasing.v1.yaml"),)


@dataclass(frozen=True)
class Mutant:
    """What is broken, and the tests of which one must fail."""

    name: str
    tests: tuple[str, ...]


def mutants(register: Register, policy: Policy) -> Iterator[Mutant]:
    """Each rule without its parts, each named change, and each part by itself."""
    for covered in coverage(register, policy, ROOT):
        rule = covered.rule
        if covered.organisational:
            continue
        if removable(policy, rule.id):
            yield Mutant(rule.id, rule.tests)
        for name in (*NAMED.get(rule.id, ()), *CODE.get(rule.id, ())):
            yield Mutant(f"{rule.id}:{name}", rule.tests)
    for part in implementations(policy):
        if part.what.startswith(("step ", "portfolio ", "hold ", "closing ")) and not part.what.endswith(ON_DAY):
            rules = [register.by_id[rule] for rule in part.rules if rule in register.by_id]
            yield Mutant(part.what, tuple(dict.fromkeys(test for rule in rules for test in rule.tests)))


def unbroken(register: Register, policy: Policy, found: list[Mutant]) -> list[str]:
    """Rules for which there is nothing to break."""
    broken = {mutant.name.partition(":")[0] for mutant in found}
    rules = [covered.rule.id for covered in coverage(register, policy, ROOT) if not covered.organisational]
    return [rule for rule in rules if rule not in broken]


def verdict(mutant: Mutant) -> str:
    """ "failed" when a test noticed; else what happened instead."""
    if not mutant.tests:
        return "no tests"
    argv = [sys.executable, "-m", "pytest", "-q", "-x", *(word for name in PLUGINS for word in ("-p", name))]
    run = subprocess.run(
        [*argv, *mutant.tests],
        cwd=ROOT,
        env={**os.environ, VARIABLE: mutant.name, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == FAILED:
        return "failed"
    return "survived" if run.returncode == 0 else f"pytest ended with {run.returncode}: {run.stdout[-500:]}"


def main(words: list[str]) -> int:
    """Break what is named, or everything; 1 when a mutant survives or a rule cannot be broken."""
    bad = [line for name, file in REGISTERS for line in survivors(name, file, words)]
    for line in bad:
        print(line)
    return 1 if bad else 0


def survivors(name: str, file: str, words: list[str]) -> list[str]:
    """One line per way to break a regulation that no test notices."""
    register = read_register(name)
    policy = parse_policy(read_source((ROOT / "policies" / file).read_text(encoding="utf-8"), file))
    found = [mutant for mutant in mutants(register, policy) if not words or mutant.name in words]
    # A test that fails anyway would prove everything.
    whole = Mutant(NOTHING, tuple(dict.fromkeys(test for mutant in found for test in mutant.tests)))
    if (said := verdict(whole)) != "survived":
        return [f"{name}: with nothing broken the listed tests end with: {said}; mend them first"]
    bad = [f"{rule}: there is nothing to break" for rule in (() if words else unbroken(register, policy, found))]
    with ThreadPoolExecutor(WORKERS) as pool:
        for mutant, said in zip(found, pool.map(verdict, found), strict=True):
            print(f"{mutant.name:60} {said}", flush=True)
            bad += [] if said == "failed" else [f"{mutant.name}: {said}"]
    print(f"{name}: {len(found)} ways to break {len(register.rules)} rules, {len(bad)} unnoticed")
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
