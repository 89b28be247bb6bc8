"""The vocabulary of a task that is done in parts: a disposal with its appraisal, its publicity and its ways."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.base import Frozen

Part = Literal[
    "repossession", "appraisal", "publicity", "auction", "sale", "claim_transfer", "restructuring",
]  # fmt: skip


class Parts(Frozen):
    """The parts of a task, in order. chosen_in: the step whose answer chooses them; usual: those when it chose none.

    ways: of which at least one is chosen. needs: what is finished before a part. notice: the setting that says how many
    days lie between the publicity and a part.
    """

    chosen_in: str
    of: tuple[Part, ...] = Field(min_length=1)
    ways: tuple[Part, ...] = Field(min_length=1)
    usual: tuple[Part, ...] = Field(min_length=1)
    needs: dict[Part, tuple[Part, ...]] = Field(default_factory=dict[Part, tuple[Part, ...]])
    notice: dict[Part, str] = Field(default_factory=dict[Part, str])

    def with_needs(self, chosen: tuple[Part, ...]) -> tuple[Part, ...]:
        """The parts chosen and what each of them needs, in the order of the list."""
        wanted: set[Part] = set()
        left = list(chosen)
        while left:
            part = left.pop()
            left += [need for need in self.needs.get(part, ()) if need not in wanted]
            wanted.add(part)
        return tuple(part for part in self.of if part in wanted)
