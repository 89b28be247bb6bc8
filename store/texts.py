"""Texts that cases were run under, kept by content: settings may change, what was decided under them may not."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from store.dialect import inserted
from store.tables import KeptTextRow

Kind = Literal["company", "policy"]


def keep_text(session: Session, kind: Kind, sha256: str, text: str) -> None:
    """Keep a text under its content address; the same again is one."""
    inserted(session, KeptTextRow, {"sha256": sha256, "kind": kind, "text": text})


def texts(session: Session, kind: Kind) -> dict[str, str]:
    """All texts of a kind by content address."""
    rows = session.scalars(select(KeptTextRow).where(col(KeptTextRow.kind) == kind))
    return {row.sha256: row.text for row in rows}
