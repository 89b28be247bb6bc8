"""What a move to another policy would change: what is done now, what later, and what never again. Nothing is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Literal

from domain import events as e
from domain.base import Frozen, at_local, days
from domain.calendar import Calendar
from domain.case import Case
from domain.ladder import Ladder
from domain.ledger import AccountFacts
from domain.moving import moved
from domain.run import advance
from domain.scenario import ScriptedStaff, StaffAnswer
from domain.simulate import Played, Simulator
from domain.timeline import shown

HORIZON = 90  # days looked ahead
END_OF_DAY = time(23, 59)
NOBODY: tuple[StaffAnswer, ...] = ()
FAVOURABLE = (StaffAnswer(step="*", outcome="first"),)

When = Literal["now", "later", "never"]


class MoveLine(Frozen):
    """One thing that the move changes. kind: as the event is named; `never` says why.

    now: done at once. later: done within the horizon if nobody pays and everybody answers favourably, which the
    present policy would not do, or not on that day. never: the present policy would do it, the new one does not.
    """

    when: When
    kind: str
    step: str
    on: date
    who: tuple[str, ...] = ()
    document: str | None = None
    why: str = ""


class MovePreview(Frozen):
    """A case before and after; `ends`: the reason for which it would be closed at once. dpd: in calendar days."""

    case_no: str
    from_policy: str
    to_policy: str
    bucket_before: str | None
    bucket_after: str | None
    dpd: int
    ends: str | None
    lines: tuple[MoveLine, ...]


def preview_move(
    ladder: Ladder, target: Ladder, case: Case, account: AccountFacts, calendar: Calendar, now: datetime
) -> MovePreview:
    """Play the case under both policies. Refused: not_movable, already_there."""
    after, _ = advance(ladder, case, moved(ladder, target, case, "dry run", now), now)
    today = case.today(now)
    tonight = at_local(today, END_OF_DAY, case.time_zone)
    horizon = at_local(today + days(HORIZON), END_OF_DAY, case.time_zone)
    first = _play(target, after, account, calendar, now, tonight, NOBODY)
    going = _play(target, after, account, calendar, now, horizon, FAVOURABLE)
    staying = _play(ladder, case, account, calendar, now, horizon, FAVOURABLE)
    at_once = [line for event in first.events if (line := _line("now", event, case)) and not _waited(case, line)]
    stay = _first_of_each(line for event in staying.events if (line := _line("later", event, case)))
    go = _first_of_each(line for event in going.events if (line := _line("later", event, case)))
    done = {line.step for line in at_once if line.kind != "step_not_done"}
    listed = {line.step for line in at_once if line.kind == "step_not_done"}
    later = [line for step, line in go.items() if step not in done | listed and not _same(stay.get(step), line)]
    kept = {name for name, state in after.steps.items() if state.is_open}
    never = _never(case, after, target, stay, done | set(go) | kept, today)
    final = first.case or after
    return MovePreview(
        case_no=case.case_no,
        from_policy=_named(ladder),
        to_policy=_named(target),
        bucket_before=case.bucket,
        bucket_after=final.bucket,
        dpd=final.dpd_on(today),
        ends=final.closed_for or final.ending,
        lines=(*(line for line in at_once if line.kind != "step_not_done"), *later, *never, *_listed(at_once)),
    )


def _named(ladder: Ladder) -> str:
    return f"{ladder.policy.id}.v{ladder.policy.version}"


def _play(
    ladder: Ladder,
    case: Case,
    account: AccountFacts,
    calendar: Calendar,
    now: datetime,
    until: datetime,
    answers: tuple[StaffAnswer, ...],
) -> Played:
    """Also those who are asked already answer, as after the end of a hold."""
    staff = ScriptedStaff(ladder, answers)
    simulator = Simulator(ladder, account, calendar, staff)
    for name, state in case.steps.items():
        if state.is_open and not state.frozen and state.deadline and name in ladder.by_id:
            asked = e.Event(seq=max(state.fired, 1), due_at=now, at=now, dpd=None,
                            body=e.StepResumed(step=name, deadline=state.deadline))  # fmt: skip
            for planned in staff.react(case, asked):
                simulator.plan(planned.at, planned)
    return simulator.play(case, now, until)


def _line(when: When, event: e.Event, case: Case) -> MoveLine | None:
    body = event.body
    on = case.today(event.at)
    match body:
        case e.StepOpened() | e.StepOffered():
            return MoveLine(when=when, kind=body.kind, step=body.step, on=on, who=shown(body), document=body.document)
        case e.StepBlocked():
            return MoveLine(when=when, kind=body.kind, step=body.step, on=on, who=body.missing)
        case e.MessageSent():
            who = (body.target,)
            return MoveLine(when=when, kind=body.kind, step=body.step, on=on, who=who, document=body.document.kind)
        case e.Filed():
            paper = body.document or None
            return MoveLine(when=when, kind=body.kind, step=body.step, on=on, who=(body.role,), document=paper)
        case e.ReportIssued():
            who = (*body.to, *body.copy_to)
            return MoveLine(when=when, kind=body.kind, step=body.step, on=on, who=who, document=body.document.kind)
        case e.StepNotDone() | e.RunFinished():
            return MoveLine(when=when, kind=body.kind, step=body.step, on=on)
        case _:
            return None


def _waited(case: Case, line: MoveLine) -> bool:
    """A step that waits under both policies is no change."""
    return line.kind == "step_blocked" and case.step(line.step).status == "blocked"


def _first_of_each(lines: Iterable[MoveLine]) -> dict[str, MoveLine]:
    """The first act of each step; what only waits or is only listed is none."""
    found: dict[str, MoveLine] = {}
    for line in lines:
        if line.kind not in ("step_blocked", "step_not_done"):
            found.setdefault(line.step, line)
    return found


def _same(before: MoveLine | None, after: MoveLine) -> bool:
    return before is not None and (before.kind, before.on, before.who) == (after.kind, after.on, after.who)


def _never(
    case: Case, after: Case, target: Ladder, stay: dict[str, MoveLine], kept: set[str], today: date
) -> Iterator[MoveLine]:
    for name, state in case.steps.items():
        if state.is_open and name in after.elsewhere.gone:
            why = "open now; the new policy has no such step"
            yield MoveLine(when="never", kind="step_opened", step=name, on=today, who=state.asked, why=why)
    for name, line in stay.items():
        if name not in kept and not case.step(name).is_open:
            why = "falls away" if name in target.by_id else "the new policy has no such step"
            yield line.model_copy(update={"when": "never", "why": why})


def _listed(lines: Iterable[MoveLine]) -> Iterator[MoveLine]:
    for line in lines:
        if line.kind == "step_not_done":
            yield line.model_copy(update={"when": "never", "why": "its day is over in the new policy: listed only"})
