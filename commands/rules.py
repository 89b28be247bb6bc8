"""`arrears rules`: each rule of the regulation, what implements it, and the tests that prove it."""

from __future__ import annotations

import typer

from commands.ladders import read_ladder
from commands.output import complain, table
from commands.standing import CompanyFile, PolicyName
from rules.coverage import Covered, coverage, unknown_rules
from rules.register import read_register
from settings import ROOT, load_settings


def rules(policy: PolicyName = "leasing", company: CompanyFile = None) -> None:
    """Each rule with what implements and what proves it; exit code 1 when something is missing or unknown."""
    ladder = read_ladder(policy, company, load_settings())
    register = read_register(ladder.policy.id)
    found = coverage(register, ladder.policy, ROOT)
    table(("rule", "what it says", "kind", "implemented by", "proved by"), [_cells(covered) for covered in found])
    faults = [f"{covered.rule.id} {fault}" for covered in found for fault in covered.faults]
    faults += unknown_rules(register, ladder.policy)
    for fault in faults:
        complain(fault)
    complain(f"{len(found)} rules, {len(faults)} faults")
    if faults:
        raise typer.Exit(1)


def _cells(covered: Covered) -> tuple[str, ...]:
    rule = covered.rule
    proof = "organisational" if covered.organisational else ", ".join(_short(node) for node in rule.tests)
    return (rule.id, f"{rule.zh} {rule.en}", ", ".join(rule.kinds), ", ".join(covered.implemented_by), proof)


def _short(node: str) -> str:
    """The test without the folder that all of them share."""
    return node.removeprefix("tests/")
