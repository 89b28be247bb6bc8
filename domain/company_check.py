"""Whether the settings of a company fill in what a policy asks for; says everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from decimal import Decimal, InvalidOperation

from domain.compiled import approval_of
from domain.errors import Problem
from domain.ladder import WEEKDAYS
from domain.policy import Company, Policy, Setting, SettingValue
from domain.policy_file import Path, Source

ALWAYS = ("approved",)


def effective(policy: Policy, values: dict[str, SettingValue]) -> dict[str, SettingValue]:
    """Every setting with its value: the company's, else the default of the policy."""
    found: dict[str, SettingValue] = {
        name: setting.default for name, setting in policy.settings.items() if setting.default is not None
    }
    return found | {name: value for name, value in values.items() if name not in ALWAYS}


def check_company(policy: Policy, company: Company, source: Source) -> Iterator[Problem]:
    """Company settings against what the policy asks for: missing, unknown and unfit values."""
    values = company.policies.get(policy.id)
    if values is None:
        yield Problem(source.place(("policies",)), f"no settings for {policy.id}", f"add a section {policy.id}:")
        return
    base: Path = ("policies", policy.id)
    approval = approval_of(values)
    if approval is None or approval.by != policy.approver:
        remedy = f"approved: {{by: {policy.approver}, on: YYYY-MM-DD}}"
        yield Problem(source.place((*base, "approved")), "this policy version is not in force", remedy)
    for name in values:
        if name not in policy.settings and name not in ALWAYS:
            yield Problem(source.place((*base, name)), f"unknown setting {name}", "remove it or correct its name")
    for name, setting in policy.settings.items():
        value = values.get(name, setting.default)
        if value is None or value == ():
            why = ", ".join(setting.rules)
            yield Problem(
                source.place(base),
                f"setting {name} ({setting.type}) is missing; needed by {why}",
                "fill it in",
            )
        else:
            yield from _value(policy, name, setting, value, source.place((*base, name)))


def _value(policy: Policy, name: str, setting: Setting, value: SettingValue, place: str) -> Iterator[Problem]:
    fault = _fault(policy, setting, value)
    if fault:
        yield Problem(place, f"setting {name}: {value!r} does not fit", fault)


def _fault(policy: Policy, setting: Setting, value: SettingValue) -> str | None:
    match setting.type:
        case "money":
            return None if isinstance(value, str) and _is_money(value) else 'an amount in quotes, e.g. "3000000.00"'
        case "roles":
            known = isinstance(value, tuple) and all(role in policy.roles for role in value)
            return None if known else f"a list of roles: {', '.join(policy.roles)}"
        case "integer":
            return _whole(value, setting.minimum or 0, setting.maximum)
        case "weekday":
            return None if value in WEEKDAYS else "monday to sunday"
        case "choice":
            return None if value in setting.choices else f"one of: {', '.join(setting.choices)}"
        case "boolean":
            return None if isinstance(value, bool) else "true or false"
        case "time":
            return None if isinstance(value, str) and _is_time(value) else 'a time in quotes, e.g. "11:00"'


def _whole(value: SettingValue, least: int, most: int | None) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value and (most is None or value <= most):
        return None
    return f"a whole number, at least {least}" if most is None else f"a whole number from {least} to {most}"


def _is_money(text: str) -> bool:
    try:
        return Decimal(text).is_finite() and Decimal(text) >= 0
    except InvalidOperation:
        return False


def _is_time(text: str) -> bool:
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True
