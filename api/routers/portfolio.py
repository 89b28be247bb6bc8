"""The portfolio as a whole: figures, reports, registers."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import Reader
from api.deps import Needs
from api.schemas import AsOf, Limit
from api.views import SummaryView
from store import cases, portfolio
from store.views import RegisterEntry, Report

router = APIRouter(tags=["组合 portfolio"])
COMING = 10  # cases listed as moving next


@router.get("/portfolio/summary")
def get_summary(person: Reader, deps: Needs, as_of: AsOf = None) -> SummaryView:
    """Counts and amounts per bucket, holds, open and overdue tasks, and which cases move next."""
    with deps.database.reading() as session:
        summary = portfolio.portfolio_summary(session, as_of or deps.today(), deps.clock.now(), deps.policies)
        coming = cases.list_cases(session, deps.today(), cases.CaseFilter(status="open"), "next_at", None, COMING)
    return SummaryView(**dict(summary), next=coming.rows)


@router.get("/reports")
def list_reports(person: Reader, deps: Needs, limit: Limit = 50) -> tuple[Report, ...]:
    """Weekly reports, committee lists and master tables, the newest first."""
    with deps.database.reading() as session:
        return portfolio.reports(session, limit)


@router.get("/registers/archive")
def archive(person: Reader, deps: Needs, limit: Limit = 50) -> tuple[RegisterEntry, ...]:
    """What was archived, by whom and when."""
    with deps.database.reading() as session:
        return portfolio.register_entries(session, "archive", limit=limit)


@router.get("/registers/blacklist")
def blacklist(person: Reader, deps: Needs, limit: Limit = 50) -> tuple[RegisterEntry, ...]:
    """The blacklist (L8.2)."""
    with deps.database.reading() as session:
        return portfolio.register_entries(session, "blacklist", limit=limit)
