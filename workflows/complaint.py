"""One durable workflow per complaint: clocks on the business clock, people act by updates, all is recorded once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import AwareDatetime

    from activities.complaint_verbs import ComplaintMessage, ComplaintRecording, ComplaintVerbs
    from domain.base import Frozen
    from domain.clock import BusinessClock
    from domain.complaint import (
        Complaint,
        ComplaintBody,
        ComplaintCommand,
        ComplaintEvent,
        ComplaintHandled,
        ComplaintMessageEnded,
        ComplaintReceived,
        Sending,
    )
    from domain.complaint_check import advance_complaint, check_complaint, escalation, next_escalation
    from workflows import options
    from workflows.refusals import judging

TICK = timedelta(milliseconds=1)  # a timer never fires before its instant


class ComplaintStart(Frozen):
    """A complaint to run, new or continued as new."""

    complaint: Complaint
    clock: BusinessClock


class ComplaintDone(Frozen):
    """A command was carried out: its event, which is in the register."""

    number: str
    command_id: str
    seq: int


class ComplaintLive(Frozen):
    """The state of a running complaint and when it goes up the chain if nobody acts."""

    complaint: Complaint
    now: AwareDatetime
    next_at: AwareDatetime | None


@workflow.defn
class ComplaintWorkflow:
    """The life of one complaint from its receipt until the result is told (B4.2.2)."""

    @workflow.init
    def __init__(self, start: ComplaintStart) -> None:
        self.clock = start.clock
        self.complaint: Complaint = start.complaint
        self.unrecorded: list[ComplaintEvent] = []
        self.moved = False
        self.lock = asyncio.Lock()
        if not self.complaint.seq:  # here, for a command may come before the first turn of `run`
            self.happen(ComplaintReceived())

    @workflow.run
    async def run(self, start: ComplaintStart) -> str:
        """Record, send, escalate, wait; returns the number when nothing is due any more."""
        while True:
            self.moved = False
            self.escalate()
            await self.flush()
            if self.complaint.sending is not None:
                await self.send(self.complaint.sending)
            elif self.complaint.closed_at is not None:
                await self.quiesce()
                return self.complaint.number
            elif workflow.info().get_current_history_length() > options.MOST_EVENTS:
                await self.quiesce()
                workflow.continue_as_new(ComplaintStart(complaint=self.complaint, clock=self.clock))
            else:
                await self.rest()

    @workflow.update
    async def command(self, command: ComplaintCommand) -> ComplaintDone:
        """Carry a command out once; it returns when its event is in the register."""
        seq = self.known(command)
        if seq is None:
            self.escalate()
            with judging(command):
                self.happen(self.allowed(command), command)
            seq = self.complaint.seq
        self.moved = True
        await self.flush()
        return ComplaintDone(number=self.complaint.number, command_id=command.id, seq=seq)

    @command.validator
    def check_command(self, command: ComplaintCommand) -> None:
        """Refuse before anything is written to the history; a known id is always answered."""
        if self.known(command) is None:
            with judging(command):
                self.allowed(command)

    @workflow.query
    def live(self) -> ComplaintLive:
        """Where the complaint stands."""
        return ComplaintLive(complaint=self.complaint, now=self.now(), next_at=next_escalation(self.complaint))

    def now(self) -> AwareDatetime:
        """The business instant."""
        return self.clock.business(workflow.now())

    def known(self, command: ComplaintCommand) -> int | None:
        """The event of a command that was carried out before."""
        return next((seq for known, seq in self.complaint.commands if known == command.id), None)

    def allowed(self, command: ComplaintCommand) -> ComplaintHandled:
        """The event of a command; raises Refused with the stable code."""
        return check_complaint(self.complaint, command, self.now())

    def happen(self, body: ComplaintBody, command: ComplaintCommand | None = None) -> None:
        """Number, apply and keep for the register."""
        actor, command_id = (command.actor, command.id) if command else (None, None)
        self.complaint, event = advance_complaint(self.complaint, body, self.now(), actor, command_id)
        self.unrecorded.append(event)

    def escalate(self) -> None:
        """Every clock that has run out goes up the chain."""
        while body := escalation(self.complaint, self.now()):
            self.happen(body)

    async def flush(self) -> None:
        """Everything that happened into the register, in order, once; an outage of the database only delays it."""
        async with self.lock:
            while self.unrecorded:
                batch = ComplaintRecording(events=tuple(self.unrecorded), state=self.complaint)
                await workflow.execute_activity_method(
                    ComplaintVerbs.record_complaint_events,
                    batch,
                    start_to_close_timeout=options.PATIENT,
                    retry_policy=options.FOR_EVER,
                )
                del self.unrecorded[: len(batch.events)]

    async def send(self, sending: Sending) -> None:
        """One message to the complainant; only one that went out stops its clock."""
        result = await workflow.execute_activity_method(
            ComplaintVerbs.send_complaint_message,
            ComplaintMessage(number=self.complaint.number, seq=sending.seq, at=self.now()),
            start_to_close_timeout=options.OUTWARD,
            retry_policy=options.FOR_EVER,
        )
        self.happen(ComplaintMessageEnded(of=sending.seq, status=result.status))

    async def rest(self) -> None:
        """Sleep until a clock runs out or somebody acts, whichever comes first."""
        if self.moved:
            return
        until, delay = next_escalation(self.complaint), None
        if until is not None:
            delay = max(TICK, self.clock.real(until) - workflow.now() + TICK)
        try:
            await workflow.wait_condition(lambda: self.moved, timeout=delay)
        except TimeoutError:
            return

    async def quiesce(self) -> None:
        """Leave only when every handler has answered and nothing is unrecorded."""
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self.flush()
