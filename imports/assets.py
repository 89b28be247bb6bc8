"""Asset facts of an import: whether the rows make sense, what a new account brings, and what a later file changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import ValidationError
from sqlalchemy.orm import Session

from domain.asset import AssetKind, AssetState
from domain.events import Actor
from imports.accounts import ImportedAccount
from imports.faults import EMPTY, Fault
from imports.forms import AssetLine
from imports.rows import Sheet
from store.assets import IMPORTED, AssetEntry, Known, known_assets

LEASED: AssetKind = "leased_asset"
FACTS = (
    "kind", "serial_no", "place", "tracker", "insured_until", "register_no", "registered_on", "value", "valued_on",
    "released",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AssetChange:
    """What the sender says of an asset now."""

    account_no: str
    state: AssetState


def asset_faults(rows: Sequence[tuple[int, AssetLine]], sheet: Sheet[AssetLine], today: date) -> Iterator[Fault]:
    """Every fault among the assets of one account; a row without a number is a description and states no fact."""
    first: dict[str, int] = {}
    for row, line in rows:
        given = [name for name in FACTS if getattr(line, name)]
        if not line.asset_no:
            if given:
                expected = f"the number of the asset of which the row states {', '.join(given)}"
                yield sheet.fault(row, "asset_no", EMPTY, expected, "enter it", line.account_no)
            continue
        before = first.setdefault(line.asset_no, row)
        if before != row:
            expected = f"each asset once (first in row {before})"
            yield sheet.fault(row, "asset_no", line.asset_no, expected, "remove or renumber one", line.account_no)
        for name in ("registered_on", "valued_on"):
            day = getattr(line, name)
            if day is not None and day > today:
                yield sheet.fault(row, name, day, f"a day up to {today}", "correct it", line.account_no)
        yield from _unfit(row, line, sheet)


def _unfit(row: int, line: AssetLine, sheet: Sheet[AssetLine]) -> Iterator[Fault]:
    """What is too long, of another form, or half of a pair; values of personal columns are not repeated."""
    try:
        _state(line)
    except ValidationError as fault:
        for one in fault.errors(include_url=False):
            name = str(one["loc"][0]) if one["loc"] else None
            column = next(
                (c for c in sheet.form.columns if c.name == {"asset": "asset_no"}.get(name or "", name)), None
            )
            value = "the value" if column is None or column.personal else getattr(line, column.name)
            expected = str(one["msg"]).removeprefix("Value error, ")
            yield sheet.fault(row, column.name if column else None, value, expected, "correct it", line.account_no)


def stated(rows: Sequence[tuple[int, AssetLine]]) -> tuple[AssetState, ...]:
    """The assets of rows without a fault, in the order of their numbers."""
    return tuple(sorted((_state(line) for _, line in rows if line.asset_no), key=lambda one: one.asset))


def described(own: str, rows: Sequence[tuple[int, AssetLine]]) -> str:
    """What is leased, in words; collateral is no part of it."""
    leased = sorted(line.description for _, line in rows if (line.kind or LEASED) == LEASED and not line.released)
    return "；".join(dict.fromkeys(([own] if own else []) + leased))


def _state(line: AssetLine) -> AssetState:
    return AssetState.model_validate({
        "asset": line.asset_no, "description": line.description,
        **{name: getattr(line, name) for name in FACTS}, "kind": line.kind or LEASED,
    })  # fmt: skip


def changed_assets(
    session: Session, accounts: Sequence[ImportedAccount]
) -> tuple[list[AssetChange], list[tuple[str, str, str, str]]]:
    """What a later file says anew, and (account, asset, ours, theirs) of another kind.

    What staff entered counts until the sender says something else than before. An asset that is no longer sent stays.
    """
    known = known_assets(session, [one.account_no for one in accounts if one.assets])
    changes: list[AssetChange] = []
    clashes: list[tuple[str, str, str, str]] = []
    for account in accounts:
        for state in account.assets:
            ours = known.get((account.account_no, state.asset), Known())
            kind = ours.newest.kind if ours.newest else state.kind
            if kind != state.kind:
                clashes.append((account.account_no, state.asset, kind, state.kind))
            elif state != (ours.imported or ours.newest):
                changes.append(AssetChange(account.account_no, state))
    return changes, clashes


def entries_of(changes: Sequence[AssetChange], batch_id: str, user: str, at: datetime) -> Iterator[AssetEntry]:
    """As the register of assets takes them. user: who sent or released the file."""
    actor = Actor(user=user, role="import", authority=f"{IMPORTED}{batch_id}")
    for one in changes:
        key = f"{IMPORTED}{batch_id}/{one.account_no}/{one.state.asset}"
        yield AssetEntry(account_no=one.account_no, key=key, state=one.state, actor=actor, at=at)
