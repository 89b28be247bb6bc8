"""`arrears complaint`: enter a complaint or a mail of one; `arrears complaints` lists them with their clocks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from activities.complaint_mailbox import enter_mail
from activities.complaints import enter_complaint
from commands.output import say, table
from commands.system import TIME_ZONE, clock_of, opened, running_settings
from domain.base import zone
from domain.complaint import ComplaintChannel
from store import complaints
from store.complaints import ComplaintRecord, NewComplaint
from worker import known_policies

Text = Annotated[str, typer.Argument(help="what is complained of")]
Channel = Annotated[ComplaintChannel, typer.Option(help="how it came")]
Who = Annotated[str, typer.Option("--from", help="who complains")]
Phone = Annotated[str | None, typer.Option(help="where they can be told the result")]
Email = Annotated[str | None, typer.Option(help="where they can be told the result")]
About = Annotated[str, typer.Option(help="about whom, in their words")]
CaseNo = Annotated[str | None, typer.Option("--case", help="the case, if there is one")]
MailFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a message file (.eml)")]
Overdue = Annotated[bool, typer.Option(help="only those of which a clock has run out")]


def enter(
    text: Text, channel: Channel = "phone", who: Who = "", phone: Phone = None, email: Email = None, about: About = "",
    case_no: CaseNo = None,
) -> None:  # fmt: skip
    """Enter a complaint; its clocks run from now."""
    now = clock_of(running_settings()).now()
    _enter(NewComplaint(
        key=f"cli:{uuid4()}", channel=channel, complainant=who, phone=phone, email=email, about=about, case_no=case_no,
        text=text, received_at=now, entered_by="cli",
    ))  # fmt: skip


def mail(file: MailFile) -> None:
    """Enter a mail to the complaint mailbox (催收投诉); the same mail again is the same complaint."""
    settings = running_settings()
    now = clock_of(settings).now()
    with opened(settings) as database:
        policies = known_policies(settings, database)
        with database.session() as session:
            found = enter_mail(session, policies, file.read_bytes(), now, now)
    say(f"{found.number}: answer due {_moment(found)}")


def listed(overdue: Overdue = False) -> None:
    """The complaints with their clocks."""
    settings = running_settings()
    now = clock_of(settings).now()
    with opened(settings) as database, database.reading() as session:
        page = complaints.list_complaints(session, overdue_at=now if overdue else None, limit=200)
    rows = [
        (row.number, row.status, row.channel, row.case_no or "-", clock.clock,
         clock.due_at.astimezone(zone(TIME_ZONE)).strftime("%Y-%m-%d %H:%M"), "overdue" if clock.due_at <= now else "",
         chain[min(clock.level, len(chain) - 1)] if clock.level else "")
        for row in page.rows for chain in (row.state.terms.chain,)
        for clock in sorted(row.state.clocks, key=lambda one: one.due_at)
    ]  # fmt: skip
    table(("complaint", "status", "channel", "case", "clock", "due", "", "escalated to"), rows)


def _enter(wanted: NewComplaint) -> ComplaintRecord:
    settings = running_settings()
    with opened(settings) as database:
        policies = known_policies(settings, database)
        with database.session() as session:
            found = enter_complaint(session, policies, wanted, clock_of(settings).now())
    say(f"{found.number}: answer due {_moment(found)}")
    return found


def _moment(found: ComplaintRecord) -> str:
    response = found.state.running("response")
    return response.due_at.astimezone(zone(TIME_ZONE)).strftime("%Y-%m-%d %H:%M") if response else "-"
