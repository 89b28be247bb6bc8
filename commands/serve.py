"""`arrears up`, `worker`, `api`, `standins`: everything in one process tree, or one part of it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import typer

import worker as worker_program
from api import serve as api_program
from commands.output import complain, say
from commands.system import prepare
from gateways.standins import run_standins
from operate.binaries import temporal_binary
from operate.child import Child
from operate.ports import Port
from operate.ready import file_made, http_ok
from operate.single import AlreadyRunning, single_instance
from operate.stack import Stack
from operate.temporal_server import DevServer, is_prepared
from settings import ROOT, Settings, load_settings, variable
from workflows.options import SEARCH_ATTRIBUTES

WhenReady = Callable[[], Awaitable[None]]
SLOW = 120.0  # seconds: a first start on a busy machine


def up() -> None:
    """Temporal, stand-ins, worker and API in one process tree, with an empty database; Ctrl-C ends all."""
    settings = load_settings()

    async def ready() -> None:
        where_to_look(settings)

    raise typer.Exit(run_stack(settings, ready))


def worker() -> None:
    """The worker alone: runs the cases and their activities until it is told to stop."""
    asyncio.run(worker_program.main(load_settings()))


def api() -> None:
    """The API alone, until it is told to stop."""
    api_program.serve(load_settings())


def standins() -> None:
    """The stand-ins for letters, SMS and mail alone; they show what was sent."""
    settings = load_settings()
    folder, webhook = settings.var_dir / "sent", f"{settings.api_url}/receipts"
    asyncio.run(run_standins(settings.standin_http_port, settings.smtp_port, folder, webhook, settings.gateway_key()))


def run_stack(settings: Settings, when_ready: WhenReady) -> int:
    """Prepare the database, start everything, and stay until Ctrl-C; returns the exit code."""
    binary = temporal_binary()
    if binary is None:
        complain("the Temporal server is not installed here: run `make setup`")
        return 1
    try:
        with single_instance(settings.var_dir):
            say("database: bringing tables and calendar up to date")
            prepare(settings)
            return asyncio.run(Stack(children(settings, binary), say, when_ready).run())
    except AlreadyRunning as busy:
        complain(str(busy))
        return 1


def children(settings: Settings, temporal: str) -> list[Child]:
    """The process tree in the order of its start."""
    ui = Port(settings.temporal_ui_port, variable("temporal_ui_port"))
    server = DevServer(temporal, settings.temporal_file, settings.temporal_port, ui.number, SEARCH_ATTRIBUTES)
    sent = (
        Port(settings.standin_http_port, variable("standin_http_port")),
        Port(settings.smtp_port, variable("smtp_port")),
    )
    return [
        Child(
            name="temporal",
            argv=server.argv(),
            ready=lambda: is_prepared(server.address, settings.temporal_namespace),
            log=settings.log_dir / "temporal.log",
            ports=(Port(server.port, variable("temporal_address")), ui),
            ready_within=SLOW,
        ),
        _own(settings, "standins", http_ok(f"{settings.standin_url}/health"), sent),
        _own(settings, "worker", file_made(settings.worker_ready_file)),
        _own(settings, "api", http_ok(f"{settings.api_url}/health"), (Port(settings.api_port, variable("api_port")),)),
    ]


def _own(settings: Settings, name: str, ready: Callable[[], Awaitable[bool]], ports: tuple[Port, ...] = ()) -> Child:
    """One of our own programs as a child, with these settings."""
    return Child(
        name=name,
        argv=[sys.executable, str(ROOT / "cli.py"), name],
        ready=ready,
        log=_log(settings, name),
        env=settings.environment(),
        ports=ports,
        ready_within=SLOW,
    )


def _log(settings: Settings, name: str) -> Path:
    return settings.log_dir / f"{name}.log"


def where_to_look(settings: Settings) -> None:
    """What to open."""
    say("")
    say(f"open {settings.api_url}/docs")
    say(f"what was sent: {settings.standin_url}/")
    say(f"workflows: http://127.0.0.1:{settings.temporal_ui_port}")
    say(f"logs: {settings.log_dir.relative_to(ROOT) if settings.log_dir.is_relative_to(ROOT) else settings.log_dir}")
