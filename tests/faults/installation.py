"""A whole installation of one's own: engine and worker as processes that can be killed, stand-ins in this process."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from activities.intake import Intake
from activities.registry import Policies
from domain import commands as c, events as e
from domain.base import at_local, days
from domain.clock import SystemClock
from gateways.contract import OutboundMessage, Status
from gateways.faults import FaultSwitches
from gateways.mailbox import Mailbox
from gateways.standin import Standin
from gateways.standin_store import SentStore, Taken
from gateways.standins import http_server, wall_clock
from operate.binaries import TEMPORAL, find_binary
from operate.child import Child, Running, start
from operate.ready import file_made
from operate.temporal_server import DevServer, is_prepared
from settings import ROOT, Settings, business_clock, load_settings
from store.accounts import add_accounts
from store.calendar import fill
from store.cases import asks_of_case, timeline
from store.ledger import set_posted_through
from store.session import Database
from store.views import NewAccount
from workflows.case import CaseWorkflow
from workflows.engine import connect
from workflows.options import SEARCH_ATTRIBUTES, case_id
from workflows.starter import EngineStarter

TZ = "Asia/Shanghai"
TODAY = date(2026, 3, 10)  # a Tuesday, on which the business clock stands at ten when a test begins
SECRET = "a secret of the tests"
PATIENCE = 60.0  # seconds until something that ought to happen fails the test


class SlowStore(SentStore):
    """Takes a message at once, but its answer waits for the gate."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.gate = threading.Event()
        self.gate.set()

    def take(self, message: OutboundMessage, at: datetime, statuses: tuple[Status, ...]) -> Taken:
        taken = super().take(message, at, statuses)
        self.gate.wait(PATIENCE)
        return taken


@dataclass
class Installation:
    """What a test has in hand. The business clock runs at the speed of the real one."""

    settings: Settings
    database: Database
    sent: SlowStore
    faults: FaultSwitches
    running: dict[str, Running] = field(default_factory=dict[str, Running])

    # ── processes ──

    async def up(self, *names: str) -> None:
        """Start "engine" and "worker" (or one of them) and wait until they are ready."""
        for name in names:
            child = self._children()[name]
            self.running[name] = await start(child)
            await until(child.ready, f"{name} is ready", lambda name=name: self._must_run(name))

    async def kill(self, *names: str) -> None:
        """kill -9, as a failing machine would, all in one moment."""
        gone = [self.running.pop(name) for name in names]
        for running in gone:
            os.killpg(running.process.pid, signal.SIGKILL)
        for running in gone:
            await running.process.wait()

    async def down(self) -> None:
        """End what still runs."""
        for name in reversed(list(self.running)):
            await self.running.pop(name).stop()

    def alive(self, name: str) -> bool:
        return self.running[name].exit_code is None

    def log(self, name: str) -> str:
        return "\n".join(self._children()[name].last_lines(30))

    def _must_run(self, name: str) -> None:
        assert self.alive(name), f"{name} ended\n{self.log(name)}"

    def _children(self) -> dict[str, Child]:
        found = self.settings
        binary = find_binary(TEMPORAL)
        assert binary is not None, f"{TEMPORAL} is missing: make setup-dev installs it"
        server = DevServer(binary, found.temporal_file, found.temporal_port, found.temporal_ui_port, SEARCH_ATTRIBUTES)
        prepared = partial(is_prepared, found.temporal_address, found.temporal_namespace)
        polls = file_made(found.worker_ready_file) if "worker" not in self.running else _yes
        worker, env = [sys.executable, str(ROOT / "worker.py")], found.environment()
        return {
            "engine": Child("engine", server.argv(), prepared, found.log_dir / "engine.log"),
            "worker": Child("worker", worker, polls, found.log_dir / "worker.log", env),
        }

    # ── business ──

    async def client(self) -> Client:
        return await connect(*self.settings.engine())

    async def case(self, case_no: str) -> WorkflowHandle[CaseWorkflow, str]:
        return (await self.client()).get_workflow_handle_for(CaseWorkflow.run, case_id(case_no))

    async def open_cases(self) -> None:
        """Take in what is overdue and wait until every new case is at rest."""
        policies = Policies.from_files(self.settings.policies_path, self.settings.company_path)
        clock = business_clock(self.settings)
        client = await self.client()
        starter = EngineStarter(client, clock, self.settings.task_queue)
        await Intake(self.database, policies, starter, SystemClock(clock)).open_due("leasing", TODAY)

    async def asked(self, case_no: str, step: str) -> None:
        """Wait until a step waits for people."""

        def open_steps() -> bool:
            with self.database.reading() as session:
                return step in [ask.step for ask in asks_of_case(session, case_no, TODAY)]

        await until(open_steps, f"{case_no} asks for {step}")

    async def sign(self, case_no: str) -> None:
        """The head signs the demand notice, so that it is sent now."""
        body = c.AnswerStep(step="demand_notice_signature", outcome="signed")
        await self.give(case_no, command("signature", "head_of_asset_management", body))

    async def give(self, case_no: str, given: c.Command) -> None:
        """Give a command and wait until it is in the record."""
        await (await self.case(case_no)).execute_update(CaseWorkflow.command, given, id=given.id)

    def events(self, case_no: str) -> tuple[e.Event, ...]:
        with self.database.reading() as session:
            return timeline(session, case_no)

    def kinds(self, case_no: str) -> list[str]:
        return [event.body.kind for event in self.events(case_no)]

    def deliveries(self) -> dict[str, int]:
        """How often each key that was asked for really went out."""
        return {count.key: count.deliveries for count in self.sent.counts()}

    # ── what must hold at the end of every test ──

    async def unharmed(self, *case_nos: str) -> None:
        """No workflow failed, nor a workflow task; each record is gapless and has each command once."""
        await until(lambda: self._listed(case_nos), "the engine lists all cases")
        client = await self.client()
        states = Counter([found.status async for found in client.list_workflows()])
        assert set(states) <= {WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED}, states
        for case_no in case_nos:
            history = await (await self.case(case_no)).fetch_history()
            kinds = [event.event_type for event in history.events]
            assert EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED not in kinds, f"{case_no}: a workflow task failed"
            events = self.events(case_no)
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            given = [event.command_id for event in events if event.command_id]
            assert len(given) == len(set(given))

    async def _listed(self, case_nos: tuple[str, ...]) -> bool:
        found = {run.id async for run in (await self.client()).list_workflows()}
        return {case_id(case_no) for case_no in case_nos} | {"case/portfolio-leasing"} <= found


async def _yes() -> bool:
    return True


def command(command_id: str, role: str, body: c.CommandBody) -> c.Command:
    """A command of somebody of that role."""
    return c.Command(id=command_id, actor=e.Actor(user=f"u-{role}", role=role, authority="test"), body=body)


def note(number: int) -> c.Command:
    """A command that is always allowed in an open case."""
    return command(f"note-{number}", "collector", c.AddNote(text=f"note {number}"))


async def until(
    done: Callable[[], object], what: str, checked: Callable[[], None] = lambda: None, within: float = PATIENCE
) -> None:
    """Look again and again until it holds."""
    try:
        async with asyncio.timeout(within):
            while True:
                checked()
                found = done()
                if await found if asyncio.iscoroutine(found) else found:
                    return
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"not within {within:g} s: {what}") from None


@asynccontextmanager
async def installation(folder: Path, accounts: list[NewAccount]) -> AsyncIterator[Installation]:
    """A database with these accounts, stand-ins, and settings for ports of one's own; no process runs yet."""
    sent, faults = SlowStore(folder / "sent"), FaultSwitches()
    server = http_server(Standin(sent, SECRET.encode(), wall_clock, None, faults), 0)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    async with Mailbox(sent, wall_clock, faults).running(0) as smtp_port:
        standin_port = server.servers[0].sockets[0].getsockname()[1]
        settings = _settings(folder, standin_port, smtp_port)
        database = Database(settings.database_url)
        _load(database, accounts)
        found = Installation(settings, database, sent, faults)
        try:
            yield found
        finally:
            sent.gate.set()
            await found.down()
            database.close()
            server.should_exit = True
            await serving


def _settings(folder: Path, standin_port: int, smtp_port: int) -> Settings:
    engine_port, ui_port = _free_ports(2)
    return load_settings(
        var=folder / "var", mode="faults", gateway_secret=SECRET, temporal_address=f"127.0.0.1:{engine_port}",
        temporal_ui_port=ui_port, standin_http_port=standin_port, smtp_port=smtp_port,
        clock_epoch=at_local(TODAY, time(10), TZ), clock_start=datetime.now(UTC),
    )  # fmt: skip


def _load(database: Database, accounts: list[NewAccount]) -> None:
    database.migrate()
    with database.session() as session:
        fill(session, range(2025, 2028), datetime(2026, 1, 1, tzinfo=UTC))
        add_accounts(session, accounts)
        set_posted_through(session, TODAY + days(5))


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
