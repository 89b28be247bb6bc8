"""The few places where SQLite and PostgreSQL need different SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

Insert = postgresql.Insert | sqlite.Insert


def insert_into(session: Session, row: type[SQLModel]) -> Insert:
    """An INSERT that understands ON CONFLICT on the session's database."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(row)
    return sqlite.insert(row)


def inserted(session: Session, row: type[SQLModel], values: dict[str, Any]) -> bool:
    """Insert unless a unique key is taken; whether the row is new. A rival's open transaction is waited for."""
    statement = insert_into(session, row).values(**values).on_conflict_do_nothing().returning(literal(1))
    return session.connection().execute(statement).first() is not None


def take_turns(session: Session, name: str) -> None:
    """Until the transaction ends nobody else comes past here with that name. On SQLite writers take turns anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
