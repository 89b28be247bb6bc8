"""How much there is of what an operator watches: one cheap count each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, select
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


class Running(Frozen):
    """Open cases of one policy version; portfolio: its standing work is among them and not counted."""

    policy_id: str
    version: int
    cases: int
    portfolio: bool


def running_versions(session: Session) -> tuple[Running, ...]:
    """Which policy versions open cases run under, in order."""
    c = CaseRow
    key = (col(c.policy_id), col(c.policy_version))
    of_account = func.sum(case((col(c.account_no) == "", 0), else_=1))
    query = select(*key, of_account, func.count()).where(col(c.status) != "closed", col(c.policy_id) != "")
    return tuple(
        Running(policy_id=policy_id, version=version, cases=found, portfolio=every > found)
        for policy_id, version, found, every in session.execute(query.group_by(*key).order_by(*key))
    )


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
