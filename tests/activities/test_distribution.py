"""The distribution beside the cases: all of them once a day, the queue every few looks, after an outage again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from activities.distribution import Distributor
from activities.registry import Policies
from domain.commands import Command
from domain.errors import Transient
from settings import ROOT
from store.session import Database
from worker import QUEUE_EVERY, distribute

POLICIES = Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")


class Hand:
    """A clock that is turned by hand, and a commander that is never asked."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 10, 4, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    async def command(self, case_no: str, command: Command) -> bool:
        raise AssertionError(f"{case_no} has no part in this")


class Watched(Distributor):
    """Notes what it is asked for. away: so many looks find no database. Ends after `looks` looks."""

    def __init__(self, database: Database, hand: Hand, stop: asyncio.Event, looks: int, away: int = 0) -> None:
        super().__init__(database, POLICIES, hand, hand)
        self.hand, self.stop, self.looks, self.away = hand, stop, looks, away
        self.asked: list[str] = []

    async def follow(self) -> int:
        self.looks -= 1
        if self.looks == 0:
            self.stop.set()
        if self.away:
            self.away -= 1
            raise Transient("the database is away")
        return 0

    async def run(self, policy_id: str) -> int:
        self.asked.append(policy_id)
        return 0

    async def queue(self) -> int:
        self.asked.append("queue")
        if self.asked.count("queue") == 1:
            self.hand.at += timedelta(days=1)
        return 0


async def asked_for(folder: Path, looks: int, away: int = 0) -> Sequence[str]:
    stop = asyncio.Event()
    database = Database(f"sqlite:///{folder / 'empty.db'}")
    watched = Watched(database, Hand(), stop, looks, away)
    await asyncio.wait_for(distribute(watched, POLICIES, stop, pause=0), 10)
    database.close()
    return watched.asked


async def test_all_once_a_day_and_the_queue_in_between(tmp_path: Path) -> None:
    everything = list(POLICIES.ids)
    assert await asked_for(tmp_path, QUEUE_EVERY) == everything
    assert await asked_for(tmp_path, QUEUE_EVERY + 1) == [*everything, "queue"]
    assert await asked_for(tmp_path, 2 * QUEUE_EVERY + 1) == [*everything, "queue", *everything, "queue"]


async def test_an_outage_only_delays_it(tmp_path: Path) -> None:
    assert await asked_for(tmp_path, 3, away=2) == list(POLICIES.ids)
