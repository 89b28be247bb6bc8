"""`make soak`: starts engine, stand-ins and worker on a fast clock, plays sixty days, compares and reports."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from operate.binaries import TEMPORAL, find_binary
from operate.child import Child
from operate.ready import file_made, http_ok
from operate.single import single_instance
from operate.stack import Stack
from operate.temporal_server import DevServer, is_prepared
from settings import Settings, load_settings
from store.session import Database
from tests.soak.play import EPOCH, SPEED, load, play
from workflows.options import SEARCH_ATTRIBUTES

HERE = Path(__file__).parent
LEAD = timedelta(seconds=12)  # real time for everything to come up before the business clock reaches its epoch


def children(settings: Settings) -> list[Child]:
    """Engine, stand-ins, worker."""
    binary = find_binary(TEMPORAL)
    if binary is None:
        raise SystemExit("no temporal binary: run make setup-dev")
    server = DevServer(
        str(binary), settings.temporal_file, settings.temporal_port, settings.temporal_ui_port, SEARCH_ATTRIBUTES
    )
    prepared = partial(is_prepared, settings.temporal_address, settings.temporal_namespace)
    env, log = settings.environment(), settings.log_dir
    standins = [sys.executable, "-m", "tests.soak.standins"]
    return [
        Child("temporal", server.argv(), prepared, log / "temporal.log"),
        Child("stand-ins", standins, http_ok(f"{settings.standin_url}/v1/sent"), log / "standins.log", env),
        Child("worker", [sys.executable, "worker.py"], file_made(settings.worker_ready_file), log / "worker.log", env),
    ]


async def main() -> int:
    """Everything from an empty folder; 0 when every case is exactly as simulated."""
    days = int(os.environ.get("ARREARS_SOAK_DAYS", "60"))
    start = datetime.now(UTC) + LEAD
    settings = load_settings(
        mode="soak", clock_epoch=EPOCH, clock_start=start, clock_speed=SPEED,
        temporal_address="127.0.0.1:7333", temporal_ui_port=8333, standin_http_port=8125, smtp_port=8126,
    )  # fmt: skip
    shutil.rmtree(settings.var_dir, ignore_errors=True)
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    load(Database(settings.database_url), days)
    result: list[int] = []

    async def rehearse() -> None:
        result.append(await play(settings, days, HERE / "staff.yaml"))
        os.kill(os.getpid(), 15)

    with single_instance(settings.var_dir):
        stopped = await Stack(children(settings), say, rehearse).run()
    return result[0] if result else stopped or 1


def say(line: str) -> None:
    """Progress for the person at the terminal."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    code = asyncio.run(main())
    sys.stdout.flush()
    os._exit(code)
