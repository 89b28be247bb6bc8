"""How a case lets activities act: one function per kind of decision, each answering with what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError, RetryState

from activities.messages import ApproachResult, DispatchResult
from activities.verbs import Verbs
from domain import events as e
from domain.case import Case
from domain.ladder import Ladder
from domain.outcome import Approach, Decision, Dispatch, Issue, Prepare, ReadFacts, Record, Run, record
from workflows import options, requests

A = TypeVar("A")
R = TypeVar("R")


async def act(ladder: Ladder, case: Case, decision: Decision, now: datetime, speed: float) -> Record | None:
    """What happened; None when nothing was done because the ledger moved since the decision."""
    match decision:
        case Prepare():
            return await _prepare(case, decision, now)
        case Dispatch():
            return await _dispatch(ladder, case, decision, now, speed)
        case Issue():
            return await _issue(case, decision, now)
        case Run():
            return await _run(case, decision)
        case _:
            raise TypeError(f"{decision} is not an act")


async def quickly(verb: Callable[[Verbs, A], R], asked: A, wake: Callable[[], None]) -> R:
    """By one quick local attempt, else patiently; `wake` is called when that took its time."""
    try:
        return await workflow.execute_local_activity_method(
            verb, asked, start_to_close_timeout=options.QUICK, retry_policy=options.ONCE
        )
    except FailureError:
        done = await workflow.execute_activity_method(
            verb, asked, start_to_close_timeout=options.PATIENT, retry_policy=options.FOR_EVER
        )
    wake()
    return done


async def read_facts(case: Case, decision: ReadFacts, now: datetime, wake: Callable[[], None]) -> Record:
    """The facts of the day of `now`."""
    facts = await quickly(Verbs.read_facts, requests.facts(case, decision), wake)
    return record(e.FactsUpdated(facts=facts), now, (), "read")


async def approach(case: Case, decision: Approach, now: datetime, wake: Callable[[], None]) -> Record | None:
    """Opens what is asked if the customer may be contacted now; else it waits for the first permitted time."""
    result = await quickly(Verbs.permit_contact, requests.approach(case, decision, now), wake)
    match result.status:
        case "stale":
            return None
        case "allowed":
            return decision.opening
        case "postponed":
            due, rules = decision.opening.due_at, decision.opening.rules
            return record(_postponed(decision, result), due, rules, f"postponed: {result.reason}")


async def _prepare(case: Case, decision: Prepare, now: datetime) -> Record:
    ref = await workflow.execute_activity_method(
        Verbs.prepare_document,
        requests.prepare(case, decision, now),
        start_to_close_timeout=options.PATIENT,
        retry_policy=options.FOR_EVER,
    )
    return record(e.DocumentPrepared(step=decision.step, document=ref), decision.due_at, (), "written")


async def _dispatch(ladder: Ladder, case: Case, decision: Dispatch, now: datetime, speed: float) -> Record | None:
    """Sends once; when the figures moved meanwhile nothing was sent and it is decided again.

    A gateway that stays away is tried for half an hour; then the day, the hours and the signature are looked at anew.
    """
    try:
        result = await workflow.execute_activity_method(
            Verbs.dispatch_document,
            requests.dispatch(ladder, case, decision, now),
            start_to_close_timeout=options.OUTWARD,
            retry_policy=options.gateway_retry(speed),
        )
    except ActivityError as failure:
        if failure.retry_state is not RetryState.MAXIMUM_ATTEMPTS_REACHED:
            raise
        return None
    body = _dispatched(decision, result)
    why = f"{result.status}: {result.reason}" if result.reason else result.status
    if body is None:
        return None
    happened = record(body, decision.due_at, (), why)
    if result.receipt is None:
        return happened
    receipt = e.ReceiptReceived(key=decision.key, status=result.receipt)
    return replace(happened, bodies=(*happened.bodies, receipt))


def _dispatched(decision: Dispatch, result: DispatchResult) -> e.Body | None:
    match result.status:
        case "stale":
            return None
        case "postponed":
            return _postponed(decision, result)
        case "sent":
            if result.document is None:
                raise ValueError("a letter that was sent has a document")
            return e.MessageSent(step=decision.step, target=decision.target, document=result.document, day=decision.day)
        case "refused" | "unknown":
            return e.DeliveryFailed(
                step=decision.step,
                target=decision.target,
                status=result.status,
                document=result.document,
                day=decision.day,
            )


def _postponed(decision: Dispatch | Approach, result: DispatchResult | ApproachResult) -> e.Body:
    """What the contact gate refused waits for the first permitted time, or for a change of what is known."""
    said = {"reason": result.reason, "not_before": result.not_before}
    return e.StepPostponed.model_validate({"step": decision.step, "target": decision.target, **said})


async def _issue(case: Case, decision: Issue, now: datetime) -> Record:
    ref = await workflow.execute_activity_method(
        Verbs.issue_report,
        requests.issue(case, decision, now),
        start_to_close_timeout=options.LONG,
        retry_policy=options.FOR_EVER,
    )
    body = e.ReportIssued(
        step=decision.step, period=decision.period, to=decision.to, copy_to=decision.copy_to, document=ref
    )
    return record(body, decision.due_at, (), "issued")


async def _run(case: Case, decision: Run) -> Record:
    done = await workflow.execute_activity_method(
        Verbs.run_work,
        requests.run(case, decision),
        start_to_close_timeout=options.RUN,
        heartbeat_timeout=options.ALIVE,
        retry_policy=options.FOR_EVER,
    )
    body = e.RunFinished(step=decision.step, period=decision.period, opened=done.opened, again_at=done.again_at)
    return record(body, decision.due_at, (), "run")
