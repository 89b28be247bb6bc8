"""The stand-ins of the rehearsal as a process."""

from __future__ import annotations

import asyncio

from gateways.standins import run_standins
from settings import load_settings

if __name__ == "__main__":
    settings = load_settings()
    folder = settings.var_dir / "sent"
    asyncio.run(run_standins(settings.standin_http_port, settings.smtp_port, folder, None, settings.gateway_key()))
