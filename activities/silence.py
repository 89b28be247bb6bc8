"""Nobody's silence decides: those who are asked are reminded on the day, then their heads are told, then deputies."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from activities.asking import heads_of
from activities.messages import RunRequest
from activities.registry import Policies
from activities.supervision import HOME
from domain.base import local_date
from domain.clock import Clock
from store import absences, asks, delegations, staff
from store.session import Database

REMINDED, ESCALATED, DEPUTISED = "今日到期，请办理", "逾期未答复，已升级", "逾期未答复，请代理人办理"


class SilenceWork:
    """Daily work of a portfolio: one message per role and day, each once; whatever policy the run is of.

    The case itself escalates on the minute and records it; this tells the people. It never answers.
    """

    def __init__(self, database: Database, policies: Policies, clock: Clock) -> None:
        self._database = database
        self._policies = policies
        self._clock = clock

    async def run(self, request: RunRequest) -> int:
        """How many messages are new."""
        return await asyncio.to_thread(self.tell)

    def tell(self) -> int:
        """The same without waiting for the morning."""
        now = self._clock.now()
        today = local_date(now, HOME)
        with self._database.session() as session:
            return sum(staff.raise_alert(session, one) for one in self._alerts(session, today, now))

    def _alerts(self, session: Session, today: date, now: datetime) -> Iterator[staff.Alert]:
        for role, count in asks.due_by_role(session, today).items():
            yield _alert("due", role, role, f"{count} 项{REMINDED}", today, now)
        for role, count in asks.escalated_by_role(session).items():
            head = next(iter(heads_of(self._policies.roles, role)), None)
            if head is not None:
                yield _alert("escalated", role, head, f"{role}：{count} 项{ESCALATED}", today, now)
            for deputy in _deputies(session, role, today, now):
                yield _alert(f"deputy-{deputy}", role, role, f"{count} 项{DEPUTISED} {deputy}", today, now)


def _deputies(session: Session, role: str, today: date, now: datetime) -> tuple[str, ...]:
    """Staff ids: who acts under the role by delegation, and who stands in for somebody of that role who is away."""
    given = [one.to_user for one in delegations.deputies_of(session, role, now)]
    away = absences.substitutes(session, today)
    holders = {member.id for member in staff.list_staff(session) if member.active and role in member.roles}
    return tuple(dict.fromkeys([*given, *(away[user] for user in sorted(holders & away.keys()))]))


def _alert(what: str, of: str, role: str, text: str, today: date, now: datetime) -> staff.Alert:
    key = f"silence/{what}/{of}/{today}"
    return staff.Alert(key=key, role=role, case_no="", title="待办提醒", text=text, at=now)
