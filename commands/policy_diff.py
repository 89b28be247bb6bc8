"""`arrears policy diff`: what another policy or version would change for every overdue account of a portfolio."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from commands.calendars import business_calendar
from commands.ladders import pin_of, read_ladder
from commands.move_words import heading, move_row
from commands.output import complain, say, table
from commands.standing import AsJson, CompanyFile
from commands.system import TIME_ZONE, clock_of
from commands.words import Words
from domain.base import at_local, local_date
from domain.calendar import Calendar
from domain.case import Case
from domain.errors import Invalid, Problem
from domain.ladder import Ladder
from domain.ledger import AccountFacts
from domain.move_preview import MovePreview, preview_move
from domain.scenario import ScriptedStaff
from domain.simulate import Simulator
from domain.standing import standing
from imports.batch import CheckedBatch, check
from imports.portfolio import Loading
from imports.vocabulary import vocabulary_of
from settings import load_settings

EVALUATED = time(9, 30)  # of the day asked about: after the hour of evaluation

PolicyA = Annotated[str, typer.Argument(metavar="A", help="the present policy: its name, or its file")]
PolicyB = Annotated[str, typer.Argument(metavar="B", help="the other policy or version: its name, or its file")]
PortfolioFile = Annotated[Path, typer.Option("--portfolio", metavar="FILE", help="a portfolio as in docs/import.md")]
OnDay = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="default: today")]


def diff(
    a: PolicyA, b: PolicyB, portfolio: PortfolioFile, as_of: OnDay = None, as_json: AsJson = False,
    company: CompanyFile = None,
) -> None:  # fmt: skip
    """What B would do now, later and never again for the overdue accounts of a portfolio that are under A."""
    settings = load_settings()
    before, after = read_ladder(a, company, settings), read_ladder(b, company, settings)
    now = at_local(_day(as_of), EVALUATED, TIME_ZONE) if as_of else clock_of(settings).now()
    checked = _checked(portfolio, before, now)
    calendar = business_calendar(after.policy.calendar, range(now.year - 1, now.year + 3), settings)
    ended: Counter[str] = Counter()
    for account in checked.accounts:
        if not account.closed:
            ended[_account(account.facts, before, after, calendar, now, as_json)] += 1
    said = ", ".join(f"{count} {what}" for what, count in sorted(ended.items()))
    complain(f"{said or 'no account'}; {len(checked.portfolio.left_out)} accounts with faults left out")


def _account(
    account: AccountFacts, before: Ladder, after: Ladder, calendar: Calendar, now: datetime, as_json: bool
) -> str:
    """Tell of one account; what became of it, for the count."""
    today = local_date(now, account.time_zone)
    under = [standing(account, today, ladder.terms).dpd > 0 for ladder in (before, after)]
    if under == [False, False]:
        return "not overdue"
    if under == [False, True]:
        say(f"{account.account_no}: not overdue under {before.policy.id}, a case under {after.policy.id}")
        return f"overdue under {after.policy.id} only"
    found = preview_move(before, after, _taken_over(account, before, calendar, now), account, calendar, now)
    if as_json:
        say(json.dumps(found.model_dump(mode="json"), ensure_ascii=False))
    elif found.lines or found.ends:
        _show(found, Words(before.policy), Words(after.policy))
    return "ended at once" if found.ends else "changed" if found.lines else "unchanged"


def _taken_over(account: AccountFacts, ladder: Ladder, calendar: Calendar, now: datetime) -> Case:
    """The case of an account that is taken over now, before anybody has answered."""
    known = tuple(done for done in account.history if done.step in ladder.by_id)
    case = Case(
        case_no=f"{account.account_no}-1",
        account_no=account.account_no,
        time_zone=account.time_zone,
        policy=pin_of(ladder),
        imported=known,
    )
    return Simulator(ladder, account, calendar, ScriptedStaff(ladder, ())).play(case, now, now).case or case


def _show(found: MovePreview, before: Words, after: Words) -> None:
    rows: Iterator[tuple[str, ...]] = (move_row(line, before, after) for line in found.lines)
    table(("when", "date", "what", "who", "document", "why"), rows, heading(found))


def _checked(file: Path, ladder: Ladder, now: datetime) -> CheckedBatch:
    """The good accounts of a portfolio file. Raises Invalid when the file as a whole is bad."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Invalid([Problem(str(file), f"cannot be read: {error.strerror}", "check the path")]) from None
    checked = check(content, file.name, Loading(now, vocabulary_of(ladder), TIME_ZONE))
    if checked.portfolio.blocked:
        raise Invalid(list(checked.problems))
    return checked


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid([Problem("--as-of", f"{text} is no day", "a day like 2026-03-31")]) from None
