"""How each event changes a case: the only place where a case changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from domain import agreement_events as a, events as e
from domain.agency import Placement
from domain.apply_step import forgotten, step_after, unfinished
from domain.case import RECENT_COMMANDS, Case, Contacts, Elsewhere, Hold, StepState
from domain.ledger import DoneStep
from domain.undertaking_apply import left_behind, taken_back, undertaken
from domain.undertakings import NOTHING


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
    if isinstance(body, a.Undertaking):
        return _with(case, undertakings=undertaken(case, event, body))
    match body:
        case e.CaseOpened():
            return _opened(case, event, body)
        case e.CaseReopened():
            # counted anew like a take-over at the actual days past due (S7); done steps stay done
            return _with(case, status="open", closed_for=None, ending=None, anchor=None, upward=True)
        case e.FactsUpdated():
            return _with(case, facts=body.facts.model_copy(), settings=body.facts.settings or case.settings)
        case e.LadderReanchored():
            return _with(case, anchor=body.anchor, floor=body.floor, upward=body.upward, ladder_from=event.at)
        case e.BucketEntered():
            return _with(case, bucket=body.bucket)
        case e.PolicyMoved():
            return _moved(case, event, body)
        case e.OwnerChanged():
            return _with(case, owner=body.owner)
        case e.DelinquencyEnded() | e.EndingRevoked() | e.CaseClosed():
            return _over(case, body)
        case e.HoldPlaced() | e.HoldEnded():
            return _with(case, holds=_held(case.holds, event, body))
        case e.PostingsAlerted():
            return _with(case, alerted=body.day)
        case e.PostingsOverridden():
            return _with(case, overridden=body.day)
        case e.ReceiptReceived() if body.status in ("failed", "returned"):
            return _with(case, last_failure=event.seq)  # a letter that comes back is looked into like one refused
        case e.ContactRecorded():
            return _with(case, contacts=_contacted(case.contacts, event, body.contact))
        case e.EntryCorrected():
            return _corrected(case, event, body)
        case e.AgencyPlaced() | e.AgencyRecalled():
            return _with_agency(case, event, body)
        case e.NoteAdded() | e.ReceiptReceived() | e.SessionRequested() | a.SignatureRequested():
            return case
        case _:
            return _of_step(case, event, body)


def _with_agency(case: Case, event: e.Event, body: e.AgencyPlaced | e.AgencyRecalled) -> Case:
    if isinstance(body, e.AgencyPlaced):
        return _with(case, agency=Placement(agency=body.agency.id, since=event.at))
    return _with(case, agency=None, steps=_undone(case.steps, body.undone))


def _over(case: Case, body: e.DelinquencyEnded | e.EndingRevoked | e.CaseClosed) -> Case:
    match body:
        case e.DelinquencyEnded() if body.kept:
            return _only_the_breach(case, body.kept)
        case e.DelinquencyEnded():
            return _with(_cancelled(case), status="ending", ending=body.reason)
        case e.EndingRevoked():
            return _with(_cancelled(case), status="open", ending=None)
        case e.CaseClosed():
            return _with(_cancelled(case), status="closed", closed_for=body.reason, agency=None)


def _corrected(case: Case, event: e.Event, body: e.EntryCorrected) -> Case:
    """What an entry that was wrong had brought about follows the right one; the entry itself stays."""
    if body.key is not None:
        return _with(case, last_failure=_failure_after(case, event, body))
    if body.contact is None:
        return case
    others = tuple(seq for seq in case.contacts.own if seq != body.corrects)
    changes: dict[str, Any] = {"own": (*others, body.corrects) if body.contact.own else others}
    if body.corrects == case.contacts.last:
        changes["attitude"] = body.contact.attitude
    return _with(case, contacts=case.contacts.model_copy(update=changes))


def _failure_after(case: Case, event: e.Event, body: e.EntryCorrected) -> int:
    """The last dispatch that did not arrive, after a receipt was corrected."""
    if body.status in ("failed", "returned"):
        return event.seq
    return 0 if case.last_failure == body.corrects else case.last_failure


def _undone(steps: dict[str, StepState], names: tuple[str, ...]) -> dict[str, StepState]:
    """These may be gone through again; that they were done stays known, so that nothing opens by itself."""
    idle: dict[str, Any] = {"status": "idle", "outcome": None}
    return {name: state.model_copy(update=idle) if name in names else state for name, state in steps.items()}


def _of_step(case: Case, event: e.Event, body: e.StepBody) -> Case:
    if body.step in case.elsewhere.gone:  # was under way when the case moved
        return _with(case, elsewhere=_beside(case, event, body))
    if isinstance(body, e.StepReopened):
        case = _with(case, undertakings=taken_back(case, body))
    failure = event.seq if isinstance(body, e.DeliveryFailed) else case.last_failure
    return _with(case, last_failure=failure, steps={**case.steps, body.step: step_after(case, event, body)})


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


def _moved(case: Case, event: e.Event, body: e.PolicyMoved) -> Case:
    """Read and counted anew like a take-over (S7); a step of the same name keeps its state, the rest is laid aside."""
    every = {**case.elsewhere.steps, **case.steps}
    holds = (*case.elsewhere.holds, *(_ended(h, h.hold, event) if h.hold in body.lifted else h for h in case.holds))
    left = {name: _laid_aside(s) if unfinished(s) else s for name, s in every.items() if name in body.gone}
    return _with(
        case,
        policy=body.policy,
        settings=body.settings,
        facts=None,
        anchor=None,
        upward=bool(case.account_no),
        ladder_from=case.ladder_from if case.account_no else event.at,  # cycles that are new have no past
        bucket=None,
        steps={name: _laid_aside(s) if name in body.anew else s for name, s in every.items() if name not in left},
        holds=tuple(hold for hold in holds if hold.hold not in body.lifted),
        undertakings=left_behind(case, body.gone),
        elsewhere=Elsewhere(
            gone=body.gone, steps=left, holds=tuple(hold for hold in holds if hold.hold in body.lifted)
        ),
    )


def _laid_aside(state: StepState) -> StepState:
    """Without what hangs in the air; a step that only waited is as it was before."""
    if state.status != "blocked":
        return forgotten(state)
    return state.model_copy(update={"status": "completed" if state.done else "idle"})


def _beside(case: Case, event: e.Event, body: e.StepBody) -> Elsewhere:
    """The outcome of an act that the policy before had begun."""
    known = case.model_copy(update={"steps": case.elsewhere.steps})
    steps = {**case.elsewhere.steps, body.step: step_after(known, event, body)}
    return case.elsewhere.model_copy(update={"steps": steps})


def _contacted(contacts: Contacts, event: e.Event, contact: e.ContactResult) -> Contacts:
    changes: dict[str, Any] = {"collections": contacts.collections + 1, "tried_at": event.at}
    if contact.outcome == "contacted":
        changes |= {"last": event.seq, "reached_at": event.at, "attitude": contact.attitude}
    if contact.own:
        changes["own"] = (*contacts.own, event.seq)
    return contacts.model_copy(update=changes)


def _imported(item: DoneStep, seq: int) -> StepState:
    noon = datetime.combine(item.on, time(4), UTC)
    return StepState(status="completed", outcome=item.outcome, fired=seq, done=seq, done_at=noon, occurrence=1)


def _held(holds: tuple[Hold, ...], event: e.Event, body: e.HoldPlaced | e.HoldEnded) -> tuple[Hold, ...]:
    if isinstance(body, e.HoldPlaced):
        return (*holds, _placed(event, body))
    return tuple(_ended(hold, body.hold, event) for hold in holds)


def _placed(event: e.Event, body: e.HoldPlaced) -> Hold:
    return Hold(
        hold=body.hold, source=body.source, placed_at=event.due_at, placed_dpd=body.placed_dpd, until=body.until,
        since=body.since, person=body.person,
    )  # fmt: skip


def _ended(hold: Hold, name: str, event: e.Event) -> Hold:
    if hold.hold != name or hold.ended_at is not None:
        return hold
    return hold.model_copy(update={"ended_at": event.due_at})


def _cancelled(case: Case) -> Case:
    """Everything open ends with the delinquency; what never finished may open again after a reversal (S2)."""
    steps = {name: forgotten(state) if unfinished(state) else state for name, state in case.steps.items()}
    return _with(case, steps=steps)


def _only_the_breach(case: Case, kept: tuple[str, ...]) -> Case:
    """The next delinquency begins as in a new case (S2); what the breach has come to stays."""
    steps = {name: state for name, state in case.steps.items() if name in kept}
    return _with(case, steps=steps, holds=(), contacts=Contacts(), undertakings=NOTHING, last_failure=0)


def _with(case: Case, **changes: Any) -> Case:
    return case.model_copy(update=changes)
