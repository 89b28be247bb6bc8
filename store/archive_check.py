"""Whether the archive of a case is whole, without a database: files, audit entries, and the rows they speak of."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from domain.audit import BEGUN, Anchor, AuditEntry, Fault, check_chain, check_entry, digest, row_digest
from domain.errors import Invalid, Problem
from store.acts import SEALED, table_of
from store.audit_check import Key

INDEX: Final = ("index.csv", "index.json")


def check_archive(file: Path, key: bytes, anchor: Anchor | None = None) -> Iterator[Fault]:
    """Every fault of an archive that `archive_of` made. key: of the seals, b"" leaves them out.

    anchor: only looked for where the archive has the whole chain. Raises Invalid when it is no such archive.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        index = json.loads(files["index.json"])
        log = _entries(files["audit.jsonl"])
        chain = _entries(files["chain.jsonl"]) if "chain.jsonl" in files else None
        yield from _files(files, index)
        yield from _log(log, chain, key, anchor)
        yield from _rows(files, log)
        yield from _states(files, log)
        yield from _documents(files)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError) as fault:
        raise Invalid([Problem(file.name, "is no archive of a case, or damaged", "export the case again")]) from fault


def _entries(content: bytes) -> list[AuditEntry]:
    try:
        return [AuditEntry.model_validate_json(line) for line in content.splitlines()]
    except ValidationError as fault:
        raise ValueError("a line is no entry") from fault


def _files(files: dict[str, bytes], index: list[dict[str, Any]]) -> Iterator[Fault]:
    listed = {one["name"]: one["sha256"] for one in index}
    for name in sorted({*listed, *files} - {*INDEX}):
        if name not in files:
            yield Fault(seq=0, message=f"{name} is missing")
        elif name not in listed:
            yield Fault(seq=0, message=f"{name} was added: the index has it not")
        elif sha256(files[name]).hexdigest() != listed[name]:
            yield Fault(seq=0, message=f"{name} was changed: its hash is not that of the index")


def _log(log: list[AuditEntry], chain: list[AuditEntry] | None, key: bytes, anchor: Anchor | None) -> Iterator[Fault]:
    """Each entry by itself, and in its place: in the chain where that is there, else beside its neighbours."""
    for entry in log:
        yield from check_entry(entry, key)
    for one, following in pairwise(log):
        if following.seq <= one.seq or (following.seq == one.seq + 1 and following.previous != one.hash):
            yield Fault(seq=following.seq, message="does not follow the entry before it")
    if chain is None:
        return
    yield from check_chain(chain, key, anchor)
    places = {entry.seq: entry.hash for entry in chain}
    for entry in log:
        if places.get(entry.seq) != entry.hash:
            yield Fault(seq=entry.seq, message="is not that of the chain")


def _rows(files: dict[str, bytes], log: list[AuditEntry]) -> Iterator[Fault]:
    """Each row of a table that the log covers is the one that its entry speaks of, and none is missing."""
    said: dict[Key, tuple[int, str]] = {
        (row.table, row.key): (entry.seq, row.digest) for entry in log for row in entry.rows
    }
    begun = {entry.subject for entry in log if entry.what.startswith(BEGUN)}
    for name, table in SEALED.items():
        for line in files.get(f"records/{name}.jsonl", b"").splitlines():
            row = json.loads(line)
            key = (row[table.subject], row[table.key])
            known = said.pop((name, key), None)
            if known is None and name not in begun:
                yield Fault(seq=0, message=f"{name} {key[0]}/{key[1]} has no entry")
            elif known is not None and known[1] != row_digest(row):
                yield Fault(seq=known[0], message=f"{name} {key[0]}/{key[1]} was changed")
    for (name, key), (seq, _) in said.items():
        yield Fault(seq=seq, message=f"{name} {'/'.join(map(str, key))} is missing")


def _states(files: dict[str, bytes], log: list[AuditEntry]) -> Iterator[Fault]:
    """The state of a case, complaint or lawsuit is the one to which its last entry led."""
    for name, table in SEALED.items():
        if table.holder is None:
            continue
        newest = {entry.subject: entry for entry in log if any(row.table == name for row in entry.rows)}
        holder = table_of(table.holder).name
        for line in files.get(f"records/{holder}.jsonl", b"").splitlines():
            row = json.loads(line)
            last = newest.get(row[table.subject])
            if last is not None and digest(row["snapshot"]) != last.after:
                said = f"the state of {holder} {row[table.subject]} is not the one that was recorded"
                yield Fault(seq=last.seq, message=said)


def _documents(files: dict[str, bytes]) -> Iterator[Fault]:
    """Every document that an event of the case names is the one that it names; uploads are named by their hash."""
    for line in files.get("records/case_event.jsonl", b"").splitlines():
        event = json.loads(line)
        made = json.loads(event["body"]).get("document")
        if isinstance(made, dict) and "number" in made:
            content = files.get(f"documents/{made['number']}.pdf")
            if content is not None and sha256(content).hexdigest() != made["sha256"]:
                yield Fault(seq=0, message=f"documents/{made['number']}.pdf is not the one that was recorded")
    for name, content in files.items():
        if name.startswith("uploads/att-") and not sha256(content).hexdigest().startswith(Path(name).stem[4:]):
            yield Fault(seq=0, message=f"{name} is not the file that was uploaded")
        if name.startswith("rules/") and not Path(name).stem.endswith(sha256(content).hexdigest()):
            yield Fault(seq=0, message=f"{name} is not the text that was in force")
