"""A complaint about collection, from its receipt until its result is told: what happened and what changed (B4.2.2)."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Final, Literal, assert_never

from pydantic import AwareDatetime, Field

from domain.base import Frozen
from domain.calendar import Calendar
from domain.events import Actor
from domain.words import Words

ComplaintChannel = Literal["phone", "email", "letter", "visit", "web"]
ComplaintClock = Literal["response", "investigation", "correction", "result"]
Way = Literal["phone", "letter", "visit", "email", "sms"]
WRITTEN: Final[tuple[Way, ...]] = ("email", "sms")  # sent by a gateway; the others are told by a person, who says so
ViolationKind = Literal["insult", "threat", "debt", "privacy", "script", "hours", "visit", "other"]


class ComplaintTerms(Frozen):
    """How a company handles complaints. chain: who handles them, then to whom they are escalated, in order.

    investigation_days, result_days: business days; result_days after the findings or the correction.
    stops_contacts: while a complaint is open, the person is not contacted; off unless the company says so.
    """

    chain: tuple[str, ...] = Field(min_length=1)
    response_hours: int = Field(default=24, ge=1)
    investigation_days: int = Field(default=3, ge=1)
    result_days: int = Field(default=1, ge=1)
    close_of_business: time = time(18)
    time_zone: str = "Asia/Shanghai"
    rules: tuple[str, ...] = ()
    stops_contacts: bool = Field(default=False, exclude_if=lambda stops: not stops)


class RespondComplaint(Frozen):
    """The complainant is answered: the complaint was received and what happens now (B4.2.2b)."""

    do: Literal["respond"] = "respond"
    by: Way
    text: Words


class ReportFindings(Frozen):
    """The investigation is finished (B4.2.2c). A violation needs a correction with its deadline (B4.2.2d).

    who: staff id of who did it, if it was one person; kind, serious: as in the register of violations.
    """

    do: Literal["report_findings"] = "report_findings"
    violation: bool
    text: Words
    correction: Words | None = None
    correction_by: date | None = None
    who: Annotated[str, Field(max_length=64)] | None = Field(default=None, exclude_if=lambda given: given is None)
    kind: ViolationKind = Field(default="other", exclude_if=lambda given: given == "other")
    serious: bool = Field(default=False, exclude_if=lambda given: not given)


class ConfirmCorrection(Frozen):
    """The violation has been put right."""

    do: Literal["confirm_correction"] = "confirm_correction"
    text: Words


class TellResult(Frozen):
    """The complainant is told what came out (B4.2.2e)."""

    do: Literal["tell_result"] = "tell_result"
    by: Way
    text: Words


ComplaintAct = Annotated[RespondComplaint | ReportFindings | ConfirmCorrection | TellResult, Field(discriminator="do")]
CLOCK_OF: Final[dict[str, ComplaintClock]] = {
    "respond": "response", "report_findings": "investigation", "confirm_correction": "correction",
    "tell_result": "result",
}  # fmt: skip


class ComplaintCommand(Frozen):
    """One act of one person; the same id is carried out once."""

    id: str
    actor: Actor
    body: ComplaintAct


class ComplaintReceived(Frozen):
    kind: Literal["complaint_received"] = "complaint_received"


class ComplaintHandled(Frozen):
    """Somebody acted. next_due: of the clock that begins with it, if one does."""

    kind: Literal["complaint_handled"] = "complaint_handled"
    act: ComplaintAct
    next_due: AwareDatetime | None = None


class ComplaintMessageEnded(Frozen):
    """What became of the message of event `of`; only one that was sent stops its clock."""

    kind: Literal["complaint_message_ended"] = "complaint_message_ended"
    of: int
    status: Literal["sent", "refused", "unknown"]


class ComplaintEscalated(Frozen):
    """A clock ran out: the next in the chain is told; nothing is decided by it."""

    kind: Literal["complaint_escalated"] = "complaint_escalated"
    clock: ComplaintClock
    to: str
    level: int
    next_at: AwareDatetime | None


ComplaintBody = Annotated[
    ComplaintReceived | ComplaintHandled | ComplaintMessageEnded | ComplaintEscalated, Field(discriminator="kind")
]


class ComplaintEvent(Frozen):
    """One event of a complaint; `due_at`: until when it was due, for what has a clock."""

    seq: int
    at: AwareDatetime
    due_at: AwareDatetime | None = None
    actor: Actor | None = None
    command_id: str | None = None
    body: ComplaintBody


class RunningClock(Frozen):
    """Something that is due. escalate_at: when it goes to the next in the chain; None: the chain is at its end."""

    clock: ComplaintClock
    due_at: AwareDatetime
    escalate_at: AwareDatetime | None
    level: int = 0


class Sending(Frozen):
    """A message on its way: the event that wrote it and the clock it stops when it is out."""

    seq: int
    clock: ComplaintClock
    by: Way


class Complaint(Frozen):
    """What a complaint knows of itself: nothing personal, no words. reachable: ways a gateway has an address for.

    about: staff id of whom it is about, if it is about one; they do not handle it.
    """

    number: str
    received_at: AwareDatetime
    terms: ComplaintTerms
    calendar: Calendar
    about: str | None = None
    reachable: tuple[Way, ...] = ()
    seq: int = 0
    clocks: tuple[RunningClock, ...] = ()
    sending: Sending | None = None
    violation: bool | None = None
    commands: tuple[tuple[str, int], ...] = ()
    closed_at: AwareDatetime | None = None

    def running(self, clock: ComplaintClock) -> RunningClock | None:
        """The clock of that name, if it runs."""
        return next((one for one in self.clocks if one.clock == clock), None)

    @property
    def status(self) -> Literal["new", "open", "closed"]:
        return "new" if not self.seq else "closed" if self.closed_at else "open"


def apply_complaint(complaint: Complaint, event: ComplaintEvent) -> Complaint:
    """The complaint after an event; total and without a clock of its own."""
    changed = _changed(complaint, event)
    known = changed.commands
    if event.command_id is not None:
        known = (*known, (event.command_id, event.seq))
    over = not changed.clocks and changed.sending is None
    closed = event.at if over and changed.closed_at is None else changed.closed_at
    return changed.model_copy(update={"seq": event.seq, "commands": known, "closed_at": closed})


def _changed(complaint: Complaint, event: ComplaintEvent) -> Complaint:
    match event.body:
        case ComplaintReceived():
            return complaint
        case ComplaintEscalated() as body:
            levels = {"level": body.level, "escalate_at": body.next_at}
            clocks = tuple(c.model_copy(update=levels) if c.clock == body.clock else c for c in complaint.clocks)
            return complaint.model_copy(update={"clocks": clocks})
        case ComplaintHandled() as body:
            return _handled(complaint, event.seq, body)
        case ComplaintMessageEnded() as body:
            sending = complaint.sending
            done = complaint.model_copy(update={"sending": None})
            return _stopped(done, sending.clock, None) if sending and body.status == "sent" else done
        case _:
            assert_never(event.body)


def _handled(complaint: Complaint, seq: int, body: ComplaintHandled) -> Complaint:
    act = body.act
    clock = CLOCK_OF[act.do]
    if isinstance(act, RespondComplaint | TellResult) and act.by in WRITTEN:
        return complaint.model_copy(update={"sending": Sending(seq=seq, clock=clock, by=act.by)})
    if not isinstance(act, ReportFindings):
        return _stopped(complaint, clock, body.next_due)
    found = complaint.model_copy(update={"violation": act.violation})
    return _stopped(found, clock, body.next_due)


def _stopped(complaint: Complaint, clock: ComplaintClock, following: AwareDatetime | None) -> Complaint:
    """The clock stops, and the one that follows it begins."""
    left = tuple(one for one in complaint.clocks if one.clock != clock)
    if following is not None:
        name: ComplaintClock = "correction" if clock == "investigation" and complaint.violation else "result"
        left = (*left, RunningClock(clock=name, due_at=following, escalate_at=following))
    return complaint.model_copy(update={"clocks": left})
