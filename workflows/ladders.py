"""The policies this worker knows, by content: the one thing a workflow looks up outside its history."""

from __future__ import annotations

from collections.abc import Callable

from domain.case import Case
from domain.events import PolicyPin
from domain.ladder import Ladder

Finder = Callable[[PolicyPin, str], Ladder]


class Ladders:
    """Set once when a worker starts. An unknown policy raises, so that the workflow task waits and is tried again."""

    def __init__(self) -> None:
        self._find: Finder | None = None

    def serve(self, find: Finder) -> None:
        """Use this registry from now on."""
        self._find = find

    def of(self, pin: PolicyPin, settings: str) -> Ladder:
        """The ladder of that exact policy and those exact settings (S8)."""
        if self._find is None:
            raise LookupError("this worker serves no policies")
        return self._find(pin, settings)

    def of_case(self, case: Case) -> Ladder:
        """The policy a case is pinned to."""
        if case.policy is None:
            raise ValueError("a case needs the pin of its policy")
        return self.of(case.policy, case.settings)


LADDERS = Ladders()
