"""How each event of a step changes the state of that step."""

from __future__ import annotations

from typing import Any, assert_never

from domain import events as e
from domain.affordability import INCOME, INSTALMENT
from domain.case import Answer, Case, Dispatch, HeldBack, Obligation, Opener, StepState, Vote
from domain.part_events import PartState

Asking = e.StepOffered | e.StepOpened | e.TaskStarted | e.StepAnswered | e.StepCompleted | e.StepReopened
Parting = e.PartStarted | e.PartFinished | e.PartTakenBack
Approving = e.VoteCast | e.AnswerWithdrawn | e.ConditionConfirmed | e.ConditionMissed
Acting = e.DocumentPrepared | e.MessageSent | e.DeliveryFailed | e.Filed | e.ReportIssued | e.RunFinished


def step_after(case: Case, event: e.Event, body: e.StepBody) -> StepState:
    """The state of the step that `body` speaks of, after it."""
    state = case.step(body.step)
    if isinstance(body, Asking):
        return _after_asking(case, state, event, body)
    if isinstance(body, Acting):
        return _after_acting(state, event, body)
    if isinstance(body, Parting):
        return _as(state, started=True, parts=_with_part(state, event, body))
    if isinstance(body, Approving):
        return _after_approving(state, event, body)
    match body:
        case e.StepNotDone():
            return _as(state, status="listed")
        case e.StepPostponed():
            return _postponed(case, state, body)
        case e.StepBlocked():
            return _as(state, status="blocked")
        case e.StepFrozen():
            return _as(state, frozen=body.hold)
        case e.StepResumed():
            anew: dict[str, Any] = {"deadline": body.deadline, "start_by": body.start_by}
            return _as(state, frozen=None, level=0, start_missed=False, **anew)
        case e.StepLapsed():
            return _as(state, status="idle", deadline=None, start_by=None, frozen=None)
        case e.StartMissed():
            return _as(state, start_missed=True)
        case e.Escalated():
            return _as(state, level=body.level, deadline=body.next_deadline or state.deadline)  # it stays overdue
        case _:
            assert_never(body)


def _after_asking(case: Case, state: StepState, event: e.Event, body: Asking) -> StepState:
    match body:
        case e.StepOffered():
            return _asked_of(state, event, body, "offered")
        case e.StepOpened():
            state = _asked_of(state, event, body, "open")
            days = state.days if body.day is None else (*state.days, body.day)
            return _as(state, deadline=body.deadline, start_by=body.start_by, days=days, end_date=body.end_date,
                       period=body.period or state.period, preselected=body.preselected,
                       since=body.since or state.since, opener=_opener(event, body),
                       made=state.made if body.period == state.period else 0)  # fmt: skip
        case e.TaskStarted():
            return _as(state, started=True)
        case e.StepAnswered():
            answer = _answer(event, body, body.role)
            answers = () if body.split else (*state.answers, answer)
            level = 0 if body.deadline else state.level
            deadline = body.deadline or state.deadline
            votes = () if body.split else state.votes
            return _as(state, answers=answers, level=level, started=True, deadline=deadline, votes=votes)
        case e.StepCompleted():
            return _completed(case, state, event, body)
        case e.StepReopened():
            anew = body.anew.model_dump() if body.anew else {}
            return _as(state, status="open", answers=(), outcome=None, done=0, done_at=None, ref=None, level=0,
                       deadline=body.deadline, votes=(), obligations=(), **anew)  # fmt: skip


def _after_acting(state: StepState, event: e.Event, body: Acting) -> StepState:
    match body:
        case e.DocumentPrepared():
            kept = (INCOME, INSTALMENT)  # the plan is signed later, as an agreement that keeps within the income
            plan = tuple(one for one in state.figures if one.item in kept)
            return _as(state, ref=body.document, sections=(), figures=plan)
        case e.MessageSent():
            return _dispatched(state, Dispatch(target=body.target, status="sent"), body.day)
        case e.DeliveryFailed():
            return _dispatched(state, Dispatch(target=body.target, status=body.status), body.day)
        case e.Filed() | e.ReportIssued() | e.RunFinished():
            again_at = body.again_at if isinstance(body, e.RunFinished) else None
            return _as(state, status="completed", outcome="done", fired=event.seq, done=event.seq,
                       done_at=event.due_at, period=body.period or state.period, not_before=again_at,
                       occurrence=state.occurrence + 1)  # fmt: skip


def _after_approving(state: StepState, event: e.Event, body: Approving) -> StepState:
    match body:
        case e.VoteCast():
            user = event.actor.user if event.actor else body.member
            vote = Vote(role=body.role, member=body.member, user=user, outcome=body.outcome)
            return _as(state, votes=() if body.split else (*state.votes, vote), started=True)
        case e.AnswerWithdrawn():
            left = tuple(one for one in state.answers if _stands(one, body))
            votes = tuple(one for one in state.votes if _stands(one, body))
            level = 0 if body.deadline else state.level
            return _as(state, answers=left, votes=votes, level=level, deadline=body.deadline or state.deadline)
        case e.ConditionConfirmed():
            return _as(state, obligations=_changed(state, body.no, confirmed_at=event.at))
        case e.ConditionMissed():
            return _as(state, obligations=_changed(state, body.no, missed=True))


def _stands(given: Answer | Vote, body: e.AnswerWithdrawn) -> bool:
    return (given.user, given.role) != (body.user, body.role) and given.role not in body.falls


def _with_part(state: StepState, event: e.Event, body: Parting) -> tuple[PartState, ...]:
    others = tuple(one for one in state.parts if one.part != body.part)
    match body:
        case e.PartStarted():
            return (*others, PartState(part=body.part, status="started", at=event.at, seq=event.seq))
        case e.PartFinished():
            return (*others, PartState(part=body.part, status=body.outcome, at=event.at, seq=event.seq, day=body.day))
        case e.PartTakenBack():
            return others


def _changed(state: StepState, no: int, **changes: Any) -> tuple[Obligation, ...]:
    numbered = enumerate(state.obligations, start=1)
    return tuple(one.model_copy(update=changes) if number == no else one for number, one in numbered)


def _opener(event: e.Event, body: e.StepOpened) -> Opener | None:
    if event.actor is None or event.command_id is None:
        return None
    return Opener(user=event.actor.user, role=event.actor.role, on_behalf_of=body.on_behalf_of)


def _answer(event: e.Event, body: e.StepAnswered | e.StepCompleted, role: str) -> Answer:
    user = event.actor.user if event.actor else None
    conditions = body.conditions if isinstance(body, e.StepAnswered) else ()
    return Answer(
        role=role, outcome=body.outcome, at=event.at, user=user, on_behalf_of=body.on_behalf_of, conditions=conditions
    )


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
        way=body.way,
        held=(),
        needed=body.needed,
        opener=None,
        votes=(),
        obligations=(),
    )


def _postponed(case: Case, state: StepState, body: e.StepPostponed) -> StepState:
    """What the gate holds back waits by itself; anything else keeps the whole step waiting."""
    if body.reason in ("postings", "text_not_passed"):
        return _as(state, not_before=body.not_before)
    version = case.facts.ledger_version if case.facts else 0
    held = HeldBack(target=body.target, until=body.not_before, ledger_version=version)
    not_before = state.not_before if body.target else body.not_before
    return _as(state, not_before=not_before, held=(*_others(state, body.target), held))


def _others(state: StepState, target: str | None) -> tuple[HeldBack, ...]:
    return tuple(held for held in state.held if held.target not in (target, None))


def _completed(case: Case, state: StepState, event: e.Event, body: e.StepCompleted) -> StepState:
    answers = state.answers
    if body.role:
        answers = (*answers, _answer(event, body, body.role))
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
        held=(),
        dispatches=(),
        ref=None,
        sections=body.sections,
        figures=body.figures,
        chosen=body.parts or state.chosen,
        parts=tuple(one for one in state.parts if one.status != "started"),  # what ran ends with the whole
        obligations=tuple(Obligation(condition=one) for one in body.conditions),
        occurrence=state.occurrence + 1,
        made=state.made + 1,
        ledger_version=case.facts.ledger_version if case.facts else None,
    )


def _dispatched(state: StepState, dispatch: Dispatch, day: e.Day | None) -> StepState:
    days = state.days if day is None or day in state.days else (*state.days, day)
    return _as(state, status="sending", dispatches=(*state.dispatches, dispatch), not_before=None, days=days,
               held=_others(state, dispatch.target))  # fmt: skip


def unfinished(state: StepState) -> bool:
    """Whether something of the step still hangs in the air."""
    return state.is_open or state.status in ("blocked", "sending")


def forgotten(state: StepState) -> StepState:
    """The step without the opening that never finished; dispatches made stay made."""
    return StepState(
        days=state.days[:-1], done=state.done, occurrence=state.occurrence, period=state.period,
        dispatches=state.dispatches, status="sending" if state.dispatches else "idle", chosen=state.chosen,
        parts=tuple(one for one in state.parts if one.status == "finished"),
    )  # fmt: skip


def _as(state: StepState, **changes: Any) -> StepState:
    return state.model_copy(update=changes)
