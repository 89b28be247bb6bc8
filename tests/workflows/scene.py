"""A lease whose case tests speak to: one day past due on 3 March 2026, and nobody answers by himself."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from temporalio.exceptions import ApplicationError

from domain import commands as c
from domain.ledger import Posting, PostingKind
from domain.scenario import Scenario, actor
from tests.builders import golden
from tests.workflows.rehearsal import Rehearsal


def scene(**changes: object) -> Scenario:
    """A lease that is 1 day past due on 3 March 2026; nobody answers by himself."""
    found = golden.scenario("never_pays")
    return found.model_copy(update={"staff_answers": (), **changes})


def at(written: str) -> datetime:
    """A local instant of the scene."""
    return scene().local(datetime.fromisoformat(written))


def note(number: int | str) -> c.Command:
    """A command that is always allowed in an open case."""
    return c.Command(id=f"note/{number}", actor=actor("collector"), body=c.AddNote(text=f"note {number}"))


def answer(step: str, outcome: str, role: str) -> c.Command:
    """An answer to an ask."""
    return c.Command(id=f"{step}/{role}", actor=actor(role), body=c.AnswerStep(step=step, outcome=outcome))


def kinds(rehearsal: Rehearsal) -> list[str]:
    """The kinds of what is recorded."""
    return [event.body.kind for event in rehearsal.world.recorded]


async def refusal(rehearsal: Rehearsal, command: c.Command) -> str | None:
    """The code with which a command is refused."""
    with pytest.raises(ApplicationError) as caught:
        await rehearsal.command(command)
    return caught.value.type


def money(rehearsal: Rehearsal, amount: str) -> Posting:
    """A payment that becomes known now."""
    here = rehearsal.here
    return Posting(id="P", kind=PostingKind.PAYMENT, value_date=here.date(), at=here, amount=Decimal(amount))
