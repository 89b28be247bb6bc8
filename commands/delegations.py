"""`arrears delegation`: who acts for whom under which role, until when; given and revoked, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import uuid4

import typer

from api.permissions import NO_STAFF
from commands.output import say, table
from commands.system import clock_of, opened, running_settings
from domain.base import zone
from store import delegations
from store.delegations import Delegation

HEADINGS = ("delegation", "from", "to", "role", "begins", "ends", "given by", "revoked")
ZONE = "Asia/Shanghai"
Reason = Annotated[str, typer.Option(help="why")]
By = Annotated[str, typer.Option(help="staff id of whoever decides it")]
FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
Ends = Annotated[datetime, typer.Option(formats=FORMATS, help="not included, local time")]
Begins = Annotated[datetime | None, typer.Option(formats=FORMATS, help="local time; now when absent")]


def give(giver: str, deputy: str, role: str, ends: Ends, by: By, reason: Reason, begins: Begins = None) -> None:
    """DEPUTY acts under a role of GIVER for a period; it ends by itself and cannot be passed on."""
    settings = running_settings()
    now = clock_of(settings).now()
    with opened(settings) as database, database.session() as session:
        wanted = Delegation(
            id=f"delegation-{uuid4().hex[:12]}", from_user=giver, to_user=deputy, role=role,
            begins=begins.replace(tzinfo=zone(ZONE)) if begins else now, ends=ends.replace(tzinfo=zone(ZONE)),
            reason=reason, given_by=by, given_at=now,
        )  # fmt: skip
        given = delegations.give(session, wanted, NO_STAFF)
    say(f"{given.id}: {deputy} acts as {role} for {giver} until {_local(given.ends)}")


def revoke(delegation: str, by: By, reason: Reason) -> None:
    """End a delegation now; what was done under it stands."""
    settings = running_settings()
    with opened(settings) as database, database.session() as session:
        delegations.revoke(session, delegation, by, clock_of(settings).now(), reason)
    say(f"{delegation} is revoked")


def list_all() -> None:
    """Delegations that are not over, revoked ones included."""
    settings = running_settings()
    with opened(settings) as database, database.reading() as session:
        found = delegations.delegations(session, clock_of(settings).now())
    table(HEADINGS, [
        (one.id, one.from_user, one.to_user, one.role, _local(one.begins), _local(one.ends), one.given_by,
         _local(one.revoked_at) if one.revoked_at else "")
        for one in found
    ])  # fmt: skip


def _local(at: datetime) -> str:
    return at.astimezone(zone(ZONE)).strftime("%Y-%m-%d %H:%M")
