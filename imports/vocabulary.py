"""The words a history may use: the steps, outcomes and holds of one policy."""

from __future__ import annotations

from dataclasses import dataclass

from domain.compiled import outcomes_of
from domain.ladder import Ladder


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """steps: step id to its outcomes, favourable first. letters: steps that send. holds: hold id to (step, outcome).

    ids: id or Chinese title of a step or hold to its id.
    """

    steps: dict[str, tuple[str, ...]]
    letters: frozenset[str]
    holds: dict[str, tuple[str, str]]
    ids: dict[str, str]


def vocabulary_of(ladder: Ladder) -> Vocabulary:
    """What can stand in the history of an account under this policy."""
    rules = [*(step.rule for step in ladder.steps), *ladder.holds.values()]
    return Vocabulary(
        steps={step.id: outcomes_of(step.rule) for step in ladder.steps},
        letters=frozenset(step.id for step in ladder.steps if step.rule.send),
        holds={hold.id: next(iter(hold.placed_by.items())) for hold in ladder.holds.values()},
        ids={name: rule.id for rule in rules for name in (rule.id, rule.title.get("zh", rule.id))},
    )
