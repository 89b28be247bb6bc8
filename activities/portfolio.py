"""The standing work of a portfolio: reports to their receivers, the daily intake, the work before due dates."""

from __future__ import annotations

from temporalio import activity

from activities.before_due import BeforeDueWork
from activities.contents import Writer
from activities.intake import Intake
from activities.layers import LayerWork
from activities.messages import IssueRequest, RunRequest, RunResult
from domain.before_due_rule import RAN
from domain.events import DocumentRef
from store.session import Database


class Portfolio:
    """Issues reports, opens cases, reminds before due dates, runs the layers."""

    def __init__(
        self, database: Database, writer: Writer, intake: Intake, before_due: BeforeDueWork, layers: LayerWork
    ) -> None:
        self._database = database
        self._writer = writer
        self._intake = intake
        self._before_due = before_due
        self._layers = layers

    @activity.defn
    def issue_report(self, request: IssueRequest) -> DocumentRef:
        """The report of a period, stored and handed to its receivers; asked again it is the same one."""
        with self._database.session() as session:
            return self._writer.issue(session, request)

    @activity.defn
    async def run_work(self, request: RunRequest) -> RunResult:
        """Do what is due before due dates; or open a case for every account that is overdue and has none, and the
        duties of the layers beside the policy. `opened` counts cases only then.
        """
        if request.work == RAN:
            return await self._before_due.run(request)
        opened = await self._intake.open_due(request.policy.id, request.period)
        await self._layers.run(request)
        return RunResult(opened=opened)
