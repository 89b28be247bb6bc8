"""Breaks each implemented rule of every regulation in turn; one of its listed tests has to fail. Lists survivors."""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from checks.tracked import ROOT
from rules.book import texts
from rules.coverage import Covered, Text, coverage, implementations
from rules.register import REGULATIONS, Register, read_register
from tests.rules.code_mutations import CODE
from tests.rules.disabled import NOTHING, VARIABLE
from tests.rules.mutations import NAMED
from tests.rules.parts import acting, breakable

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


@dataclass(frozen=True)
class Broken:
    """One regulation with every way to break it."""

    name: str
    rules: tuple[Covered, ...]
    mutants: tuple[Mutant, ...]

    def unbreakable(self) -> list[str]:
        """Rules with tests for which there is nothing to break."""
        broken = {mutant.name.partition(":")[0] for mutant in self.mutants}
        return [covered.rule.id for covered in self.rules if covered.rule.id not in broken]


def regulations() -> list[Broken]:
    """Every regulation with what is implemented of it. Raises Invalid for a policy that does not load."""
    found = texts(ROOT / "policies")
    return [broken(read_register(name), found) for name in REGULATIONS if name in found]


def broken(register: Register, found: Mapping[str, Text]) -> Broken:
    """What policies and layers implement of a regulation, and each way to break it that makes a difference."""
    covered = coverage(register, list(found.values()), ROOT)
    rules = [one for one in covered if one.status in ("verified", "implemented")]
    return Broken(register.policy, tuple(rules), tuple(mutants(register, found, rules)))


def mutants(register: Register, found: Mapping[str, Text], rules: Sequence[Covered]) -> Iterator[Mutant]:
    """Each rule without its parts, each named change, and each part of the policy by itself."""
    text = found[register.policy]
    for rule in (covered.rule for covered in rules):
        for other in found.values():
            if acting(other, rule.id):
                yield Mutant(other.id, rule.id, rule.tests)
        for name in (*NAMED.get(rule.id, ()), *CODE.get(rule.id, ())):
            yield Mutant(text.id, f"{rule.id}:{name}", rule.tests)
    for part in implementations(text):
        named = [register.by_id[rule] for rule in part.rules if rule in register.by_id]
        if named and breakable(text, part.what):
            yield Mutant(text.id, part.what, tuple(dict.fromkeys(test for rule in named for test in rule.tests)))


def sample(found: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """So many of them at random, the same ones for the same seed, in their order."""
    chosen = sorted(found, key=lambda mutant: mutant.rank(seed))[:size]
    return [mutant for mutant in found if mutant in chosen]


def verdict(mutant: Mutant) -> str:
    """ "failed" when a test noticed; else what happened instead."""
    if not mutant.tests:
        return "no tests"
    run = tested(mutant)
    if run.returncode == FAILED:
        return "failed"
    return "survived" if run.returncode == 0 else f"pytest ended with {run.returncode}: {run.stdout[-500:]}"


def tested(mutant: Mutant) -> subprocess.CompletedProcess[str]:
    """Its tests, run until the first one fails."""
    argv = [sys.executable, "-m", "pytest", "-q", "-x", *(word for name in PLUGINS for word in ("-p", name))]
    return subprocess.run(
        [*argv, *mutant.tests],
        cwd=ROOT,
        env={**os.environ, VARIABLE: str(mutant), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def main(words: list[str]) -> int:
    """Break what is named, a sample, or everything; 1 when a mutant survives or a rule cannot be broken."""
    asked = _arguments(words)
    known = [one for one in regulations() if not asked.policy or one.name in asked.policy]
    chosen = [_chosen(one, asked) for one in known]
    if not any(chosen):
        print("there is nothing of that name to break")
        return 1
    if said := sound([mutant for found in chosen for mutant in found]):
        print(said)
        return 1
    unnoticed = survivors([mutant for found in chosen for mutant in found], asked.workers)
    rows: list[str] = []
    for one, found in zip(known, chosen, strict=True):
        ways = {str(mutant) for mutant in found}
        lost = [line for line in unnoticed if line.partition(": ")[0] in ways]
        lost += [] if asked.names else [f"{one.name}/{rule}: there is nothing to break" for rule in one.unbreakable()]
        print(*lost, sep="\n", end="\n" if lost else "")
        if not found and not lost:
            continue
        rows.append(f"{one.name}: {_ways(one, found)} to break {len(one.rules)} rules, {len(lost)} unnoticed")
        unnoticed += [line for line in lost if line not in unnoticed]
    print(*rows, sep="\n")
    return 1 if unnoticed else 0


def sound(found: Sequence[Mutant]) -> str | None:
    """What is wrong with the tests while nothing is broken; a test that fails anyway would prove everything."""
    run = tested(Mutant("all", NOTHING, tuple(dict.fromkeys(test for mutant in found for test in mutant.tests))))
    return (
        None if run.returncode == 0 else f"{run.stdout[-2000:]}with nothing broken a listed test fails: mend it first"
    )


def survivors(found: Sequence[Mutant], workers: int) -> list[str]:
    """One line per way to break a regulation that no test notices; shows each as it is done."""
    bad: list[str] = []
    with ThreadPoolExecutor(workers) as pool:
        for number, (mutant, said) in enumerate(zip(found, pool.map(verdict, found), strict=True), 1):
            print(f"{number:4}/{len(found)}  {mutant!s:70} {said}", flush=True)
            bad += [] if said == "failed" else [f"{mutant}: {said}"]
    return bad


def _chosen(one: Broken, asked: argparse.Namespace) -> list[Mutant]:
    found = list(one.mutants)
    if asked.names:
        found = [mutant for mutant in found if mutant.name in asked.names or str(mutant) in asked.names]
    return found if asked.each is None else sample(found, asked.each, asked.seed)


def _ways(one: Broken, found: Sequence[Mutant]) -> str:
    count = f"{len(found)} ways"
    return count if len(found) == len(one.mutants) else f"{count} (of {len(one.mutants)})"


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rules_mutate", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="L4.2b, leasing/L4.2b or 'step lawsuit'; default: all")
    parser.add_argument("--policy", action="append", choices=REGULATIONS, help="only this regulation; may be repeated")
    parser.add_argument("--each", type=int, metavar="N", help="only so many of each regulation, chosen at random")
    parser.add_argument("--seed", type=int, default=1, help="another choice")
    parser.add_argument("--workers", type=int, default=2, help="so many at a time")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
