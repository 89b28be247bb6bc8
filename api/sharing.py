"""One call, one visit for all cases of a person: what was done for one is recorded in each that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import structlog
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from api.cases import NotRunning, StillRunning
from api.deps import Deps
from domain.case import Case
from domain.commands import Command, CommandBody, CorrectEntry, ShareContact
from domain.errors import Refused
from domain.events import ContactRecorded, ContactResult, EntryCorrected, Event, StepCompleted
from store import cases
from store.contacts import cases_of_customer

log = structlog.get_logger(__name__)
Wanted = tuple[str, Command]


async def share(deps: Deps, case_no: str, command_id: str) -> None:
    """Pass a recorded contact on, once to each case; asked again after a failure it goes on where it stopped.

    Raises EngineUnavailable.
    """
    for other, command in await run_in_threadpool(_wanted, deps, case_no, command_id):
        try:
            await deps.cases.send(other, command, deps.limits.command_seconds)
        except (NotRunning, StillRunning):
            continue
        except Refused as refusal:  # closed, or answered meanwhile: it asks for nothing more
            log.info("contact_not_shared", case_no=other, code=refusal.code)


def _wanted(deps: Deps, case_no: str, command_id: str) -> list[Wanted]:
    with deps.database.reading() as session:
        case = cases.snapshot_of(session, case_no)
        if case is None:
            return []
        events = cases.events_of_command(session, command_id).get(case_no, ())
        bodies = [
            (event.actor, other, body)
            for event in events if event.actor
            for other, body in _told(session, case, event)
        ]  # fmt: skip
    return [(other, Command(id=_id(command_id, other), actor=actor, body=body)) for actor, other, body in bodies]


def _id(command_id: str, other: str) -> str:
    return f"shared:{sha256(f'{command_id}:{other}'.encode()).hexdigest()[:32]}"


def _told(session: Session, case: Case, event: Event) -> Iterator[tuple[str, CommandBody]]:
    """(case, what it is told) of one event; an amount promised is promised once."""
    of = f"{case.case_no}/{event.seq}"
    match event.body:
        case ContactRecorded(contact=result, of=None):
            yield from _asking(session, case, ShareContact(of=of, way="call", contact=_shared(result)))
        case StepCompleted(of=None) as body if (way := case.step(body.step).way) in ("visit", "other"):
            share = ShareContact(
                of=of, way=way, outcome=body.outcome, note=body.note, evidence=body.evidence,
                participants=body.participants,
            )  # fmt: skip
            yield from _asking(session, case, share)
        case EntryCorrected(contact=ContactResult() as result) as body:
            for other, seq in _entries(session, case, f"{case.case_no}/{body.corrects}"):
                yield other, CorrectEntry(seq=seq, reason=body.reason, contact=_shared(result))
        case _:
            return


def _shared(result: ContactResult) -> ContactResult:
    return result.model_copy(update={"promise_amount": None, "promise_date": None})


def _asking(session: Session, case: Case, body: ShareContact) -> Iterator[tuple[str, CommandBody]]:
    """The other cases of the person in which somebody is asked for the same."""
    for other in cases_of_customer(session, case.account_no):
        snapshot = cases.snapshot_of(session, other)
        if snapshot and any(state.is_open and state.way == body.way for state in snapshot.steps.values()):
            yield other, body


def _entries(session: Session, case: Case, of: str) -> Iterator[tuple[str, int]]:
    """The entries that an entry of this case was passed on to."""
    for other in cases_of_customer(session, case.account_no):
        for event in cases.timeline(session, other):
            if isinstance(event.body, ContactRecorded) and event.body.of == of:
                yield other, event.seq
