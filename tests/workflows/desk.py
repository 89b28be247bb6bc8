"""A complaint on an engine of the test's own, with a register in a file and a gateway that remembers in a file."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from activities.complaints import ComplaintDesk, complaint_terms, enter_complaint
from activities.outbox import Outbox
from activities.registry import Policies
from domain.clock import BusinessClock
from domain.complaint import ComplaintAct, ComplaintCommand, ComplaintEvent
from domain.events import Actor
from gateways.contract import Accepted, AskResult, NotKnown, OutboundMessage, Rejected, SendResult
from store import calendar, complaints
from store.complaints import ComplaintRecord, NewComplaint
from store.session import Database
from tests.builders.ladders import ROOT
from workflows.complaint import ComplaintDone, ComplaintWorkflow
from workflows.engine import worker_of
from workflows.options import complaint_id
from workflows.starter import EngineStarter

RECEIVED = datetime.fromisoformat("2026-09-24T10:00+08:00")  # a Thursday; Friday is the Mid-Autumn holiday
HANDLER = Actor(user="u-1", role="collection_supervisor", authority="permission:handle_complaint")
QUEUE = "desk"
KILLED = 9
TURN = timedelta(seconds=2)


@dataclass
class FileGateway:
    """Takes a message once per key. refuses: says no for good. dies: the process ends before it can say yes."""

    file: Path
    refuses: bool = False
    dies: bool = False

    async def send(self, message: OutboundMessage) -> SendResult:
        """Keep the key of the message."""
        if self.refuses:
            return Rejected(code="no_such_number", permanent=True)
        with self.file.open("a", encoding="utf-8") as lines:
            lines.write(f"{message.key}\n")
        if self.dies:
            os._exit(KILLED)
        return Accepted(provider_ref="r", at=datetime.now(UTC))

    async def ask(self, key: str) -> AskResult:
        """Whether the key was kept."""
        return Accepted(provider_ref="r", at=datetime.now(UTC)) if key in self.sent() else NotKnown()

    def sent(self) -> list[str]:
        """The keys of all messages that were taken."""
        return self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []


@dataclass
class Desk:
    """One complaint, received on 24 September 2026 at 10:00."""

    engine: Client
    folder: Path
    gateway: FileGateway = field(init=False)
    number: str = ""

    def __post_init__(self) -> None:
        self.gateway = FileGateway(self.folder / "sent")
        self.database = Database(f"sqlite:///{self.folder / 'desk.db'}")
        self.policies = Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")

    def enter(self) -> ComplaintRecord:
        """The complaint as it comes in, without a case or an account."""
        self.database.migrate()
        wanted = NewComplaint(
            key="mail-1", channel="email", complainant="王某", phone="13800000001", about="催收电话",
            text="催收员在夜间打电话", received_at=RECEIVED, entered_by="mailbox",
        )  # fmt: skip
        with self.database.session() as session:
            calendar.fill(session, [2026], RECEIVED)
            found = enter_complaint(session, self.policies, wanted, RECEIVED)
        self.number = found.number
        return found

    async def start(self, now: datetime) -> None:
        """Its workflow; the engine shows `now` when the complaint is received."""
        clock = BusinessClock(epoch=RECEIVED, started=now)
        with self.database.reading() as session:
            (complaint,) = complaints.new_complaints(session)
        await EngineStarter(self.engine, clock, QUEUE).start_complaint(complaint)

    @asynccontextmanager
    async def working(self, cached: int = 10) -> AsyncIterator[None]:
        """A worker as long as the context lasts; with `cached` 0 the engine keeps no turn for it when it is gone."""
        desk = ComplaintDesk(self.database, self.policies, Outbox(self.database, {"sms": self.gateway}))
        acts = [desk.record_complaint_events, desk.send_complaint_message]
        with ThreadPoolExecutor(20) as executor:
            async with worker_of(self.engine, QUEUE, acts, executor, cached):
                yield

    async def act(self, name: str, body: ComplaintAct, actor: Actor = HANDLER) -> ComplaintDone:
        """One command; its id is its name."""
        handle = self.engine.get_workflow_handle_for(ComplaintWorkflow.run, complaint_id(self.number))
        command = ComplaintCommand(id=name, actor=actor, body=body)
        return await handle.execute_update(ComplaintWorkflow.command, command, id=name)

    def recorded(self) -> ComplaintRecord:
        """What the register says."""
        with self.database.reading() as session:
            return complaints.get_complaint(session, self.number)

    def events(self) -> tuple[ComplaintEvent, ...]:
        """Everything that happened, in order."""
        with self.database.reading() as session:
            return complaints.events_of_complaint(session, self.number)

    async def until(self, count: int) -> tuple[ComplaintEvent, ...]:
        """The events once so many are recorded."""
        for _ in range(800):
            if len(self.events()) >= count:
                break
            await asyncio.sleep(0.05)
        return self.events()


async def at(env: WorkflowEnvironment, desk: Desk, began: datetime, business: str) -> None:
    """Let the engine's time go on until the business clock shows that."""
    goal = began + (datetime.fromisoformat(business) - RECEIVED)
    await env.sleep(goal - await env.get_current_time())


def chain() -> tuple[str, ...]:
    """Who handles complaints in the demonstration, then to whom they go."""
    return complaint_terms(Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")).chain


async def main(address: str, folder: str) -> None:
    """A worker that dies when it has just handed a message over."""
    desk = Desk(await Client.connect(address, data_converter=pydantic_data_converter), Path(folder))
    desk.gateway.dies = True
    async with desk.working(cached=0):
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
