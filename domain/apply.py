"""How each event changes a case: the only place where a case changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any, assert_never

from domain import events as e
from domain.case import RECENT_COMMANDS, Answer, Case, Dispatch, Hold, StepState
from domain.ledger import DoneStep


def apply(case: Case, event: e.Event) -> Case:
    """The case after an event. Events come in order of `seq`, without a gap."""
    if event.seq != case.seq + 1:
        raise ValueError(f"event {event.seq} does not follow {case.seq}")
    changed = _changed(case, event)
    commands = case.commands
    if event.command_id and event.command_id not in (known for known, _ in commands):
        commands = (*commands, (event.command_id, event.seq))[-RECENT_COMMANDS:]
    return changed.model_copy(update={"seq": event.seq, "commands": commands})


def fold(case: Case, happened: Iterable[e.Event]) -> Case:
    """The case after many events."""
    for event in happened:
        case = apply(case, event)
    return case


def _changed(case: Case, event: e.Event) -> Case:
    body = event.body
    match body:
        case e.CaseOpened():
            return _opened(case, event, body)
        case e.CaseReopened():
            # counted anew like a take-over at the actual days past due (S7); done steps stay done
            return _with(case, status="open", closed_for=None, ending=None, anchor=None, upward=True)
        case e.FactsUpdated():
            return _with(case, facts=body.facts)
        case e.LadderReanchored():
            return _with(case, anchor=body.anchor, floor=body.floor, upward=body.upward, ladder_from=event.at)
        case e.BucketEntered():
            return _with(case, bucket=body.bucket)
        case e.OwnerChanged():
            return _with(case, owner=body.owner)
        case e.DelinquencyEnded():
            return _with(_cancelled(case), status="ending", ending=body.reason)
        case e.EndingRevoked():
            return _with(_cancelled(case), status="open", ending=None)
        case e.CaseClosed():
            return _with(_cancelled(case), status="closed", closed_for=body.reason)
        case e.HoldPlaced():
            hold = Hold(
                hold=body.hold,
                source=body.source,
                placed_at=event.due_at,
                placed_dpd=body.placed_dpd,
                until=body.until,
            )
            return _with(case, holds=(*case.holds, hold))
        case e.HoldEnded():
            return _with(case, holds=tuple(_ended(hold, body.hold, event) for hold in case.holds))
        case e.PostingsAlerted():
            return _with(case, alerted=body.day)
        case e.PostingsOverridden():
            return _with(case, overridden=body.day)
        case e.NoteAdded() | e.ContactRecorded() | e.EntryCorrected() | e.ReceiptReceived() | e.SessionRequested():
            return case
        case _:
            return _step_changed(case, event, body)


def _step_changed(case: Case, event: e.Event, body: e.StepBody) -> Case:
    state = case.step(body.step)
    match body:
        case e.StepNotDone():
            state = _as(state, status="listed")
        case e.StepOffered():
            state = _asked_of(state, event, body, "offered")
        case e.StepOpened():
            state = _asked_of(state, event, body, "open")
            days = state.days if body.day is None else (*state.days, body.day)
            state = _as(state, deadline=body.deadline, start_by=body.start_by, days=days, end_date=body.end_date,
                        period=body.period or state.period)  # fmt: skip
        case e.TaskStarted():
            state = _as(state, started=True)
        case e.StepAnswered():
            answer = Answer(role=body.role, outcome=body.outcome, at=event.at)
            answers = () if body.split else (*state.answers, answer)
            level = 0 if body.deadline else state.level
            state = _as(state, answers=answers, level=level, started=True,
                        deadline=body.deadline or state.deadline)  # fmt: skip
        case e.StepCompleted():
            state = _completed(case, state, event, body)
        case e.DocumentPrepared():
            state = _as(state, ref=body.document)
        case e.MessageSent():
            state = _dispatched(state, Dispatch(target=body.target, status="sent"), body.day)
        case e.DeliveryFailed():
            case = _with(case, last_failure=event.seq)
            state = _dispatched(state, Dispatch(target=body.target, status=body.status), body.day)
        case e.StepPostponed():
            state = _as(state, not_before=body.not_before)
        case e.Filed() | e.ReportIssued() | e.RunFinished():
            state = _as(state, status="completed", outcome="done", fired=event.seq, done=event.seq, done_at=event.due_at,
                        period=body.period or state.period, occurrence=state.occurrence + 1)  # fmt: skip
        case e.StepBlocked():
            state = _as(state, status="blocked")
        case e.StepFrozen():
            state = _as(state, frozen=body.hold)
        case e.StepResumed():
            state = _as(
                state,
                frozen=None,
                deadline=body.deadline,
                start_by=body.start_by,
                level=0,
                start_missed=False,
            )
        case e.StartMissed():
            state = _as(state, start_missed=True)
        case e.Escalated():
            state = _as(state, level=body.level, deadline=body.next_deadline)
        case e.StepReopened():
            state = _as(state, status="open", answers=(), outcome=None, done=0, done_at=None, ref=None, level=0,
                        deadline=body.deadline)  # fmt: skip
        case _:
            assert_never(body)
    return _with(case, steps={**case.steps, body.step: state})


def _opened(case: Case, event: e.Event, body: e.CaseOpened) -> Case:
    done = {item.step: _imported(item, event.seq) for item in body.history}
    return _with(
        case,
        status="open",
        policy=body.policy,
        settings=body.settings,
        opened_at=event.at,
        anchor=body.anchor,
        floor=body.floor,
        upward=body.floor > 1,
        ladder_from=event.due_at,
        steps=done,
    )


def _imported(item: DoneStep, seq: int) -> StepState:
    noon = datetime.combine(item.on, time(4), UTC)
    return StepState(status="completed", outcome=item.outcome, fired=seq, done=seq, done_at=noon, occurrence=1)


def _asked_of(state: StepState, event: e.Event, body: e.StepOpened | e.StepOffered, status: str) -> StepState:
    return _as(
        state,
        status=status,
        asked=body.asked,
        mode=body.mode,
        outcomes=body.outcomes,
        document=body.document,
        answers=(),
        outcome=None,
        opened_at=event.at,
        started=False,
        start_missed=False,
        level=0,
        deadline=None,
        start_by=None,
        frozen=None,
        fired=event.seq,
    )


def _completed(case: Case, state: StepState, event: e.Event, body: e.StepCompleted) -> StepState:
    answers = state.answers
    if body.role:
        answers = (*answers, Answer(role=body.role, outcome=body.outcome, at=event.at))
    return _as(
        state,
        status="completed",
        answers=answers,
        outcome=body.outcome,
        role=body.role,
        fired=max(state.fired, event.seq) if not state.is_open else state.fired,
        done=event.seq,
        done_at=event.at if body.role else event.due_at,
        deadline=None,
        start_by=None,
        not_before=None,
        dispatches=(),
        ref=None,
        occurrence=state.occurrence + 1,
        figures=case.facts.ledger_version if case.facts else None,
    )


def _dispatched(state: StepState, dispatch: Dispatch, day: int | None) -> StepState:
    days = state.days if day is None or day in state.days else (*state.days, day)
    return _as(state, status="sending", dispatches=(*state.dispatches, dispatch), not_before=None, days=days)


def _ended(hold: Hold, name: str, event: e.Event) -> Hold:
    if hold.hold != name or hold.ended_at is not None:
        return hold
    return hold.model_copy(update={"ended_at": event.due_at})


def _cancelled(case: Case) -> Case:
    """Everything open ends with the delinquency; what never finished may open again after a reversal (S2)."""
    steps = {name: _forgotten(state) if _unfinished(state) else state for name, state in case.steps.items()}
    return _with(case, steps=steps)


def _unfinished(state: StepState) -> bool:
    return state.is_open or state.status in ("blocked", "sending")


def _forgotten(state: StepState) -> StepState:
    return StepState(
        days=state.days[:-1], done=state.done, occurrence=state.occurrence, period=state.period,
        dispatches=state.dispatches, status="sending" if state.dispatches else "idle",
    )  # fmt: skip


def _with(case: Case, **changes: Any) -> Case:
    return case.model_copy(update=changes)


def _as(state: StepState, **changes: Any) -> StepState:
    return state.model_copy(update=changes)
