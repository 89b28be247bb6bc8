"""`arrears import`, `arrears intake`, `arrears reconsider`: what brings accounts in and makes cases look again."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from temporalio.service import RPCError, RPCStatusCode

from activities.intake import Intake
from commands.output import complain, say
from commands.system import TIME_ZONE, clock_of, engine, opened, running_settings, today_of
from domain.errors import Invalid, Problem, Refused
from imports import batch
from imports.changes import apply_changes
from imports.delta import compare
from imports.payments import post_payments, read_payments
from imports.portfolio import Loading
from imports.source import SourceFile
from imports.vocabulary import Vocabularies
from settings import Settings, business_clock
from store import cases
from store.batches import Batch
from store.session import Database
from worker import known_policies
from workflows.case import CaseWorkflow
from workflows.options import case_id
from workflows.starter import EngineStarter

CLI_USER = "command-line"

ImportFile = Annotated[Path, typer.Argument(metavar="FILE", help=".xlsx, .xls, .zip or .csv as in docs/import.md")]
OPEN = cases.CaseFilter(status="open")

KindOption = Annotated[Literal["portfolio", "changes", "payments"], typer.Option(help="what the file is")]
ReleaseOption = Annotated[bool, typer.Option("--release", help="do not hold the first wave until a person releases it")]
CaseNo = Annotated[str | None, typer.Argument(metavar="[NO]", help="one case; default: all open cases")]


def import_file(file: ImportFile, kind: KindOption = "portfolio", release: ReleaseOption = False) -> None:
    """Take a file in: every fault is listed, the good rows are kept, the same file again changes nothing."""
    settings = running_settings()
    content = _content(file)
    with opened(settings) as database:
        if kind == "payments":
            problems = _payments(database, settings, SourceFile(file.name, content))
        else:
            problems = _portfolio(database, settings, kind, file.name, content, not release)
    _list(problems)


def intake() -> None:
    """Open a case for every overdue account of a released import that has none; a repeat opens nothing twice."""
    settings = running_settings()
    with opened(settings) as database:
        say(f"{asyncio.run(open_due(settings, database))} cases opened")


def reconsider(case_no: CaseNo = None) -> None:
    """Make a case, or all open cases, read the facts and decide again: after a deploy or changed settings."""
    settings = running_settings()
    with opened(settings) as database:
        numbers = [case_no] if case_no else _open_cases(settings, database)
    told = asyncio.run(_reconsider(settings, numbers))
    if case_no and not told:
        raise Refused("not_running", f"No case {case_no} is running.", "`arrears cases` lists those that are.")
    say(f"{told} cases reconsider")


async def open_due(settings: Settings, database: Database) -> int:
    """Intake now, under every policy of the company; returns how many cases were opened."""
    clock, policies = business_clock(settings), known_policies(settings, database)
    starter = EngineStarter(await engine(settings), clock, settings.task_queue)
    work = Intake(database, policies, starter, clock_of(settings))
    return sum([await work.open_due(name, today_of(settings)) for name in policies.ids])


def stage(database: Database, settings: Settings, name: str, content: bytes, user: str, hold: bool) -> batch.Staged:
    """Check a portfolio file and keep or store its good accounts. Raises Invalid, Refused."""
    now = clock_of(settings).now()
    policies = known_policies(settings, database)
    words = Vocabularies(policies.ladder_of)
    checked = batch.check(content, name, Loading(now, words, TIME_ZONE))
    with database.session() as session:
        staged = batch.stage(session, checked, user, now, hold, settings.listed_customers, policies)
        if staged.repeated and staged.batch.state == "held" and not hold:
            return replace(staged, batch=batch.release(session, staged.batch.id, user, now, settings.listed_customers))
        return staged


def _portfolio(
    database: Database, settings: Settings, kind: str, name: str, content: bytes, hold: bool
) -> Sequence[Problem]:
    if kind == "portfolio":
        staged = stage(database, settings, name, content, CLI_USER, hold)
        _report(staged.batch, staged.repeated)
        return staged.problems
    now, policies = clock_of(settings).now(), known_policies(settings, database)
    checked = batch.check(content, name, Loading(now, Vocabularies(policies.ladder_of), TIME_ZONE))
    with database.session() as session:
        delta = compare(session, checked, policies)
        applied = apply_changes(session, delta, CLI_USER, now, hold, settings.listed_customers, policies)
    _report(applied.batch, applied.repeated)
    say(f"{applied.new} new accounts, {applied.schedules} changed schedules, {applied.postings} postings")
    return applied.problems


def _payments(database: Database, settings: Settings, file: SourceFile) -> Sequence[Problem]:
    now = clock_of(settings).now()
    read = read_payments([file], today_of(settings))
    with database.session() as session:
        results = post_payments(session, read, now)
    counted = Counter(result.outcome for result in results)
    say(", ".join(f"{count} {status}" for status, count in sorted(counted.items())) or "nothing in the file")
    return [result.problem for result in results if result.problem]


def _report(found: Batch, repeated: bool) -> None:
    totals = json.loads(found.totals)
    say(f"import {found.id}: {found.state}, {totals['accepted']} of {totals['accounts']} accounts taken")
    if repeated:
        say("the same file was imported before: its accounts are here already")
    elif found.state == "held":
        say("its cases are opened when it is released (API: POST /imports/{id}/release)")


def _list(problems: Sequence[Problem]) -> None:
    for problem in problems:
        complain(str(problem))
    if problems:
        complain(f"{len(problems)} faults: the rows concerned were left out")
        raise typer.Exit(1)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Invalid([Problem(str(file), f"cannot be read: {error.strerror}", "check the path")]) from None


def _open_cases(settings: Settings, database: Database) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    with database.reading() as session:
        while True:
            page = cases.list_cases(session, today_of(settings), OPEN, cursor=cursor, limit=500)
            found += [line.case_no for line in page.rows]
            if (cursor := page.next) is None:
                return found


async def _reconsider(settings: Settings, numbers: Sequence[str]) -> int:
    """Returns how many were told; one that closed meanwhile runs no more."""
    client = await engine(settings)
    told = 0
    for number in numbers:
        try:
            await client.get_workflow_handle_for(CaseWorkflow.run, case_id(number)).signal(CaseWorkflow.reconsider)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            continue
        told += 1
    return told
