"""How much there is of what an operator watches: one cheap count each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from store.tables import AccountRow, AskRow, CaseRow, NoticeRow


class Counts(Frozen):
    """pending_notices: ledger changes no case was told of. cases_behind: open, not knowing the newest ledger."""

    open_cases: int
    held_cases: int
    open_asks: int
    overdue_asks: int
    pending_notices: int
    cases_behind: int


def counts(session: Session, now: datetime) -> Counts:
    """The counts at a business instant."""
    is_open = col(CaseRow.status) != "closed"
    asks = select(col(AskRow.case_no), col(AskRow.step)).where(col(AskRow.status) == "open").distinct()
    late = asks.where(col(AskRow.sort_at) < now, col(AskRow.frozen).is_(None))
    ledger = select(col(CaseRow.case_no)).join(AccountRow, col(AccountRow.account_no) == col(CaseRow.account_no))
    queries = {
        "open_cases": select(col(CaseRow.case_no)).where(is_open, col(CaseRow.account_no) != ""),
        "held_cases": select(col(CaseRow.case_no)).where(is_open, col(CaseRow.held)),
        "open_asks": asks,
        "overdue_asks": late,
        "pending_notices": select(col(NoticeRow.account_no)).where(col(NoticeRow.relayed_at).is_(None)),
        "cases_behind": ledger.where(is_open, col(CaseRow.ledger_version) < col(AccountRow.ledger_version)),
    }
    found = {
        name: session.scalar(select(func.count()).select_from(query.subquery())) or 0 for name, query in queries.items()
    }
    return Counts(**found)
