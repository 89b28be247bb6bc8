"""Breaks each rule of the complete regulations in turn; one of its listed tests has to fail. Lists the survivors."""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from checks.tracked import ROOT
from domain.policy import Policy
from rules.book import newest_policies, read_policy
from rules.coverage import coverage, implementations
from rules.register import STRICT, Register, read_register
from tests.rules.code_mutations import CODE
from tests.rules.disabled import NOTHING, VARIABLE, removable
from tests.rules.mutations import ALONE, NAMED, ON_DAY

WORKERS = 2
# Plugins that no listed test needs take longer to load than the tests to run.
PLUGINS = ("pytest_asyncio.plugin", "pytest_timeout", "tests.rules.disabled", "no:cacheprovider")
FAILED = 1  # pytest's exit code for "tests ran, some failed"


@dataclass(frozen=True)
class Mutant:
    """What is broken in which policy, and the tests of which one must fail."""

    policy: str
    name: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.policy}/{self.name}"

    def rank(self, seed: int) -> str:
        """Its place in the order of that seed; the others' coming and going does not move it."""
        return hashlib.sha256(f"{seed} {self}".encode()).hexdigest()


def registers() -> list[tuple[Register, Policy]]:
    """The complete regulations with their policies. Raises Invalid for a policy that does not load."""
    files = newest_policies(ROOT / "policies")
    return [(read_register(name), read_policy(files[name])) for name in STRICT]


def mutants(register: Register, policy: Policy) -> Iterator[Mutant]:
    """Each rule without its parts, each named change, and each part by itself."""
    for covered in coverage(register, [policy], ROOT):
        rule = covered.rule
        if covered.organisational:
            continue
        if removable(policy, rule.id):
            yield Mutant(policy.id, rule.id, rule.tests)
        for name in (*NAMED.get(rule.id, ()), *CODE.get(rule.id, ())):
            yield Mutant(policy.id, f"{rule.id}:{name}", rule.tests)
    for part in implementations(policy):
        if part.what.startswith(ALONE) and not part.what.endswith(ON_DAY):
            rules = [register.by_id[rule] for rule in part.rules if rule in register.by_id]
            yield Mutant(policy.id, part.what, tuple(dict.fromkeys(test for rule in rules for test in rule.tests)))


def unbroken(register: Register, policy: Policy, found: list[Mutant]) -> list[str]:
    """Rules for which there is nothing to break."""
    broken = {mutant.name.partition(":")[0] for mutant in found}
    rules = [covered.rule.id for covered in coverage(register, [policy], ROOT) if not covered.organisational]
    return [rule for rule in rules if rule not in broken]


def sample(found: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """So many of them at random, the same ones for the same seed, in their order."""
    chosen = sorted(found, key=lambda mutant: mutant.rank(seed))[:size]
    return [mutant for mutant in found if mutant in chosen]


def verdict(mutant: Mutant) -> str:
    """ "failed" when a test noticed; else what happened instead."""
    if not mutant.tests:
        return "no tests"
    argv = [sys.executable, "-m", "pytest", "-q", "-x", *(word for name in PLUGINS for word in ("-p", name))]
    run = subprocess.run(
        [*argv, *mutant.tests],
        cwd=ROOT,
        env={**os.environ, VARIABLE: str(mutant), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == FAILED:
        return "failed"
    return "survived" if run.returncode == 0 else f"pytest ended with {run.returncode}: {run.stdout[-500:]}"


def main(words: list[str]) -> int:
    """Break what is named, a sample, or everything; 1 when a mutant survives or a rule cannot be broken."""
    asked = _arguments(words)
    complete = [(register, policy, list(mutants(register, policy))) for register, policy in registers()]
    found = [mutant for _, _, listed in complete for mutant in listed]
    total, bad = len(found), [f"{rule}: there is nothing to break" for args in complete for rule in unbroken(*args)]
    if asked.names:
        bad = []
        found = [mutant for mutant in found if mutant.name in asked.names or str(mutant) in asked.names]
    if asked.sample is not None:
        found = sample(found, asked.sample, asked.seed)
        print(f"a sample of {len(found)} out of {total}, seed {asked.seed}", flush=True)
    bad += survivors(found) if found else ["there is nothing of that name to break"]
    for line in bad:
        print(line)
    print(f"{', '.join(STRICT)}: {len(found)} of {total} ways to break rules, {len(bad)} unnoticed")
    return 1 if bad else 0


def survivors(found: list[Mutant]) -> list[str]:
    """One line per way to break a regulation that no test notices."""
    # A test that fails anyway would prove everything.
    whole = Mutant(STRICT[0], NOTHING, tuple(dict.fromkeys(test for mutant in found for test in mutant.tests)))
    if (said := verdict(whole)) != "survived":
        return [f"with nothing broken the listed tests end with: {said}; mend them first"]
    bad: list[str] = []
    with ThreadPoolExecutor(WORKERS) as pool:
        for mutant, said in zip(found, pool.map(verdict, found), strict=True):
            print(f"{mutant!s:60} {said}", flush=True)
            bad += [] if said == "failed" else [f"{mutant}: {said}"]
    return bad


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rules_mutate", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="L4.2b, leasing/L4.2b or 'step lawsuit'; default: all")
    parser.add_argument("--sample", type=int, metavar="N", help="only so many, chosen at random")
    parser.add_argument("--seed", type=int, default=1, help="another sample")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
