"""`arrears suit` and `arrears evidence`: lawsuits with what is due, their periods, the evidence file of a case."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from activities.evidence import EvidenceDesk
from activities.registry import Policies
from commands.output import say, table
from commands.system import TIME_ZONE, clock_of, opened, running_settings, today_of
from domain.base import zone
from domain.litigation_terms import SOURCES
from letters.glyphs import FontSet
from letters.render import Renderer
from store import limitation, suits
from store.cases import snapshot_of
from store.suit_consequences import TITLES
from worker import known_policies

CaseNo = Annotated[str, typer.Argument(help="number of the case")]
SuitNo = Annotated[str, typer.Argument(help="number of the suit")]
Overdue = Annotated[bool, typer.Option(help="only those of which something is overdue")]
OutFile = Annotated[Path | None, typer.Option("--out", help="write the file as one PDF")]
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="the day; today when absent")]


def listed(overdue: Overdue = False) -> None:
    """The lawsuits with what is due in them."""
    settings = running_settings()
    now = clock_of(settings).now()
    with opened(settings) as database, database.reading() as session:
        page = suits.list_suits(session, overdue_at=now if overdue else None, limit=200)
    rows: list[tuple[str, ...]] = []
    for row in page.rows:
        due = row.state.deadlines if row.state else ()
        if not due:
            rows.append((row.number, row.case_no, row.closed_for or row.stage, "-", "-", ""))
        for one in due:
            late = "overdue" if one.due_at <= now else ""
            rows.append((row.number, row.case_no, row.stage, TITLES[one.clock], _moment(one.due_at), late))
    table(("suit", "case", "stage", "waits for", "due", ""), rows)


def show(number: SuitNo) -> None:
    """Everything that happened in a suit, in order."""
    with opened(running_settings()) as database, database.reading() as session:
        found, events = suits.get_suit(session, number), suits.events_of_suit(session, number)
    say(f"{found.number} of {found.case_no}: {found.closed_for or found.stage}, filed {found.filed_on}")
    rows = [
        (str(one.seq), _moment(one.at), getattr(getattr(one.body, "act", None), "do", one.body.kind),
         one.actor.role if one.actor else "-")
        for one in events
    ]  # fmt: skip
    table(("seq", "at", "what", "who"), rows)


def terms() -> None:
    """The periods of procedure and of limitation in force, each with its default and its source."""
    settings = running_settings()
    with opened(settings) as database:
        company = known_policies(settings, database).company
    rows = [
        (name, str(getattr(model, name)), str(field.default), SOURCES[name])
        for model in (company.litigation, company.limitation)
        for name, field in type(model).model_fields.items()
    ]
    table(("setting", "value", "default", "source"), rows)


def evidence(case_no: CaseNo, out: OutFile = None, as_of: AsOf = None) -> None:
    """What the evidence file of a case lacks; with --out the file itself. Exit code 1 while something is missing."""
    settings = running_settings()
    now = clock_of(settings).now()
    day = as_of.date() if as_of else today_of(settings)
    with opened(settings) as database:
        policies = known_policies(settings, database)
        desk = EvidenceDesk(Renderer(FontSet.bundled()), policies)
        with database.reading() as session:
            gaps = desk.gaps(session, case_no, day, now)
            if out is not None:
                made = desk.file(session, case_no, day, now)
                out.write_bytes(made.pdf)
                say(f"{out}: {made.pages} pages, sha256 {made.sha256}")
            _say_clocks(limitation_of(policies, session, case_no, day))
    for gap in gaps:
        say(f"missing 缺: {gap}")
    if gaps:
        raise typer.Exit(1)


def limitation_of(policies: Policies, session: Session, case_no: str, day: date) -> limitation.Clocks | None:
    """The clocks that run against us in a case."""
    case = snapshot_of(session, case_no)
    return limitation.clocks_of(session, case.account_no, policies.clocks, day) if case else None


def _say_clocks(found: limitation.Clocks | None) -> None:
    if found is None:
        return
    ends = found.limitation.ends
    say(f"limitation 诉讼时效: {ends or 'does not run, a suit is pending'}")
    for one in found.guarantors:
        say(f"guarantor 保证期间 {one.party}: {one.ends or f'claimed {one.claimed}'}")
    for one in found.to_prove:
        say(f"to prove 须补送达证明: {one.of}, sent {one.on}: that it arrived, and on which day")


def _moment(at: datetime) -> str:
    return at.astimezone(zone(TIME_ZONE)).strftime("%Y-%m-%d %H:%M")
