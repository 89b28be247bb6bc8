"""`arrears worker`, `arrears api`, `arrears standins`: one process each, for production and for the stack."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime

import httpx
import uvicorn
from temporalio.client import Client

import worker as worker_process
from activities.contents import Writer
from activities.evidence import EvidenceDesk
from activities.intake import Intake
from activities.registry import Policies
from api.access_log import json_lines
from api.app import create_app
from api.complaints import TemporalComplaints
from api.deps import Deps, Probe
from api.suits import TemporalSuits
from api.temporal_cases import TemporalCases
from domain.case import Case
from domain.clock import BusinessClock, SystemClock
from gateways.http import HttpGateway
from gateways.standins import run_standins, wall_clock
from letters.glyphs import FontSet
from letters.render import Renderer
from operate.ready import port_open
from settings import Settings, business_clock, load_settings
from store.session import Database
from worker import contact_gate, known_policies, known_texts
from workflows.engine import connect
from workflows.starter import EngineStarter


def worker() -> None:
    """Run case workflows and their activities; any number of these may run."""
    asyncio.run(worker_process.main(load_settings()))


def standins() -> None:
    """Run the stand-ins for letters, SMS, social messages, calls and mail of a demonstration."""
    settings = load_settings()
    webhook = f"{settings.api_url}/receipts"
    folder = settings.var_dir / "sent"
    key, calls = settings.gateway_key(), f"{settings.api_url}/calls/events"
    asyncio.run(run_standins(settings.standin_http_port, settings.smtp_port, folder, webhook, key, calls))


def api() -> None:
    """Serve the HTTP interface; brings the database to the newest tables first."""
    json_lines()
    settings = load_settings()
    database = Database(settings.database_url, audit_key=settings.audit_key())
    database.migrate()
    app = create_app(deps(settings, database))
    uvicorn.run(app, host=settings.api_host, port=settings.api_port, log_level="warning", access_log=False)


def deps(settings: Settings, database: Database) -> Deps:
    """What the API is made of here: the real database, the real engine, the real clock."""
    clock = business_clock(settings)
    policies = known_policies(settings, database)
    texts = known_texts(settings)
    cases = TemporalCases(lambda: connect(*settings.engine()))
    return Deps(
        database=database,
        cases=cases,
        complaints=TemporalComplaints(cases),
        suits=TemporalSuits(cases),
        intake=OnDemand(database, policies, cases, clock, settings.task_queue),
        clock=SystemClock(clock),
        wall=WallClock(),
        settings=settings,
        policies=policies,
        drafts=Writer(Renderer(FontSet.bundled()), policies, texts),
        evidence=EvidenceDesk(Renderer(FontSet.bundled()), policies),
        texts=texts,
        gate=contact_gate(settings),
        caller=HttpGateway(
            httpx.AsyncClient(base_url=settings.call_endpoint, timeout=10), settings.gateway_key(), wall_clock
        ),
        signer=HttpGateway(
            httpx.AsyncClient(base_url=settings.signature_endpoint, timeout=10), settings.gateway_key(), wall_clock
        ),
        gateways=probes(settings),
    )


class WallClock:
    """Real time: tokens and signatures do not follow the business clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class OnDemand:
    """Intake at the push of a button, for every policy in use."""

    def __init__(
        self, database: Database, policies: Policies, cases: TemporalCases, clock: BusinessClock, queue: str
    ) -> None:
        self._database = database
        self._policies = policies
        self._cases = cases
        self._clock = clock
        self._queue = queue

    async def run(self, today: date) -> int:
        """How many cases were opened. Raises EngineUnavailable."""
        starter = await self._starter()
        intake = Intake(self._database, self._policies, starter, SystemClock(self._clock))
        with self._cases.translated():
            return sum([await intake.open_due(policy_id, today) for policy_id in self._policies.ids])

    async def start(self, case: Case) -> None:
        """A case that a person opens. Raises EngineUnavailable."""
        starter = await self._starter()
        with self._cases.translated():
            await starter.start(case, reopen=False)

    async def _starter(self) -> EngineStarter:
        client: Client = await self._cases.client()
        return EngineStarter(client, self._clock, self._queue)


def probes(settings: Settings) -> Mapping[str, Probe]:
    """How readiness asks each gateway whether it is there."""

    async def http(url: str) -> None:
        async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
            await client.get(url)

    async def mail() -> None:
        if not await port_open(settings.smtp_port, settings.smtp_host)():
            raise OSError("the mail server does not answer")

    return {
        "letter": lambda: http(settings.letter_endpoint),
        "sms": lambda: http(settings.sms_endpoint),
        "email": mail,
    }
