"""Starts the stand-ins for letters, SMS, social messages, calls and mail together on this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn

from gateways.esign_standin import Signers
from gateways.faults import FaultSwitches
from gateways.mailbox import Mailbox
from gateways.receipt_poster import ReceiptPoster
from gateways.standin import Standin, create_standin
from gateways.standin_store import SentStore
from gateways.voice_standin import Exchange

HOST = "127.0.0.1"


async def run_standins(
    http_port: int, smtp_port: int, folder: Path, webhook_url: str | None, secret: bytes, calls_url: str | None = None
) -> None:
    """Serve until SIGINT, SIGTERM or cancellation; what was taken stays in `folder` and survives kill -9.

    Receipts are posted to `webhook_url`, what happens in calls to `calls_url`, until acknowledged; None posts none.
    """
    store, exchange, faults = SentStore(folder), Exchange(folder), FaultSwitches()
    async with httpx.AsyncClient(timeout=5) as client:
        poster = ReceiptPoster(store, client, webhook_url, secret, wall_clock) if webhook_url else None
        caller = ReceiptPoster(exchange, client, calls_url, secret, wall_clock) if calls_url else None
        signers, signed_url = Signers(folder), f"{webhook_url}/signatures"
        signing = ReceiptPoster(signers, client, signed_url, secret, wall_clock) if webhook_url else None
        standin = Standin(store, secret, wall_clock, poster, faults, exchange, caller, signers, signing)
        async with Mailbox(store, wall_clock, faults).running(smtp_port, HOST):
            await http_server(standin, http_port).serve()


def http_server(standin: Standin, port: int) -> uvicorn.Server:
    """The HTTP part, not yet serving."""
    config = uvicorn.Config(create_standin(standin), host=HOST, port=port, log_level="warning", access_log=False)
    return uvicorn.Server(config)


def wall_clock() -> datetime:
    """Real time: signatures and receipts do not follow the business clock."""
    return datetime.now(UTC)
