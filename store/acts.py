"""What one transaction writes, noticed where it is executed: rows the audit chain covers, and what an act changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Delete, Insert, Table, Update, event, select
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import SQLModel

from domain.audit import canonical
from domain.clock import Clock
from store.tables import (
    CaseEventRow,
    CaseRow,
    CommandAttemptRow,
    ComplaintEventRow,
    ComplaintRow,
    DestructionRow,
    LegalHoldRow,
    SuitEventRow,
    SuitRow,
    SuspenseActRow,
    TextVerdictRow,
    TextVersionRow,
    WriteOffRow,
    WriteOffVerdictRow,
)

WRITES: Final = "arrears.writes"
UPLOADED: Final = re.compile(r"att-[0-9a-f]{32}")
BULK = 500  # sets of values from which on a statement is entered by its table and their number only


@dataclass
class Act:
    """What somebody is doing, filled in as it becomes known. body: gives the sha256 of what was sent.

    clock: dates it. subject: what it is about, by its number; nothing personal. attempted: that it was refused is kept.
    """

    what: str
    subject: str
    clock: Clock
    user: str = ""
    role: str = ""
    authority: str = ""
    command_id: str | None = None
    body: str = ""
    attempted: bool = False


@dataclass(frozen=True)
class Sealed:
    """An append-only table whose every row the chain covers.

    subject, key: its primary key. holder: the table whose `snapshot` is the state of the subject, if it has one.
    """

    row: type[SQLModel]
    subject: str
    key: str
    holder: type[SQLModel] | None = None

    @property
    def table(self) -> Table:
        return table_of(self.row)


def table_of(row: type[SQLModel]) -> Table:
    """The table of a row."""
    table = row.metadata.tables[str(row.__tablename__)]
    return table


SEALED: Final[dict[str, Sealed]] = {
    one.table.name: one
    for one in (
        Sealed(CaseEventRow, "case_no", "seq", CaseRow),
        Sealed(ComplaintEventRow, "number", "seq", ComplaintRow),
        Sealed(SuitEventRow, "number", "seq", SuitRow),
        Sealed(CommandAttemptRow, "case_no", "id"),
        Sealed(TextVersionRow, "text_id", "sha256"),
        Sealed(TextVerdictRow, "text_id", "seq"),
        Sealed(SuspenseActRow, "entry", "key"),
        Sealed(WriteOffRow, "account_no", "id"),
        Sealed(WriteOffVerdictRow, "write_off", "seq"),
        Sealed(LegalHoldRow, "case_no", "id"),
        Sealed(DestructionRow, "case_no", "number"),
    )
}
"""A table of events that is new gets a line here."""


@dataclass
class Writes:
    """What a transaction wrote so far. covered: keys of new rows by table and subject, in order of their first."""

    act: Act | None = None
    open: bool = True
    covered: dict[tuple[str, str], list[str | int]] = field(default_factory=dict[tuple[str, str], list[str | int]])
    uploads: set[str] = field(default_factory=set[str])
    changed: bool = False
    _before: Any = field(default_factory=sha256)
    _after: Any = field(default_factory=sha256)

    def replaced(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Rows as they stand before a statement changes them."""
        for row in rows:
            self._before.update(canonical(dict(row)).encode())

    def wrote(self, statement: Insert | Update | Delete, values: Sequence[Mapping[str, object]]) -> None:
        """A statement that was executed with these values."""
        table = getattr(statement.table, "name", "")
        sealed = SEALED.get(table) if isinstance(statement, Insert) else None
        if sealed is not None:
            for row in values:
                self.covered.setdefault((table, str(row[sealed.subject])), []).append(row[sealed.key])  # pyright: ignore[reportArgumentType]
            self._note_uploads(canonical(list(values)))
        elif self.act is not None:
            self.changed = True
            of_it = list(values) if len(values) <= BULK else len(values)
            text = canonical([type(statement).__name__, table, of_it])
            self._after.update(text.encode())
            self._note_uploads(text)

    @property
    def before(self) -> str:
        return self._before.hexdigest()

    @property
    def after(self) -> str:
        return self._after.hexdigest()

    def _note_uploads(self, text: str) -> None:
        self.uploads.update(UPLOADED.findall(text))


def follow(sessions: sessionmaker[Session]) -> None:
    """From now on the transactions of these sessions notice what they write."""
    event.listen(sessions, "after_begin", _begun)


def watch(engine: object) -> None:
    """The statements of this engine are told to the transaction that they belong to."""
    event.listen(engine, "before_execute", _about_to)
    event.listen(engine, "after_execute", _executed)


def _begun(session: Session, _transaction: object, connection: Connection) -> None:
    connection.info[WRITES] = session.info.get(WRITES)


def _about_to(
    connection: Connection, statement: object, several: list[dict[str, Any]], one: dict[str, Any], _options: object
) -> None:
    writes: Writes | None = connection.info.get(WRITES)
    if writes is None or not writes.open or writes.act is None or not isinstance(statement, Update | Delete):
        return
    where, given = statement.whereclause, several or [one]
    if where is not None and len(given) <= BULK:
        for values in given:
            rows = connection.execute(select(statement.table).where(where), values).mappings().all()
            writes.replaced([dict(row) for row in rows])


def _executed(
    connection: Connection, statement: object, _several: object, _one: object, _options: object, result: Any
) -> None:
    writes: Writes | None = connection.info.get(WRITES)
    if writes is not None and writes.open and isinstance(statement, Insert | Update | Delete):
        writes.wrote(statement, result.context.compiled_parameters)
