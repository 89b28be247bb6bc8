"""Whether the assignment of a company gives every account exactly one policy; says everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterator

from domain.assignment import AssignmentCondition, AssignmentRule
from domain.errors import Problem
from domain.policy import Company
from domain.policy_file import Path, Source

NOTHING = AssignmentCondition()


def check_assignment(company: Company, source: Source) -> list[Problem]:
    """Faults of `assignment:` with file, line and remedy."""
    rules, names = company.assignment, tuple(company.policies)
    if not rules:
        return [*_left_open(names, source)]
    found: list[Problem] = []
    for index, rule in enumerate(rules):
        found += _entry(rule, names, source, ("assignment", index))
        found += _never_reached(rules, index, source)
    if not any(_is_default(source, index) for index in range(len(rules))):
        place = source.place(("assignment", len(rules) - 1))
        remedy = "end with an entry without `if`, the default"
        found.append(Problem(place, "accounts that fit no entry would have no policy", remedy))
    return found


def _is_default(source: Source, index: int) -> bool:
    """Whether an entry has no `if` at all; one that says nothing is a fault, not a default."""
    return "if" not in source.data["assignment"][index]


def _left_open(names: tuple[str, ...], source: Source) -> Iterator[Problem]:
    if len(names) > 1:
        message = f"{len(names)} policies and no assignment: {', '.join(names)}"
        remedy = "add assignment: a list of {policy: …, if: {…}}, the last entry without `if`"
        yield Problem(source.place(("policies",)), message, remedy)


def _entry(rule: AssignmentRule, names: tuple[str, ...], source: Source, path: Path) -> Iterator[Problem]:
    if rule.policy not in names:
        remedy = f"one with a section under policies: {', '.join(names)}"
        yield Problem(source.place((*path, "policy")), f"unknown policy {rule.policy}", remedy)
    if _is_default(source, int(path[-1])):
        return
    asked = rule.if_ or NOTHING
    given = asked.model_dump(exclude_none=True)
    if not given:
        yield Problem(source.place((*path, "if")), "empty conditions", "say for which accounts, or leave `if` out")
    for name, value in given.items():
        if value == ():
            remedy = "list what fits, or leave it out"
            yield Problem(source.place((*path, "if", name)), f"no {name} fits an empty list", remedy)
    low, high = asked.amount_from, asked.amount_below
    if high is not None and high <= (low or 0):
        place = source.place((*path, "if", "amount_below"))
        yield Problem(place, f"no amount is from {low or 0} on and below {high}", f"an amount above {low or '0.00'}")


def _never_reached(rules: tuple[AssignmentRule, ...], index: int, source: Source) -> Iterator[Problem]:
    """An entry of which an earlier one takes everything never decides anything."""
    asked = rules[index].if_ or NOTHING
    if () in (asked.product, asked.customer_kind):
        return  # a fault of its own
    for number, earlier in enumerate(rules[:index]):
        if _is_default(source, number):
            message = f"entry {number + 1} takes every account: this one is never reached"
        elif earlier.if_ and earlier.if_ != NOTHING and earlier.if_.covers(asked):
            message = f"entry {number + 1} takes every account that fits here: this one is never reached"
        else:
            continue
        yield Problem(source.place(("assignment", index)), message, "put the narrower entry first, or remove one")
        return
