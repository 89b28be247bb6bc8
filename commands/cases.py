"""`arrears cases` and `arrears case`: who is overdue, where a case stands, what happens next and why."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Annotated, Literal

import typer

from activities.registry import UnknownPolicy
from api.cases import Live, NotRunning
from api.problems import EngineUnavailable
from api.temporal_cases import TemporalCases
from commands.output import complain, say, table
from commands.system import TIME_ZONE, opened, running_settings, today_of
from commands.words import Words
from domain.base import zone
from domain.errors import Refused
from domain.policy import Policy
from domain.timeline import timeline
from settings import Settings
from store import cases as stored
from store.session import Database
from store.views import AskLine, CaseRecord
from worker import known_policies
from workflows.engine import connect

HEADINGS = ("case", "lessee", "DPD", "bucket", "status", "held", "owner", "next", "why")

StatusOption = Annotated[Literal["open", "closed", "all"], typer.Option(help="which cases")]
BucketOption = Annotated[str | None, typer.Option(help="only this bucket, for example II")]
TextOption = Annotated[str | None, typer.Option("--text", help="beginning of a case or contract number")]
OwnerOption = Annotated[str | None, typer.Option(help="only those of this member of staff")]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="most rows")]
CaseNo = Annotated[str, typer.Argument(metavar="NO", help="the number of a case, as `arrears cases` lists it")]


def cases(
    status: StatusOption = "open", bucket: BucketOption = None, text: TextOption = None, owner: OwnerOption = None,
    limit: LimitOption = 200,
) -> None:  # fmt: skip
    """The cases, the longest overdue first."""
    settings = running_settings()
    asked = stored.CaseFilter(status=None if status == "all" else status, bucket=bucket, text=text, owner=owner)
    with opened(settings) as database, database.reading() as session:
        page = stored.list_cases(session, today_of(settings), asked, "anchor", limit=limit)
    rows = [
        (line.case_no, line.lessee, str(line.dpd), line.bucket or "-", line.status, "held" if line.held else "",
         line.owner or "-", _moment(line.next_at), line.next_why)
        for line in page.rows
    ]  # fmt: skip
    table(HEADINGS, rows)
    if page.next:
        complain(f"the first {limit}; more with --limit")


def case(case_no: CaseNo) -> None:
    """One case: where it stands, what happens next and why, who is asked, and everything that happened."""
    settings = running_settings()
    with opened(settings) as database:
        record, asks = _read(database, case_no, today_of(settings))
        with database.reading() as session:
            rows = timeline(list(stored.timeline(session, case_no)))
        policy = _policy(settings, database, record)
    words = Words(policy)
    _show(record, asyncio.run(_live(settings, case_no)))
    table(("waits for", "step", "since", "until", "held by"), [_ask(words, ask) for ask in asks])
    table(("date", "DPD", "what", "who", "document", "rules"), [words.row(row, TIME_ZONE) for row in rows])


def _policy(settings: Settings, database: Database, record: CaseRecord) -> Policy:
    """The policy that the case runs under; for its words a newer version does, when that one is not here."""
    pin, known = record.snapshot.policy, known_policies(settings, database)
    if pin is None:
        raise ValueError(f"{record.line.case_no} was recorded without its policy")
    try:
        return known.ladder(pin, record.snapshot.settings).policy
    except UnknownPolicy as missing:
        complain(f"{missing}: the titles are those of the present version")
        return known.current(pin.id).policy


def _read(database: Database, case_no: str, today: date) -> tuple[CaseRecord, tuple[AskLine, ...]]:
    with database.reading() as session:
        record = stored.get_case(session, case_no, today)
        if record is None:
            raise Refused("unknown_case", f"There is no case {case_no}.", "`arrears cases` lists them.")
        return record, stored.asks_of_case(session, case_no, today)


async def _live(settings: Settings, case_no: str) -> Live | None:
    """The running case; None when the engine is away or the case runs no more."""
    running = TemporalCases(lambda: connect(*settings.engine()))
    try:
        return await running.live(case_no)
    except NotRunning:
        return None
    except EngineUnavailable:
        complain("the workflow engine does not answer: this is the record, the live state is not known")
        return None


def _show(record: CaseRecord, live: Live | None) -> None:
    line, snapshot = record.line, live.case if live else record.snapshot
    say(f"{line.case_no}  {line.lessee}  contract {line.contract_no}")
    say(f"{snapshot.status}, {line.dpd} days past due, bucket {snapshot.bucket or '-'}, {snapshot.closed_for or ''}")
    for hold in snapshot.holds:
        if hold.ended_at is None:
            say(f"hold {hold.hold} since {_moment(hold.placed_at)}" + (f" until {hold.until}" if hold.until else ""))
    if live and live.diverged:
        say("the record disagrees with the running case: it is stopped until somebody has looked at it")
    next_at, why = (live.next_at, live.why) if live else (line.next_at, line.next_why)
    say(f"next: {_moment(next_at) if next_at else 'when somebody acts'}: {why or '-'}")


def _ask(words: Words, ask: AskLine) -> tuple[str, ...]:
    return (
        words.who(ask.role), words.titles.get(ask.step, ask.step), _moment(ask.opened_at), _moment(ask.deadline),
        words.holds.get(ask.frozen, ask.frozen) if ask.frozen else "",
    )  # fmt: skip


def _moment(at: datetime | None) -> str:
    return at.astimezone(zone(TIME_ZONE)).strftime("%Y-%m-%d %H:%M") if at else "-"
