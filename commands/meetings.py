"""`arrears meeting`: meetings with what became of their decisions, and the agenda of the next one."""

from __future__ import annotations

from typing import Annotated

import typer

from activities.meetings import agenda_for
from commands.output import table
from commands.system import opened, running_settings, today_of
from store import meetings

Policy = Annotated[str, typer.Option(help="id of the policy")]
Role = Annotated[str, typer.Option(help="the role that meets, such as review_committee")]


def listed() -> None:
    """The last two hundred of them, one line for each decision."""
    with opened(running_settings()) as database, database.reading() as session:
        rows = [
            (one.id, one.kind, str(one.day), one.title, str(decision.no), decision.body.do, decision.status,
             decision.code or decision.errand or "")
            for one in meetings.list_meetings(session, limit=200).rows
            for decision in meetings.decisions_of(session, one.id)
        ]  # fmt: skip
    table(("meeting", "kind", "day", "title", "no", "decision", "became", ""), rows)


def agenda(policy: Policy, role: Role) -> None:
    """What a meeting of that role would have to talk about now."""
    settings = running_settings()
    with opened(settings) as database, database.reading() as session:
        items = agenda_for(session, policy, role, today_of(settings))
    table(
        ("kind", "about", "case", "document"), [(i.kind, i.title, i.case_no or "-", i.document or "-") for i in items]
    )
