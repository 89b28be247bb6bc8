"""Whether who is asked, how many of them, and how far each may decide fit together; every fault at once."""

from __future__ import annotations

from collections.abc import Iterator

from domain.authority import WAIVERS
from domain.errors import Problem
from domain.policy import Policy
from domain.policy_file import Path, Source
from domain.step_rule import AnyOf, Ask, NOf, StepRule


def check_authority(policy: Policy, rule: StepRule, source: Source, path: Path) -> Iterator[Problem]:
    """Faults of the ask of one step: `n_of` and `limits`."""
    if rule.ask is None:
        return
    place = source.place((*path, "ask"))
    for what, remedy in (*_number(policy, rule.ask), *_limits(policy, rule.ask)):
        yield Problem(place, f"{rule.id}: {what}", remedy)


def _number(policy: Policy, ask: Ask) -> Iterator[tuple[str, str]]:
    if not isinstance(ask.of, NOf):
        return
    number, roles = ask.of.n_of.n, ask.of.n_of.roles
    if isinstance(number, str):
        setting = policy.settings.get(number)
        if setting is None or setting.type != "integer":
            yield f"unknown setting {number}", "declare it under settings, of type integer"
    elif number < 1 or (not isinstance(roles, str) and number > len(roles)):
        yield f"{number} of them can never answer", "a number from 1 to that of the roles"


def _limits(policy: Policy, ask: Ask) -> Iterator[tuple[str, str]]:
    if not ask.limits:
        return
    roles = ask.of.any if isinstance(ask.of, AnyOf) else ()
    if not roles:
        yield "limits where no single person decides", "of: {any: [...]}, the lowest authority first"
    for role, names in ask.limits.items():
        if not isinstance(roles, str) and role not in roles:
            yield f"{role} has a limit and is not asked", f"one of: {', '.join(roles)}"
        for name in names:
            yield from _setting(policy, ask, name)
    if not isinstance(roles, str) and roles and not set(roles) - ask.limits.keys():
        yield "nobody may decide beyond the limits", "leave one of them without a limit"


def _setting(policy: Policy, ask: Ask, name: str) -> Iterator[tuple[str, str]]:
    setting = policy.settings.get(name)
    if setting is None or setting.type not in ("money", "integer"):
        yield f"unknown setting {name}", "declare it under settings: money, or integer for per cent"
    elif setting.type == "integer" and ask.figures not in WAIVERS:
        yield f"{name} is a share, and nothing is waived", "a setting of type money"
