"""One durable workflow per lawsuit: deadlines on the business clock, people enter what happens, all recorded once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import AwareDatetime

    from activities.suit_verbs import SuitAnswer, SuitNotice, SuitRecording, SuitVerbs
    from domain.base import Frozen
    from domain.clock import BusinessClock
    from domain.litigation import Suit, SuitBody, SuitCommand, SuitEvent, SuitHandled
    from domain.litigation_answers import answer_to_case
    from domain.litigation_check import advance_suit, check_suit
    from domain.litigation_deadlines import by_itself, filed, next_turn, told
    from workflows import options
    from workflows.refusals import judging

TICK = timedelta(milliseconds=1)  # a timer never fires before its instant


class SuitStart(Frozen):
    """A suit to run, new or continued as new."""

    suit: Suit
    clock: BusinessClock


class SuitDone(Frozen):
    """A command was carried out: its event, which is in the register."""

    number: str
    command_id: str
    seq: int


class SuitLive(Frozen):
    """The state of a running suit and when it goes on if nobody acts."""

    suit: Suit
    now: AwareDatetime
    next_at: AwareDatetime | None


@workflow.defn
class LitigationWorkflow:
    """The life of one lawsuit from its filing until nothing more is to be done (L7.1)."""

    @workflow.init
    def __init__(self, start: SuitStart) -> None:
        self.clock = start.clock
        self.suit: Suit = start.suit
        self.unrecorded: list[SuitEvent] = []
        self.answers: list[SuitAnswer] = []
        self.moved = False
        self.lock = asyncio.Lock()
        if not self.suit.seq:  # here, for a command may come before the first turn of `run`
            self.happen(filed(self.suit, self.now()))

    @workflow.run
    async def run(self, start: SuitStart) -> str:
        """Record, answer the case, remind, escalate, wait; returns the number when the suit is over."""
        while True:
            self.moved = False
            self.pass_time()
            await self.flush()
            if self.answers:
                await self.answer(self.answers[0])
            elif self.suit.closed_at is not None:
                await self.quiesce()
                return self.suit.number
            elif workflow.info().get_current_history_length() > options.MOST_EVENTS:
                await self.quiesce()
                workflow.continue_as_new(SuitStart(suit=self.suit, clock=self.clock))
            else:
                await self.rest()

    @workflow.update
    async def command(self, command: SuitCommand) -> SuitDone:
        """Carry a command out once; it returns when its event is in the register."""
        seq = self.known(command)
        if seq is None:
            self.pass_time()
            with judging(command):
                self.happen(self.allowed(command), command)
            seq = self.suit.seq
        self.moved = True
        await self.flush()
        return SuitDone(number=self.suit.number, command_id=command.id, seq=seq)

    @command.validator
    def check_command(self, command: SuitCommand) -> None:
        """Refuse before anything is written to the history; a known id is always answered."""
        if self.known(command) is None:
            with judging(command):
                self.allowed(command)

    @workflow.signal
    def case_says(self, notice: SuitNotice) -> None:
        """The case ends, was settled, closed or goes on; a word that was heard before changes nothing."""
        body = told(self.suit, notice.word, notice.reason, notice.seq, self.now())
        if body is not None:
            self.happen(body)
            self.moved = True

    @workflow.query
    def live(self) -> SuitLive:
        """Where the suit stands."""
        return SuitLive(suit=self.suit, now=self.now(), next_at=next_turn(self.suit))

    def now(self) -> AwareDatetime:
        """The business instant."""
        return self.clock.business(workflow.now())

    def known(self, command: SuitCommand) -> int | None:
        """The event of a command that was carried out before."""
        return next((seq for known, seq in self.suit.commands if known == command.id), None)

    def allowed(self, command: SuitCommand) -> SuitHandled:
        """The event of a command; raises Refused with the stable code."""
        return check_suit(self.suit, command, self.now())

    def happen(self, body: SuitBody, command: SuitCommand | None = None) -> None:
        """Number, apply, keep for the register, and note what the case is to be answered."""
        actor, command_id = (command.actor, command.id) if command else (None, None)
        self.suit, event = advance_suit(self.suit, body, self.now(), actor, command_id)
        self.unrecorded.append(event)
        answer = answer_to_case(body)
        if answer is not None and actor is not None:
            part, favourable = answer
            self.answers.append(
                SuitAnswer(
                    number=self.suit.number, seq=event.seq, case_no=self.suit.case_no, part=part, favourable=favourable,
                    actor=actor, on=event.at,
                )
            )  # fmt: skip

    def pass_time(self) -> None:
        """Everything that time has brought about, in order."""
        while (body := by_itself(self.suit, self.now())) is not None:
            self.happen(body)

    async def flush(self) -> None:
        """Everything that happened into the register, in order, once; an outage of the database only delays it."""
        async with self.lock:
            while self.unrecorded:
                batch = SuitRecording(events=tuple(self.unrecorded), state=self.suit)
                await workflow.execute_activity_method(
                    SuitVerbs.record_suit_events,
                    batch,
                    start_to_close_timeout=options.PATIENT,
                    retry_policy=options.FOR_EVER,
                )
                del self.unrecorded[: len(batch.events)]

    async def answer(self, answer: SuitAnswer) -> None:
        """Tell the case once; what it does not ask (any more) is not answered."""
        await workflow.execute_activity_method(
            SuitVerbs.answer_case, answer, start_to_close_timeout=options.PATIENT, retry_policy=options.FOR_EVER
        )
        self.answers.remove(answer)

    async def rest(self) -> None:
        """Sleep until time brings something about or somebody acts, whichever comes first."""
        if self.moved:
            return
        until, delay = next_turn(self.suit), None
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
