"""A lawsuit on an engine of the test's own: register in a file, a case that is asked and answers in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.litigation import SuitDesk
from activities.registry import Policies
from activities.suit_verbs import SuitNotice
from domain.case import Case, StepState
from domain.clock import BusinessClock
from domain.commands import Command
from domain.errors import Transient
from domain.events import Actor, CaseOpened, Event, StepCompleted
from domain.litigation import CaseWord, Suit, SuitCommand, SuitEvent
from domain.litigation_acts import SuitAct
from store import accounts, calendar, suits
from store.record import record
from store.session import Database
from store.suits import SuitRecord
from tests.builders.ladders import ROOT
from tests.store.samples import lease
from worker import suit_activities
from workflows.engine import worker_of
from workflows.litigation import LitigationWorkflow, SuitDone
from workflows.options import suit_id
from workflows.starter import EngineStarter

FILED_AT = datetime.fromisoformat("2026-04-14T10:00+08:00")  # a Tuesday
LEGAL = Actor(user="u-9", role="legal_compliance", authority="permission:handle_suit")
QUEUE = "court"
CASE = "L-000001-1"


@dataclass
class Court:
    """One suit, filed on 14 April 2026 at 10:00; `commands` are what the case was told.

    asks: the step at which the case waits for the suit. busy: so often it takes its time first.
    """

    engine: Client
    folder: Path
    commands: list[Command] = field(default_factory=list[Command])
    number: str = ""
    asks: str = ""
    busy: int = 0

    def __post_init__(self) -> None:
        self.database = Database(f"sqlite:///{self.folder / 'court.db'}")
        self.policies = Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")

    async def file(self, now: datetime) -> None:
        """The suit as the record of its case enters it, and its workflow; the engine shows `now` when it is filed."""
        self.database.migrate()
        self.starter = EngineStarter(self.engine, BusinessClock(epoch=FILED_AT, started=now), QUEUE)
        pin = self.policies.pin("leasing")
        case = Case(case_no=CASE, account_no="L-000001", seq=2, status="open", policy=pin,
                    settings=self.policies.company_sha, opened_at=FILED_AT, steps=self._steps())  # fmt: skip
        opening = CaseOpened(policy=pin, settings=case.settings, anchor=None, floor=1)
        filing = StepCompleted(step="lawsuit", outcome="filed", role=LEGAL.role, suit="filing", choice="termination")
        events = [Event(seq=n, due_at=FILED_AT, at=FILED_AT, dpd=43, rules=(), why="test", actor=actor, body=body)
                  for n, body, actor in ((1, opening, None), (2, filing, LEGAL))]  # fmt: skip
        with self.database.session() as session:
            calendar.fill(session, [2026, 2027, 2028], FILED_AT)
            accounts.add_account(session, lease("L-000001"))
            record(session, CASE, events, case)
            self.number = suits.new_suits(session)[0].number
        await SuitDesk(self.database, self.policies, self).relay()

    def _steps(self) -> dict[str, StepState]:
        return (
            {self.asks: StepState(status="open", asked=(LEGAL.role,), fired=2, opened_at=FILED_AT)} if self.asks else {}
        )

    async def start_suit(self, suit: Suit) -> None:
        """Through the real starter."""
        await self.starter.start_suit(suit)

    async def tell_suit(self, number: str, notice: SuitNotice) -> bool:
        """Through the real starter."""
        return await self.starter.tell_suit(number, notice)

    async def command(self, case_no: str, command: Command) -> bool:
        """The case takes everything."""
        self.commands.append(command)
        return True

    async def answer(self, case_no: str, command: Command) -> bool:
        """The same, once the case has time."""
        if self.busy:
            self.busy -= 1
            raise Transient("the case takes its time")
        return await self.command(case_no, command)

    async def say(self, word: CaseWord, reason: str, seq: int) -> bool:
        """The case says how it stands."""
        return await self.starter.tell_suit(self.number, SuitNotice(word=word, reason=reason, seq=seq))

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A worker as long as the context lasts."""
        acts = suit_activities(SuitDesk(self.database, self.policies, self))
        with ThreadPoolExecutor(20) as executor:
            async with worker_of(self.engine, QUEUE, acts, executor, 10):
                yield

    async def act(self, name: str, body: SuitAct, actor: Actor = LEGAL) -> SuitDone:
        """One command; its id is its name."""
        handle = self.engine.get_workflow_handle_for(LitigationWorkflow.run, suit_id(self.number))
        command = SuitCommand(id=name, actor=actor, body=body)
        return await handle.execute_update(LitigationWorkflow.command, command, id=name)

    def recorded(self) -> SuitRecord:
        """What the register says."""
        with self.database.reading() as session:
            return suits.get_suit(session, self.number)

    def events(self) -> tuple[SuitEvent, ...]:
        """Everything that happened, in order."""
        with self.database.reading() as session:
            return suits.events_of_suit(session, self.number)

    async def until(self, count: int) -> tuple[SuitEvent, ...]:
        """The events once so many are recorded."""
        for _ in range(800):
            if len(self.events()) >= count:
                break
            await asyncio.sleep(0.05)
        return self.events()


async def at(env: WorkflowEnvironment, began: datetime, business: str) -> None:
    """Let the engine's time go on until the business clock shows that."""
    goal = began + (datetime.fromisoformat(business) - FILED_AT)
    await env.sleep(goal - await env.get_current_time())
