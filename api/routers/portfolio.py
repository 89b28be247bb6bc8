"""The portfolio as a whole: figures, reports, registers."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth import Reader
from api.deps import Needs
from api.schemas import AsOf, Cursor, Limit
from store import cases, registers
from store.views import Page, PortfolioSummary, RegisterEntry, Report

router = APIRouter(tags=["组合 portfolio"])


@router.get("/portfolio/summary")
def get_summary(person: Reader, deps: Needs, as_of: AsOf = None) -> PortfolioSummary:
    """Counts and amounts per bucket, holds, open and overdue tasks; amounts are computed for the day."""
    terms = deps.policies.current(deps.policy_id).terms
    with deps.database.reading() as session:
        return cases.portfolio_summary(session, as_of or deps.today(), terms)


@router.get("/reports")
def list_reports(person: Reader, deps: Needs, cursor: Cursor = None, limit: Limit = 50) -> Page[Report]:
    """Weekly reports, committee lists and master tables, the newest first."""
    with deps.database.reading() as session:
        return registers.reports(session, cursor, limit)


@router.get("/registers/archive")
def archive(person: Reader, deps: Needs, cursor: Cursor = None, limit: Limit = 50) -> Page[RegisterEntry]:
    """What was archived, by whom and when."""
    with deps.database.reading() as session:
        return registers.entries(session, "archive", cursor, limit)


@router.get("/registers/blacklist")
def blacklist(person: Reader, deps: Needs, cursor: Cursor = None, limit: Limit = 50) -> Page[RegisterEntry]:
    """The blacklist (L8.2)."""
    with deps.database.reading() as session:
        return registers.entries(session, "blacklist", cursor, limit)
