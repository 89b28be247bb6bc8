"""Takes parts of a policy or layer away, for `make rules-mutate`: they stay known and never happen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from functools import partial
from typing import Any

from domain.ladder import WEEKDAYS
from domain.layer import Layer, LayerSetting
from domain.policy import LayerValue, Policy, Setting, SettingValue
from domain.step_rule import StepRule
from rules.coverage import DISTRIBUTION, KEY_ACCOUNTS, Text, implementations

Value = SettingValue | LayerValue
Settings = dict[str, Value]
Changed = tuple[Text, Settings]
SHARED = ("portfolio open_cases", "standing")  # serve several rules; each is a part by itself
FIXED = (
    "opening",
    "closing cured",
    "closing bought_back",
)  # opening is open_cases; these closings are looked up by name
HUGE = 1000
NEVER = 36_500  # days of grace: nothing is overdue for a hundred years


@dataclass(frozen=True)
class Mutation:
    """A change of a policy or layer as it is loaded."""

    apply: Callable[[Text, Settings], Changed]


def without(parts: Iterable[str]) -> Mutation:
    """The text without these parts ("step lawsuit", "duty rating"); settings and buckets say another thing."""
    return Mutation(partial(_without, tuple(parts)))


def breakable(text: Text, part: str) -> bool:
    """Whether `without` changes anything: not a capability, not a setting that leaves no choice."""
    kind, name = _split(part)
    if kind == "setting":
        setting = text.settings[name]
        return setting.type != "choice" or len(setting.choices) > 1
    return kind in CHANGES and part not in FIXED


def acting(text: Text, rule: str) -> list[str]:
    """What is taken away together for one rule: what does it, not what only chooses a reading."""
    parts = [part.what for part in implementations(text) if rule in part.rules]
    return [part for part in parts if breakable(text, part) and part not in SHARED and not part.startswith("setting ")]


def _without(parts: tuple[str, ...], text: Text, settings: Settings) -> Changed:
    values = dict(settings)
    for kind, name in map(_split, parts):
        if kind == "setting":
            values[name] = another(text, text.settings[name], values[name])
        else:
            text = text.model_copy(update=CHANGES[kind](text, name))
    return text, values


def _split(part: str) -> tuple[str, str]:
    """ "before due customer_list" is the duty customer_list of the kind "before due"."""
    for kind in ("setting", *CHANGES):
        if part == kind or part.startswith(f"{kind} "):
            return kind, part[len(kind) + 1 :]
    return part, ""


def another(text: Text, setting: Setting | LayerSetting, value: Value) -> Value:
    """Another value of that setting, of the right form."""
    match setting.type, value:
        case "integer", int():
            return value + 1 if value < HUGE else value * 2
        case "money", _:
            return str(Decimal(str(value)) * HUGE + HUGE)
        case "boolean", _:
            return not value
        case "choice", str():
            return setting.choices[(setting.choices.index(value) + 1) % len(setting.choices)]
        case "weekday", str():
            return WEEKDAYS[WEEKDAYS.index(value) - 1]
        case "time", str():
            return time((time.fromisoformat(value).hour + 1) % 24).isoformat("minutes")
        case "roles", tuple():
            return next((role,) for role in text.roles if role not in value)
        case _:
            return _list(setting.type, value)


def _list(kind: str, value: Value) -> Value:
    if kind == "names" and isinstance(value, tuple):
        names = tuple(map(str, value))
        return names[::-1] if len(names) > 2 else names[1:]
    if kind == "days" and isinstance(value, tuple):
        return tuple(int(str(day)) + 1 for day in value)
    if kind == "amounts" and isinstance(value, tuple):
        return tuple(str(Decimal(str(amount)) * HUGE) for amount in value)
    raise TypeError(f"{value!r} is no value of the type {kind}")


def _policy(text: Text) -> Policy:
    if not isinstance(text, Policy):
        raise TypeError(f"{text.id} is no policy")
    return text


def _layer(text: Text) -> Layer:
    if not isinstance(text, Layer):
        raise TypeError(f"{text.id} is no layer")
    return text


def _never(rules: Iterable[StepRule], name: str) -> tuple[StepRule, ...]:
    gone = {"when": (), "on_demand": None, "cadence": None}
    return tuple(step.model_copy(update=gone) if step.id == name else step for step in rules)


def _without_hold(policy: Policy, name: str) -> dict[str, Any]:
    return {"holds": tuple(hold.model_copy(update={"placed_by": {}}) if hold.id == name else hold
                           for hold in policy.holds)}  # fmt: skip


def classes_a_day_early(policy: Policy) -> dict[str, Any]:
    """Each class of days past due but the first begins a day before its day."""
    shifted = tuple(
        bucket.model_copy(update={"from_": max(1, bucket.from_ - 1), "to": bucket.to and bucket.to - 1})
        for bucket in policy.buckets.list
    )
    if len(shifted) == 1:  # there is nothing to shift: nothing is overdue on the first day
        shifted = (shifted[0].model_copy(update={"from_": 2}),)
    return {"buckets": policy.buckets.model_copy(update={"list": shifted})}


def _unrecorded(policy: Policy) -> dict[str, Any]:
    """Contacts are reported as done, without the record of what was said."""
    return {"steps": tuple(_as_task(step) for step in policy.steps)}


def _as_task(step: StepRule) -> StepRule:
    if step.ask is None or step.ask.what != "contact":
        return step
    return step.model_copy(update={"ask": step.ask.model_copy(update={"what": "task", "outcomes": ("contacted",)})})


def _once(policy: Policy) -> dict[str, Any]:
    """Every delinquency counts as the first."""
    return {"occurrence": policy.occurrence and policy.occurrence.model_copy(update={"most": 1})}


def _unranked(policy: Policy) -> dict[str, Any]:
    """No account goes before another."""
    return {"distribution": policy.distribution and policy.distribution.model_copy(update={"key_accounts": None})}


CHANGES: dict[str, Callable[[Text, str], dict[str, Any]]] = {
    "step": lambda text, name: {"steps": _never(_policy(text).steps, name)},
    "portfolio": lambda text, name: {"portfolio": _never(_policy(text).portfolio, name)},
    "before due": lambda text, name: {"before_due": tuple(d for d in _policy(text).before_due if d.id != name)},
    "hold": lambda text, name: _without_hold(_policy(text), name),
    "closing": lambda text, name: {"closing": {k: v for k, v in _policy(text).closing.items() if k != name}},
    "buckets": lambda text, name: classes_a_day_early(_policy(text)),
    "standing": lambda text, name: {"standing": _policy(text).standing.model_copy(update={"grace_days": NEVER})},
    "occurrence": lambda text, name: _once(_policy(text)),
    "contact record": lambda text, name: _unrecorded(_policy(text)),
    DISTRIBUTION: lambda text, name: {"distribution": None},
    KEY_ACCOUNTS: lambda text, name: _unranked(_policy(text)),
    "early warning": lambda text, name: {"early_warning": None},
    "duty": lambda text, name: {"duties": tuple(duty for duty in _layer(text).duties if duty.id != name)},
}
