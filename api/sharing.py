"""One call, one visit, one death for all cases of a person: what one case was told is told to each that it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import structlog
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from api.cases import NotRunning, StillRunning
from api.deps import Deps
from domain.case import Case
from domain.commands import AnswerStep, Command, CommandBody, CorrectEntry, OpenStep, ShareContact
from domain.errors import Refused
from domain.events import Actor, ContactRecorded, ContactResult, EntryCorrected, Event, StepCompleted, StepOpened
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
        except Refused as refusal:  # closed, answered meanwhile, or asked of somebody else
            log.info("not_shared", case_no=other, code=refusal.code)


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
        bodies += [told for event in events if event.actor for told in _held(deps, session, case, event, event.actor)]
    return [(other, Command(id=_id(command_id, other, body), actor=by, body=body)) for by, other, body in bodies]


def _id(command_id: str, other: str, body: CommandBody) -> str:
    opens = ":opens" if isinstance(body, OpenStep) else ""
    return f"shared:{sha256(f'{command_id}:{other}{opens}'.encode()).hexdigest()[:32]}"


def _held(
    deps: Deps, session: Session, case: Case, event: Event, confirmed_by: Actor
) -> Iterator[tuple[Actor, str, CommandBody]]:
    """A hold that stands on all accounts of the person (S5): reported in each other case by who reported it here, then
    confirmed by who confirmed it; where they may not, the ask waits for whoever may."""
    body = event.body
    if not isinstance(body, StepCompleted) or case.policy is None:
        return
    rules = deps.policies.ladder(case.policy, case.settings).policy.holds
    if not any(rule.person and rule.placed_by.get(body.step) == body.outcome for rule in rules):
        return
    opened, by = _opening(session, case, body.step)
    if opened is None or by is None:
        return
    report = OpenStep(step=body.step, evidence=opened.evidence, since=opened.since, end_date=opened.end_date)
    answer = AnswerStep(step=body.step, outcome=body.outcome, note=body.note, evidence=body.evidence)
    for other in cases_of_customer(session, case.account_no):
        yield by, other, report
        yield confirmed_by, other, answer


def _opening(session: Session, case: Case, step: str) -> tuple[StepOpened | None, Actor | None]:
    for event in reversed(cases.timeline(session, case.case_no)):
        if isinstance(event.body, StepOpened) and event.body.step == step:
            return event.body, event.actor
    return None, None


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
