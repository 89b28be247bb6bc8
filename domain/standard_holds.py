"""Takes the holds that every regulation knows into a policy: who does what is filled in, the rest is data beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from pydantic import ValidationError

from domain.base import Frozen
from domain.errors import Invalid, Problem
from domain.hold_rule import HoldRule, Review
from domain.policy import Policy, Setting, StandardHolds
from domain.policy_file import Source, read_yaml
from domain.step_rule import Ask, StepRule, Trigger

FOLDER: Final = Path(__file__).resolve().parents[1] / "policies" / "holds"
# Read once, when the module is: they come with the product, and a used version never changes.
TEXTS: Final = {file.name.removesuffix(".yaml"): file.read_text(encoding="utf-8") for file in FOLDER.glob("*.v*.yaml")}


class HoldFile(Frozen):
    """A file of standard holds with its roles filled in."""

    id: str
    version: int
    settings: dict[str, Setting]
    steps: tuple[StepRule, ...]
    holds: tuple[HoldRule, ...]


def with_standard_holds(policy: Policy, source: Source) -> Policy:
    """The policy with the steps, holds and settings of the file it names; as it is without one. Raises Invalid."""
    asked = policy.standard_holds
    if asked is None:
        return policy
    place = source.place(("standard_holds",))
    if asked.file not in TEXTS:
        known = ", ".join(sorted(TEXTS))
        raise Invalid([Problem(place, f"there are no standard holds {asked.file}", f"one of: {known}")])
    try:
        found = hold_file(asked)
    except ValidationError as fault:
        problems = [Problem(place, f"{asked.file}: {error['msg']}", "correct that file") for error in fault.errors()]
        raise Invalid(problems) from fault
    twice = list(_twice(policy, found))
    if twice:
        raise Invalid([Problem(place, f"{name} stands in {asked.file} too", "give it another name") for name in twice])
    return policy.model_copy(
        update={
            "steps": (*policy.steps, *found.steps),
            "holds": (*policy.holds, *found.holds),
            "settings": {**policy.settings, **found.settings},
        }
    )


def hold_file(asked: StandardHolds) -> HoldFile:
    """The file with the roles of a policy in their places. Raises ValidationError."""
    values: dict[str, object] = {
        "$reporters": list(asked.reporters), "$head": asked.head, "$legal": asked.legal, "$debtor": asked.debtor,
    }  # fmt: skip
    return HoldFile.model_validate(_filled(read_yaml(TEXTS[asked.file]), values))


def _filled(data: Any, values: dict[str, object]) -> Any:
    """The data with roles in the places that name them; a role that fills two places of a list stands there once."""
    match data:
        case dict():
            return {key: _filled(value, values) for key, value in cast("dict[str, Any]", data).items()}
        case list():
            filled = [_filled(item, values) for item in cast("list[Any]", data)]
            return list(dict.fromkeys(filled)) if all(isinstance(item, str) for item in filled) else filled
        case str():
            return values.get(data, data)
        case _:
            return data


def _twice(policy: Policy, found: HoldFile) -> Iterator[str]:
    steps, holds = {step.id for step in policy.steps}, {hold.id for hold in policy.holds}
    yield from (step.id for step in found.steps if step.id in steps)
    yield from (hold.id for hold in found.holds if hold.id in holds)
    yield from (name for name in found.settings if name in policy.settings)


def with_reviews(policy: Policy) -> Policy:
    """The policy with a step of its own for the review of each hold that asks for one."""
    reviews = tuple(_review(hold, hold.review) for hold in policy.holds if hold.review)
    return policy.model_copy(update={"steps": (*policy.steps, *reviews)}) if reviews else policy


def _review(hold: HoldRule, review: Review) -> StepRule:
    return StepRule(
        id=f"{hold.id}_review",
        title={"zh": f"复核：{hold.title['zh']}", "en": f"Review: {hold.title.get('en', hold.id)}"},
        rules=hold.rules,
        when=(Trigger(held=hold.id),),
        ask=Ask(what="decision", of=review.of, outcomes=("goes_on",)),
    )
