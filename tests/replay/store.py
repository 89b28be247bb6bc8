"""Runs the golden scenarios and stores their histories and fingerprints: python -m tests.replay.store"""

from __future__ import annotations

import asyncio

from checks.fingerprint import fingerprint
from operate.binaries import TEST_SERVER, find_binary
from tests.builders import golden
from tests.replay.histories import ALL, PORTFOLIO, history, keep, keep_fingerprint, ladder_of_then
from tests.workflows.portfolios import autumn
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.server import fresh_engine


async def store(name: str, binary: str) -> None:
    """One history with its fingerprint."""
    async with fresh_engine(binary) as env:
        ladder = ladder_of_then()
        rehearsal = autumn(env, ladder) if name == PORTFOLIO else Rehearsal(env, golden.scenario(name), ladder)
        await rehearsal.play()
        keep(name, await rehearsal.handle.fetch_history())
    keep_fingerprint(name, await fingerprint(history(name)))


async def main() -> None:
    """All of them, one after the other."""
    binary = find_binary(TEST_SERVER)
    if binary is None:
        raise FileNotFoundError(f"{TEST_SERVER} is missing: make setup-dev installs it")
    for name in ALL:
        await store(name, binary)


if __name__ == "__main__":
    asyncio.run(main())
