"""`arrears case move` and `arrears assign`: another policy for a live case, or for the next case of an account."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import uuid4

import typer

from activities.moving import named, preview_of
from activities.registry import Policies
from api.cases import NotRunning, StillRunning
from api.problems import EngineUnavailable
from api.temporal_cases import TemporalCases
from commands.move_words import show_preview
from commands.output import say
from commands.system import START_IT, clock_of, opened, running_settings
from domain.commands import Command, MovePolicy
from domain.errors import Refused, Transient
from domain.evidence import Actor
from domain.moving import movers
from domain.policy import Policy
from settings import Settings
from store import cases, staff
from store.assignment import PolicyChoice, choose, subject_of
from store.session import Database
from worker import known_policies
from workflows.engine import connect

SECONDS = 15.0  # a running case answers at once
CaseNo = Annotated[str, typer.Argument(metavar="CASE_NO", help="the number of a case, as `arrears cases` lists it")]
AccountNo = Annotated[str, typer.Argument(metavar="ACCOUNT_NO", help="the number of an account")]
PolicyName = Annotated[str, typer.Argument(metavar="POLICY", help="the name of a policy that the company uses")]
Version = Annotated[int | None, typer.Option("--version", min=1, help="default: the newest")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="show what would be done now, later and never again")]
Reason = Annotated[str, typer.Option("--reason", help="why; it stands in the record")]
Login = Annotated[str, typer.Option("--by", metavar="LOGIN", help="who: the owner of its policy or their head")]
TakeBack = Annotated[bool, typer.Option("--take-back", help="let the company's assignment decide again")]


def move(
    case_no: CaseNo,
    policy: PolicyName,
    version: Version = None,
    dry_run: DryRun = False,
    reason: Reason = "",
    by: Login = "",
) -> None:
    """Another policy or version for a live case: with --dry-run what it would change, else with --reason and --by."""
    settings = running_settings()
    with opened(settings) as database:
        policies = known_policies(settings, database)
        if dry_run:
            found = preview_of(database, policies, case_no, policy, version, clock_of(settings).now())
            show_preview(found, *_both(policies, database, case_no, policy, version))
            return
        command = _command(database, policies, case_no, policy, version, reason, by)
    say(f"{case_no}: moved, event {asyncio.run(_send(settings, case_no, command))}")


def assign(
    account_no: AccountNo,
    policy: PolicyName = "",
    take_back: TakeBack = False,
    reason: Reason = "",
    by: Login = "",
) -> None:
    """The policy of the next case of an account, against the company's assignment; an open case goes on as it is."""
    settings = running_settings()
    with opened(settings) as database:
        policies = known_policies(settings, database)
        if bool(policy) == take_back:
            raise Refused("policy_missing", "Name a policy, or take the choice back.", "POLICY or --take-back.")
        if not take_back:
            named(policies, policy, None)
        with database.session() as session:
            before = policies.ladder_of(subject_of(session, account_no)).policy
            choice = PolicyChoice(
                id=uuid4().hex, account_no=account_no, policy=policy or None, reason=_given(reason),
                actor=_actor(database, before, by, "assign_policy"), at=clock_of(settings).now(),
            )  # fmt: skip
            choose(session, choice)
            now = policies.policy_of(subject_of(session, account_no))
    say(f"{account_no}: the next case runs under {now}")


def _both(
    policies: Policies, database: Database, case_no: str, policy: str, version: int | None
) -> tuple[Policy, Policy]:
    with database.reading() as session:
        case = cases.snapshot_of(session, case_no)
    target = named(policies, policy, version).policy
    return (policies.ladder(case.policy, case.settings).policy if case and case.policy else target), target


def _command(
    database: Database, policies: Policies, case_no: str, policy: str, version: int | None, reason: str, by: str
) -> Command:
    target = named(policies, policy, version)
    with database.reading() as session:
        case = cases.snapshot_of(session, case_no)
    if case is None or case.policy is None:
        raise Refused("unknown_case", f"There is no case {case_no}.", "`arrears cases` lists them.")
    actor = _actor(database, policies.ladder(case.policy, case.settings).policy, by, "move_policy")
    pin = policies.pin(target.policy.id, target.policy.version)
    body = MovePolicy(policy=pin, settings=policies.company_sha, reason=_given(reason))
    return Command(id=uuid4().hex, actor=actor, body=body)


def _given(reason: str) -> str:
    if not reason.strip():
        raise Refused("reason_missing", "A reason is mandatory.", "Add --reason.")
    return reason


def _actor(database: Database, policy: Policy, login: str, action: str) -> Actor:
    """A member of staff in a role that may do it. Refused: unknown_staff, not_entitled."""
    with database.reading() as session:
        found = staff.find(session, login)
    if found is None or not found.active:
        raise Refused("unknown_staff", f"There is no active login {login or '(none named)'}.", "Name one with --by.")
    roles = [role for role in movers(policy) if role in found.roles]
    if not roles:
        allowed = ", ".join(movers(policy))
        raise Refused("not_entitled", f"{login} has none of the roles that may do it.", f"Allowed: {allowed}.")
    return Actor(user=found.id, role=roles[0], authority=f"command line:{action}")


async def _send(settings: Settings, case_no: str, command: Command) -> int:
    running = TemporalCases(lambda: connect(*settings.engine()))
    try:
        return (await running.send(case_no, command, SECONDS)).first_seq
    except NotRunning:
        raise Refused("case_closed", f"{case_no} runs no more.", "Only an open case is moved.") from None
    except EngineUnavailable as away:
        raise Transient(f"No workflow engine answers at {settings.temporal_address}. {START_IT}") from away
    except StillRunning:
        raise Refused("still_running", f"{case_no} has not answered yet.", "Look with `arrears case`.") from None
