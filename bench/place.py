"""A folder, ports and processes of a benchmark's own; everything is ended by its id afterwards."""

from __future__ import annotations

import asyncio
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from temporalio.client import Client

from domain.ledger import Instalment, PartyRole
from operate.binaries import TEMPORAL, find_binary
from operate.child import Child, Running, start
from operate.temporal_server import DevServer, is_prepared
from settings import Settings, load_settings
from store.accounts import add_accounts
from store.calendar import fill
from store.ledger import set_posted_through
from store.session import Database
from store.views import NewAccount, Party
from workflows.engine import connect
from workflows.options import SEARCH_ATTRIBUTES

RENT = Decimal("10500.00")
PATIENCE = 300.0  # seconds


@dataclass(frozen=True)
class Place:
    """A running dev server and a migrated SQLite database in a temporary folder."""

    settings: Settings
    database: Database
    client: Client

    @asynccontextmanager
    async def process(self, child: Child) -> AsyncIterator[Running]:
        """A child process, ready; stopped at the end."""
        running = await start(child)
        try:
            await ready(child, running)
            yield running
        finally:
            await running.stop()


@asynccontextmanager
async def place(accounts: Sequence[NewAccount] = (), **settings: object) -> AsyncIterator[Place]:
    """Engine and database for one benchmark, with these leases in the ledger."""
    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as folder:
        engine, ui, api, standin, smtp = free_ports(5)
        ours = load_settings(
            var=Path(folder), mode="bench", temporal_address=f"127.0.0.1:{engine}", temporal_ui_port=ui,
            api_port=api, standin_http_port=standin, smtp_port=smtp, **settings,
        )  # fmt: skip
        database = Database(ours.database_url)
        prepare(database, accounts)
        running = await start(dev_server(ours))
        try:
            await ready(dev_server(ours), running)
            yield Place(ours, database, await connect(*ours.engine()))
        finally:
            await running.stop()
            database.close()


def dev_server(settings: Settings) -> Child:
    """The engine as `demo` runs it."""
    binary = find_binary(TEMPORAL)
    if binary is None:
        raise SystemExit("no temporal binary: run make setup-dev")
    server = DevServer(
        binary, settings.temporal_file, settings.temporal_port, settings.temporal_ui_port, SEARCH_ATTRIBUTES
    )
    prepared = partial(is_prepared, settings.temporal_address, settings.temporal_namespace)
    return Child("temporal", server.argv(), prepared, settings.log_dir / "temporal.log")


def prepare(database: Database, accounts: Sequence[NewAccount]) -> None:
    """Tables, calendar, leases; postings are complete far ahead, so that nothing waits for them."""
    database.migrate()
    with database.session() as session:
        fill(session, range(2025, 2028), datetime(2026, 1, 1, tzinfo=UTC))
        add_accounts(session, accounts)
        set_posted_through(session, date(2027, 1, 1))


async def ready(child: Child, running: Running) -> None:
    """Wait until a child is ready; SystemExit with the end of its log when it ends or takes too long."""
    begun = time.monotonic()
    while not await child.ready():
        if running.exit_code is not None or time.monotonic() - begun > child.ready_within:
            raise SystemExit("\n".join([f"{child.name} did not come up:", *child.last_lines()]))
        await asyncio.sleep(0.05)


def leases(count: int, first_due: date) -> list[NewAccount]:
    """Leases that are all overdue since the same day and whose other rents are not due for a long time."""
    return [_lease(f"B-{number:06d}", first_due) for number in range(count)]


def _lease(account_no: str, first_due: date) -> NewAccount:
    schedule = tuple(
        Instalment(no=no + 1, due=first_due + timedelta(days=120 * no), principal=RENT - 500, interest=Decimal(500))
        for no in range(3)
    )
    roles = (PartyRole.LESSEE, PartyRole.VENDOR)
    parties = tuple(
        Party(id=f"{account_no}-{role}", role=role, name="示范机械有限公司", address="上海市示范路1号")
        for role in roles
    )
    return NewAccount(
        account_no=account_no, contract_no=f"C-{account_no}", lease_amount=Decimal("500000.00"),
        penalty_rate_per_day=Decimal("0.0005"), asset_description="数控机床一台",
        created_at=datetime(2026, 1, 5, tzinfo=UTC), schedule=schedule, parties=parties,
    )  # fmt: skip


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on at this moment."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
