"""`arrears case open` and `arrears duty`: a breach or a sudden event that a person reports."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated
from uuid import uuid4

import typer

from activities.by_hand import case_by_hand, open_duty, openers_of, reporting
from api.cases import NotRunning, StillRunning
from api.problems import EngineUnavailable
from api.temporal_cases import TemporalCases
from commands.output import say
from commands.serving import OnDemand
from commands.system import START_IT, clock_of, opened, running_settings
from domain.case import Case
from domain.commands import Command, OpenStep
from domain.errors import Refused, Transient
from domain.evidence import Actor, ByHand
from settings import Settings, business_clock
from store import staff
from store.session import Database
from worker import known_policies
from workflows.engine import connect

SECONDS = 15.0  # a running case answers at once
AccountNo = Annotated[str, typer.Argument(metavar="ACCOUNT_NO", help="the number of an account")]
StepName = Annotated[str, typer.Argument(metavar="STEP", help="what the policy calls it, such as `breach`")]
LayerName = Annotated[str, typer.Argument(metavar="LAYER", help="a layer beside the policy of the account")]
DutyName = Annotated[str, typer.Argument(metavar="DUTY", help="what the layer calls it, such as `sudden_event`")]
Since = Annotated[str, typer.Option("--since", metavar="DATE", help="the day of the breach or of the event")]
Reason = Annotated[str, typer.Option("--reason", help="what happened; it stands in the record")]
Evidence = Annotated[str, typer.Option("--evidence", metavar="ATTACHMENT", help="id of an uploaded document")]
Login = Annotated[str, typer.Option("--by", metavar="LOGIN", help="who reports it")]
PolicyName = Annotated[str, typer.Option("--policy", help="another policy than the account is assigned to")]


def open_case(
    account_no: AccountNo, step: StepName, since: Since = "", reason: Reason = "", evidence: Evidence = "",
    by: Login = "", policy: PolicyName = "",
) -> None:  # fmt: skip
    """Report a breach that is no debt: it opens a case, or joins the open one, and lives until it is put right."""
    settings = running_settings()
    with opened(settings) as database:
        policies, now = known_policies(settings, database), clock_of(settings).now()
        where = reporting(database, policies, account_no, policy or None)
        known = where.ladder.by_id.get(step)
        actor, roles = _actor(database, known.opened_by if known else (), by, "open_case")
        report = _report(step, since, reason, evidence, actor)
        if where.open_case is not None:
            body = OpenStep(step=step, since=report.since, evidence=report.evidence, note=report.reason)
            command = Command(id=report.command_id, actor=actor, body=body)
            seq = asyncio.run(_tell(settings, where.open_case, command))
            say(f"{where.open_case}: reported, event {seq}")
            return
        case = case_by_hand(database, policies, account_no, report, where.ladder, roles, now)
        engine = TemporalCases(lambda: connect(*settings.engine()))
        intake = OnDemand(database, policies, engine, business_clock(settings), settings.task_queue)
        asyncio.run(_start(settings, intake, case))
    say(f"{case.case_no}: opened under {where.ladder.policy.id}")


def duty(
    account_no: AccountNo, layer: LayerName, duty: DutyName, since: Since = "", reason: Reason = "",
    evidence: Evidence = "", by: Login = "",
) -> None:  # fmt: skip
    """Report a sudden event: it opens a duty of a layer, with a deadline and escalation."""
    settings = running_settings()
    with opened(settings) as database:
        policies = known_policies(settings, database)
        actor, _ = _actor(database, openers_of(policies, layer, duty), by, "open_duty")
        report = _report(duty, since, reason, evidence, actor)
        errand = open_duty(database, policies, account_no, layer, report, clock_of(settings).now())
    say(f"{errand.id}: {'、'.join(errand.roles)}, {errand.answer_by:%Y-%m-%d %H:%M}")


def _report(step: str, since: str, reason: str, evidence: str, actor: Actor) -> ByHand:
    if not reason.strip():
        raise Refused("reason_missing", "A reason is mandatory.", "Add --reason.")
    return ByHand(
        step=step, since=_day(since), reason=reason, evidence=evidence or None, actor=actor, command_id=uuid4().hex
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("since_impossible", f"{text or 'nothing'} is no day.", "Add --since YYYY-MM-DD.") from None


def _actor(database: Database, wanted: tuple[str, ...], login: str, action: str) -> tuple[Actor, tuple[str, ...]]:
    """A member of staff in the first of their roles that may do it, and all their roles. Refused: unknown_staff."""
    with database.reading() as session:
        found = staff.find(session, login)
    if found is None or not found.active:
        raise Refused("unknown_staff", f"There is no active login {login or '(none named)'}.", "Name one with --by.")
    role = next((role for role in wanted if role in found.roles), next(iter(found.roles), ""))
    return Actor(user=found.id, role=role, authority=f"command line:{action}"), found.roles


async def _tell(settings: Settings, case_no: str, command: Command) -> int:
    running = TemporalCases(lambda: connect(*settings.engine()))
    try:
        return (await running.send(case_no, command, SECONDS)).first_seq
    except NotRunning:
        raise Refused("case_closed", f"{case_no} runs no more.", "Report it again.") from None
    except EngineUnavailable as away:
        raise Transient(f"No workflow engine answers at {settings.temporal_address}. {START_IT}") from away
    except StillRunning:
        raise Refused("still_running", f"{case_no} has not answered yet.", "Look with `arrears case`.") from None


async def _start(settings: Settings, intake: OnDemand, case: Case) -> None:
    try:
        await intake.start(case)
    except EngineUnavailable as away:
        raise Transient(f"No workflow engine answers at {settings.temporal_address}. {START_IT}") from away
