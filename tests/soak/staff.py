"""People who work through the list of open asks of all cases, as fast as their script says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.service import RPCError

from domain import commands as c, events as e
from domain.base import Frozen
from domain.clock import Clock
from domain.ladder import Ladder
from domain.policy_file import read_yaml
from domain.scenario import answer_of
from store.cases import asks_for_roles
from store.session import Database
from store.views import AskLine
from workflows.case import CaseWorkflow
from workflows.options import case_id

AT_ONCE = 8


class Habit(Frozen):
    """How one kind of ask is answered."""

    step: str
    role: str
    hours: float
    answer: str


def habits(path: Path) -> list[Habit]:
    """The staff file."""
    return [Habit.model_validate(entry) for entry in read_yaml(path.read_text(encoding="utf-8"))]


@dataclass
class Staff:
    """Answers what is due by the script; keeps every command it gave, by id."""

    database: Database
    client: Client
    clock: Clock
    ladder: Ladder
    script: list[Habit]
    given: dict[str, c.Command] = field(default_factory=dict[str, c.Command])
    refused: list[str] = field(default_factory=list[str])
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def work(self) -> None:
        """One look at the list: everything whose time has come is answered."""
        now = self.clock.now()
        asks = await asyncio.to_thread(self._asks, now)
        due = [(ask, habit) for ask in asks if (habit := self._habit(ask)) and self._ready(ask, habit, now)]
        await asyncio.gather(*(self.give(ask.case_no, self._answer(ask, habit)) for ask, habit in due))

    async def give(self, case_no: str, command: c.Command) -> None:
        """Send a command once; refusals are kept, not hidden."""
        if command.id in self.given:
            return
        self.given[command.id] = command
        handle = self.client.get_workflow_handle_for(CaseWorkflow.run, case_id(case_no))
        async with self._gate:
            try:
                await handle.execute_update(CaseWorkflow.command, command, id=command.id)
            except (WorkflowUpdateFailedError, RPCError) as refusal:
                self.refused.append(f"{case_no} {command.id}: {getattr(refusal.cause, 'type', refusal)}")

    def _asks(self, now: datetime) -> list[AskLine]:
        found: list[AskLine] = []
        cursor: str | None = None
        with self.database.reading() as session:
            while True:
                page = asks_for_roles(session, tuple(self.ladder.policy.roles), now.date(), cursor, limit=500)
                found += page.rows
                cursor = page.next
                if cursor is None:
                    return found

    def _habit(self, ask: AskLine) -> Habit | None:
        return next((h for h in self.script if h.step in (ask.step, "*") and h.role in (ask.role, "*")), None)

    def _ready(self, ask: AskLine, habit: Habit, now: datetime) -> bool:
        if ask.status != "open" or ask.frozen is not None:
            return False
        return now >= ask.opened_at + timedelta(hours=habit.hours)

    def _answer(self, ask: AskLine, habit: Habit) -> c.Command:
        outcome = ask.outcomes[0] if habit.answer == "first" else habit.answer
        body: c.CommandBody = answer_of(self.ladder, ask.step, ask.role, outcome)
        asked = self.ladder.by_id[ask.step].asked
        if asked and asked.what == "contact":
            body = c.RecordContact(contact=e.ContactResult())
        stamp = ask.opened_at.strftime("%m%d%H%M%S%f")
        return c.Command(id=f"{ask.case_no}/{ask.step}/{ask.role}/{stamp}", actor=person(ask.role), body=body)


def person(role: str) -> e.Actor:
    """Somebody of that role."""
    return e.Actor(user=f"soak-{role}", role=role, authority="script")
