"""The worker process: runs case workflows and their activities, and relays ledger notices."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from activities.aftercare import Aftercare, SurveyLinks
from activities.approach import Approaches
from activities.before_due import BeforeDueWork
from activities.classification import classified_on
from activities.complaint_mailbox import ComplaintMailbox
from activities.complaints import ComplaintDesk
from activities.contact_gate import ContactGate, read_packs
from activities.contents import Classified, Writer
from activities.correcting_letters import CorrectingLetters
from activities.daily import over_the_book
from activities.delivery import Delivery
from activities.distribution import Commander, Distributor
from activities.documents import Documents
from activities.facts import FactsReader
from activities.guarantor_demands import DemandWriter, GuarantorDemands
from activities.intake import CaseStarter, Intake
from activities.litigation import SuitDesk
from activities.moving import left_behind
from activities.outbox import Outbox
from activities.portfolio import Portfolio
from activities.record import Recorder
from activities.registry import Policies
from activities.texts import Texts
from domain.case import Case
from domain.clock import Clock, SystemClock
from domain.complaint import Complaint
from domain.errors import Transient
from gateways.contract import Gateway
from gateways.http import HttpGateway
from gateways.smtp import SmtpGateway, SmtpServer
from gateways.standins import wall_clock
from letters.glyphs import FontSet
from letters.render import Renderer
from settings import Settings, business_clock, load_settings
from store.complaints import new_complaints
from store.session import Database
from store.texts import keep_text, texts
from workflows import options
from workflows.engine import MOST_ACTIVITIES, connect, worker_of
from workflows.ladders import LADDERS
from workflows.starter import EngineStarter

log = structlog.get_logger()
CACHED_CASES = 5_000
RELAY_PAUSE = 0.25  # seconds between looks at the ledger notices
DISTRIBUTION_PAUSE = 1.0  # seconds between looks for cases that opened or changed their bucket
LETTER_PAUSE = 2.0  # seconds between looks for letters that correct wrong ones or claim from guarantors
QUEUE_EVERY = 10  # looks between two attempts to give out what nobody owns
REMIND_EVERY = 40  # looks between two searches for cases that are behind their ledger


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


def known_texts(settings: Settings) -> Texts:
    """What may be said and written, as it came with the product; what the company passed is in the record."""
    return Texts.read(settings.texts_path, settings.own_text_pass)


def gateways_of(
    settings: Settings, client: httpx.AsyncClient, sms: httpx.AsyncClient, social: httpx.AsyncClient
) -> Mapping[str, Gateway]:
    """One gateway per channel, from the settings."""
    key = settings.gateway_key()
    server = SmtpServer(host=settings.smtp_host, port=settings.smtp_port, start_tls=False)
    return {
        "letter": HttpGateway(client, key, wall_clock),
        "sms": HttpGateway(sms, key, wall_clock),
        "social": HttpGateway(social, key, wall_clock),
        "email": SmtpGateway(server, settings.mail_from, settings.mail_from.rpartition("@")[2], wall_clock),
    }


def activities_of(
    database: Database,
    policies: Policies,
    gateways: Mapping[str, Gateway],
    intake: Intake,
    gate: ContactGate,
    texts: Texts,
    classified: Classified | None = None,
    links: SurveyLinks | None = None,
    commander: Commander | None = None,
) -> list[Callable[..., Any]]:
    """Every activity a workflow may name. links: to the surveys; without them nobody is asked.

    commander: recalls cases from agencies; without one nothing is recalled.
    """
    writer = Writer(Renderer(FontSet.bundled()), policies, texts, classified)
    delivery = Delivery(database, writer, gateways, gate)
    before_due = BeforeDueWork(database, policies, gateways, intake.clock, gate, texts)
    outbox = Outbox(database, gateways)
    desk = ComplaintDesk(database, policies, outbox)
    documents = Documents(database, writer)
    aftercare = Aftercare(database, policies, outbox, gate, intake.clock, links)
    daily = (*over_the_book(database, policies, intake.clock, commander), aftercare)
    portfolio = Portfolio(database, writer, intake, before_due, daily)
    return [
        FactsReader(database, policies, texts).read_facts,
        Recorder(database).record_events,
        documents.prepare_document,
        delivery.dispatch_document,
        Approaches(database, gate).permit_contact,
        portfolio.issue_report,
        portfolio.run_work,
        desk.record_complaint_events,
        desk.send_complaint_message,
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


def suit_activities(desk: SuitDesk) -> list[Callable[..., Any]]:
    """Every activity the workflow of a lawsuit may name."""
    return [desk.record_suit_events, desk.answer_case]


async def start_entered(database: Database, starter: EngineStarter, suits: SuitDesk) -> None:
    """Start complaints and lawsuits that nothing runs for yet, and tell suits what their cases said."""
    await start_complaints(database, starter)
    await suits.relay()


def letters_beside(
    database: Database,
    policies: Policies,
    gateways: Mapping[str, Gateway],
    gate: ContactGate,
    texts: Texts,
    clock: Clock,
) -> tuple[CorrectingLetters, GuarantorDemands]:
    """What sends letters that are no step of a case."""
    writer = DemandWriter(Renderer(FontSet.bundled()), policies, texts)
    demands = GuarantorDemands(database, policies, Delivery(database, writer, gateways, gate), clock)
    return CorrectingLetters(database, Outbox(database, gateways), gate, texts, clock), demands


async def send_letters(letters: Sequence[CorrectingLetters | GuarantorDemands], stop: asyncio.Event) -> None:
    """Letters beside the cases, until told to stop; what the contact gate holds back is tried again."""
    while not stop.is_set():
        for one in letters:
            try:
                await one.send()
            except Transient as fault:
                log.warning("letters_wait", of=type(one).__name__, reason=type(fault).__name__)
        await asyncio.sleep(LETTER_PAUSE)


async def start_complaints(database: Database, starter: EngineStarter) -> None:
    """Start the work on every complaint that was entered and has none yet; its clocks run since its receipt."""

    def entered() -> tuple[Complaint, ...]:
        with database.reading() as session:
            return new_complaints(session)

    for complaint in await asyncio.to_thread(entered):
        await starter.start_complaint(complaint)


async def distribute(
    distributor: Distributor, policies: Policies, stop: asyncio.Event, pause: float = DISTRIBUTION_PAUSE
) -> None:
    """Give cases to owners until told to stop: new ones at once, the queue every few looks, all of them every day."""
    looks, day = 0, None
    while not stop.is_set():
        try:
            await distributor.follow()
            if day != (today := distributor.today()):
                for policy_id in policies.ids:
                    await distributor.run(policy_id)
                day = today
            elif looks % QUEUE_EVERY == 0:
                await distributor.queue()
        except (Transient, RPCError) as fault:
            log.warning("distribution_waits", reason=type(fault).__name__)
        looks += 1
        await asyncio.sleep(pause)


async def relay(intake: Intake, stop: asyncio.Event, entered: Callable[[], Awaitable[None]]) -> None:
    """Pass ledger notices on and start what was `entered`, until told to stop; an outage only delays it."""
    looks = 0
    while not stop.is_set():
        looks += 1
        try:
            passed = await intake.relay()
            await entered()
            if looks % REMIND_EVERY == 0:
                await intake.remind()
        except (Transient, RPCError) as fault:
            log.warning("relay_waits", reason=type(fault).__name__)
            passed = 0
        if not passed:
            await asyncio.sleep(RELAY_PAUSE)


async def serve(settings: Settings, client: Client, stop: asyncio.Event) -> None:
    """Run until told to stop."""
    database = Database(settings.database_url, audit_key=settings.audit_key())
    policies = known_policies(settings, database)
    LADDERS.serve(policies.ladder)
    clock = business_clock(settings)
    starter = EngineStarter(client, clock, settings.task_queue)
    intake = Intake(database, policies, starter, SystemClock(clock))
    gate = contact_gate(settings)
    post = httpx.AsyncClient(base_url=settings.letter_endpoint, timeout=10)
    sms = httpx.AsyncClient(base_url=settings.sms_endpoint, timeout=10)
    social = httpx.AsyncClient(base_url=settings.social_endpoint, timeout=10)
    with ThreadPoolExecutor(2 * MOST_ACTIVITIES) as executor:
        async with post, sms, social:
            classified = partial(classified_on, settings.classification_path, settings.classification)
            gateways = gateways_of(settings, post, sms, social)
            links = SurveyLinks(settings.public_url or settings.api_url, settings.token_key())
            texts = known_texts(settings)
            acts = activities_of(database, policies, gateways, intake, gate, texts, classified, links, starter)
            letters = letters_beside(database, policies, gateways, gate, texts, SystemClock(clock))
            suits = SuitDesk(database, policies, starter)
            acts += suit_activities(suits)
            async with worker_of(client, settings.task_queue, acts, executor, CACHED_CASES):
                await start_portfolios(starter, policies)
                for line in left_behind(database, policies):
                    log.warning("newer_policy_version", notice=line)
                settings.worker_ready_file.write_text("ready", encoding="utf-8")
                distributor = Distributor(database, policies, starter, SystemClock(clock))
                async with asyncio.TaskGroup() as both:
                    both.create_task(distribute(distributor, policies, stop))
                    both.create_task(relay(intake, stop, partial(start_entered, database, starter, suits)))
                    both.create_task(send_letters(letters, stop))
                    if settings.complaints_maildir is not None:
                        mailbox = ComplaintMailbox(database, policies, settings.complaints_maildir, clock)
                        both.create_task(mailbox.watch(stop))
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
