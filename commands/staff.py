"""`arrears staff add`: logins of an installation."""

from __future__ import annotations

from typing import Annotated

import typer

from api.auth import hash_password
from commands.output import say
from domain.errors import Refused
from settings import load_settings
from store import staff
from store.session import Database
from worker import known_policies


def add(
    login: Annotated[str, typer.Argument(help="how they log in")],
    role: Annotated[list[str], typer.Option(help="of any policy in use, administrator or auditor; may be repeated")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Add a member of staff with one or more roles."""
    settings = load_settings()
    database = Database(settings.database_url)
    known = (*known_policies(settings, database).roles, "administrator", "auditor")
    unknown = [name for name in role if name not in known]
    if unknown:
        raise Refused("unknown_role", f"No such role: {', '.join(unknown)}.", f"One of: {', '.join(known)}.")
    member = staff.StaffMember(
        id=login, login=login, name=login, password_hash=hash_password(password), roles=tuple(role)
    )
    with database.session() as session:
        staff.add(session, member)
    say(f"{login}: {', '.join(role)}")
