"""What the API needs of the running case workflows, whatever runs them."""

from __future__ import annotations

from datetime import date
from typing import Literal, Protocol

from pydantic import AwareDatetime

from domain.base import Frozen
from domain.case import Case
from domain.commands import Command


class Done(Frozen):
    """A command was carried out and stands in the record. first_seq: the number of its first event."""

    case_no: str
    command_id: str
    first_seq: int


class Live(Frozen):
    """A case as the workflow has it now, and what it waits for. recorded_seq: how far the record has come.

    diverged: the record disagrees with the workflow, and the case is stopped until a person has looked at it.
    """

    case: Case
    next_at: AwareDatetime | None
    why: str
    recorded_seq: int
    now: AwareDatetime
    diverged: bool = False


class StillRunning(Exception):
    """A command was handed over but is not answered within the time allowed; it may still be carried out or refused."""


class NotRunning(Exception):
    """No workflow runs for this case; the record says whether it is closed or does not exist."""


class Cases(Protocol):
    """The running cases. Raises EngineUnavailable when they cannot be reached."""

    async def send(self, case_no: str, command: Command, seconds: float) -> Done:
        """Carry out a command once per id. Raises Refused, StillRunning or NotRunning."""
        ...

    async def outcome(self, case_no: str, command_id: str) -> Done | Literal["running", "unknown"]:
        """What became of a command that was handed over before. Raises Refused for a refused one, NotRunning."""
        ...

    async def live(self, case_no: str) -> Live:
        """The state of a running or just closed case. Raises NotRunning."""
        ...

    async def ping(self) -> None:
        """Returns when the engine answers."""
        ...


class Intake(Protocol):
    """Opens the cases that are due."""

    async def run(self, today: date) -> int:
        """How many cases were opened. Raises EngineUnavailable."""
        ...

    async def start(self, case: Case) -> None:
        """Start a case that a person opens; one that runs already is left alone. Raises EngineUnavailable."""
        ...
