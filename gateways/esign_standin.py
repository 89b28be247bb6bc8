"""Local stand-in for a provider of signatures: whoever it is sent to signs, except numbers that end in 0."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from gateways.contract import OutboundMessage, SignatureRecipient
from gateways.esign import SignatureEvent

TABLE: Final = """
create table if not exists signature_event (
    id integer primary key, key text not null unique, body text not null, posted integer not null default 0
);
"""
THINKS_FOR: Final = timedelta(seconds=3)


class Signers:
    """What becomes of a paper follows from the number of its signer; the copy that comes back is the paper."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "signatures.sqlite3"
        with self._open() as db:
            db.executescript(TABLE)

    def ask(self, message: OutboundMessage, at: datetime) -> None:
        """Queue the answer; other messages, and a paper that was handed over before, queue nothing."""
        if isinstance(message.recipient, SignatureRecipient):
            event = _answer(message, message.recipient.phone, at + THINKS_FOR)
            with self._open() as db:
                row = (event.key, event.model_dump_json())
                db.execute("insert or ignore into signature_event (key, body) values (?, ?)", row)

    def receipts_to_post(self, limit: int) -> list[tuple[int, SignatureEvent]]:
        """Answers nobody has acknowledged yet, oldest first."""
        with self._open() as db:
            rows = db.execute("select id, body from signature_event where posted = 0 order by id limit ?", (limit,))
            return [(number, SignatureEvent.model_validate_json(body)) for number, body in rows.fetchall()]

    def receipt_posted(self, number: int) -> None:
        """The receiver has acknowledged it."""
        with self._open() as db:
            db.execute("update signature_event set posted = 1 where id = ?", (number,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction on its own connection, so that threads never share one."""
        db = sqlite3.connect(self._file, timeout=10)
        try:
            with db:
                yield db
        finally:
            db.close()


def _answer(message: OutboundMessage, phone: str, at: datetime) -> SignatureEvent:
    ref = f"sign-{sha256(message.key.encode()).hexdigest()[:12]}"
    if phone.endswith("0"):
        return SignatureEvent(key=message.key, outcome="declined", at=at, provider_ref=ref)
    copy = message.attachments[0].content
    return SignatureEvent(key=message.key, outcome="signed", at=at, provider_ref=ref, signed_copy=copy)
