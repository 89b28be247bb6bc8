"""One moment of a random case: what the drawings of commands look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import TypeVar

from domain import commands as c, events as e
from domain.base import days
from domain.case import Case, StepState
from domain.evidence import Actor
from domain.ladder import Ladder, Step
from domain.view import View
from tests.builders.staff import Staff

T = TypeVar("T")


@dataclass(frozen=True)
class Drawn:
    """A command before it has an id."""

    body: c.CommandBody
    actor: Actor
    behalf: str | None = None


@dataclass(frozen=True)
class Moment:
    """A case at an instant. taken: the commands that were accepted so far. targets: where a case may be moved to."""

    rng: Random
    staff: Staff
    ladder: Ladder
    case: Case
    now: datetime
    events: Sequence[e.Event]
    taken: Sequence[c.Command]
    targets: Sequence[Ladder]

    @property
    def view(self) -> View:
        return View(self.ladder, self.case, self.now)

    @property
    def today(self) -> date:
        return self.case.today(self.now)

    def day(self, first: int, last: int) -> date:
        """A day from so many days after today to so many."""
        return self.today + days(self.rng.randint(first, last))

    def one(self, of: Sequence[T]) -> T:
        return self.rng.choice(of)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def open_asks(self, frozen: bool = False) -> list[tuple[Step, StepState]]:
        """What waits for an answer; or what waits and is stopped by a hold."""
        return [
            (self.ladder.by_id[name], state) for name, state in self.case.steps.items()
            if state.is_open and name in self.ladder.by_id and (state.frozen is not None) == frozen
        ]  # fmt: skip

    def any_step(self) -> str:
        """An open one, or any of the policy, or one that is none."""
        if self.chance(0.08):
            return "no_such_step"
        asks = self.open_asks()
        if asks and self.chance(0.4):
            return self.one(asks)[0].id
        return self.one(sorted(self.ladder.by_id))

    def any_outcome(self, step: str) -> str:
        known = self.ladder.by_id.get(step)
        if known is None or known.asked is None or self.chance(0.1):
            return "no_such_outcome"
        return self.one(known.asked.outcomes)

    def seqs_of(self, *kinds: str) -> list[int]:
        return [event.seq for event in self.events if event.body.kind in kinds]
