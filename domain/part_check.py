"""Whether the parts of a task make sense: the plan exists, ways and needs are among the parts, days are settings."""

from __future__ import annotations

from collections.abc import Iterator

from domain.part_rule import Parts
from domain.policy import Policy
from domain.step_rule import StepRule


def check_parts(policy: Policy, rule: StepRule) -> Iterator[tuple[str, str]]:
    """Each fault with its remedy; nothing for a step without parts."""
    parts = rule.parts
    if parts is None:
        return
    if rule.ask is None or rule.ask.what != "task":
        yield "only a task has parts", "ask for a task"
    plan = next((step for step in policy.steps if step.id == parts.chosen_in), None)
    if plan is None or plan.ask is None:
        yield f"nobody chooses the parts in {parts.chosen_in}", "name the step that plans them"
    unknown = {*parts.ways, *parts.usual, *parts.needs, *parts.notice, *_needed(parts)} - {*parts.of}
    if unknown:
        yield f"parts that are not listed: {', '.join(sorted(unknown))}", "add them to `of`"
    if not {*parts.usual} & {*parts.ways}:
        yield "the usual parts take no way", f"add one of {', '.join(parts.ways)}"
    for part, setting in parts.notice.items():
        known = policy.settings.get(setting)
        if known is None or known.type != "integer":
            yield f"the notice of {part} is no number of days: {setting}", "name an integer setting"
        if "publicity" not in parts.needs.get(part, ()):
            yield f"{part} has a notice and needs no publicity", f"needs: {{{part}: [publicity]}}"


def _needed(parts: Parts) -> set[str]:
    return {need for needs in parts.needs.values() for need in needs}
