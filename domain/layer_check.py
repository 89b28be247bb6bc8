"""Whether a layer makes sense and whether a company fills in what it asks for; says all that is wrong at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import get_args

from domain.errors import Problem
from domain.layer import SYSTEM, Duty, Layer, LayerSetting, Period
from domain.policy import Approval, Company, LayerValue
from domain.policy_file import Path, Source

PERIODS: tuple[str, ...] = get_args(Period)
APPROVED, BESIDE = "approved", "beside"


def check_layer(layer: Layer, source: Source) -> Iterator[Problem]:
    """Roles, names, settings, rules and outcomes of every duty."""
    for name in (layer.owner, layer.approver, *(role.head for role in layer.roles.values() if role.head)):
        if name not in layer.roles:
            yield Problem(source.place(("roles",)), f"unknown role {name}", "name a role of this layer")
    yield from _integer(layer, layer.spread, source.place(("spread",)), "spread")
    seen: set[str] = set()
    for index, duty in enumerate(layer.duties):
        path: Path = ("duties", index)
        if duty.id in seen:
            yield Problem(source.place(path), f"duty {duty.id} stands twice", "give it a name of its own")
        seen.add(duty.id)
        yield from _duty(layer, duty, source, path)
    if layer.early_warning is not None:
        place = source.place(("early_warning",))
        if layer.early_warning.of not in layer.roles:
            yield Problem(place, f"unknown role {layer.early_warning.of}", "name a role of this layer")
        yield from _integer(layer, layer.early_warning.within, place, "early_warning: within")
    yield from _rules(layer, source)


def _duty(layer: Layer, duty: Duty, source: Source, path: Path) -> Iterator[Problem]:
    place = source.place((*path, "id"))
    if (duty.every is None) == (duty.on is None):
        yield Problem(place, f"{duty.id}: needs exactly one of every and on", "say when it falls due")
    if duty.every is not None:
        yield from _period(layer, duty, source.place((*path, "every")))
    if duty.on is not None:
        yield from _event(layer, duty, source.place((*path, "on")))
    if duty.ask is not None:
        yield from _ask(layer, duty, source.place((*path, "ask")))
    elif duty.items:
        yield Problem(place, f"{duty.id}: nobody is asked for its items", "add ask, or remove items")
    elif duty.grade is None and duty.writes is None:
        yield Problem(place, f"{duty.id} does nothing", "add ask, grade or writes")
    if duty.grade is not None:
        yield from _grade(layer, duty, source.place((*path, "grade")))
    if duty.send is not None and not (duty.ask and duty.ask.outcomes and duty.writes and duty.for_ == "account"):
        message = f"{duty.id}: a letter goes out by an answer that is kept, about one account"
        yield Problem(source.place((*path, "send")), message, "ask with outcomes, add writes, leave out for")


def _period(layer: Layer, duty: Duty, place: str) -> Iterator[Problem]:
    name = duty.every.period if duty.every else ""
    if name not in PERIODS and not _is(layer, name, "choice"):
        yield Problem(place, f"{duty.id}: unknown period {name}", f"one of {', '.join(PERIODS)}, or a choice setting")


def _event(layer: Layer, duty: Duty, place: str) -> Iterator[Problem]:
    on = duty.on
    if on is None:
        return
    if sum((on.opening, on.dpd is not None, bool(on.after), bool(on.by_hand))) != 1:
        yield Problem(place, f"{duty.id}: needs exactly one of opening, dpd, after and by_hand", "name one event")
    for role in (role for role in on.by_hand if role not in layer.roles):
        yield Problem(place, f"{duty.id}: unknown role {role}", "name a role of this layer")
    if on.by_hand and (duty.ask is None or duty.for_ != "account"):
        yield Problem(place, f"{duty.id}: who opens it asks somebody, for one account", "add ask, leave out for")
    if on.dpd is not None:
        yield from _integer(layer, on.dpd, place, f"{duty.id}: dpd")
    if duty.for_ == "portfolio" and not on.after:
        yield Problem(place, f"{duty.id}: all accounts together have no such event", "use every, or for: account")
    known = {other.id: other for other in layer.duties}
    for name, outcomes in on.after.items():
        other = known.get(name)
        if other is None or other.id == duty.id:
            yield Problem(place, f"{duty.id}: can never happen after {name}", "name another duty of this layer")
        elif other.for_ != duty.for_:
            yield Problem(place, f"{duty.id}: {name} is for another subject", f"give it for: {other.for_}")
        elif other.grade is None:
            allowed = other.ask.outcomes if other.ask else ()
            for outcome in (found for found in outcomes if found not in allowed):
                yield Problem(place, f"{duty.id}: {name} never ends with {outcome}", f"one of: {', '.join(allowed)}")
        else:
            for outcome in (found for found in outcomes if not _is(layer, found, "names")):
                yield Problem(place, f"{duty.id}: grade {outcome} is no setting", "name a setting of type names")


def _ask(layer: Layer, duty: Duty, place: str) -> Iterator[Problem]:
    ask = duty.ask
    if ask is None:
        return
    if ask.of not in layer.roles and not _is(layer, ask.of, "roles"):
        yield Problem(
            place, f"{duty.id}: unknown role {ask.of}", "name a role of this layer, or a setting of type roles"
        )
    if bool(ask.outcomes) == (duty.grade is not None):
        yield Problem(place, f"{duty.id}: needs outcomes, or a grade instead of them", "give one of them")
    yield from _integer(layer, ask.within, place, f"{duty.id}: within")


def _grade(layer: Layer, duty: Duty, place: str) -> Iterator[Problem]:
    grading = duty.grade
    if grading is None:
        return
    parts = (("scale", grading.scale, "names"), ("days", grading.days, "days"), ("amounts", grading.amounts, "amounts"))
    for word, name, kind in parts:
        if name is not None and not _is(layer, name, kind):
            yield Problem(place, f"{duty.id}: {word} {name} is no setting", f"name a setting of type {kind}")
    if duty.ask is None and grading.days is None and grading.amounts is None:
        yield Problem(place, f"{duty.id}: nothing gives the grade", "add days or amounts, or ask somebody")


def _integer(layer: Layer, value: int | str, place: str, what: str) -> Iterator[Problem]:
    if isinstance(value, str) and not _is(layer, value, "integer"):
        yield Problem(place, f"{what}: {value} is no setting", "a number, or a setting of type integer")


def _is(layer: Layer, name: str, kind: str) -> bool:
    found = layer.settings.get(name)
    return found is not None and found.type == kind


def _rules(layer: Layer, source: Source) -> Iterator[Problem]:
    """Every rule is one of this regulation, and none is both fulfilled and missing."""
    pattern = re.compile(rf"{layer.rule_prefix}\d+(\.\d+)*[a-z]?")
    cited: list[tuple[Path, str]] = [
        (("duties", index, "rules"), rule) for index, duty in enumerate(layer.duties) for rule in duty.rules
    ]
    if layer.early_warning is not None:
        cited += [(("early_warning",), rule) for rule in layer.early_warning.rules]
    cited += [(("capabilities", rule), rule) for rule in layer.capabilities]
    done = {rule for _, rule in cited}
    for path, rule in [*cited, *((("not_yet", rule), rule) for rule in layer.not_yet)]:
        if not pattern.fullmatch(rule):
            yield Problem(source.place(path), f"{rule} is no rule of {layer.rule_prefix}", "correct its name")
    for rule in (rule for rule in layer.not_yet if rule in done):
        yield Problem(source.place(("not_yet", rule)), f"{rule} is fulfilled and not yet fulfilled", "remove one")


def check_values(layer: Layer, company: Company, source: Source) -> Iterator[Problem]:
    """The settings of the company: missing, unknown and unfit values, the approval, the policies beside it."""
    values = company.layers[layer.id]
    base: Path = ("layers", layer.id)
    approval = values.get(APPROVED)
    if not isinstance(approval, Approval) or approval.by != layer.approver:
        remedy = f"approved: {{by: {layer.approver}, on: YYYY-MM-DD}}"
        yield Problem(source.place((*base, APPROVED)), f"layer {layer.id} is not in force", remedy)
    beside = values.get(BESIDE)
    if not isinstance(beside, tuple) or not beside or any(name not in company.policies for name in beside):
        remedy = f"a list of policies: {', '.join(company.policies)}"
        yield Problem(source.place((*base, BESIDE)), f"layer {layer.id} runs beside no known policy", remedy)
    for name in values:
        if name not in layer.settings and name not in (APPROVED, BESIDE):
            yield Problem(source.place((*base, name)), f"unknown setting {name}", "remove it or correct its name")
    for name, setting in layer.settings.items():
        value = values.get(name, setting.default)
        if value is None or value == ():
            message = f"setting {name} ({setting.type}) is missing; needed by {', '.join(setting.rules)}"
            yield Problem(source.place(base), message, "fill it in")
        elif fault := _fault(layer, setting, value):
            yield Problem(source.place((*base, name)), f"setting {name}: {value!r} does not fit", fault)
    yield from _scales(layer, values, source, base)


def _fault(layer: Layer, setting: LayerSetting, value: LayerValue) -> str | None:
    match setting.type:
        case "integer":
            whole = isinstance(value, int) and not isinstance(value, bool) and value >= setting.minimum
            return None if whole else f"a whole number, at least {setting.minimum}"
        case "choice":
            return None if value in setting.choices else f"one of: {', '.join(setting.choices)}"
        case "roles":
            fits = isinstance(value, tuple) and all(role in layer.roles for role in value)
            return None if fits else f"a list of roles: {', '.join(role for role in layer.roles if role != SYSTEM)}"
        case "names":
            fits = (
                isinstance(value, tuple)
                and all(isinstance(name, str) for name in value)
                and len(set(value)) == len(value)
            )
            return None if fits else "a list of different names"
        case "days" | "amounts":
            return None if _rises(value) else "a rising list, amounts in quotes"


def _rises(value: LayerValue) -> bool:
    try:
        limits = [Decimal(limit) for limit in value] if isinstance(value, tuple) else []
    except InvalidOperation:
        return False
    return bool(limits) and limits == sorted(set(limits)) and limits[0] >= 0


def _scales(layer: Layer, values: dict[str, LayerValue], source: Source, base: Path) -> Iterator[Problem]:
    """Each worse grade has its limit; names that stand for grades are grades."""
    for duty in (duty for duty in layer.duties if duty.grade is not None):
        scale = _listed(values, duty.grade.scale) if duty.grade else ()
        for name in (duty.grade.days, duty.grade.amounts) if duty.grade else ():
            limits = _listed(values, name)
            if name and scale and limits and len(limits) != len(scale) - 1:
                message = f"setting {name}: {len(limits)} limits for {len(scale)} grades"
                yield Problem(source.place((*base, name)), message, f"give {len(scale) - 1}: one for each worse grade")
        used = [name for other in layer.duties if other.on for name in other.on.after.get(duty.id, ())]
        for name in dict.fromkeys(used):
            for grade in (grade for grade in _listed(values, name) if scale and grade not in scale):
                yield Problem(
                    source.place((*base, name)), f"setting {name}: {grade} is no grade", ", ".join(map(str, scale))
                )


def _listed(values: dict[str, LayerValue], name: str | None) -> tuple[object, ...]:
    found = values.get(name or "")
    return found if isinstance(found, tuple) else ()
