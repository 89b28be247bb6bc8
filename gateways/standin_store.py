"""What the stand-ins have taken, kept in one SQLite file so that it survives being killed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import uuid4

from pydantic import BaseModel, ConfigDict

from gateways.contract import Attachment, Channel, OutboundMessage, Receipt, Status, merge_status

TABLES: Final = """
create table if not exists delivery (
    id integer primary key, key text not null, channel text not null, recipient text not null,
    subject text not null, text text not null, fingerprint text not null, provider_ref text not null,
    at text not null, status text not null
);
create unique index if not exists one_per_key on delivery (key) where channel <> 'email';
create table if not exists attachment (
    delivery integer not null references delivery (id), ordinal integer not null, name text not null,
    media_type text not null, content blob not null, primary key (delivery, ordinal)
);
create table if not exists request (id integer primary key, key text not null, at text not null);
create table if not exists receipt (
    id integer primary key, key text not null, status text not null, at text not null,
    provider_ref text not null, posted integer not null default 0
);
"""


class KeyReused(Exception):
    """The same key came with another message."""


@dataclass(frozen=True)
class Taken:
    """One message taken for delivery; `recipient` is its address as JSON."""

    id: int
    key: str
    channel: Channel
    recipient: str
    subject: str
    text: str
    provider_ref: str
    at: str
    status: Status
    files: tuple[str, ...]


class SentCount(BaseModel):
    """How often a key was asked for and how often something really went out."""

    model_config = ConfigDict(frozen=True)

    key: str
    channel: Channel | None
    status: Status | None
    deliveries: int
    requests: int


class SentStore:
    """Takes messages once per key (mails as often as they come) and remembers receipts still to be posted."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "sent.sqlite3"
        db = sqlite3.connect(self._file)
        try:
            db.execute("pragma journal_mode=wal")
            db.executescript(TABLES)
        finally:
            db.close()

    def note_request(self, key: str, at: datetime) -> None:
        """Count a request, whatever comes of it."""
        with self._open() as db:
            db.execute("insert into request (key, at) values (?, ?)", (key, at.isoformat()))

    def take(self, message: OutboundMessage, at: datetime, statuses: tuple[Status, ...]) -> Taken:
        """Take the message and queue its receipts; a repeat gives back what was taken. Raises `KeyReused`."""
        fingerprint = sha256(message.model_dump_json().encode()).hexdigest()
        with self._open() as db:
            known = db.execute(
                "select id, fingerprint from delivery where key = ? and channel <> 'email'", (message.key,)
            ).fetchone()
            if known is None:
                return self._insert(db, message, at, statuses, fingerprint)
            if known["fingerprint"] != fingerprint:
                raise KeyReused(message.key)
            return self._read(db, known["id"])

    def find(self, key: str) -> Taken | None:
        """What was taken under the key, or None."""
        with self._open() as db:
            row = db.execute("select id from delivery where key = ? order by id limit 1", (key,)).fetchone()
            return self._read(db, row["id"]) if row else None

    def newest(self, limit: int) -> list[Taken]:
        """The last messages taken, newest first."""
        with self._open() as db:
            rows = db.execute("select id from delivery order by id desc limit ?", (limit,)).fetchall()
            return [self._read(db, row["id"]) for row in rows]

    def counts(self) -> list[SentCount]:
        """Every key ever asked for, in the order of first request."""
        with self._open() as db:
            rows = db.execute(
                "select key, min(id) as first, count(*) as requests,"
                " (select count(*) from delivery d where d.key = r.key) as deliveries,"
                " (select channel from delivery d where d.key = r.key limit 1) as channel,"
                " (select status from delivery d where d.key = r.key limit 1) as status"
                " from request r group by key order by first"
            ).fetchall()
        return [SentCount.model_validate(dict(row)) for row in rows]

    def file(self, delivery: int, ordinal: int) -> Attachment | None:
        """One attachment, counted from 0."""
        with self._open() as db:
            row = db.execute(
                "select name, media_type, content from attachment where delivery = ? and ordinal = ?",
                (delivery, ordinal),
            ).fetchone()
        if row is None:
            return None
        return Attachment.model_construct(name=row["name"], media_type=row["media_type"], content=row["content"])

    def queue_receipt(self, key: str, status: Status, at: datetime) -> bool:
        """Queue one more receipt for a key, for example a letter that came back; False for an unknown key."""
        with self._open() as db:
            row = db.execute("select provider_ref from delivery where key = ?", (key,)).fetchone()
            if row:
                self._queue(db, key, status, at, row["provider_ref"])
            return row is not None

    def receipts_to_post(self, limit: int) -> list[tuple[int, Receipt]]:
        """Receipts nobody has acknowledged yet, oldest first."""
        with self._open() as db:
            rows = db.execute("select * from receipt where posted = 0 order by id limit ?", (limit,)).fetchall()
        return [(row["id"], _receipt(row)) for row in rows]

    def receipt_posted(self, number: int) -> None:
        """The receiver has acknowledged it."""
        with self._open() as db:
            db.execute("update receipt set posted = 1 where id = ?", (number,))

    def _insert(
        self,
        db: sqlite3.Connection,
        message: OutboundMessage,
        at: datetime,
        statuses: tuple[Status, ...],
        fingerprint: str,
    ) -> Taken:
        row = {
            "key": message.key,
            "channel": message.channel,
            "recipient": message.recipient.model_dump_json(),
            "subject": message.subject,
            "text": message.text,
            "fingerprint": fingerprint,
            "provider_ref": f"{message.channel}-{uuid4().hex[:12]}",
            "at": at.isoformat(),
            "status": Status.queued.value,
        }
        names = ", ".join(row)
        places = ", ".join(f":{name}" for name in row)
        delivery = db.execute(f"insert into delivery ({names}) values ({places})", row).lastrowid
        for ordinal, item in enumerate(message.attachments):
            db.execute(
                "insert into attachment values (?, ?, ?, ?, ?)",
                (delivery, ordinal, item.name, item.media_type, item.content),
            )
        for status in statuses:
            self._queue(db, message.key, status, at, row["provider_ref"])
        return self._read(db, delivery or 0)

    def _queue(self, db: sqlite3.Connection, key: str, status: Status, at: datetime, ref: str) -> None:
        db.execute(
            "insert into receipt (key, status, at, provider_ref) values (?, ?, ?, ?)",
            (key, status, at.isoformat(), ref),
        )
        for row in db.execute("select id, status from delivery where key = ?", (key,)).fetchall():
            merged = merge_status(Status(row["status"]), status)
            db.execute("update delivery set status = ? where id = ?", (merged, row["id"]))

    def _read(self, db: sqlite3.Connection, delivery: int) -> Taken:
        row = db.execute("select * from delivery where id = ?", (delivery,)).fetchone()
        files = db.execute("select name from attachment where delivery = ? order by ordinal", (delivery,)).fetchall()
        return Taken(
            id=row["id"],
            key=row["key"],
            channel=row["channel"],
            recipient=row["recipient"],
            subject=row["subject"],
            text=row["text"],
            provider_ref=row["provider_ref"],
            at=row["at"],
            status=Status(row["status"]),
            files=tuple(item["name"] for item in files),
        )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction on its own connection, so that threads never share one."""
        db = sqlite3.connect(self._file, timeout=10, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            # Full: what was acknowledged is on disk, also after a power cut.
            db.execute("pragma synchronous=full")
            db.execute("begin immediate")
            yield db
            db.execute("commit")
        finally:
            # Closing without commit rolls back.
            db.close()


def _receipt(row: sqlite3.Row) -> Receipt:
    return Receipt.model_validate({name: row[name] for name in ("key", "status", "at", "provider_ref")})
