"""Readiness checks for children of the stack; each answers at once and is asked again until it says yes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

Check = Callable[[], Awaitable[bool]]


def port_open(number: int, host: str = "127.0.0.1") -> Check:
    """Ready when something accepts connections there."""

    async def check() -> bool:
        try:
            _, writer = await asyncio.open_connection(host, number)
        except OSError:
            return False
        writer.close()
        return True

    return check


def http_ok(url: str) -> Check:
    """Ready when a GET of `url` is answered with a 2xx status."""

    async def check() -> bool:
        try:
            async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
                return (await client.get(url)).is_success
        except httpx.HTTPError:
            return False

    return check


def file_made(path: Path) -> Check:
    """Ready when the child has written `path`; one left by an earlier run is removed here and now."""
    path.unlink(missing_ok=True)

    async def check() -> bool:
        return path.exists()

    return check
