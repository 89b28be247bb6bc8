"""Assets and collateral of an account: each change is a new row, the newest one counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import AwareDatetime
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.asset import AssetState
from domain.base import Frozen
from domain.errors import Refused
from domain.events import Actor
from store.account_facts import chunks, unknown_account
from store.tables import AccountRow, AssetRow, AttachmentRow

IMPORTED: Final = "import:"  # how the authority of what a file said begins


@dataclass(frozen=True)
class Known:
    """What is recorded of an asset now, and what a file said of it last."""

    newest: AssetState | None = None
    imported: AssetState | None = None


class AssetEntry(Frozen):
    """What was entered of an asset. version: 1 for its first entry. evidence: id of an uploaded document."""

    account_no: str
    version: int = 0
    key: str
    state: AssetState
    evidence: str | None = None
    actor: Actor
    at: AwareDatetime


def enter_asset(session: Session, entry: AssetEntry) -> AssetEntry:
    """A new version of the asset, once per key; the same again gives the first one.

    Refused: unknown_account, unknown_attachment, asset_kind_differs, command_differs.
    """
    if session.get(AccountRow, entry.account_no, with_for_update=True) is None:
        raise unknown_account(entry.account_no)
    known = session.scalar(select(AssetRow).where(col(AssetRow.key) == entry.key))
    if known is not None:
        return _repeated(_entry(known), entry)
    if entry.evidence is not None and session.get(AttachmentRow, entry.evidence) is None:
        raise Refused("unknown_attachment", f"There is no upload {entry.evidence}.", "Upload it first.")
    before = [one for one in asset_history(session, entry.account_no) if one.state.asset == entry.state.asset]
    if before and before[-1].state.kind != entry.state.kind:
        message = f"{entry.state.asset} is a {before[-1].state.kind}."
        raise Refused("asset_kind_differs", message, "Release it and enter another asset.")
    entry = entry.model_copy(update={"version": len(before) + 1})
    session.execute(insert(AssetRow).values(**_values(entry)))
    return entry


def open_assets(session: Session, entries: Iterable[AssetEntry]) -> None:
    """The assets of accounts that are new."""
    rows = [_values(entry.model_copy(update={"version": 1})) for entry in entries]
    if rows:
        session.execute(insert(AssetRow), rows)


def known_assets(session: Session, names: Sequence[str]) -> dict[tuple[str, str], Known]:
    """By account and asset, for all these accounts."""
    a = AssetRow
    found: dict[tuple[str, str], Known] = {}
    for part in chunks(names):
        query = select(a).where(col(a.account_no).in_(part)).order_by(col(a.account_no), col(a.asset), col(a.version))
        for row in session.scalars(query):
            entry, before = _entry(row), found.get((row.account_no, row.asset), Known())
            said = entry.state if row.authority.startswith(IMPORTED) else before.imported
            found[row.account_no, row.asset] = Known(newest=entry.state, imported=said)
    return found


def assets_of(session: Session, account_no: str) -> tuple[AssetEntry, ...]:
    """The assets of an account as they are now, in the order of their first entry; released ones too."""
    newest: dict[str, AssetEntry] = {}
    for entry in asset_history(session, account_no):
        newest[entry.state.asset] = entry
    return tuple(newest.values())


def securing(entries: Sequence[AssetEntry]) -> tuple[AssetState, ...]:
    """Those that still secure the claim."""
    return tuple(entry.state for entry in entries if not entry.state.released)


def asset_history(session: Session, account_no: str) -> tuple[AssetEntry, ...]:
    """Every entry about the assets of an account, in order."""
    a = AssetRow
    query = select(a).where(col(a.account_no) == account_no).order_by(col(a.at), col(a.asset), col(a.version))
    return tuple(_entry(row) for row in session.scalars(query))


def _values(entry: AssetEntry) -> dict[str, object]:
    values = {**entry.model_dump(exclude={"state", "actor"}), **entry.state.model_dump()}
    who = {"actor_user": entry.actor.user, "actor_role": entry.actor.role, "authority": entry.actor.authority}
    return {**values, **who}


def _entry(row: AssetRow) -> AssetEntry:
    values = row.model_dump()
    return AssetEntry.model_validate({
        **{name: values[name] for name in ("account_no", "version", "key", "evidence", "at")},
        "state": {name: values[name] for name in AssetState.model_fields},
        "actor": Actor(user=row.actor_user, role=row.actor_role, authority=row.authority),
    })  # fmt: skip


def _repeated(known: AssetEntry, entry: AssetEntry) -> AssetEntry:
    if (known.account_no, known.state, known.evidence) != (entry.account_no, entry.state, entry.evidence):
        raise Refused("command_differs", f"The id {entry.key} belongs to another entry.", "Use a new id.")
    return known
