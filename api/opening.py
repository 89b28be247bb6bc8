"""Opens a case by hand for a breach that is no debt, or hands the report to the case that is open already."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated

from fastapi.concurrency import run_in_threadpool
from pydantic import ConfigDict, Field

from activities.by_hand import Reporting, case_by_hand, reporting
from api.auth import Person, acting_role
from api.commanding import Commanding, CommandState, found_in_record
from api.deps import Deps
from api.schemas import Body
from domain.commands import OpenStep
from domain.errors import Refused
from domain.evidence import ByHand
from domain.words import Words
from store.attempts import Attempt, keep_attempt
from store.cases import events_of_command

POLL = 0.05  # seconds between two looks at the record
Name = Annotated[str, Field(min_length=1, max_length=64)]


class ReportBody(Body):
    """A contractual duty that was not performed in time. step: as the policy calls it. since: the day of the breach.

    evidence: id of an attachment. policy: another one than the account is assigned to; for those who own the latter.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_no": "O-000201", "step": "breach", "since": "2026-03-02",
                    "reason": "抵押设备保险中断", "evidence": "att-1",
                }
            ]
        }
    )  # fmt: skip

    account_no: Name
    step: Name
    since: date
    reason: Words
    evidence: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    policy: Name | None = None


class Opening:
    """One person's report. A repeat of a known id gets its first answer; refusals are recorded as attempts."""

    def __init__(self, deps: Deps, person: Person) -> None:
        self.deps = deps
        self.person = person

    async def report(self, body: ReportBody, command_id: str, role: str | None) -> CommandState:
        """The command that opened the case, or that the open case took. Raises Refused or EngineUnavailable."""
        try:
            return await self._known(body, command_id) or await self._report(body, command_id, role)
        except Refused as refusal:
            if refusal.code != "unknown_account":
                await run_in_threadpool(self._attempted, body, command_id, refusal.code)
            raise

    async def _report(self, body: ReportBody, command_id: str, role: str | None) -> CommandState:
        where = await run_in_threadpool(reporting, self.deps.database, self.deps.policies, body.account_no, body.policy)
        if where.open_case is not None:
            return await self._tell(where.open_case, body, command_id, role)
        case_no = await self._start(where, body, command_id, role)
        found = await self._recorded(case_no, body, command_id)
        if found is not None:
            return found
        now = await run_in_threadpool(reporting, self.deps.database, self.deps.policies, body.account_no, None)
        if now.open_case is not None:  # the daily intake, or somebody else, was first
            return await self._tell(now.open_case, body, command_id, role)
        return CommandState(id=command_id, case_no=case_no, state="running")

    async def _start(self, where: Reporting, body: ReportBody, command_id: str, role: str | None) -> str:
        step = where.ladder.by_id.get(body.step)
        acting = acting_role(self.person, "open_case", role, step.opened_by if step else ())
        told = ByHand(
            step=body.step, since=body.since, reason=body.reason, evidence=body.evidence,
            actor=self.person.actor(acting, "open_case"), command_id=command_id,
            on_behalf_of=self.person.stands_for(acting),
        )  # fmt: skip
        case = await run_in_threadpool(
            case_by_hand, self.deps.database, self.deps.policies, body.account_no, told, where.ladder,
            self.person.roles, self.deps.clock.now(),
        )  # fmt: skip
        await self.deps.intake.start(case)
        return case.case_no

    async def _tell(self, case_no: str, body: ReportBody, command_id: str, role: str | None) -> CommandState:
        if body.policy is not None:
            remedy = "Leave out the policy; the case can be moved to another."
            raise Refused("already_open", f"{case_no} is open and takes the report.", remedy)
        step = OpenStep(step=body.step, since=body.since, evidence=body.evidence, note=body.reason)
        return await Commanding(self.deps, self.person).give(case_no, step, command_id, role)

    async def _recorded(self, case_no: str, body: ReportBody, command_id: str) -> CommandState | None:
        """Until the new case has recorded the report; None when it took its time or another case came first."""
        try:
            async with asyncio.timeout(self.deps.limits.command_seconds):
                while (found := await self._known(body, command_id)) is None:
                    await asyncio.sleep(POLL)
        except TimeoutError:
            return None
        return found

    async def _known(self, body: ReportBody, command_id: str) -> CommandState | None:
        """What is recorded under this id, if it is the same person's and of this account."""
        found = await run_in_threadpool(found_in_record, self.deps, command_id)
        if found is None or found.state != "recorded":
            return None
        if found.case_no.rpartition("-")[0] != body.account_no or not await run_in_threadpool(self._mine, command_id):
            raise Refused("command_differs", f"The id {command_id} belongs to another command.", "")
        return found

    def _mine(self, command_id: str) -> bool:
        with self.deps.database.reading() as session:
            found = events_of_command(session, command_id)
        actors = [event.actor for events in found.values() for event in events]
        return all(actor is not None and actor.user == self.person.user for actor in actors)

    def _attempted(self, body: ReportBody, command_id: str, code: str) -> None:
        attempt = Attempt(
            id=command_id, case_no=body.account_no, actor=self.person.user, kind="open_case", code=code,
            at=self.deps.clock.now(),
        )  # fmt: skip
        with self.deps.database.session() as session:
            keep_attempt(session, attempt)
