"""Assets and collateral of an account: each change is a new row, the newest one counts."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import AwareDatetime
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.asset import AssetState
from domain.base import Frozen
from domain.errors import Refused
from domain.events import Actor
from store.account_facts import unknown_account
from store.tables import AccountRow, AssetRow, AttachmentRow

WHO = {"actor_user", "actor_role", "authority"}


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
    values = {**entry.model_dump(exclude={"state", "actor"}), **entry.state.model_dump()}
    who = {"actor_user": entry.actor.user, "actor_role": entry.actor.role, "authority": entry.actor.authority}
    session.execute(insert(AssetRow).values(**values, **who))
    return entry


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
