"""Which rows belong to a case: its own, those of its account and people, and what hangs on any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store.account_facts import chunks
from store.tables import METADATA, CaseRow, NamedAccountRow, PartyRow

Rows = dict[str, list[dict[str, Any]]]
NOT_OF_THE_CASE: Final = frozenset({"feed", "notice", "audit_entry", "document", "attachment", "staff_alert"})
HANGS_ON: Final = (  # table and column, on what: table and column
    ("complaint_event", "number", "complaint", "number"),
    ("suit_event", "number", "suit", "number"),
    ("write_off_verdict", "write_off", "write_off", "id"),
    ("suspense_act", "key", "suspense_line", "act"),
    ("suspense", "id", "suspense_act", "entry"),
    ("suspense_act", "entry", "suspense", "id"),  # everything that was done with the receipt
    ("legal_hold_end", "hold", "legal_hold", "id"),
    ("early_warning_end", "id", "early_warning", "id"),
    ("agency", "id", "agency_placement", "agency"),
    ("agency_check", "agency", "agency_placement", "agency"),
    ("meeting", "id", "meeting_decision", "meeting"),
)
ACTED: Final = ("actor_user", "owner", "entered_by", "given_by", "handed_in_by", "user", "by")  # columns of staff ids
SECRET: Final = "password_hash"


def records_of(session: Session, case: CaseRow) -> Rows:
    """The rows by table, tables and rows in order; bytes are told by size and hash."""
    found = dict(_own(session, case))
    decided = METADATA.tables["meeting_decision"]
    _add(session, found, decided, decided.c.body.contains(f'"{case.case_no}"', autoescape=True))
    for name, column, on, key in HANGS_ON:
        table = METADATA.tables[name]
        _add(session, found, table, table.c[column].in_({row[key] for row in found.get(on, ())}))
    _people(session, found)
    return dict(sorted(found.items()))


def _own(session: Session, case: CaseRow) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    parties = session.scalars(select(col(PartyRow.party_id)).where(col(PartyRow.account_no) == case.account_no))
    people = list(parties)
    for name, table in METADATA.tables.items():
        where = None if name in NOT_OF_THE_CASE else _of_case(table, case, people)
        if where is not None and (rows := _rows(session, table, where)):
            yield name, rows


def _of_case(table: Table, case: CaseRow, people: list[str]) -> ColumnElement[bool] | None:
    """By case number; where a row may be without one, by account, and where it may be without that, by person."""
    c = table.c
    places: list[tuple[str, ColumnElement[bool]]] = [
        (name, where)
        for name, where in (
            ("case_no", c.case_no == case.case_no if "case_no" in c else None),
            ("account_no", c.account_no == case.account_no if "account_no" in c else None),
            ("party_id", c.party_id.in_(people) if "party_id" in c else None),
        )
        if where is not None
    ]
    found: ColumnElement[bool] | None = None
    for name, where in reversed(places):
        nowhere = or_(c[name].is_(None), c[name] == "")
        found = where if found is None else or_(where, nowhere & found)
    if table.name == "delivery":  # of a message of another case of the person that speaks of this one too
        n = NamedAccountRow
        told = select(col(n.delivery)).where(col(n.case_no) == case.case_no, col(n.taken).is_not(None))
        return or_(c.case_no == case.case_no, c.key.in_(told))
    return found


def _people(session: Session, found: Rows) -> None:
    """Who acted, and for whom they could act; of staff everything but their passwords."""
    acted = {row[name] for rows in found.values() for row in rows for name in ACTED if isinstance(row.get(name), str)}
    given, ended, staff = (METADATA.tables[name] for name in ("delegation", "delegation_revocation", "staff"))
    _add(session, found, given, given.c.to_user.in_(acted))
    _add(session, found, ended, ended.c.delegation.in_({row["id"] for row in found.get("delegation", ())}))
    givers = {row["from_user"] for row in found.get("delegation", ())}
    _add(session, found, staff, staff.c.id.in_(acted | givers))
    for row in found.get("staff", ()):
        del row[SECRET]


def kept_texts(session: Session, named: set[str]) -> dict[str, tuple[str, str]]:
    """Of hashes those under which a policy or settings are kept: hash -> kind and text."""
    kept, found = METADATA.tables["kept_text"].c, dict[str, tuple[str, str]]()
    for part in chunks(sorted(named)):
        query = select(kept.sha256, kept.kind, kept.text).where(kept.sha256.in_(part))
        found |= {digest: (kind, text) for digest, kind, text in session.execute(query)}
    return found


def _add(session: Session, found: Rows, table: Table, where: ColumnElement[bool]) -> None:
    if rows := _rows(session, table, where):
        found[table.name] = rows


def _rows(session: Session, table: Table, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    query = select(*table.c).where(where).order_by(*table.primary_key.columns)
    return [_plain(row) for row in session.execute(query).mappings()]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, bytes):
            found[name] = {"sha256": sha256(value).hexdigest(), "size": len(value)}
        else:
            found[name] = value.isoformat() if isinstance(value, datetime) else value
    return found
