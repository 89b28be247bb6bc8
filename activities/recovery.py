"""Asks who is responsible for a recovery plan what is done about a stage that was missed (C2.2.1b, MB1.2a, MA1.2)."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from activities.asking import Wanted, ask
from activities.messages import RunRequest
from activities.registry import Policies
from activities.supervised import COUNTRY, HOME, WITHIN
from domain.base import days, local_date
from domain.clock import Clock
from domain.errors import Refused
from store import calendar, recovery, staff
from store.recovery import MissedStage
from store.session import Database

RULES: Final = ("C2.2.1b", "MB1.2a", "MA1.2")
LOOKS_BACK: Final = days(7)  # so long the daily work may have been away
OUTCOMES: Final = ("measures_taken", "plan_revised")


class RecoveryWork:
    """Daily work of a portfolio: an errand per stage, asked once; Supervision escalates it."""

    def __init__(self, database: Database, policies: Policies, clock: Clock) -> None:
        self._database = database
        self._policies = policies
        self._clock = clock

    async def run(self, request: RunRequest) -> int:
        """How many stages were looked at; may be done again at any time."""
        return await asyncio.to_thread(self.follow, request.policy.id)

    def follow(self, policy_id: str) -> int:
        """The same without waiting for the morning."""
        now = self._clock.now()
        with self._database.session() as session:
            missed = recovery.missed_stages(session, policy_id, now - LOOKS_BACK)
            for one in missed:
                ask(session, self._policies, self._wanted(session, policy_id, one, now), now)
        return len(missed)

    def _wanted(self, session: Session, policy_id: str, missed: MissedStage, now: datetime) -> Wanted:
        stage = missed.stage
        role, user = self._responsible(session, policy_id, stage.responsible)
        return Wanted(
            rule="recovery_stage", subject=f"{missed.case_no}.{stage.day:%Y%m%d}", rules=RULES, title="清收计划未达标",
            say=f"{missed.case_no}：截至 {stage.day} 计划收回 {stage.target}，实际收回 {stage.received}",
            role=role, assignee=user, outcomes=OUTCOMES, items={"measure": "未达标原因及后续清收措施"},
            by=calendar.calendar(session, COUNTRY).business_day(local_date(now, HOME), WITHIN),
        )  # fmt: skip

    def _responsible(self, session: Session, policy_id: str, user: str) -> tuple[str, str | None]:
        """Who follows the plan, under their first role; when they have left, whoever owns the policy."""
        try:
            return staff.working(session, user).roles[0], user
        except Refused:
            return self._policies.current(policy_id).policy.owner, None
