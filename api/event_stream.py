"""Follows the record: every event once, in the order of recording, resumable by position."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from fastapi.concurrency import run_in_threadpool
from sse_starlette import ServerSentEvent

from api.deps import Deps
from domain.errors import Transient
from store import feed

BATCH = 500


def newest(deps: Deps) -> int:
    """Where a stream that asks for nothing earlier begins."""
    with deps.database.reading() as session:
        return feed.last_position(session)


class EventStream:
    """One listener. A database that is away only delays it."""

    def __init__(self, deps: Deps, after: int) -> None:
        self._deps = deps
        self._after = after
        self._waited_for_gap = False

    async def messages(self, follow: bool) -> AsyncGenerator[ServerSentEvent, None]:
        """The events after the position; with `follow` for ever, else those that are there."""
        while True:
            try:
                lines = await run_in_threadpool(self._next)
            except Transient:
                lines = ()
            for line in lines:
                self._after = line.position
                yield _message(line)
            if lines:
                continue
            if not follow and not self._waited_for_gap:
                return
            await asyncio.sleep(self._deps.limits.events_every)

    def _next(self) -> tuple[feed.FeedLine, ...]:
        """What comes next. A gap in the positions may be a transaction that is about to end: it is waited for once."""
        with self._deps.database.reading() as session:
            lines = feed.events_after(session, self._after, BATCH)
        unbroken = tuple(line for place, line in enumerate(lines, start=self._after + 1) if line.position == place)
        if lines and not unbroken and self._waited_for_gap:
            self._waited_for_gap = False
            return lines[:1]
        self._waited_for_gap = bool(lines) and not unbroken
        return unbroken


def _message(line: feed.FeedLine) -> ServerSentEvent:
    return ServerSentEvent(line.model_dump_json(exclude={"position"}), event=line.kind, id=str(line.position))
