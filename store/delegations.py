"""Delegations: for a period somebody acts under a role of somebody else; given and revoked, never changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field
from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Problem, Refused
from domain.evidence import Actor
from domain.words import Said
from store.dialect import inserted
from store.staff import StaffMember, working
from store.tables import DelegationRevocationRow, DelegationRow, StaffRow

D, R = DelegationRow, DelegationRevocationRow
DELEGATION: Final = "delegation"  # the authority of an act under it: "delegation:ID"


class Delegation(Frozen):
    """`to_user` acts under `role` of `from_user` from `begins` up to, not including, `ends`. given_by: a staff id."""

    id: str
    from_user: str
    to_user: str
    role: str
    begins: AwareDatetime
    ends: AwareDatetime
    reason: Annotated[Said, Field(max_length=400)]
    given_by: str
    given_at: AwareDatetime
    revoked_by: str | None = None
    revoked_at: AwareDatetime | None = None


def give(session: Session, wanted: Delegation, never: Collection[str]) -> Delegation:
    """Keep a delegation, once per id. never: roles that cannot be delegated, and whose holders are no deputies.

    Refused: unknown_staff, delegation_unfit (every fault at once), command_differs.
    """
    known = session.get(D, wanted.id)
    if known is not None:
        if known.model_dump() != _values(wanted) | {"given_at": known.given_at}:
            raise Refused("command_differs", f"The id {wanted.id} belongs to another delegation.", "Use a new id.")
        return delegation(session, wanted.id)
    giver, deputy = working(session, wanted.from_user), working(session, wanted.to_user)
    problems = _faults(wanted, giver, deputy, never)
    if problems:
        said = "; ".join(f"{one.place}: {one.message}" for one in problems)
        raise Refused("delegation_unfit", f"{said}.", "; ".join(f"{one.place}: {one.remedy}" for one in problems) + ".")
    inserted(session, D, _values(wanted))
    return wanted


def _faults(wanted: Delegation, giver: StaffMember, deputy: StaffMember, never: Collection[str]) -> list[Problem]:
    found: list[Problem] = []
    if wanted.role not in giver.roles:  # a role held by delegation is not among them: it cannot be passed on
        found.append(Problem("role", f"{giver.id} has no role {wanted.role} of their own", "one of their own roles"))
    if wanted.role in never:
        found.append(Problem("role", f"{wanted.role} is not delegated", "a role that decides"))
    if deputy.id == giver.id or wanted.role in deputy.roles:
        found.append(Problem("to_user", f"{deputy.id} may act so anyway", "name somebody else"))
    if set(deputy.roles) & set(never):
        found.append(Problem("to_user", f"{deputy.id} decides nothing in cases", "name somebody who works in them"))
    if deputy.id == wanted.given_by:
        found.append(Problem("to_user", "nobody takes another's role themselves", "let its holder give it"))
    if wanted.begins < wanted.given_at:
        found.append(Problem("begins", "what was done before stands under its own role", "now or later"))
    if wanted.ends <= wanted.begins:
        found.append(Problem("ends", "it ends before it begins", "swap the two"))
    elif wanted.ends <= wanted.given_at:
        found.append(Problem("ends", "it is over already", "name an instant to come"))
    return found


def revoke(session: Session, delegation_id: str, by: str, at: datetime, reason: str) -> Delegation:
    """End a delegation from now on; what was done under it stands. Refused: unknown_delegation, already_revoked."""
    delegation(session, delegation_id)
    values: dict[str, Any] = {"delegation": delegation_id, "by": by, "at": at, "reason": reason}
    if not inserted(session, R, values):
        raise Refused("already_revoked", f"{delegation_id} is revoked already.", "Nothing was changed.")
    return delegation(session, delegation_id)


def delegation(session: Session, delegation_id: str) -> Delegation:
    """One delegation; Refused "unknown_delegation"."""
    row = session.execute(_all().where(col(D.id) == delegation_id)).first()
    if row is None:
        raise Refused("unknown_delegation", f"There is no delegation {delegation_id}.", "See GET /delegations.")
    return _read(*row)


def delegations(session: Session, since: datetime) -> tuple[Delegation, ...]:
    """Those that end after an instant, revoked ones included, in the order in which they begin."""
    query = _all().where(col(D.ends) > since).order_by(col(D.begins), col(D.id))
    return tuple(_read(*row) for row in session.execute(query))


def held_by(session: Session, user: str, now: datetime) -> tuple[Delegation, ...]:
    """Under what somebody acts for others now: not revoked, and the other still works here and has the role."""
    query = _in_force(now).where(col(D.to_user) == user).order_by(col(D.begins), col(D.id))
    return tuple(_read(found, None) for found, roles in session.execute(query) if found.role in roles.split(","))


def deputies_of(session: Session, role: str, now: datetime) -> tuple[Delegation, ...]:
    """Who acts under a role for somebody else now."""
    query = _in_force(now).where(col(D.role) == role).order_by(col(D.begins), col(D.id))
    return tuple(_read(found, None) for found, roles in session.execute(query) if found.role in roles.split(","))


def persons(session: Session, actor: Actor) -> set[str]:
    """Staff ids of who did something and, when they did it as a deputy, of whom they stood for."""
    kind, _, held = actor.authority.partition(":")
    giver = session.scalar(select(col(D.from_user)).where(col(D.id) == held)) if kind == DELEGATION else None
    return {actor.user, giver} if giver else {actor.user}


def _in_force(now: datetime) -> Select[DelegationRow, str]:
    giver: ColumnElement[bool] = and_(col(StaffRow.id) == col(D.from_user), col(StaffRow.active))
    return (
        select(D, col(StaffRow.roles))
        .join(StaffRow, giver)
        .outerjoin(R, col(R.delegation) == col(D.id))
        .where(col(D.begins) <= now, col(D.ends) > now, col(R.delegation).is_(None))
    )


def _all() -> Select[DelegationRow, DelegationRevocationRow]:
    return select(D, R).outerjoin(R, col(R.delegation) == col(D.id))


def _read(row: DelegationRow, revoked: DelegationRevocationRow | None) -> Delegation:
    ended = {"revoked_by": revoked.by, "revoked_at": revoked.at} if revoked else {}
    return Delegation.model_validate(row.model_dump() | ended)


def _values(wanted: Delegation) -> dict[str, Any]:
    return wanted.model_dump(exclude={"revoked_by", "revoked_at"})
