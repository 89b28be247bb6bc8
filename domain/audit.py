"""The audit chain: what one entry holds, how it is hashed and sealed, and what is wrong with a row of them."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Final

from pydantic import AwareDatetime

from domain.base import Frozen

BY_RULE: Final = "rule"  # the actor of what no person did
BEGUN: Final = "audit_begun"  # what an entry did that answers for rows from before the chain
MOST_NAMED: Final = 20  # missing entries in a row that are told one by one
FIRST: Final = ""  # what the first entry follows, and the state of what was never entered


class Covered(Frozen):
    """A row of an append-only table that an entry answers for. digest: sha256 of what the row holds."""

    table: str
    key: tuple[str | int, ...]
    digest: str


class AuditEntry(Frozen):
    """One act: who did what to which subject under which authority, and what stood there before and after.

    body: sha256 of what was sent; before, after: sha256 of the state of the subject; evidence: sha256 of documents.
    previous: hash of the entry before; hash: of this one; seal: HMAC of the hash, "" where no key was given.
    Nothing personal stands in it but staff ids.
    """

    seq: int
    at: AwareDatetime
    actor_user: str
    actor_role: str
    authority: str
    command_id: str | None
    what: str
    subject: str
    body: str
    before: str
    after: str
    evidence: tuple[str, ...]
    rows: tuple[Covered, ...]
    previous: str
    hash: str = ""
    seal: str = ""


class Anchor(Frozen):
    """Where the chain stood once, kept outside of the database."""

    seq: int
    hash: str


class Fault(Frozen):
    """What is wrong with the log at one place; seq 0: nowhere in particular."""

    seq: int
    message: str


def canonical(value: object) -> str:
    """One text for equal values: keys sorted, nothing between, instants in UTC."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def digest(value: object) -> str:
    """sha256 over the canonical text, in hex."""
    return sha256(canonical(value).encode()).hexdigest()


def row_digest(row: Mapping[str, object]) -> str:
    """sha256 of what a row holds; columns that hold nothing do not count, so that a new column changes no hash."""
    return digest({name: value for name, value in row.items() if value is not None})


def sealed(entry: AuditEntry, key: bytes) -> AuditEntry:
    """The entry with its hash and, where there is a key, its seal."""
    hashed = hash_of(entry)
    return entry.model_copy(update={"hash": hashed, "seal": _seal(hashed, key) if key else ""})


def hash_of(entry: AuditEntry) -> str:
    """The hash of everything an entry says, that of the entry before it included."""
    return digest(entry.model_dump(exclude={"hash", "seal"}))


def check_chain(entries: Iterable[AuditEntry], key: bytes = b"", anchor: Anchor | None = None) -> Iterator[Fault]:
    """What is wrong with the chain, entry by entry. key: of the seals, b"" leaves them out."""
    last, previous, anchored = 0, FIRST, anchor is None
    for entry in entries:
        yield from _misplaced(entry.seq, last)
        if entry.seq == last + 1 and entry.previous != previous:
            yield Fault(seq=entry.seq, message="does not follow the entry before it")
        yield from check_entry(entry, key)
        if anchor is not None and entry.seq == anchor.seq:
            anchored = True
            if entry.hash != anchor.hash:
                yield Fault(seq=entry.seq, message="is not the entry of the anchor")
        if entry.seq > last:
            last, previous = entry.seq, entry.hash
    if anchor is not None and not anchored:
        yield Fault(seq=anchor.seq, message=f"is missing: the chain ends at {last}, the anchor says {anchor.seq}")


def _misplaced(seq: int, last: int) -> Iterator[Fault]:
    if seq <= last:
        yield Fault(seq=seq, message=f"stands after entry {last}: out of order")
    for missing in range(last + 1, min(seq, last + 1 + MOST_NAMED)):
        yield Fault(seq=missing, message="is missing")


def check_entry(entry: AuditEntry, key: bytes) -> Iterator[Fault]:
    """What is wrong with an entry by itself."""
    if hash_of(entry) != entry.hash:
        yield Fault(seq=entry.seq, message="was changed: its hash is that of another content")
    if not key:
        return
    if not entry.seal:
        yield Fault(seq=entry.seq, message="has no seal: it was not written by this installation")
    elif not hmac.compare_digest(entry.seal, _seal(entry.hash, key)):
        yield Fault(seq=entry.seq, message="has a seal of another key: it was changed or appended by hand")


def _seal(hashed: str, key: bytes) -> str:
    return hmac.new(key, hashed.encode(), sha256).hexdigest()


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | Decimal():
            return str(value)
        case bytes():
            return sha256(value).hexdigest()
        case _:
            return str(value)
