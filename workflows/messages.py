"""What goes into a case workflow and comes out of it."""

from __future__ import annotations

from pydantic import AwareDatetime

from domain.base import Frozen
from domain.case import Case
from domain.clock import BusinessClock


class CaseStart(Frozen):
    """A case to run: new, continued as new, or to be reopened from its last snapshot.

    behind: the ledger moved meanwhile. The case as given is in the record, or quite new.
    """

    case: Case
    clock: BusinessClock
    reopen: bool = False
    behind: bool = False


class CommandDone(Frozen):
    """A command was carried out: its first event, and whether it is in the record yet."""

    case_no: str
    command_id: str
    seq: int


class LiveState(Frozen):
    """The state of a running case, when it goes on by itself and why; resting: it has done all it can for now."""

    case: Case
    now: AwareDatetime
    next_at: AwareDatetime | None
    why: str
    recorded: int
    resting: bool
    diverged: bool
