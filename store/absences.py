"""Who is away and who stands in: while somebody is away their substitute does their work; then it is theirs again."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.distribution import stand_ins
from domain.errors import Refused
from domain.words import Said
from store.dialect import inserted
from store.staff import working
from store.tables import AbsenceRow


class Absence(Frozen):
    """Somebody is away from `first` to `last`, both included; `substitute` sees and does their work."""

    id: str
    user: str
    first: date
    last: date
    substitute: str
    reason: Said
    by: str
    at: AwareDatetime

    @model_validator(mode="after")
    def _forwards(self) -> Absence:
        if self.last < self.first:
            raise ValueError("the last day is before the first")
        return self


def substitutes(session: Session, today: date) -> dict[str, str]:
    """Who is away today, and their substitutes as they were named; of two absences the one recorded last."""
    a = AbsenceRow
    query = select(a).where(col(a.first) <= today, col(a.last) >= today)
    rows = session.scalars(query.order_by(col(a.at), col(a.id)))
    return {row.user: row.substitute for row in rows}


def stood_in_by(session: Session, user: str, today: date) -> tuple[str, ...]:
    """Those whose work this person does today."""
    return tuple(sorted(away for away, by in stand_ins(substitutes(session, today)).items() if by == user))


def record_absence(session: Session, absence: Absence) -> Absence:
    """Keep an absence, once per id. Refused: unknown_staff, substitute_unfit, command_differs."""
    known = session.get(AbsenceRow, absence.id)
    if known is not None:
        if (known.user, known.first, known.substitute) != (absence.user, absence.first, absence.substitute):
            raise Refused("command_differs", f"The id {absence.id} belongs to another absence.", "Use a new id.")
        return Absence.model_validate(known.model_dump())
    person, substitute = working(session, absence.user), working(session, absence.substitute)
    if person.id == substitute.id or not set(person.roles) & set(substitute.roles):
        message = f"{absence.substitute} cannot stand in for {absence.user}."
        raise Refused("substitute_unfit", message, "Name somebody else with one of the same roles.")
    inserted(session, AbsenceRow, absence.model_dump())
    return absence


def end_absence(session: Session, absence_id: str, last: date) -> Absence:
    """Somebody is back early, or stays longer. Refused: unknown_absence, absence_backwards."""
    row = _row(session, absence_id)
    if last < row.first:
        raise Refused("absence_backwards", f"{last} is before the first day.", f"Name a day from {row.first} on.")
    row.last = last
    session.flush()
    return Absence.model_validate(row.model_dump())


def absence(session: Session, absence_id: str) -> Absence:
    """One absence; Refused "unknown_absence"."""
    return Absence.model_validate(_row(session, absence_id).model_dump())


def _row(session: Session, absence_id: str) -> AbsenceRow:
    row = session.get(AbsenceRow, absence_id)
    if row is None:
        raise Refused("unknown_absence", f"There is no absence {absence_id}.", "See the list of absences.")
    return row


def absences_of(session: Session, user: str | None = None, since: date = date.min) -> tuple[Absence, ...]:
    """Absences that end on a day or later, of one person or of all, the first to end first."""
    a = AbsenceRow
    query = select(a).where(col(a.last) >= since)
    if user is not None:
        query = query.where(col(a.user) == user)
    rows = session.scalars(query.order_by(col(a.last), col(a.id)))
    return tuple(Absence.model_validate(row.model_dump()) for row in rows)
