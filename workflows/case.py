"""One durable workflow per delinquency case: it asks `decide`, obeys, waits, and records everything once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.messages import Recorded, Recording
    from activities.verbs import DIVERGED, Verbs
    from domain import events as e
    from domain.apply import fold
    from domain.case import Case
    from domain.check import check
    from domain.commands import Command, MovePolicy
    from domain.decide import decide
    from domain.errors import UnknownPolicy
    from domain.ladder import Ladder
    from domain.outcome import Approach, Decision, Finished, ReadFacts, Record, Wait, record
    from domain.run import advance, rehearse
    from workflows import options
    from workflows.acts import act, approach, quickly, read_facts
    from workflows.ladders import LADDERS
    from workflows.messages import CaseStart, CommandDone, LiveState
    from workflows.refusals import judging

TICK = timedelta(milliseconds=1)  # a timer never fires before its instant


@workflow.defn
class CaseWorkflow:
    """The life of one case (or of a portfolio's standing work) from opening to closing."""

    @workflow.init
    def __init__(self, start: CaseStart) -> None:
        self.clock = start.clock
        self.now = self.clock.business(workflow.now())
        self.case: Case = start.case
        self.behind = start.behind
        self.unrecorded: list[e.Event] = []
        self.recorded = start.case.seq
        self.base = start.case  # the case as it stands in the record
        self.waiting = self.told = Wait(None, "opening")
        self.moved = False
        self.resting = False
        self.diverged = False
        self.lost = 0  # turns taken over from the record
        self.lock = asyncio.Lock()
        self.shown: tuple[str, str, str, bool] | None = None

    @workflow.run
    async def run(self, start: CaseStart) -> str:
        """Decide, obey, wait; returns the reason for closing."""
        self.show()  # before anything that waits: the engine merges a first turn without a command into the next one
        if start.reopen:
            rules = self.ladder.policy.opening
            self.happen(record(e.CaseReopened(), self.now, rules, "the curing payment was taken back"))
            self.behind = True
        while self.case.status != "closed":
            await self.turn()
        await self.quiesce()
        return self.case.closed_for or ""

    async def turn(self) -> None:
        """One decision and what comes of it; while a case sleeps, its frame holds nothing but what is waited for."""
        self.moved = False
        match decide(self.ladder, self.case, self.now, self.behind):
            case Record() as what:
                self.happen(what)
            case Wait() as wait:
                await self.rest(wait)
            case Finished():
                return
            case decision:
                await self.flush()
                if not self.moved:  # while the record was away a hold may have been placed: decide again
                    await self.perform(decision)

    # ── what people and other systems say ──────────────────────────────────────────────────────────────────────

    @workflow.update
    async def command(self, command: Command) -> CommandDone:
        """Carry a command out once; it returns when the events are in the record."""
        self.wake()
        while True:
            seq, lost = self.known(command) or self.carry_out(command), self.lost
            self.moved = True
            await self.flush()
            if self.lost == lost:
                return CommandDone(case_no=self.case.case_no, command_id=command.id, seq=seq)

    @command.validator
    def check_command(self, command: Command) -> None:
        """Refuse before anything is written to the history; a known id is always answered."""
        if self.known(command) is not None:
            return
        now = self.clock.business(workflow.now())
        try:
            with judging(command):
                rehearse(LADDERS.of_case, self.case, self.allowed(command, now), command, now)
        except UnknownPolicy as missing:  # in the history it would be waited for
            raise ApplicationError(str(missing), type="unknown_policy", non_retryable=True) from missing

    @workflow.signal
    def ledger_changed(self) -> None:
        """Money moved; the facts say what."""
        self.wake()
        self.behind = self.moved = True

    @workflow.signal
    def reconsider(self) -> None:
        """A deploy, a calendar or settings change: read the facts and decide again."""
        self.wake()
        self.behind = self.moved = True
        self.diverged = False

    @workflow.query
    def live(self) -> LiveState:
        """Where the case stands and what happens next."""
        return LiveState(
            case=self.case,
            now=self.clock.business(workflow.now()),
            next_at=self.waiting.until,
            why=self.waiting.why,
            recorded=self.recorded,
            resting=self.resting,
            diverged=self.diverged,
        )

    # ── the small verbs of the loop ────────────────────────────────────────────────────────────────────────────

    def wake(self) -> None:
        """Take the business instant from what comes from outside: a message, a timer, an activity's answer.

        Not from a local activity's: a question that is asked meanwhile moves its answer into a later turn of the
        engine, but a replay gives it in the earlier one, and the case would then remember another instant than the
        record.
        """
        self.now = self.clock.business(workflow.now())

    @property
    def ladder(self) -> Ladder:
        """The policy this case is pinned to (S8)."""
        return LADDERS.of_case(self.case)

    def known(self, command: Command) -> int | None:
        """The event of a command that was carried out before."""
        return next((seq for known, seq in self.case.commands if known == command.id), None)

    def allowed(self, command: Command, now: datetime) -> Record:
        """The events of a command; raises Refused with the stable code."""
        moving = command.body if isinstance(command.body, MovePolicy) else None
        target = LADDERS.of(moving.policy, moving.settings) if moving else None
        return check(self.ladder, self.case, command, now, target)

    def carry_out(self, command: Command) -> int:
        """First what time alone has brought about, then the command, then what follows from it at once.

        Two commands in one turn of the engine so come out as they would one after the other. One that is refused leaves
        the case as it was.
        """
        case, waiting, kept = self.case, self.waiting, len(self.unrecorded)
        try:
            with judging(command):
                self.settle()
                what, seq = self.allowed(command, self.now), self.case.seq + 1
                self.happen(what, command)
                self.settle()
                return seq
        except ApplicationError:
            self.case, self.waiting = case, waiting
            del self.unrecorded[kept:]
            raise

    def settle(self) -> None:
        """Everything that happens by rule alone, now; and what is waited for after it."""
        while isinstance(what := decide(self.ladder, self.case, self.now, self.behind), Record):
            self.happen(what)
        if isinstance(what, Wait):
            self.waiting = what

    def happen(self, what: Record, command: Command | None = None) -> None:
        """Number, apply and keep for the record."""
        actor = command.actor if command else None
        self.case, events = advance(self.ladder, self.case, what, self.now, actor, command.id if command else None)
        self.unrecorded += events

    async def rest(self, wait: Wait) -> None:
        """Sleep until the next deadline or until something happens, whichever comes first."""
        self.waiting = wait
        await self.flush()
        self.show()
        if workflow.info().get_current_history_length() > options.MOST_EVENTS:
            await self.continue_as_new()
        if self.moved:
            return
        delay = None
        if wait.until is not None:
            delay = max(TICK, self.clock.real(wait.until) - workflow.now() + TICK)
        self.resting = True
        try:
            await workflow.wait_condition(lambda: self.moved, timeout=delay)
        except TimeoutError:
            self.wake()
        self.resting = False

    async def perform(self, decision: Decision) -> None:
        """Let an activity act, and apply what it answers; when the ledger moved meanwhile, read the facts again."""
        pin = self.case.policy
        if isinstance(decision, ReadFacts):
            self.behind = False
            what = await read_facts(self.case, decision, self.now, self.wake)
        elif isinstance(decision, Approach):
            what = await approach(self.case, decision, self.now, self.wake)
        else:
            what = await act(self.ladder, self.case, decision, self.now, self.clock.speed)
            self.wake()
        if what is None or (isinstance(decision, ReadFacts) and self.case.policy != pin):
            self.behind = True
        else:
            self.happen(what)

    async def flush(self) -> None:
        """Everything that happened goes into the record, in order, once; an outage of the database only delays it."""
        async with self.lock:
            while self.unrecorded or (self.told != self.waiting and self.recorded):
                waiting = self.waiting
                batch = Recording(
                    case_no=self.case.case_no,
                    events=tuple(self.unrecorded),
                    snapshot=self.case,
                    next_at=waiting.until,
                    why=waiting.why,
                    writer=workflow.info().run_id,
                )
                done = await self.write(batch)
                self.told = waiting
                if done.instead:
                    self.take_over(done.instead)
                else:
                    del self.unrecorded[: len(batch.events)]
                    self.recorded, self.base = batch.snapshot.seq, batch.snapshot

    def take_over(self, events: tuple[e.Event, ...]) -> None:
        """A turn of this run was lost after it had recorded: what it recorded has happened, so decide again from there.

        Whatever was decided here meanwhile did not reach the world: acts come after the record, and each finds its
        own traces.
        """
        self.case = self.base = fold(self.base, events)
        self.unrecorded.clear()
        self.recorded = self.case.seq
        self.lost += 1
        self.behind = self.moved = True

    async def write(self, batch: Recording) -> Recorded:
        """One batch: quickly if the database is there, else patiently; a divergence stops this case for a person."""
        while True:
            try:
                return await quickly(Verbs.record_events, batch, self.wake)
            except ActivityError as failure:
                if not isinstance(failure.cause, ApplicationError) or failure.cause.type != DIVERGED:
                    raise
                self.diverged = True
                workflow.logger.error("record of %s diverged; stopped until reconsidered", self.case.case_no)
                await workflow.wait_condition(lambda: not self.diverged)

    async def quiesce(self) -> None:
        """Leave only when nothing is unrecorded and every handler is finished.

        The pause ends the turn in which the record was written: a turn that ends the run is taken back by the engine
        when a message arrives meanwhile, and what it had recorded would then be recorded again, differently.
        """
        while True:
            await self.flush()
            await workflow.wait_condition(lambda: workflow.all_handlers_finished() and not self.unrecorded)
            seq = self.case.seq
            await workflow.sleep(TICK)
            self.wake()
            if self.case.seq == seq and workflow.all_handlers_finished():
                break
        self.show()

    async def continue_as_new(self) -> None:
        """A fresh history with the same case; what moved meanwhile is decided there."""
        await self.quiesce()
        workflow.continue_as_new(CaseStart(case=self.case, clock=self.clock, behind=self.behind))

    def show(self) -> None:
        """Search attributes, only when they changed."""
        held = any(hold.ended_at is None for hold in self.case.holds)
        policy = self.case.policy.id if self.case.policy else ""
        shown = (policy, self.case.bucket or "-", self.case.status, held)
        if shown != self.shown:
            updates = options.attributes(*shown)
            workflow.upsert_search_attributes(updates)  # pyright: ignore[reportUnknownMemberType]  # half typed
            self.shown = shown
