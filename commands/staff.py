"""`arrears staff`: logins of an installation, where its people work and what they can, who is away."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.auth import hash_password
from commands.output import say, table
from commands.system import act_at_terminal, clock_of, opened, running_settings, today_of
from domain.errors import Refused
from domain.staff_file import StaffFile, load_staff
from settings import Settings, load_settings
from store import absences, owners, staff
from store.absences import Absence
from store.session import Database
from worker import known_policies

INSTALLATION = ("administrator", "auditor")
HEADINGS = ("login", "name", "roles", "branch", "region", "skills", "cases", "most", "away until", "substitute")

Login = Annotated[str, typer.Argument(help="how they log in")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a file like company/demo-staff.yaml")]
Password = Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)]
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="YYYY-MM-DD")]


def add(
    login: Login,
    role: Annotated[list[str], typer.Option(help="of any policy in use, administrator or auditor; may be repeated")],
    password: Password,
) -> None:
    """Add a member of staff with one or more roles."""
    settings = load_settings()
    database = Database(settings.database_url, audit_key=settings.audit_key()).acting(act_at_terminal(settings))
    known = _roles(settings, database)
    unknown = [name for name in role if name not in known]
    if unknown:
        raise Refused("unknown_role", f"No such role: {', '.join(unknown)}.", f"One of: {', '.join(known)}.")
    member = staff.StaffMember(
        id=login, login=login, name=login, password_hash=hash_password(password), roles=tuple(role)
    )
    with database.session() as session:
        staff.add(session, member)
    say(f"{login}: {', '.join(role)}")


def load(file: File, password: Password) -> None:
    """Take in a file of staff: new ones get this password, known ones what the file says of them."""
    settings = running_settings()
    with opened(settings) as database:
        found = load_staff(file.read_text(encoding="utf-8"), file.name, _roles(settings, database))
        added = take_in(database, found, password)
    say(f"{len(found.staff)} members of staff, {added} of them new")


def list_all() -> None:
    """Everybody, with the cases they own and whether they are away today."""
    settings = running_settings()
    today = today_of(settings)
    with opened(settings) as database, database.reading() as session:
        people = [one for one in staff.list_staff(session) if one.active]
        load = {one.user: one.load for one in owners.candidates(session, today)}
        away = {one.user: one for one in absences.absences_of(session, since=today) if one.first <= today}
    table(HEADINGS, [_row(one, load, away.get(one.id)) for one in people])


def away(
    login: Login, first: Day, last: Day, substitute: Annotated[str, typer.Option(help="who does their work")],
    reason: Annotated[str, typer.Option(help="why")],
) -> None:  # fmt: skip
    """Somebody is away from the first to the last day; the substitute sees and does their work meanwhile."""
    settings = running_settings()
    if last < first:
        raise Refused("absence_backwards", f"{last:%Y-%m-%d} is before {first:%Y-%m-%d}.", "Swap the two days.")
    absence = Absence(
        id=f"{login}-{first:%Y%m%d}-{datetime.now(UTC):%Y%m%d%H%M%S%f}", user=login, first=first.date(),
        last=last.date(), substitute=substitute, reason=reason, by="command line", at=clock_of(settings).now(),
    )  # fmt: skip
    with opened(settings) as database, database.session() as session:
        absences.record_absence(session, absence)
    say(f"{login} is away from {absence.first} to {absence.last}; {substitute} stands in")


def take_in(database: Database, found: StaffFile, password: str) -> int:
    """Keep what a file says of staff and regions; returns how many are new. Their passwords are left alone later."""
    added, hashed = 0, ""
    with database.session() as session:
        owners.set_regions(session, found.region_of)
        for entry in found.staff:
            values = entry.model_dump()
            known = staff.find(session, entry.id)
            if known is not None:
                staff.change(session, known.model_copy(update=values))
                continue
            hashed = hashed or hash_password(password)
            staff.add(session, staff.StaffMember(**values, login=entry.id, password_hash=hashed))
            added += 1
    return added


def _roles(settings: Settings, database: Database) -> tuple[str, ...]:
    return (*known_policies(settings, database).roles, *INSTALLATION)


def _row(one: staff.StaffMember, load: dict[str, int], absence: Absence | None) -> tuple[str, ...]:
    return (
        one.login, one.name, ", ".join(one.roles), one.branch or "-", one.region or "-", ", ".join(one.skills),
        str(load.get(one.id, 0)), "-" if one.capacity is None else str(one.capacity),
        str(absence.last) if absence else "", absence.substitute if absence else "",
    )  # fmt: skip
