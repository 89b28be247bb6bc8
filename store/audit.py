"""The audit chain: at the end of a transaction what it did is entered, hashed and sealed, one entry after the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.audit import BEGUN, BY_RULE, FIRST, Anchor, AuditEntry, Covered, digest, row_digest, sealed
from store.acts import SEALED, Sealed, Writes, table_of
from store.dialect import take_turns
from store.tables import AttachmentRow, AuditEntryRow

Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Draft:
    """An entry before it has a place in the chain."""

    at: datetime
    actor_user: str
    actor_role: str
    authority: str
    command_id: str | None
    what: str
    subject: str
    body: str
    before: str
    after: str
    rows: tuple[Covered, ...] = ()


def enter(session: Session, writes: Writes, key: bytes) -> None:
    """Append what the transaction did, as its last act: whoever comes after waits until it ends.

    key: seals the entries, b"" for none. A transaction of nobody that wrote nothing covered leaves no entry.
    """
    session.flush()
    writes.open = False
    if not writes.covered and not writes.changed:
        return
    drafts = [draft for (table, subject), keys in writes.covered.items()
              for draft in _of_rows(session, SEALED[table], subject, keys, writes)]  # fmt: skip
    if writes.changed:
        drafts.append(_of_act(writes))
    evidence = _evidence(session, writes.uploads)
    take_turns(session, "audit")
    seq, previous = _head(session)
    if not seq:
        drafts = [*_begun(session, writes, max(draft.at for draft in drafts)), *drafts]
    values: list[dict[str, object]] = []
    for number, draft in enumerate(drafts, start=seq + 1):
        entry = sealed(AuditEntry(seq=number, evidence=evidence, previous=previous, **vars(draft)), key)
        values.append(_values(entry))
        previous = entry.hash
    session.connection().execute(insert(AuditEntryRow), values)


def head(session: Session) -> Anchor | None:
    """Where the chain stands; None before its first entry."""
    seq, hashed = _head(session)
    return Anchor(seq=seq, hash=hashed) if seq else None


def entries(session: Session, about: Iterable[str] | None = None) -> Iterator[AuditEntry]:
    """The entries in order, all or those about some subjects and their parts; read as they are used."""
    query = select(AuditEntryRow).order_by(col(AuditEntryRow.seq))
    if about is not None:
        subject = col(AuditEntryRow.subject)
        names = sorted(about)
        query = query.where(or_(subject.in_(names), *(subject.startswith(f"{n}/", autoescape=True) for n in names)))
    for row in session.scalars(query.execution_options(yield_per=500)):
        yield entry_of(row.model_dump())


def entry_of(row: Row) -> AuditEntry:
    """The entry as it was written."""
    return AuditEntry.model_validate({**row, "evidence": json.loads(row["evidence"]), "rows": json.loads(row["rows"])})


def state_of(session: Session, sealed_table: Sealed, subject: str) -> str:
    """sha256 of the state that is kept of a subject; FIRST for a subject without one."""
    if sealed_table.holder is None:
        return FIRST
    table = table_of(sealed_table.holder)
    text = session.execute(select(table.c.snapshot).where(table.c[sealed_table.subject] == subject)).scalar()
    return FIRST if text is None else digest(text)


def rows_of(session: Session, sealed_table: Sealed, subject: str, keys: Sequence[str | int]) -> Sequence[Row]:
    """The covered rows as the database has them, in the order of their keys."""
    table = sealed_table.table
    own = table.c[sealed_table.key]
    query = select(*table.c).where(table.c[sealed_table.subject] == subject, own.in_(keys))
    return session.execute(query.order_by(own)).mappings().all()


def every_row(session: Session, sealed_table: Sealed) -> Iterator[Covered]:
    """All rows of a covered table, in the order of their keys; read as they are used."""
    table = sealed_table.table
    query = select(*table.c).order_by(table.c[sealed_table.subject], table.c[sealed_table.key])
    for row in session.execute(query.execution_options(yield_per=500)).mappings():
        yield covered_row(sealed_table, row)


def covered_row(sealed_table: Sealed, row: Row) -> Covered:
    """A row by its key, with the hash of what it holds."""
    key = (row[sealed_table.subject], row[sealed_table.key])
    return Covered(table=sealed_table.table.name, key=key, digest=row_digest(row))


def _of_rows(
    session: Session, table: Sealed, subject: str, keys: Sequence[str | int], writes: Writes
) -> Iterator[Draft]:
    """One draft per command, with what followed from it by rule; the state is that before and after all of them."""
    rows = rows_of(session, table, subject, keys)
    before, after = _last_state(session, table, subject), state_of(session, table, subject)
    for part in _by_command(rows):
        covered = tuple(covered_row(table, row) for row in part)
        first = next((row for row in part if _command(row) is not None), part[0])
        act = writes.act
        kinds = sorted({str(row["kind"]) for row in part if "kind" in row})
        yield Draft(
            at=max(row["at"] for row in part),
            actor_user=(act.user if act else "") or first.get("actor_user") or first.get("actor") or BY_RULE,
            actor_role=(act.role if act else "") or first.get("actor_role") or "",
            authority=(act.authority if act else "") or first.get("authority") or "",
            command_id=_command(first) or (act.command_id if act else None),
            what=f"{table.table.name}: {', '.join(kinds)}" if kinds else table.table.name,
            subject=subject,
            body=act.body if act and act.body else digest([one.digest for one in covered]),
            before=before,
            after=after or digest([one.digest for one in covered]),
            rows=covered,
        )


def _begun(session: Session, writes: Writes, at: datetime) -> Iterator[Draft]:
    """What stood in the covered tables before the chain began is entered as a whole, table by table."""
    for name, table in SEALED.items():
        mine = {(subject, key) for (of, subject), keys in writes.covered.items() if of == name for key in keys}
        before = [one.digest for one in every_row(session, table) if one.key not in mine]
        if before:
            yield Draft(
                at=at, actor_user=BY_RULE, actor_role="", authority="", command_id=None, what=f"{BEGUN}: {name}",
                subject=name, body=digest(before), before=FIRST, after=digest(before),
            )  # fmt: skip


def _of_act(writes: Writes) -> Draft:
    act = writes.act
    if act is None:
        raise TypeError("only an act has changes of its own")
    return Draft(
        at=act.clock.now(), actor_user=act.user, actor_role=act.role, authority=act.authority,
        command_id=act.command_id, what=act.what, subject=act.subject, body=act.body, before=writes.before,
        after=writes.after,
    )  # fmt: skip


def _by_command(rows: Sequence[Row]) -> Iterator[list[Row]]:
    part: list[Row] = []
    command: str | None = None
    for row in rows:
        of_row = _command(row)
        if part and of_row is not None and command is not None and of_row != command:
            yield part
            part, command = [], None
        part.append(row)
        command = of_row or command
    if part:
        yield part


def _command(row: Row) -> str | None:
    """The command a row came from: events name it; an attempt is one."""
    return row.get("command_id") or (row["id"] if "code" in row else None)


def _last_state(session: Session, table: Sealed, subject: str) -> str:
    if table.holder is None:
        return FIRST
    a = AuditEntryRow
    query = select(col(a.after)).where(col(a.subject) == subject, col(a.what).startswith(f"{table.table.name}:"))
    return session.scalar(query.order_by(col(a.seq).desc()).limit(1)) or FIRST


def _evidence(session: Session, uploads: set[str]) -> tuple[str, ...]:
    if not uploads:
        return ()
    query = select(col(AttachmentRow.sha256)).where(col(AttachmentRow.id).in_(uploads))
    return tuple(sorted(session.scalars(query)))


def _head(session: Session) -> tuple[int, str]:
    a = AuditEntryRow
    found = session.execute(select(col(a.seq), col(a.hash)).order_by(col(a.seq).desc()).limit(1)).first()
    return (found[0], found[1]) if found else (0, FIRST)


def _values(entry: AuditEntry) -> dict[str, object]:
    rows = json.dumps([one.model_dump() for one in entry.rows], ensure_ascii=False)
    return {**entry.model_dump(), "evidence": json.dumps(entry.evidence), "rows": rows}
