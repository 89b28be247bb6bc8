"""The processes of one machine: engine, stand-ins, worker and API, in the order they start."""

from __future__ import annotations

import sys
from functools import partial

from domain.errors import Refused
from operate.binaries import TEMPORAL, find_binary
from operate.child import Child
from operate.ports import Port
from operate.ready import Check, file_made, http_ok
from operate.temporal_server import DevServer, is_prepared
from settings import Settings
from workflows.options import SEARCH_ATTRIBUTES

ARREARS = (sys.executable, "-m", "cli")


def children(settings: Settings) -> list[Child]:
    """What `up` and `demo` run. Refused "no_engine" when the engine's program is not installed."""
    return [_engine(settings), _standins(settings), _worker(settings), _api(settings)]


def _engine(settings: Settings) -> Child:
    binary = find_binary(TEMPORAL)
    if binary is None:
        raise Refused("no_engine", "The program `temporal` is not here.", "Run `make setup`.")
    server = DevServer(
        str(binary), settings.temporal_file, settings.temporal_port, settings.temporal_ui_port, SEARCH_ATTRIBUTES
    )
    ports = [Port(settings.temporal_port, "ARREARS_TEMPORAL_ADDRESS")]
    ports.append(Port(settings.temporal_ui_port, "ARREARS_TEMPORAL_UI_PORT"))
    ready = partial(is_prepared, settings.temporal_address, settings.temporal_namespace)
    return Child("temporal", server.argv(), ready, settings.log_dir / "temporal.log", ports=ports)


def _standins(settings: Settings) -> Child:
    ports = [
        Port(settings.standin_http_port, "ARREARS_STANDIN_HTTP_PORT"),
        Port(settings.smtp_port, "ARREARS_SMTP_PORT"),
    ]
    ready = http_ok(f"{settings.standin_url}/v1/sent")
    return _ours("standins", settings, ready, ports)


def _worker(settings: Settings) -> Child:
    return _ours("worker", settings, file_made(settings.worker_ready_file), [])


def _api(settings: Settings) -> Child:
    ready = http_ok(f"{settings.api_url}/health")
    return _ours("api", settings, ready, [Port(settings.api_port, "ARREARS_API_PORT")])


def _ours(name: str, settings: Settings, ready: Check, ports: list[Port]) -> Child:
    log = settings.log_dir / f"{name}.log"
    return Child(name, [*ARREARS, name], ready, log, settings.environment(), ports)
