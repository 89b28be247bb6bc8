"""What a case hands to its activities: plain functions from state and decision to a request."""

from __future__ import annotations

from datetime import datetime

from activities.messages import ApproachRequest, DispatchRequest, FactsRequest, IssueRequest, PrepareRequest, RunRequest
from domain.case import Case
from domain.events import PolicyPin
from domain.ladder import Ladder
from domain.outcome import Approach, Dispatch, Issue, Prepare, ReadFacts, Run


def pin_of(case: Case) -> PolicyPin:
    """The pinned policy; every case has one."""
    if case.policy is None:
        raise ValueError("a case needs the pin of its policy")
    return case.policy


def facts(case: Case, decision: ReadFacts) -> FactsRequest:
    return FactsRequest(
        case_no=case.case_no,
        account_no=case.account_no,
        policy=pin_of(case),
        settings=case.settings,
        today=decision.today,
        since=case.undertakings.watched_since,
    )


def prepare(case: Case, decision: Prepare, now: datetime) -> PrepareRequest:
    state = case.step(decision.step)
    return PrepareRequest(
        case_no=case.case_no,
        account_no=case.account_no,
        step=decision.step,
        document=decision.document,
        occurrence=decision.occurrence,
        as_of=case.today(decision.due_at),
        role=state.role or "system",
        at=now,
        sections=state.sections,
        figures=state.figures,
        policy=pin_of(case),
        settings=case.settings,
    )


def dispatch(ladder: Ladder, case: Case, decision: Dispatch, now: datetime) -> DispatchRequest:
    send = ladder.by_id[decision.step].rule.send
    signature = case.step(send.signed_in) if send and send.signed_in else None
    return DispatchRequest(
        case_no=case.case_no,
        account_no=case.account_no,
        step=decision.step,
        target=decision.target,
        document=decision.document,
        key=decision.key,
        occurrence=case.step(decision.step).occurrence + 1,
        as_of=case.today(now),
        at=now,
        ledger_version=decision.ledger_version,
        signed_by=signature.role if signature else None,
        policy=pin_of(case),
        settings=case.settings,
    )


def approach(case: Case, decision: Approach, now: datetime) -> ApproachRequest:
    return ApproachRequest(
        case_no=case.case_no,
        account_no=case.account_no,
        step=decision.step,
        target=decision.target,
        at=now,
        ledger_version=decision.ledger_version,
    )


def issue(case: Case, decision: Issue, now: datetime) -> IssueRequest:
    return IssueRequest(
        case_no=case.case_no,
        step=decision.step,
        document=decision.document,
        period=decision.period,
        to=decision.to,
        copy_to=decision.copy_to,
        at=now,
        policy=pin_of(case),
        settings=case.settings,
    )


def run(case: Case, decision: Run) -> RunRequest:
    return RunRequest(
        work=decision.work,
        period=decision.period,
        time_zone=case.time_zone,
        overridden=case.overridden == decision.period,
        policy=pin_of(case),
        settings=case.settings,
    )
