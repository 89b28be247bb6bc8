"""Staff who may log in: their login, the hash of their password, their roles; and alerts that wait for them."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime, Field
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Refused
from store.account_facts import split
from store.dialect import inserted
from store.tables import StaffAlertRow, StaffRow


class StaffMember(Frozen):
    """Somebody who works here. `id` is what the record names; `password_hash` never leaves the server.

    branch, region: where their cases are from; "" for anywhere. capacity: most cases they are given by rule; None: any.
    agency: whose person it is; "" for those who work here.
    """

    id: str
    login: str
    name: str
    password_hash: str
    roles: tuple[str, ...]
    active: bool = True
    branch: str = ""
    region: str = ""
    skills: tuple[str, ...] = ()
    capacity: int | None = Field(default=None, ge=0)
    agency: str = ""


class Alert(Frozen):
    """Something a role should hear of; `key` makes it unique. No debtor's name in it."""

    key: str
    role: str
    case_no: str
    title: str
    text: str
    at: AwareDatetime


def add(session: Session, member: StaffMember) -> None:
    """Add somebody; Refused "staff_exists" if the id or the login is taken."""
    if not inserted(session, StaffRow, _values(member)):
        raise Refused("staff_exists", f"The login {member.login} is taken.", "Choose another login.")


def change(session: Session, member: StaffMember) -> None:
    """Change what is known of somebody, or whether they may log in; Refused "unknown_staff"."""
    values = {name: value for name, value in _values(member).items() if name != "id"}
    if (
        session.connection().execute(update(StaffRow).where(col(StaffRow.id) == member.id).values(**values)).rowcount
        == 0
    ):
        raise Refused("unknown_staff", f"There is no member of staff {member.id}.", "Add them first.")


def find(session: Session, login: str) -> StaffMember | None:
    """The member of staff with that login, also an inactive one."""
    row = session.scalar(select(StaffRow).where(col(StaffRow.login) == login))
    return _member(row) if row else None


def working(session: Session, user: str) -> StaffMember:
    """The active member of staff with that id; Refused "unknown_staff"."""
    row = session.get(StaffRow, user)
    if row is None or not row.active:
        raise Refused("unknown_staff", f"There is no active member of staff {user}.", "See GET /staff.")
    return _member(row)


def list_staff(session: Session) -> tuple[StaffMember, ...]:
    """Everybody, in the order of logins."""
    return tuple(_member(row) for row in session.scalars(select(StaffRow).order_by(col(StaffRow.login))))


def raise_alert(session: Session, alert: Alert) -> bool:
    """Put an alert into the outbox once; whether it is new."""
    return inserted(session, StaffAlertRow, alert.model_dump())


def pending_alerts(session: Session, limit: int = 100) -> tuple[Alert, ...]:
    """Alerts that were not sent yet, the oldest first."""
    query = select(StaffAlertRow).where(col(StaffAlertRow.sent_at).is_(None))
    rows = session.scalars(query.order_by(col(StaffAlertRow.at), col(StaffAlertRow.key)).limit(limit))
    return tuple(Alert(**row.model_dump(exclude={"sent_at"})) for row in rows)


def alert_sent(session: Session, key: str, at: datetime) -> None:
    """An alert was handed over."""
    session.execute(update(StaffAlertRow).where(col(StaffAlertRow.key) == key).values(sent_at=at))


def _values(member: StaffMember) -> dict[str, object]:
    return {**member.model_dump(), "roles": ",".join(member.roles), "skills": ",".join(member.skills)}


def _member(row: StaffRow) -> StaffMember:
    return StaffMember(**{**row.model_dump(), "roles": split(row.roles), "skills": split(row.skills)})
