"""How a step that is due begins: it asks people, sends, files, reports or runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from domain import events as e
from domain.approach import held_back, target_of, way_of
from domain.authority import asked_first
from domain.base import at_local, days
from domain.case import StepState
from domain.conditions import proposed
from domain.deadlines import business_deadline, deadline_of
from domain.due import ready_since
from domain.ladder import Step
from domain.outcome import Approach, Decision, Dispatch, Issue, Record, Run, record
from domain.view import Due, View


def fire(view: View, step: Step, due: Due) -> Decision | None:
    """The act that begins (or goes on with) a step; None when it has to wait for an hour or for postings."""
    due = replace(due, at=ready_since(view, step, due))
    rule = step.rule
    if _toward_customer(step):
        postponed = _postings_missing(view, step, due)
        if postponed is not None:
            return postponed if isinstance(postponed, Record) else None
    if step.asked:
        return approach(view, step, due.at, open_ask(view, step, due)) if way_of(step) else open_ask(view, step, due)
    if rule.send:
        return _send(view, step, due)
    if rule.file:
        filed = rule.file
        body = e.Filed(
            step=step.id,
            register_name=filed.register_name,
            role=filed.by,
            document=filed.document,
            period=due.period,
        )
        return record(body, due.at, rule.rules, f"to the {filed.register_name}")
    period = due.period or view.today
    if rule.issue:
        return Issue(step.id, rule.issue.document, period, step.receivers, step.copies, due.at)
    if rule.run:
        return Run(step.id, rule.run, period, due.at)
    raise ValueError(f"step {step.id} does nothing")


def open_ask(view: View, step: Step, due: Due) -> Record:
    """People are asked; an extraordinary committee session is requested when no ordinary one comes in time."""
    asked = step.asked
    if asked is None:
        raise ValueError(f"step {step.id} asks nobody")
    # what a hold or the contact gate has let pass gets a full new deadline from the release (5.5)
    since = view.now if view.case.step(step.id).held else counted_from(view, due.at)
    first = asked_first(view, step)
    deadline, session = deadline_of(view.ladder, view.case, asked, since, first[0])
    deadline = due.closes if due.closes and due.closes > since else deadline
    start = None
    if asked.start_within is not None:
        start = business_deadline(view.ladder, view.facts.calendar, since, asked.start_within, view.case.time_zone)
    body = e.StepOpened(
        step=step.id,
        asked=first,
        mode=asked.mode,
        outcomes=asked.outcomes,
        deadline=deadline,
        start_by=start,
        document=step.rule.document or step.rule.writes,
        day=due.day,
        period=due.period,
        preselected=proposed(view, asked),
        way=way_of(step),
        needed=asked.needed,
    )
    more = (e.SessionRequested(step=step.id, by=deadline),) if session else ()
    return Record(bodies=(body, *more), due_at=due.at, rules=step.rule.rules, why=reason(step, due))


def approach(view: View, step: Step, since: datetime, opening: Record) -> Decision | None:
    """People are sent before the customer, or asked to call, when the hours and the contact gate let them.

    What is refused waits for the first permitted time. since: when the step fell due.
    """
    way = way_of(step)
    if way is None:
        raise ValueError(f"step {step.id} reaches nobody")
    state = view.case.step(step.id)
    if held_back(view, state, target_of(way)):
        return None
    postponed = _outside_hours(view, step, state, since)
    if postponed is not None:
        return postponed if isinstance(postponed, Record) else None
    return Approach(step.id, target_of(way), opening, view.facts.ledger_version)


def counted_from(view: View, due: datetime) -> datetime:
    """Deadlines of people count from the due instant, but from now when we ourselves are a day late or more."""
    return due if view.now - due < timedelta(days=1) else view.now


def reason(step: Step, due: Due) -> str:
    """The short "why" of an opening."""
    if due.day is not None:
        return f"reached {due.day} days past due" if isinstance(due.day, int) else f"reached {due.day}"
    if due.closes is not None:
        return "next contact of the cadence"
    return f"cycle of {due.period}" if due.period else "the step before it ended"


def _toward_customer(step: Step) -> bool:
    return step.rule.send is not None or way_of(step) is not None


def _postings_missing(view: View, step: Step, due: Due) -> Record | bool | None:
    """Steps towards customers wait for yesterday's postings; alert after a set hour, override by a person (S9)."""
    calendar = view.facts.calendar
    if view.facts.posted_through >= calendar.on_or_before(view.today - days(1)) or view.case.overridden == view.today:
        return None
    state = view.case.step(step.id)
    alert_at = view.ladder.settings["postings_alert_at"]
    alert = at_local(view.today, time.fromisoformat(str(alert_at)), view.case.time_zone)
    if view.now >= alert and view.case.alerted != view.today:
        return record(e.PostingsAlerted(day=view.today), alert, ("S9",), "postings of the day before are missing")
    if state.not_before is None or state.not_before <= view.now:
        tomorrow = at_local(view.today + days(1), view.ladder.evaluate_at, view.case.time_zone)
        until = alert if view.now < alert else tomorrow
        body = e.StepPostponed(step=step.id, reason="postings", not_before=until)
        return record(body, due.at, step.rule.rules, "postings of the day before are missing")
    return True


def _send(view: View, step: Step, due: Due) -> Decision | None:
    send = step.rule.send
    if send is None:
        raise ValueError(f"step {step.id} sends nothing")
    state = view.case.step(step.id)
    targets = targets_of(step, view.facts.recipients)
    left = [target for target in targets if target not in (done.target for done in state.dispatches)]
    if send.any_of and any(done.status != "refused" for done in state.dispatches):
        left = []
    if not targets and not state.dispatches:
        body = e.DeliveryFailed(step=step.id, target=send.to, status="refused", day=due.day)
        return record(body, due.at, step.rule.rules, "nobody to send it to")
    if not left:
        outcome = "sent" if any(done.status != "refused" for done in state.dispatches) else "failed"
        body = e.StepCompleted(step=step.id, outcome=outcome, document=send.document)
        return record(body, due.at, step.rule.rules, "all dispatches are done")
    if send.document in view.facts.unpassed:  # looked at before the signature, which would only get old
        return _text_missing(view, step, state, due)
    if send.signed_in and not state.dispatches and _signature_stale(view, view.case.step(send.signed_in)):
        body = e.StepCompleted(step=step.id, outcome="figures_moved")
        return record(body, view.now, step.rule.rules, "the figures moved since the signature")
    free = next((target for target in left if not held_back(view, state, target)), None)
    if free is None:
        return None
    postponed = _outside_hours(view, step, state, due.at)
    if postponed is not None:
        return postponed if isinstance(postponed, Record) else None
    key = f"{view.case.case_no}/{step.id}/{state.occurrence + 1}/{free}"
    return Dispatch(step.id, free, send.document, key, due.at, due.day, view.facts.ledger_version)


def targets_of(step: Step, recipients: tuple[str, ...]) -> list[str]:
    """The addresses a sending step goes to, e.g. ["lessee/letter", "lessee/email"]."""
    if step.rule.send is None:
        return []
    who = "guarantor-" if step.rule.send.to == "guarantors" else step.rule.send.to
    found = [r for r in recipients if r.startswith(who) and r.rpartition("/")[2] in step.targets]
    return sorted(found, key=lambda r: step.targets.index(r.rpartition("/")[2])) if step.rule.send.any_of else found


def _text_missing(view: View, step: Step, state: StepState, due: Due) -> Record | None:
    """It waits for Legal, once a day in the record; when the text is passed the facts say so and it goes on."""
    if state.not_before is not None and state.not_before > view.now:
        return None
    tomorrow = at_local(view.today + days(1), view.ladder.evaluate_at, view.case.time_zone)
    body = e.StepPostponed(step=step.id, reason="text_not_passed", not_before=tomorrow)
    return record(body, due.at, step.rule.rules, "Legal has not passed the text")


def _signature_stale(view: View, signature: StepState) -> bool:
    """A letter carries its as-of date: a later day or any posting in between needs a new signature (settled)."""
    if signature.done_at is None:
        return True
    return view.case.today(signature.done_at) != view.today or signature.ledger_version != view.facts.ledger_version


def _outside_hours(view: View, step: Step, state: StepState, since: datetime) -> Record | bool | None:
    hours = view.ladder.policy.contact_hours
    tz = view.case.time_zone
    if hours.from_ == hours.to:
        return None  # open all day: rehearsals on a fast clock
    opens, closes = at_local(view.today, hours.from_, tz), at_local(view.today, hours.to, tz)
    if opens <= view.now < closes:
        return None
    not_before = opens if view.now < opens else opens + timedelta(days=1)
    if state.not_before == not_before:
        return True
    body = e.StepPostponed(step=step.id, reason="contact_hours", not_before=not_before)
    return record(body, since, step.rule.rules, "outside the permitted hours")
