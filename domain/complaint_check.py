"""When a complaint is due for what, and what people may do with it now; refusals change nothing (B4.2.2b-e)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from domain.base import at_local, local_date
from domain.calendar import Calendar
from domain.complaint import (
    CLOCK_OF,
    WRITTEN,
    Complaint,
    ComplaintBody,
    ComplaintCommand,
    ComplaintEscalated,
    ComplaintEvent,
    ComplaintHandled,
    ComplaintTerms,
    ConfirmCorrection,
    ReportFindings,
    RespondComplaint,
    RunningClock,
    TellResult,
    apply_complaint,
)
from domain.errors import Refused
from domain.events import Actor


def received(
    number: str, at: datetime, terms: ComplaintTerms, calendar: Calendar, about: str | None = None
) -> Complaint:
    """A new complaint with its two clocks: an answer in 24 hours, the findings within 3 business days."""
    respond = at + timedelta(hours=terms.response_hours)
    found = business_close(terms, calendar, at, terms.investigation_days)
    clocks = (
        RunningClock(clock="response", due_at=respond, escalate_at=respond),
        RunningClock(clock="investigation", due_at=found, escalate_at=found),
    )
    return Complaint(number=number, received_at=at, terms=terms, calendar=calendar, about=about, clocks=clocks)


def business_close(terms: ComplaintTerms, calendar: Calendar, after: datetime, count: int) -> datetime:
    """The close of business of the `count`-th business day after an instant."""
    day = calendar.business_day(local_date(after, terms.time_zone), count)
    return at_local(day, terms.close_of_business, terms.time_zone)


def next_escalation(complaint: Complaint) -> datetime | None:
    """When a clock next runs out if nobody acts."""
    return min((one.escalate_at for one in complaint.clocks if one.escalate_at is not None), default=None)


def escalation(complaint: Complaint, now: datetime) -> ComplaintEscalated | None:
    """A clock that has run out goes one step up the chain, a business day after the step before."""
    for one in complaint.clocks:
        if one.escalate_at is None or one.escalate_at > now:
            continue
        chain, level = complaint.terms.chain, one.level + 1
        following = None
        if level < len(chain) - 1:
            following = business_close(complaint.terms, complaint.calendar, one.escalate_at, 1)
        return ComplaintEscalated(clock=one.clock, to=chain[min(level, len(chain) - 1)], level=level, next_at=following)
    return None


def advance_complaint(
    complaint: Complaint, body: ComplaintBody, now: datetime, actor: Actor | None = None, command_id: str | None = None
) -> tuple[Complaint, ComplaintEvent]:
    """The next event and the complaint after it."""
    due = complaint.running(CLOCK_OF[body.act.do]) if isinstance(body, ComplaintHandled) else None
    if isinstance(body, ComplaintEscalated):
        due = complaint.running(body.clock)
    event = ComplaintEvent(
        seq=complaint.seq + 1, at=now, due_at=due.due_at if due else None, actor=actor, command_id=command_id, body=body
    )
    return apply_complaint(complaint, event), event


def check_complaint(complaint: Complaint, command: ComplaintCommand, now: datetime) -> ComplaintHandled:
    """The event a command makes.

    Raises Refused: complaint_closed, not_entitled, own_complaint, already_answered, needs_missing, not_open,
    no_address, correction_missing, correction_past.
    """
    act, clock = command.body, CLOCK_OF[command.body.do]
    if complaint.closed_at is not None:
        raise Refused("complaint_closed", f"{complaint.number} is closed.", "A new complaint gets a new number.")
    if command.actor.role not in complaint.terms.chain:
        raise Refused(
            "not_entitled", f"{command.actor.role} does not handle complaints.",
            f"They wait for: {', '.join(complaint.terms.chain)}.",
        )  # fmt: skip
    if complaint.about == command.actor.user:
        raise Refused("own_complaint", f"{complaint.number} is about you.", "Somebody else of the chain handles it.")
    if complaint.sending is not None and complaint.sending.clock == clock:
        raise Refused("already_answered", "The message is on its way.", "Wait until it is known what became of it.")
    if complaint.running(clock) is None:
        raise _not_running(complaint, act.do)
    match act:
        case RespondComplaint():
            _must_reach(complaint, act.by)
            return ComplaintHandled(act=act)
        case ReportFindings():
            return _findings(complaint, act, now)
        case ConfirmCorrection():
            return ComplaintHandled(act=act, next_due=_result_due(complaint, now))
        case TellResult():
            if complaint.running("response") is not None:
                raise Refused("needs_missing", "The complaint has not been answered.", "Answer it first (respond).")
            _must_reach(complaint, act.by)
            return ComplaintHandled(act=act)
        case _:
            assert_never(act)


def _not_running(complaint: Complaint, act: str) -> Refused:
    """Why an act is not due: it was done, or something comes before it."""
    waiting = {"confirm_correction": "investigation", "tell_result": "investigation"}.get(act)
    if waiting and complaint.running("investigation"):
        return Refused("needs_missing", "The investigation is not finished.", "Report its findings first.")
    if act == "tell_result" and complaint.running("correction"):
        return Refused("needs_missing", "The violation is not put right.", "Confirm the correction first.")
    if act == "confirm_correction" and not complaint.violation:
        return Refused("not_open", "No violation was found.", "Nothing is to be put right.")
    return Refused("already_answered", f"{act} was done.", "Nothing was changed.")


def _must_reach(complaint: Complaint, by: str) -> None:
    if by in WRITTEN and by not in complaint.reachable:
        raise Refused("no_address", f"The complainant left nothing to reach them by {by}.", "Tell them another way.")


def _findings(complaint: Complaint, act: ReportFindings, now: datetime) -> ComplaintHandled:
    if not act.violation:
        return ComplaintHandled(act=act, next_due=_result_due(complaint, now))
    terms = complaint.terms
    if act.correction is None or act.correction_by is None:
        raise Refused(
            "correction_missing", "A violation is put right.", "Name the correction and its day: correction_by."
        )
    if act.correction_by < local_date(now, terms.time_zone):
        raise Refused("correction_past", f"{act.correction_by} is over.", "Name a day from today on.")
    return ComplaintHandled(act=act, next_due=at_local(act.correction_by, terms.close_of_business, terms.time_zone))


def _result_due(complaint: Complaint, now: datetime) -> datetime:
    return business_close(complaint.terms, complaint.calendar, now, complaint.terms.result_days)
