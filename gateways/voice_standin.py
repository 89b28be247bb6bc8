"""Local stand-in for a telephone exchange: what becomes of a call follows from the number that is dialled."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from gateways.contract import CallRecipient, OutboundMessage
from gateways.voice import CallEvent, RecordedCall

TABLE: Final = """
create table if not exists call_event (
    id integer primary key, key text not null, event text not null, body text not null,
    posted integer not null default 0, unique (key, event)
);
"""
RINGS = timedelta(seconds=2)
ANSWERED_AFTER = timedelta(seconds=6)
GIVEN_UP_AFTER = timedelta(seconds=30)
SHORTEST = 20  # seconds spoken; the last two digits of the number are added


class Exchange:
    """Calls to numbers ending in 00 find no such number, other tens do not answer; everybody else answers."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "calls.sqlite3"
        with self._open() as db:
            db.executescript(TABLE)

    def connect(self, message: OutboundMessage, at: datetime) -> None:
        """Queue what happens in a call; other messages, and a call that was ordered before, queue nothing."""
        if isinstance(message.recipient, CallRecipient):
            rows = [(event.key, event.event, event.model_dump_json()) for event in _course(message, at)]
            with self._open() as db:
                db.executemany("insert or ignore into call_event (key, event, body) values (?, ?, ?)", rows)

    def receipts_to_post(self, limit: int) -> list[tuple[int, CallEvent]]:
        """Events nobody has acknowledged yet, oldest first."""
        with self._open() as db:
            rows = db.execute("select id, body from call_event where posted = 0 order by id limit ?", (limit,))
            return [(number, CallEvent.model_validate_json(body)) for number, body in rows.fetchall()]

    def receipt_posted(self, number: int) -> None:
        """The receiver has acknowledged it."""
        with self._open() as db:
            db.execute("update call_event set posted = 1 where id = ?", (number,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction on its own connection, so that threads never share one."""
        db = sqlite3.connect(self._file, timeout=10)
        try:
            with db:
                yield db
        finally:
            db.close()


def _course(message: OutboundMessage, at: datetime) -> list[CallEvent]:
    recipient = message.recipient
    phone = recipient.phone if isinstance(recipient, CallRecipient) else ""
    ref = f"call-{sha256(message.key.encode()).hexdigest()[:12]}"
    if phone.endswith("00"):
        return [CallEvent(key=message.key, event="dead_number", at=at, provider_ref=ref)]
    rings = CallEvent(key=message.key, event="ringing", at=at + RINGS, provider_ref=ref)
    if phone.endswith("0"):
        return [rings, CallEvent(key=message.key, event="no_answer", at=at + GIVEN_UP_AFTER, provider_ref=ref)]
    duration = SHORTEST + int(phone[-2:])
    ended = at + ANSWERED_AFTER + timedelta(seconds=duration)
    kept = RecordedCall(reference=f"standin:{ref}.wav", sha256=sha256(ref.encode()).hexdigest(), media_type="audio/wav")
    return [
        rings,
        CallEvent(key=message.key, event="answered", at=at + ANSWERED_AFTER, provider_ref=ref),
        CallEvent(key=message.key, event="ended", at=ended, provider_ref=ref, duration=duration, recording=kept),
    ]
