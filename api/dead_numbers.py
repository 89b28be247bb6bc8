"""A number that somebody else answers, or nobody can: somebody is asked to find out another one."""

from __future__ import annotations

from api.deps import Deps
from api.quality import supervision_of
from domain.events import ContactRecorded
from store import cases


def check_dead_number(deps: Deps, case_no: str, command_id: str) -> None:
    """Opens the errand for a contact record that says wrong number, once; the dialler's own reports open theirs."""
    with deps.database.session() as session:
        events = cases.events_of_command(session, command_id).get(case_no, ())
        case = cases.snapshot_of(session, case_no)
        for event in events:
            body = event.body
            if case is None or event.actor is None or not isinstance(body, ContactRecorded):
                continue
            if body.contact.channel == "phone" and body.contact.outcome == "wrong_number":
                found = f"{case_no}-{event.seq}"
                supervision_of(deps).check_number(session, found, case.account_no, event.actor.role)
