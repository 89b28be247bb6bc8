"""The one tree of errors: refused by a rule, transient, permanent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One fault in something a person gave us: where it stands, what is wrong, what to do."""

    place: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message} ({self.remedy})"


class ArrearsError(Exception):
    """Root of all errors of this product."""


class Refused(ArrearsError):
    """A command that is not allowed; nothing was changed.

    `code` is stable and part of the API; `message` says why, `remedy` what would be needed.
    """

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.code = code
        self.message = message
        self.remedy = remedy


class Invalid(ArrearsError):
    """Input with faults; `problems` lists all of them at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class Transient(ArrearsError):
    """Something outside is not there now; the same request may succeed later."""


class Permanent(ArrearsError):
    """Something that will not get better by trying again; it becomes an event and a task."""


class UnknownPolicy(ArrearsError):
    """A case is pinned to a policy or settings this process has no file of; it waits until one arrives."""
