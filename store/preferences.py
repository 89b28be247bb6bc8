"""How persons want to be contacted: each change is a new version with who, why and on which paper."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import AwareDatetime
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Refused
from domain.events import Actor
from domain.preferences import Preferences
from store.account_facts import split
from store.accounts import changed, lock_account
from store.dialect import take_turns
from store.tables import PartyRow, PreferenceRow


class PreferenceEntry(Frozen):
    """One version of the preferences of a person. evidence: id of an attachment."""

    party_id: str
    version: int
    preferences: Preferences
    reason: str
    evidence: str | None
    actor: Actor
    at: AwareDatetime


def preferences_of(session: Session, party_id: str) -> Preferences:
    """What counts now; without an entry nothing is known of the person."""
    newest = _rows(session, party_id)[-1:]
    return newest[0].preferences if newest else Preferences()


def preference_history(session: Session, party_id: str) -> tuple[PreferenceEntry, ...]:
    """All versions, the first one first. Refused "unknown_party"."""
    _must_exist(session, party_id)
    return _rows(session, party_id)


def change_preferences(
    session: Session,
    party_id: str,
    wanted: Preferences,
    reason: str,
    evidence: str | None,
    actor: Actor,
    at: datetime,
) -> PreferenceEntry:
    """Enter a new version; what counts already is not entered again.

    How somebody may be contacted is a fact: the ledger version of their accounts rises, so that what waits is decided
    anew.

    Refused: unknown_party; document_missing when somebody may be contacted who could not be before.
    """
    _must_exist(session, party_id)
    owing = {account_no: lock_account(session, account_no) for account_no in _accounts(session, party_id)}
    one_at_a_time(session, party_id)
    rows = _rows(session, party_id)
    before = rows[-1].preferences if rows else Preferences()
    if rows and before == wanted:
        return rows[-1]
    if wanted.loosens(before) and evidence is None:
        raise Refused("document_missing", "A stop is lifted, or consent given, by a document only.", "Attach it.")
    entry = PreferenceEntry(
        party_id=party_id, version=len(rows) + 1, preferences=wanted, reason=reason, evidence=evidence, actor=actor,
        at=at.astimezone(UTC),
    )  # fmt: skip
    session.connection().execute(insert(PreferenceRow), [_values(entry)])
    for account_no, version in owing.items():
        changed(session, account_no, version, at)
    return entry


def one_at_a_time(session: Session, party_id: str) -> None:
    """Of all that concerns the contacts of a person, only one is decided at a time: two cases share their caps."""
    take_turns(session, f"contact/{party_id}")


def _accounts(session: Session, party_id: str) -> list[str]:
    """The accounts with that person, in the order in which all lock them."""
    query = select(col(PartyRow.account_no)).where(col(PartyRow.party_id) == party_id).distinct()
    return sorted(session.scalars(query))


def _must_exist(session: Session, party_id: str) -> None:
    if session.scalar(select(col(PartyRow.party_id)).where(col(PartyRow.party_id) == party_id).limit(1)) is None:
        raise Refused("unknown_party", f"There is no party {party_id}.", "See the parties of the account.")


def _rows(session: Session, party_id: str) -> tuple[PreferenceEntry, ...]:
    query = select(PreferenceRow).where(col(PreferenceRow.party_id) == party_id)
    return tuple(_entry(row) for row in session.scalars(query.order_by(col(PreferenceRow.version))))


def _values(entry: PreferenceEntry) -> dict[str, object]:
    wanted, actor = entry.preferences, entry.actor
    return {
        **entry.model_dump(include={"party_id", "version", "reason", "evidence", "at"}),
        **wanted.model_dump(exclude={"refused"}),
        "refused": ",".join(wanted.refused),
        "actor_user": actor.user,
        "actor_role": actor.role,
        "authority": actor.authority,
    }


def _entry(row: PreferenceRow) -> PreferenceEntry:
    wanted = {name: getattr(row, name) for name in Preferences.model_fields if name != "refused"}
    return PreferenceEntry(
        party_id=row.party_id,
        version=row.version,
        preferences=Preferences.model_validate({**wanted, "refused": split(row.refused)}),
        reason=row.reason,
        evidence=row.evidence,
        actor=Actor(user=row.actor_user, role=row.actor_role, authority=row.authority),
        at=row.at,
    )
