"""A whole arrears of a test's own: engine, stand-ins, worker and API as the processes that `arrears up` starts."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from commands.demonstration import PASSWORD, add_logins, prepare
from commands.processes import children
from domain.base import at_local
from domain.clock import SystemClock
from gateways.standin_store import SentStore
from operate.child import Running, start
from settings import Settings, business_clock, load_settings
from store.session import Database
from worker import known_policies

TODAY = date(2026, 3, 10)  # a Tuesday, on which the business clock stands at half past nine when a test begins
PATIENCE = 30.0  # seconds until something that ought to happen fails the test


@dataclass
class Stack:
    """What a test has in hand: the API as people of several roles, and what the stand-ins have taken."""

    settings: Settings
    api: httpx.AsyncClient
    taken: SentStore
    tokens: dict[str, str] = field(default_factory=dict[str, str])

    async def get(self, role: str, path: str) -> Any:
        """The JSON of a page, read by somebody of that role."""
        return (await self._asked("GET", role, path)).json()

    async def file(self, role: str, path: str) -> bytes:
        """The content of a document."""
        return (await self._asked("GET", role, path)).content

    async def post(self, role: str, path: str, key: str | None = None, **sent: Any) -> Any:
        """The JSON that answers a post; `sent` as httpx takes it."""
        return (await self._asked("POST", role, path, key or str(uuid4()), **sent)).json()

    async def _asked(self, method: str, role: str, path: str, key: str | None = None, **sent: Any) -> httpx.Response:
        if role not in self.tokens:
            login = await self.api.post("/auth/token", data={"username": role, "password": PASSWORD})
            self.tokens[role] = login.raise_for_status().json()["access_token"]
        headers = {"Authorization": f"Bearer {self.tokens[role]}"} | ({"Idempotency-Key": key} if key else {})
        answer = await self.api.request(method, path, headers=headers, **sent)
        assert answer.is_success, f"{method} {path} as {role}: {answer.status_code} {answer.text}"
        return answer


@asynccontextmanager
async def running(folder: Path, today: date = TODAY) -> AsyncIterator[Stack]:
    """The processes on free ports, tied to this one; they are ended by their ids, whatever becomes of the test."""
    settings = _settings(folder, today)
    database = Database(settings.database_url)
    prepare(database, SystemClock(business_clock(settings)).now())
    add_logins(database, known_policies(settings, database).roles)
    database.close()
    settings.token_key()
    settings.gateway_key()
    up: list[Running] = []
    try:
        for child in children(settings):
            up.append(await start(child))
            await until(child.ready, f"{child.name} is ready", 60)
        async with httpx.AsyncClient(base_url=settings.api_url, timeout=10, trust_env=False) as api:
            yield Stack(settings, api, SentStore(settings.var_dir / "sent"))
    finally:
        for process in reversed(up):
            await process.stop()


Found = TypeVar("Found")


async def until(ask: Callable[[], Awaitable[Found]], what: str, within: float = PATIENCE) -> Found:
    """Ask again and again until the answer is something."""
    try:
        async with asyncio.timeout(within):
            while not (found := await ask()):
                await asyncio.sleep(0.1)
            return found
    except TimeoutError:
        raise AssertionError(f"not within {within:g} s: {what}") from None


def _settings(folder: Path, today: date) -> Settings:
    engine, page, api, standins, smtp = _free_ports(5)
    return load_settings(
        var=folder / "var", mode="walk", temporal_address=f"127.0.0.1:{engine}", temporal_ui_port=page,
        api_port=api, standin_http_port=standins, smtp_port=smtp,
        clock_epoch=at_local(today, time(9, 30), "Asia/Shanghai"), clock_start=datetime.now(UTC),
    )  # fmt: skip


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
