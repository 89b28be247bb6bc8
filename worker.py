"""The worker process: runs case workflows and their activities, and relays ledger notices."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from activities.before_due import BeforeDueWork
from activities.classification import classified_on
from activities.contact_gate import ContactGate, read_packs
from activities.contents import Classified, Writer
from activities.delivery import Delivery
from activities.documents import Documents
from activities.facts import FactsReader
from activities.intake import CaseStarter, Intake
from activities.layers import LayerWork
from activities.portfolio import Portfolio
from activities.record import Recorder
from activities.registry import Policies
from domain.case import Case
from domain.clock import BusinessClock, SystemClock
from domain.errors import Transient
from gateways.contract import Gateway
from gateways.http import HttpGateway
from gateways.smtp import SmtpGateway, SmtpServer
from gateways.standins import wall_clock
from letters.glyphs import FontSet
from letters.render import Renderer
from settings import Settings, load_settings
from store.session import Database
from store.texts import keep_text, texts
from workflows import options
from workflows.engine import MOST_ACTIVITIES, connect, worker_of
from workflows.ladders import LADDERS
from workflows.starter import EngineStarter

log = structlog.get_logger()
CACHED_CASES = 5_000
RELAY_PAUSE = 0.25  # seconds between looks at the ledger notices
REMIND_EVERY = 40  # looks between two searches for cases that are behind their ledger


def business_clock(settings: Settings) -> BusinessClock:
    """The clock of this installation; production leaves epoch, start and speed alone."""
    if settings.clock_epoch is None or settings.clock_start is None:
        return BusinessClock()
    return BusinessClock(epoch=settings.clock_epoch, started=settings.clock_start, speed=settings.clock_speed)


def known_policies(settings: Settings, database: Database) -> Policies:
    """The policies of the folder with the company file, and every text that a case was ever run under."""
    with database.reading() as session:
        companies, earlier = texts(session, "company"), texts(session, "policy")
    always_open = settings.clock_speed != 1
    policies = Policies.from_files(settings.policies_path, settings.company_path, companies, always_open, earlier)
    with database.session() as session:
        keep_text(session, "company", policies.company_sha, policies.company_texts[policies.company_sha][1])
        for sha, (_, text) in policies.policy_texts.items():
            keep_text(session, "policy", sha, text)
    return policies


def contact_gate(settings: Settings) -> ContactGate:
    """The gate with the conduct packs of this installation; at another speed than 1 no hour is closed."""
    packs = read_packs(settings.conduct_path, settings.conduct_ids, always_open=settings.clock_speed != 1)
    return ContactGate(packs, SystemClock(business_clock(settings)))


def gateways_of(settings: Settings, client: httpx.AsyncClient, sms: httpx.AsyncClient) -> Mapping[str, Gateway]:
    """One gateway per channel, from the settings."""
    key = settings.gateway_key()
    server = SmtpServer(host=settings.smtp_host, port=settings.smtp_port, start_tls=False)
    return {
        "letter": HttpGateway(client, key, wall_clock),
        "sms": HttpGateway(sms, key, wall_clock),
        "email": SmtpGateway(server, settings.mail_from, settings.mail_from.rpartition("@")[2], wall_clock),
    }


def activities_of(
    database: Database,
    policies: Policies,
    gateways: Mapping[str, Gateway],
    intake: Intake,
    gate: ContactGate,
    classified: Classified | None = None,
) -> list[Callable[..., Any]]:
    """Every activity a workflow may name."""
    writer = Writer(Renderer(FontSet.bundled()), policies, classified)
    delivery = Delivery(database, writer, gateways, gate)
    before_due = BeforeDueWork(database, policies, gateways, intake.clock, gate)
    layers = LayerWork(database, policies, intake.clock)
    documents, portfolio = Documents(database, writer), Portfolio(database, writer, intake, before_due, layers)
    return [
        FactsReader(database, policies).read_facts,
        Recorder(database).record_events,
        documents.prepare_document,
        delivery.dispatch_document,
        portfolio.issue_report,
        portfolio.run_work,
    ]


async def start_portfolios(starter: CaseStarter, policies: Policies) -> None:
    """The standing work of every policy in use; it runs for ever."""
    for policy_id in policies.ids:
        case = Case(
            case_no=options.portfolio_no(policy_id),
            account_no="",
            policy=policies.pin(policy_id),
            settings=policies.company_sha,
        )
        await starter.start(case, reopen=False)


async def relay(intake: Intake, stop: asyncio.Event) -> None:
    """Pass ledger notices on until told to stop; an outage only delays it."""
    looks = 0
    while not stop.is_set():
        looks += 1
        try:
            passed = await intake.relay()
            if looks % REMIND_EVERY == 0:
                await intake.remind()
        except (Transient, RPCError) as fault:
            log.warning("relay_waits", reason=type(fault).__name__)
            passed = 0
        if not passed:
            await asyncio.sleep(RELAY_PAUSE)


async def serve(settings: Settings, client: Client, stop: asyncio.Event) -> None:
    """Run until told to stop."""
    database = Database(settings.database_url)
    policies = known_policies(settings, database)
    LADDERS.serve(policies.ladder)
    clock = business_clock(settings)
    starter = EngineStarter(client, clock, settings.task_queue)
    intake = Intake(database, policies, starter, SystemClock(clock))
    gate = contact_gate(settings)
    letters = httpx.AsyncClient(base_url=settings.letter_endpoint, timeout=10)
    sms = httpx.AsyncClient(base_url=settings.sms_endpoint, timeout=10)
    with ThreadPoolExecutor(2 * MOST_ACTIVITIES) as executor:
        async with letters, sms:
            classified = partial(classified_on, settings.classification_path, settings.classification)
            acts = activities_of(database, policies, gateways_of(settings, letters, sms), intake, gate, classified)
            async with worker_of(client, settings.task_queue, acts, executor, CACHED_CASES):
                await start_portfolios(starter, policies)
                settings.worker_ready_file.write_text("ready", encoding="utf-8")
                await relay(intake, stop)
    settings.worker_ready_file.unlink(missing_ok=True)
    database.close()


async def main(settings: Settings | None = None) -> None:
    """Connect, serve, and end cleanly on SIGINT or SIGTERM."""
    settings = settings or load_settings()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    client = await connect(*settings.engine())
    await serve(settings, client, stop)


if __name__ == "__main__":
    asyncio.run(main())
