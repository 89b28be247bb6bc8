"""Shows what would be done for accounts on their first day, without doing it (shadow run)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time

from sqlalchemy.orm import Session

from domain import events as e
from domain.assignment import AssignmentSubject
from domain.base import Frozen, at_local, local_date
from domain.calendar import Calendar
from domain.case import Case
from domain.ladder import Ladder
from domain.ledger import AccountFacts
from domain.scenario import ScriptedStaff
from domain.simulate import Simulator
from domain.standing import standing
from imports.held import kept

END_OF_DAY = time(23, 59)


class PreviewAct(Frozen):
    """One thing of the first day. kind: opened, offered, blocked, sent, filed, not_done; who: roles or target."""

    kind: str
    step: str
    who: tuple[str, ...] = ()
    document: str | None = None
    rules: tuple[str, ...] = ()


class PreviewLine(Frozen):
    """What the first day would bring for one account; only overdue accounts have a line."""

    account_no: str
    dpd: int
    bucket: str
    policy: str
    acts: tuple[PreviewAct, ...]


Calendars = Callable[[str], Calendar]
Ladders = Callable[[AssignmentSubject], Ladder]


def preview_batch(
    session: Session, batch_id: str, ladder_of: Ladders, calendar_of: Calendars, now: datetime
) -> list[PreviewLine]:
    """The first day of every account of a held batch, as if it were released at `now`; nothing is changed.

    Refused "unknown_batch" for an import that was not held.
    """
    found: list[PreviewLine] = []
    for account in kept(session, batch_id):
        if not account.closed:
            ladder = ladder_of(account.subject)
            found += preview([account.facts], ladder, calendar_of(ladder.policy.calendar), now)
    return found


def preview(
    accounts: Iterable[AccountFacts], ladder: Ladder, calendar: Calendar, now: datetime
) -> Iterator[PreviewLine]:
    """The first day of each overdue account, from the hour of evaluation (or `now`, when that is later) to its end.

    The postings of yesterday are taken as complete and nobody answers anything.
    """
    for account in accounts:
        today = local_date(now, account.time_zone)
        dpd = standing(account, today, ladder.terms).dpd
        bucket = ladder.bucket(dpd)
        if bucket is None:
            continue
        start = max(now, at_local(today, ladder.evaluate_at, account.time_zone))
        simulator = Simulator(ladder, account, calendar, ScriptedStaff(ladder, ()))
        played = simulator.play(_case(account, ladder), start, at_local(today, END_OF_DAY, account.time_zone))
        acts = tuple(act for event in played.events if (act := _act(event)) is not None)
        yield PreviewLine(account_no=account.account_no, dpd=dpd, bucket=bucket.id, policy=ladder.policy.id, acts=acts)


def _case(account: AccountFacts, ladder: Ladder) -> Case:
    policy = ladder.policy
    return Case(
        case_no=f"{account.account_no}-1",
        account_no=account.account_no,
        time_zone=account.time_zone,
        policy=e.PolicyPin(id=policy.id, version=policy.version, sha256=ladder.sha256),
        imported=account.history,
    )


def _act(event: e.Event) -> PreviewAct | None:
    body = event.body
    match body:
        case e.StepOpened():
            return _made("opened", event, body.step, body.asked, body.document)
        case e.StepOffered():
            return _made("offered", event, body.step, body.asked, body.document)
        case e.StepBlocked():
            return _made("blocked", event, body.step, body.missing)
        case e.StepNotDone():
            return _made("not_done", event, body.step)
        case e.MessageSent():
            return _made("sent", event, body.step, (body.target,), body.document.kind)
        case e.Filed():
            return _made("filed", event, body.step, (body.role,), body.document)
        case _:
            return None


def _made(kind: str, event: e.Event, step: str, who: tuple[str, ...] = (), document: str | None = None) -> PreviewAct:
    return PreviewAct(kind=kind, step=step, who=who, document=document, rules=event.rules)
