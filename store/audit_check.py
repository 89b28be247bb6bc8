"""Whether the audit log and what it speaks of are as they were written: in the database, or in a file of entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.audit import BEGUN, Anchor, AuditEntry, Fault, check_chain, digest
from store.acts import SEALED, Sealed, table_of
from store.audit import entries, every_row

Key = tuple[str, tuple[str | int, ...]]
Newest = dict[tuple[str, str], tuple[int, str]]


@dataclass
class Seen:
    """What the entries say: rows with their hash and entry, the newest state of each subject, what was there before."""

    rows: dict[Key, tuple[int, str]] = field(default_factory=dict[Key, tuple[int, str]])
    states: Newest = field(default_factory=Newest)
    begun: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])

    def note(self, entry: AuditEntry) -> None:
        for row in entry.rows:
            self.rows[row.table, row.key] = (entry.seq, row.digest)
            if SEALED[row.table].holder is not None:
                self.states[row.table, entry.subject] = (entry.seq, entry.after)
        if entry.what.startswith(BEGUN):
            self.begun[entry.subject] = (entry.seq, entry.body)


def check_database(session: Session, key: bytes, anchor: Anchor | None = None) -> Iterator[Fault]:
    """Every fault of the log, then of the rows and states that it speaks of. key: b"" leaves the seals out."""
    if session.get_bind().dialect.name == "postgresql":  # the rows as they stood when the entries were read
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    seen = Seen()
    yield from check_chain(_noted(entries(session), seen), key, anchor)
    for name, table in SEALED.items():
        yield from _rows(session, name, table, seen)
        if table.holder is not None:
            yield from _states(session, name, table, seen.states)


def check_file(lines: Iterable[str], key: bytes, anchor: Anchor | None = None) -> Iterator[Fault]:
    """Every fault of a file of entries, one JSON object a line."""
    unreadable: list[Fault] = []
    yield from check_chain(_read(lines, unreadable), key, anchor)
    yield from unreadable


def _noted(found: Iterable[AuditEntry], seen: Seen) -> Iterator[AuditEntry]:
    for entry in found:
        seen.note(entry)
        yield entry


def _read(lines: Iterable[str], unreadable: list[Fault]) -> Iterator[AuditEntry]:
    for number, line in enumerate(lines, start=1):
        try:
            yield AuditEntry.model_validate_json(line)
        except ValidationError:
            unreadable.append(Fault(seq=0, message=f"line {number} is no entry"))


def _rows(session: Session, name: str, table: Sealed, seen: Seen) -> Iterator[Fault]:
    uncovered: list[str] = []
    unknown: list[str] = []
    for row in every_row(session, table):
        known = seen.rows.pop((row.table, row.key), None)
        if known is None:
            uncovered.append(row.digest)
            unknown.append(_place(row.key))
        elif known[1] != row.digest:
            yield Fault(seq=known[0], message=f"{name} {_place(row.key)} was changed")
    for (of, key), (seq, _) in list(seen.rows.items()):
        if of == name:
            yield Fault(seq=seq, message=f"{name} {_place(key)} was removed")
    begun = seen.begun.get(name)
    if begun is not None and digest(uncovered) != begun[1]:
        yield Fault(seq=begun[0], message=f"{name}: rows from before the log were changed, removed or added")
    elif begun is None:
        yield from (Fault(seq=0, message=f"{name} {place} was added by hand: no entry has it") for place in unknown)


def _states(session: Session, name: str, table: Sealed, states: Newest) -> Iterator[Fault]:
    if table.holder is None:
        return
    holder = table_of(table.holder)
    query = select(holder.c[table.subject], holder.c.snapshot).order_by(holder.c[table.subject])
    found = {subject: digest(text) for subject, text in session.execute(query.execution_options(yield_per=500))}
    for (of, subject), (seq, after) in states.items():
        if of == name and found.get(subject) != after:
            yield Fault(seq=seq, message=f"the state of {holder.name} {subject} is not the one that was recorded")


def _place(key: tuple[str | int, ...]) -> str:
    return "/".join(map(str, key))
