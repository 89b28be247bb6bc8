"""How each event about agreements, promises and the recovery plan changes what a case remembers of them."""

from __future__ import annotations

from typing import assert_never

from domain import agreement_events as a, events as e
from domain.case import Case
from domain.undertakings import MOST_PROMISES, Agreement, Promise, PromiseVerdict, RecoveryPlan, Undertakings, Verdict

INSTALMENT: dict[str, Verdict] = {
    "instalment_kept": "kept", "instalment_part_kept": "part_kept", "instalment_missed": "missed",
}  # fmt: skip
PROMISE: dict[str, PromiseVerdict] = {
    "promise_kept": "kept", "promise_part_kept": "part_kept", "promise_broken": "broken",
}  # fmt: skip


def undertaken(case: Case, event: e.Event, body: a.Undertaking) -> Undertakings:
    """What the case remembers after the event."""
    known = case.undertakings
    match body:
        case a.PromiseMade() | a.PromiseWithdrawn() | a.PromiseJudged():
            return known.model_copy(update={"promises": _promises(case, event, body)})
        case a.RecoveryPlanSet():
            plan = RecoveryPlan(
                responsible=body.responsible, as_of=body.as_of, set_at=event.at, paid_before=body.paid_before,
                stages=body.stages,
            )  # fmt: skip
            return known.model_copy(update={"recovery": plan})
        case a.RecoveryStageMissed():
            if known.recovery is None:
                return known
            missed = known.recovery.model_copy(update={"missed": (*known.recovery.missed, body.day)})
            return known.model_copy(update={"recovery": missed})
        case a.AgreementConcluded():
            return known.model_copy(update={"agreement": _concluded(case, event, body)})
        case _:
            return known.model_copy(update={"agreement": _watched(known.agreement, event, body)})


def _concluded(case: Case, event: e.Event, body: a.AgreementConcluded) -> Agreement:
    return Agreement(
        step=body.step, source=case.step(body.step).done, as_of=body.as_of, concluded_at=event.at, owed=body.owed,
        paid_before=body.paid_before, instalments=body.instalments, tolerance=body.tolerance, revive=body.revive,
    )  # fmt: skip


def _watched(
    agreement: Agreement | None,
    event: e.Event,
    body: a.InstalmentJudged | a.AgreementBroken | a.AgreementRevived | a.AgreementCompleted,
) -> Agreement | None:
    if agreement is None:
        return None
    match body:
        case a.InstalmentJudged():
            verdicts = list(agreement.verdicts)
            verdicts[body.no - 1 : body.no] = [INSTALMENT[body.kind]]
            return agreement.model_copy(update={"verdicts": tuple(verdicts), "judged_at": event.due_at})
        case a.AgreementBroken():
            return agreement.model_copy(update={"state": "ended" if body.by_hand else "broken"})
        case a.AgreementRevived():
            return agreement.model_copy(update={"state": "live"})
        case a.AgreementCompleted():
            return agreement.model_copy(update={"state": "completed"})
        case _:
            assert_never(body)


def _promises(
    case: Case, event: e.Event, body: a.PromiseMade | a.PromiseWithdrawn | a.PromiseJudged
) -> tuple[Promise, ...]:
    known = case.undertakings.promises
    match body:
        case a.PromiseWithdrawn():
            return tuple(one for one in known if one.contact != body.contact)
        case a.PromiseJudged():
            said = {"verdict": PROMISE[body.kind], "judged": event.seq, "judged_at": event.due_at}
            return tuple(one.model_copy(update=said) if one.contact == body.contact else one for one in known)
        case a.PromiseMade():
            before = next((one for one in known if one.contact == body.contact), None)
            made = Promise(
                contact=body.contact, made_on=before.made_on if before else case.today(event.at), amount=body.amount,
                by=body.by, paid_before=body.paid_before, paid_that_day=body.paid_that_day,
            )  # fmt: skip
            if before is not None:
                return tuple(made if one.contact == body.contact else one for one in known)
            return (*known, made)[-MOST_PROMISES:]


def taken_back(case: Case, body: e.StepReopened) -> Undertakings:
    """An agreement whose signature is corrected never was."""
    known = case.undertakings
    if known.agreement is None or known.agreement.source != body.corrects:
        return known
    return known.model_copy(update={"agreement": None})


def left_behind(case: Case, gone: tuple[str, ...]) -> Undertakings:
    """An agreement of a step that the new policy has not is watched no longer."""
    known = case.undertakings
    if known.agreement is None or known.agreement.step not in gone:
        return known
    return known.model_copy(update={"agreement": None})
