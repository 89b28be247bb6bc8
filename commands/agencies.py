"""`arrears agency`: the register of collection agencies, what is with them, and accounts for their people."""

from __future__ import annotations

from typing import Annotated

import typer

from api.auth import hash_password
from commands.output import say, table
from commands.system import opened, running_settings, today_of
from domain.agency import AGENCY, expired
from store import agencies, staff

Login = Annotated[str, typer.Argument(help="how they log in")]
Name = Annotated[str, typer.Option("--agency", help="id of the agency they work for")]
Password = Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)]
HEADINGS = ("agency", "name", "licence until", "confidentiality until", "qualified", "cases", "")


def listed() -> None:
    """The agencies with how long their papers last and how many cases they have now."""
    settings = running_settings()
    today = today_of(settings)
    rows: list[tuple[str, ...]] = []
    with opened(settings) as database, database.reading() as session:
        for agency in agencies.list_agencies(session):
            file = agencies.file_of(session, agency.id)
            count = len(agencies.placements(session, agency.id))
            rows.append((
                agency.id, agency.name, str(agency.licence_until), str(agency.nda_until or "-"),
                "yes" if file.qualified else "no", str(count), expired(file, today) or "",
            ))  # fmt: skip
    table(HEADINGS, rows)


def person(login: Login, agency: Name, password: Password) -> None:
    """An account for somebody of an agency: it sees the cases placed with that agency, and nothing else."""
    member = staff.StaffMember(
        id=login, login=login, name=login, password_hash=hash_password(password), roles=(AGENCY,), agency=agency
    )
    with opened(running_settings()) as database, database.session() as session:
        agencies.get_agency(session, agency)
        staff.add(session, member)
    say(f"{login}: {agency}")
