"""The API as a program: its dependencies from the settings, and the server on the loopback interface."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime

import httpx
import structlog
import uvicorn
from fastapi import FastAPI

from activities.intake import Intake
from activities.registry import Policies
from api.app import create_app
from api.deps import Deps, Probe
from api.temporal_cases import TemporalCases
from domain.clock import BusinessClock, SystemClock
from settings import Settings
from store.session import Database
from workflows.engine import connect
from workflows.starter import EngineStarter

PROBE_SECONDS = 2


class WallClock:
    """Real time, whatever the business clock shows."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class EngineIntake:
    """Intake through the engine; connects when it is first asked for."""

    def __init__(self, cases: TemporalCases, database: Database, policies: Policies, clock: BusinessClock, queue: str):
        self._cases = cases
        self._database = database
        self._policies = policies
        self._clock = clock
        self._queue = queue

    async def run(self, today: date) -> int:
        """Open what is due under every policy of the company."""
        client = await self._cases.client()
        starter = EngineStarter(client, self._clock, self._queue)
        intake = Intake(self._database, self._policies, starter, SystemClock(self._clock))
        with self._cases.translated():
            return sum([await intake.open_due(policy_id, today) for policy_id in self._policies.ids])


def business_clock(settings: Settings) -> BusinessClock:
    """The clock of the settings; real time when they say nothing."""
    if settings.clock_epoch is None or settings.clock_start is None:
        return BusinessClock()
    return BusinessClock(epoch=settings.clock_epoch, started=settings.clock_start, speed=settings.clock_speed)


def probes(settings: Settings) -> Mapping[str, Probe]:
    """Whether each gateway can be reached: any HTTP answer, or a greeting of the mail server."""

    async def http(url: str) -> None:
        async with httpx.AsyncClient(timeout=PROBE_SECONDS, trust_env=False) as client:
            await client.get(url)

    async def smtp() -> None:
        _, writer = await asyncio.open_connection(settings.smtp_host, settings.smtp_port)
        writer.close()
        await writer.wait_closed()

    return {
        "letter": lambda: http(settings.letter_endpoint),
        "sms": lambda: http(settings.sms_endpoint),
        "email": smtp,
    }


def build(settings: Settings, database: Database) -> FastAPI:
    """The application on its real dependencies; neither database nor engine need be there yet."""
    clock = business_clock(settings)
    always_open = settings.clock_speed != 1
    policies = Policies.from_files(settings.policies_path, settings.company_path, always_open=always_open)
    cases = TemporalCases(lambda: connect(settings.temporal_address, settings.temporal_namespace))
    deps = Deps(
        database=database,
        cases=cases,
        intake=EngineIntake(cases, database, policies, clock, settings.task_queue),
        clock=SystemClock(clock),
        wall=WallClock(),
        settings=settings,
        policies=policies,
        gateways=probes(settings),
    )
    return create_app(deps)


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. The log is one JSON object per line, without personal data."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    database = Database(settings.database_url)
    try:
        app = build(settings, database)
        uvicorn.run(app, host=settings.api_host, port=settings.api_port, access_log=False, log_level="warning")
    finally:
        database.close()
