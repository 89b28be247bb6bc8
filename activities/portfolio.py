"""The standing work of a portfolio: reports to their receivers, the daily intake, the work before due dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from temporalio import activity

from activities.before_due import BeforeDueWork
from activities.contents import Writer
from activities.intake import Intake
from activities.messages import IssueRequest, RunRequest, RunResult
from domain.before_due_rule import RAN
from domain.events import DocumentRef
from store.session import Database


class DailyWork(Protocol):
    """Something that is done for every account once a day, safe to repeat."""

    async def run(self, request: RunRequest) -> object:
        """Do what is due on the day of the request."""
        ...


class Portfolio:
    """Issues reports, opens cases, reminds before due dates, and does the daily work: layers, warnings, costs …"""

    def __init__(
        self, database: Database, writer: Writer, intake: Intake, before_due: BeforeDueWork, daily: Sequence[DailyWork]
    ) -> None:
        self._database = database
        self._writer = writer
        self._intake = intake
        self._before_due = before_due
        self._daily = daily

    @activity.defn(no_thread_cancel_exception=True)
    def issue_report(self, request: IssueRequest) -> DocumentRef:
        """The report of a period, stored and handed to its receivers; asked again it is the same one."""
        with self._database.session() as session:
            return self._writer.issue(session, request)

    @activity.defn
    async def run_work(self, request: RunRequest) -> RunResult:
        """Do what is due before due dates; or open a case for every account that is overdue and has none, and do the
        daily work. `opened` counts cases only then.
        """
        if request.work == RAN:
            return await self._before_due.run(request)
        opened = await self._intake.open_due(request.policy.id, request.period)
        for work in self._daily:
            await work.run(request)
        return RunResult(opened=opened)
