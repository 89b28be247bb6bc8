"""The words a history may use: the steps, outcomes and holds of the policy that an account belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from domain.assignment import AssignmentSubject
from domain.compiled import outcomes_of
from domain.ladder import Ladder


class Words(Protocol):
    """Finds the words for an account."""

    def of(self, account: AssignmentSubject) -> Vocabulary:
        """The words of its policy."""
        ...


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one policy.

    steps: step id to its outcomes, favourable first. letters: steps that send. holds: hold id to (step, outcome).

    ids: id or Chinese title of a step or hold to its id.
    """

    steps: dict[str, tuple[str, ...]]
    letters: frozenset[str]
    holds: dict[str, tuple[str, str]]
    ids: dict[str, str]

    def of(self, account: AssignmentSubject) -> Vocabulary:
        """With a single policy, its words are those of every account."""
        return self


class Vocabularies:
    """The words of all policies of a company; `ladder_of` finds the policy of an account."""

    def __init__(self, ladder_of: Callable[[AssignmentSubject], Ladder]) -> None:
        self._ladder_of = ladder_of
        self._known: dict[str, Vocabulary] = {}

    def of(self, account: AssignmentSubject) -> Vocabulary:
        """The words of its policy, put together once."""
        ladder = self._ladder_of(account)
        if ladder.sha256 not in self._known:
            self._known[ladder.sha256] = vocabulary_of(ladder)
        return self._known[ladder.sha256]


def vocabulary_of(ladder: Ladder) -> Vocabulary:
    """What can stand in the history of an account under this policy."""
    rules = [*(step.rule for step in ladder.steps), *ladder.holds.values()]
    return Vocabulary(
        steps={step.id: outcomes_of(step.rule) for step in ladder.steps},
        letters=frozenset(step.id for step in ladder.steps if step.rule.send),
        holds={hold.id: next(iter(hold.placed_by.items())) for hold in ladder.holds.values()},
        ids={name: rule.id for rule in rules for name in (rule.id, rule.title.get("zh", rule.id))},
    )
