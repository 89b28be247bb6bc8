"""The class of a customer as it was said last: in the case of the account, or when its risk was rated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from json import loads

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from store.account_facts import chunks
from store.tables import CaseEventRow, CaseRow, RiskRatingRow

CLASSES = ("low", "medium", "high")  # outcomes by which a step puts a customer in a class (U3.1.1)


def customer_classes(session: Session, account_nos: Sequence[str]) -> dict[str, str]:
    """The newest class by account; accounts that nobody has put in one are left out."""
    found: dict[str, tuple[datetime, str]] = {}
    for part in chunks(account_nos):
        for account_no, at, name in (*_decided(session, part), *_rated(session, part)):
            if account_no not in found or at >= found[account_no][0]:
                found[account_no] = (at, name)
    return {account_no: name for account_no, (_, name) in found.items()}


def _decided(session: Session, part: Sequence[str]) -> list[tuple[str, datetime, str]]:
    e, c = CaseEventRow, CaseRow
    query = (
        select(col(c.account_no), col(e.at), col(e.body))
        .join(c, col(c.case_no) == col(e.case_no))
        .where(col(c.account_no).in_(part), col(e.kind) == "step_completed")
        .order_by(col(e.at), col(e.seq))
    )
    rows = ((account_no, at, loads(body)["outcome"]) for account_no, at, body in session.execute(query))
    return [row for row in rows if row[2] in CLASSES]


def _rated(session: Session, part: Sequence[str]) -> list[tuple[str, datetime, str]]:
    r = RiskRatingRow
    query = select(col(r.account_no), col(r.at), col(r.risk_class)).where(col(r.account_no).in_(part))
    return [(row[0], row[1], row[2]) for row in session.execute(query.order_by(col(r.at))) if row[2] in CLASSES]
