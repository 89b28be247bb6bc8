"""The standing work of a portfolio: reports to their receivers, and the daily intake."""

from __future__ import annotations

from temporalio import activity

from activities.contents import Writer
from activities.intake import Intake
from activities.messages import IssueRequest, RunRequest, RunResult
from domain.events import DocumentRef
from store.session import Database


class Portfolio:
    """Issues reports and opens cases."""

    def __init__(self, database: Database, writer: Writer, intake: Intake) -> None:
        self._database = database
        self._writer = writer
        self._intake = intake

    @activity.defn
    def issue_report(self, request: IssueRequest) -> DocumentRef:
        """The report of a period, stored and handed to its receivers; asked again it is the same one."""
        with self._database.session() as session:
            return self._writer.issue(session, request)

    @activity.defn
    async def run_work(self, request: RunRequest) -> RunResult:
        """Open a case for every account that is overdue and has none."""
        return RunResult(opened=await self._intake.open_due(request.policy.id, request.period))
