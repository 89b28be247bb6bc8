"""Whether the rules before the due date make sense; says everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterator

from domain.before_due_rule import RAN, BeforeDueRule, Counted
from domain.errors import Problem
from domain.policy import Policy
from domain.policy_file import Path, Source

SECTION = "before_due"
NAMED = {"on_days": ("calendar", "business"), "combine": ("all", "any")}


def check_before_due(policy: Policy, source: Source) -> Iterator[Problem]:
    """Acts, roles, settings, days, hours and decisions of the rules before the due date, and who runs them."""
    runs = any(step.run == RAN for step in policy.portfolio)
    if policy.before_due and not runs:
        yield Problem(source.place((SECTION,)), "nothing runs these rules", f"add a portfolio step with run: {RAN}")
    if runs and not policy.before_due:
        yield Problem(source.place(("portfolio",)), f"run: {RAN} has no rules", f"add a section {SECTION}:")
    seen = {step.id for step in (*policy.steps, *policy.portfolio)}
    for index, rule in enumerate(policy.before_due):
        place = source.place((SECTION, index))
        if rule.id in seen:
            yield Problem(place, f"{rule.id} stands twice", "give it a name of its own")
        seen.add(rule.id)
        yield from _rule(policy, rule, source, (SECTION, index))


def _rule(policy: Policy, rule: BeforeDueRule, source: Source, path: Path) -> Iterator[Problem]:
    place = source.place((*path, "id"))
    acts = [act for act in (rule.send, rule.ask, rule.list, rule.decide) if act is not None]
    if len(acts) != 1:
        yield Problem(place, f"{rule.id} does {len(acts)} things", "give it exactly one of send, ask, list, decide")
    groups = [name for name, setting in policy.settings.items() if setting.type == "roles"]
    for role in _roles(rule):
        if role not in policy.roles and role not in groups:
            remedy = "name a role of this policy, or a setting of type roles"
            yield Problem(place, f"{rule.id}: unknown role {role}", remedy)
    yield from _days(policy, rule, place)
    yield from _settings(policy, rule, place)
    yield from _decision(policy, rule, place)
    begins = rule.at or policy.evaluate_at
    for by in (rule.ask and rule.ask.by, rule.list and rule.list.answer_by, rule.decide and rule.decide.by):
        if by and by <= begins:
            yield Problem(place, f"{rule.id} is due before it begins", f"choose an hour after {begins:%H:%M}")


def _roles(rule: BeforeDueRule) -> Iterator[str]:
    if rule.role is not None:
        yield rule.role
    if rule.list is not None:
        yield rule.list.escalate_to


def _days(policy: Policy, rule: BeforeDueRule, place: str) -> Iterator[Problem]:
    if bool(rule.on.days) == bool(rule.on.business_days):
        yield Problem(place, f"{rule.id} has no day, or two kinds of days", "give it days or business_days")
    for value in (*rule.on.days, *rule.on.business_days):
        if isinstance(value, int) and value < 1:
            yield Problem(place, f"{rule.id}: {value} is no day before the due date", "count from 1")
        if isinstance(value, str):
            yield from _typed(policy, rule, value, ("integer",), place)


def _settings(policy: Policy, rule: BeforeDueRule, place: str) -> Iterator[Problem]:
    for word, value in (("on_days", rule.on_days), ("combine", rule.combine)):
        if value in NAMED[word]:
            continue
        yield from _typed(policy, rule, value, ("choice",), place)
        setting = policy.settings.get(value)
        if setting and set(setting.choices) != set(NAMED[word]):
            yield Problem(place, f"{rule.id}: {value} offers other choices", f"choices: {', '.join(NAMED[word])}")
    for condition in rule.if_:
        if isinstance(condition, Counted):
            named = [name for name in (condition.delinquencies_above, condition.overdue_days_above) if name]
            if len(named) != 1:
                yield Problem(place, f"{rule.id}: a condition counts one thing", "write one line for each")
            for name in named:
                yield from _typed(policy, rule, name, ("integer",), place)


def _typed(policy: Policy, rule: BeforeDueRule, name: str, types: tuple[str, ...], place: str) -> Iterator[Problem]:
    setting = policy.settings.get(name)
    if setting is None or setting.type not in types:
        yield Problem(place, f"{rule.id}: no setting {name} of type {types[0]}", "add it to settings")


def _decision(policy: Policy, rule: BeforeDueRule, place: str) -> Iterator[Problem]:
    decisions = {other.id: other.decide.outcomes for other in policy.before_due if other.decide}
    for name, outcome in rule.after.items():
        if outcome not in decisions.get(name, ()):
            yield Problem(place, f"{rule.id} waits for {name}: {outcome}", "name a decision of this section")
