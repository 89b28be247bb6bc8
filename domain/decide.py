"""The heart: what has to happen next in a case, and why. Pure: the same case at the same instant, the same answer.

Read it top to bottom: an open case first knows its facts, then its anchor and bucket, then whether it is over, then
holds, then the steps of the regulation in their order, then deadlines that people missed; otherwise it waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain import events as e
from domain.approach import way_of
from domain.base import at_local, days
from domain.by_hand import alone, kept_open, ladder_day, opening_by_hand
from domain.cadence import over_since
from domain.case import Case, StepState
from domain.conditions import for_account, made_needless, missing_needs, wanted
from domain.deadlines import business_deadline, deadline_of, waiting_roles
from domain.due import awake, business_day_at, falls_due
from domain.ending import closing, delinquency_over, ending
from domain.fire import approach, counted_from, fire
from domain.holding import holds
from domain.keeping import call_needless, keeping
from domain.ladder import Ladder, Step
from domain.obligations import missed_conditions
from domain.outcome import Decision, Finished, Prepare, ReadFacts, Record, record
from domain.step_rule import Cell
from domain.stops import released_at, stopped_by, stopping
from domain.view import Due, View
from domain.waiting import missed_answers, wait

Cells = tuple[set[str], str]  # those an account passed before its ladder began, and the one in which it began
NO_CELLS: Cells = (set(), "")


def decide(ladder: Ladder, case: Case, now: datetime, facts_behind: bool = False) -> Decision:
    """What must happen now (Record, ReadFacts, Approach, Prepare, Dispatch, Issue, Run), or until when nothing (Wait).

    now: the aware business instant. facts_behind: the ledger changed since the facts were read.
    Asked again after every event; nothing is planned ahead.
    """
    if case.status == "closed":
        return Finished()
    view = View(ladder, case, now)
    if facts_behind or case.facts is None or case.facts.as_of < view.today:
        return ReadFacts(today=view.today)
    if case.status == "new":
        return _opening(view)
    if case.status == "ending" or case.facts.bought_back or (case.facts.cured and not kept_open(view)):
        return keeping(view) or _written(view) or ending(view) or missed_answers(view) or wait(view)
    known = delinquency_over(view) or _anchor(view) or _bucket(view) or _lapsed(view) or holds(view) or _frozen(view)
    step = known or keeping(view) or _steps(view)
    if isinstance(step, Record):
        return step
    # What happens by rule alone comes first, so that it does not depend on how long an act takes.
    return missed_answers(view) or missed_conditions(view) or step or _written(view) or closing(view) or wait(view)


def _opening(view: View) -> Record:
    """A case begins where the account stands; found late, it is a take-over from the first day of its bucket (S7)."""
    case, oldest = view.case, view.facts.oldest_due
    if case.policy is None:
        raise ValueError("a case needs the pin of its policy")
    reported = case.by_hand.since if case.by_hand else None
    dpd = (view.today - oldest).days if oldest else 0
    body = e.CaseOpened(
        policy=case.policy,
        settings=view.ladder.settings_id,
        anchor=oldest or reported,
        floor=view.ladder.floor(dpd),
        history=view.ladder.with_implied(case.imported) if oldest or not reported else (),
    )
    if case.by_hand is not None:
        return opening_by_hand(view, body)
    first = at_local(oldest + days(1), view.ladder.evaluate_at, case.time_zone) if oldest else view.now
    due = first if dpd == 1 else view.now
    rules = view.ladder.policy.opening if oldest else ()
    return record(body, due, rules, f"{dpd} days past due")


def _anchor(view: View) -> Record | None:
    """The ladder counts from the oldest unpaid due date; when that changes it is re-anchored, never skipped (S1)."""
    case, oldest = view.case, ladder_day(view)
    if oldest == case.anchor:
        return None
    earlier = oldest is not None and (oldest < case.anchor if case.anchor else case.upward)
    floor = view.ladder.floor((view.today - oldest).days if oldest else 0)
    body = e.LadderReanchored(anchor=oldest, floor=floor, upward=earlier and floor > 1)
    return record(body, view.now, view.ladder.policy.opening, "the oldest unpaid due date changed")


def _bucket(view: View) -> Record | None:
    bucket = view.ladder.bucket(view.dpd)
    if bucket is None or bucket.id == view.case.bucket:
        return None
    due = max(view.on_dpd(bucket.from_), view.case.ladder_from or view.now)
    rules = view.ladder.policy.buckets.rules
    return record(e.BucketEntered(bucket=bucket.id), due, rules, f"{view.dpd} days past due")


def _lapsed(view: View) -> Record | None:
    """A contact still asked for when its part of the ladder is over is asked for no longer (C, settled).

    Nor is what something else has made needless meanwhile (`unless`).
    """
    for step in view.ladder.moving:
        since = over_since(view, step)
        if since is not None:
            return record(e.StepLapsed(step=step.id), since, step.rule.rules, "its part of the ladder is over")
    for step in view.ladder.revocable:
        state = view.case.steps.get(step.id)
        if state is None or not state.is_open:
            continue
        ended = made_needless(view, step) or call_needless(view, step, state)
        if ended is not None:
            why, at = ended
            since = max(at, state.opened_at or at)
            return record(e.StepLapsed(step=step.id), since, step.rule.rules, f"no longer needed: {why}")
    return None


def _frozen(view: View) -> Record | None:
    """Open asks of a stopped scope freeze; released ones get full new deadlines from the release (5.5)."""
    if not view.case.holds:
        return None
    for step in view.ladder.steps:
        state = view.case.steps.get(step.id)
        if step.rule.scope is None or state is None or not state.is_open:
            continue
        stops = dict(stopping(view, step.rule.scope))
        if stops and state.frozen not in stops:  # also when the hold that stopped it is over and another one is not
            hold, since = next(iter(stops.items()))
            over = [one.ended_at for one in view.case.holds if one.hold == state.frozen and one.ended_at]
            body = e.StepFrozen(step=step.id, hold=hold)
            return record(body, max((since, *over)), step.rule.rules, f"held: {hold}")
        if state.frozen and not stops:
            return _resumed(view, step, state)
    return None


def _resumed(view: View, step: Step, state: StepState) -> Record:
    since = counted_from(view, released_at(view, step) or view.now)
    if step.asked is None or state.opened_at is None:
        raise ValueError(f"{step.id} is open but asks nobody")
    roles = waiting_roles(state.asked, state.mode, tuple(answer.role for answer in state.answers))
    deadline, _ = deadline_of(view.ladder, view.case, step.asked, since, roles[0])
    if deadline <= since:  # to be done on the day of a release that came after close of business
        deadline = business_deadline(view.ladder, view.facts.calendar, since, 1, view.case.time_zone)
    start = _start_by(view, step, since) if not state.started else None
    return record(
        e.StepResumed(step=step.id, deadline=deadline, start_by=start),
        since,
        step.rule.rules,
        "the hold is over",
    )


def _start_by(view: View, step: Step, since: datetime) -> datetime | None:
    if step.asked is None or step.asked.start_within is None:
        return None
    return business_deadline(view.ladder, view.facts.calendar, since, step.asked.start_within, view.case.time_zone)


def _written(view: View) -> Prepare | None:
    """A task that writes a document, once done, has it rendered, numbered and stored."""
    for name, state in view.case.steps.items():
        if state.status != "completed" or state.ref is not None or state.role is None:
            continue
        step = view.ladder.by_id[name]
        resolved = step.asked is not None and step.asked.what == "decision"  # a resolution is written either way
        if step.rule.writes and (resolved or state.outcome == state.outcomes[0]):
            return Prepare(
                step=name, document=step.rule.writes, occurrence=state.occurrence, due_at=state.done_at or view.now
            )
    return None


def _steps(view: View) -> Decision | None:
    """The first step of the regulation, in its own order, that begins by rule alone, else the first that acts."""
    first: Decision | None = None
    upward = view.case.upward
    cells = view.passed_cells() if upward else NO_CELLS
    resting = alone(view)
    for step in view.steps if upward else awake(view):
        if resting and step.id not in view.ladder.by_hand:
            continue
        if upward and (listed := _not_done(view, step, cells)):
            if isinstance(listed, Record):
                return listed
            first = first or listed
        due = falls_due(view, step)
        if due is None or not wanted(view, step) or stopped_by(view, step):
            continue
        missing = missing_needs(view, step)
        act = _blocked(view, step, due, missing) if missing else fire(view, step, due)
        if isinstance(act, Record):
            return act
        first = first or act
    return first


def _blocked(view: View, step: Step, due: Due, missing: tuple[str, ...]) -> Record | None:
    if view.case.step(step.id).status == "blocked":
        return None
    since = max(due.at, released_at(view, step) or due.at)
    body = e.StepBlocked(step=step.id, missing=missing, day=due.day)
    return record(body, since, step.rule.rules, "waits for " + ", ".join(missing))


def _not_done(view: View, step: Step, cells: Cells) -> Decision | None:
    """Steps of earlier buckets that a take-over does not make up are listed or offered (S7)."""
    state = view.case.step(step.id)
    if state.fired or state.days or state.status != "idle" or step.rule.if_missed == "make_up":
        return None
    passed = [*_passed(view, step, cells)]
    if not passed or not for_account(view, step):
        return None
    since = view.case.ladder_from or view.now
    if step.rule.if_missed == "offer" and step.asked:
        asked = step.asked
        body = e.StepOffered(
            step=step.id,
            asked=asked.roles,
            outcomes=asked.outcomes,
            mode=asked.mode,
            document=step.rule.document,
            way=way_of(step),
            needed=asked.needed,
        )
        offer = record(body, since, step.rule.rules, "taken over: offered, not required")
        return approach(view, step, since, offer) if way_of(step) else offer
    return record(e.StepNotDone(step=step.id, day=passed[-1]), since, step.rule.rules, "taken over after its day")


def _passed(view: View, step: Step, cells: Cells) -> Iterator[e.Day]:
    """The days of a step that lie before the ladder on which the account was taken over."""
    for trigger in step.when:
        if not trigger.after and not trigger.finding:
            yield from (day for day in trigger.dpd or () if day < view.case.floor)
            begins = view.on_dpd(view.case.floor)
            if trigger.cell:
                yield from _passed_cells(trigger.cell, cells)
            yield from (f"BD{n}" for n in trigger.business_day or () if business_day_at(view, n) < begins)


def _passed_cells(cell: Cell, cells: Cells) -> Iterator[str]:
    """Those in which the account stood before; none of a measure that the present cell asks for too."""
    marks = {f"{bucket}x{occurrence}" for bucket in cell.bucket for occurrence in cell.occurrence}
    passed, present = cells
    if present not in marks:
        yield from sorted(marks & passed)
