"""One step of the loop that the simulator and the workflow share: stamp events and apply them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from domain.apply import apply
from domain.case import Case
from domain.commands import Command
from domain.decide import decide
from domain.errors import Refused, UnknownPolicy
from domain.events import Actor, Body, CaseOpened, ContactRecorded, Event, LadderReanchored
from domain.ladder import Ladder
from domain.outcome import Record


def advance(
    ladder: Ladder,
    case: Case,
    what: Record,
    now: datetime,
    actor: Actor | None = None,
    command_id: str | None = None,
) -> tuple[Case, tuple[Event, ...]]:
    """The case after something happened, and the numbered events of it. Only this numbers events."""
    happened: list[Event] = []
    for body in what.bodies:
        event = Event(
            seq=case.seq + 1,
            due_at=what.due_at,
            at=now,
            dpd=_dpd(case, body, what.due_at),
            rules=_rules(ladder, body, what.rules),
            why=what.why,
            actor=actor or what.actor,
            command_id=command_id or what.command_id,
            body=body,
        )
        case = apply(case, event)
        happened.append(event)
    return case, tuple(happened)


def rehearse(ladder_of: Callable[[Case], Ladder], case: Case, what: Record, command: Command, now: datetime) -> None:
    """Work out what would follow at once from a command that is allowed; nothing is kept.

    Raises Refused impossible_command for what nobody can reckon with: better refused than a case that stands still.
    """
    try:
        case, _ = advance(ladder_of(case), case, what, now, command.actor, command.id)
        while isinstance(following := decide(ladder_of(case), case, now), Record):
            case, _ = advance(ladder_of(case), case, following, now)
    except UnknownPolicy:
        raise
    except Exception as fault:
        raise impossible(fault) from fault


def impossible(fault: Exception) -> Refused:
    """The refusal of a command at which our own reckoning failed; of the fault it says the kind alone."""
    said = f"It cannot be reckoned with: {type(fault).__name__}."
    return Refused("impossible_command", said, "Check its days and amounts; if they are right, report its id.")


def _dpd(case: Case, body: Body, due: datetime) -> int | None:
    anchor = body.anchor if isinstance(body, CaseOpened | LadderReanchored) else case.anchor
    return None if anchor is None else max(0, (case.today(due) - anchor).days)


def _rules(ladder: Ladder, body: Body, rules: tuple[str, ...]) -> tuple[str, ...]:
    """The rules of the step an event speaks of; else those of whoever made it."""
    if isinstance(body, ContactRecorded):
        return ladder.policy.contact_rules
    step = getattr(body, "step", None)
    return ladder.by_id[step].rule.rules if step in ladder.by_id else rules
