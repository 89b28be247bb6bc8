"""The outside of the API in memory: clock, running cases, intake, complaints."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from activities.complaints import keep_complaint
from activities.registry import Policies
from api.cases import Done, Live, NotRunning, StillRunning
from api.problems import EngineUnavailable
from domain import events as e
from domain.case import Case
from domain.check import check
from domain.commands import Command, MovePolicy
from domain.complaint import ComplaintCommand, ComplaintEvent, ComplaintReceived
from domain.complaint_check import advance_complaint, check_complaint
from domain.decide import decide
from domain.errors import Refused
from domain.ladder import Ladder
from domain.outcome import Approach, Dispatch, Finished, Issue, Prepare, ReadFacts, Record, Run, Wait, record
from domain.run import advance
from domain.simulate import done
from store import cases, complaints
from store.facts import read_facts
from store.record import record as keep
from store.session import Database


@dataclass
class StoppedClock:
    """Shows what it is set to."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class MemoryCases:
    """Cases by the real `decide`, `check` and record, without an engine. mode: what the next command meets."""

    database: Database
    policies: Policies
    clock: StoppedClock
    mode: Literal["quick", "slow", "away", "cut off"] = "quick"
    running: dict[str, Case] = field(default_factory=dict[str, Case])
    waiting: dict[str, Command] = field(default_factory=dict[str, Command])
    asked: int = 0

    @property
    def ladder(self) -> Ladder:
        return self.policies.current("leasing")

    def _ladder(self, case: Case) -> Ladder:
        return self.policies.ladder(case.policy or self.policies.pin("leasing"), case.settings)

    def open(self, case: Case) -> None:
        self.running[case.case_no] = case
        self.settle(case.case_no)

    async def send(self, case_no: str, command: Command, seconds: float) -> Done:
        self.asked += 1
        if self.mode == "away":
            raise EngineUnavailable("away")
        if case_no not in self.running:
            raise NotRunning(case_no)
        if self.mode == "cut off":
            raise Refused("case_closed", "The case is closed.", "")
        if self.mode == "slow":
            self.waiting[command.id] = command
            raise StillRunning
        return self._carry_out(case_no, command)

    async def outcome(self, case_no: str, command_id: str) -> Done | Literal["running", "unknown"]:
        if self.mode == "away":
            raise EngineUnavailable("away")
        if command_id not in self.waiting:
            return "unknown"
        return "running" if self.mode == "slow" else self._carry_out(case_no, self.waiting[command_id])

    async def live(self, case_no: str) -> Live:
        if self.mode == "away":
            raise EngineUnavailable("away")
        if case_no not in self.running:
            raise NotRunning(case_no)
        case = self.running[case_no]
        wait = decide(self._ladder(case), case, self.clock.now())
        until, why = (wait.until, wait.why) if isinstance(wait, Wait) else (None, "moving")
        return Live(case=case, next_at=until, why=why, recorded_seq=case.seq, now=self.clock.now())

    async def ping(self) -> None:
        if self.mode == "away":
            raise EngineUnavailable("away")

    def _carry_out(self, case_no: str, command: Command) -> Done:
        case = self.running[case_no]
        for known, seq in case.commands:
            if known == command.id:
                return Done(case_no=case_no, command_id=command.id, first_seq=seq)
        body = command.body
        target = self.policies.ladder(body.policy, body.settings) if isinstance(body, MovePolicy) else None
        self._happen(case_no, check(self._ladder(case), case, command, self.clock.now(), target), command)
        self.settle(case_no)
        return Done(case_no=case_no, command_id=command.id, first_seq=case.seq + 1)

    def settle(self, case_no: str) -> None:
        """What is due at the present instant happens."""
        while True:
            case, now = self.running[case_no], self.clock.now()
            match decide(self._ladder(case), case, now):
                case Wait() as wait:
                    with self.database.session() as session:
                        keep(session, case_no, (), case, wait)
                    return
                case Finished():
                    del self.running[case_no]
                    return
                case ReadFacts() as asked:
                    with self.database.reading() as session:
                        terms, since = self._ladder(case).terms, case.undertakings.watched_since
                        facts = read_facts(session, case.account_no, asked.today, terms, "CN", since)
                    self._happen(case_no, record(e.FactsUpdated(facts=facts), now, (), "read"))
                case Record() as what:
                    self._happen(case_no, what)
                case Prepare() | Dispatch() | Approach() | Issue() | Run() as act:
                    self._happen(case_no, done(act, now))

    def _happen(self, case_no: str, what: Record, command: Command | None = None) -> None:
        given, case = (command.actor, command.id) if command else (None, None), self.running[case_no]
        case, happened = advance(self._ladder(case), case, what, self.clock.now(), *given)
        with self.database.session() as session:
            keep(session, case_no, happened, case)
        self.running[case_no] = case


@dataclass
class MemoryIntake:
    """Opens what is due in memory."""

    cases: MemoryCases
    policies: Policies

    async def run(self, today: date) -> int:
        await self.cases.ping()
        with self.cases.database.reading() as session:
            found = cases.open_cases_due(session, today, self.policies).rows
        for candidate in found:
            pin, settings = self.policies.pin(candidate.policy_id), self.policies.company_sha
            self.cases.open(Case(
                case_no=candidate.case_no, account_no=candidate.account_no, policy=pin, settings=settings,
                imported=candidate.history,
            ))  # fmt: skip
        return len(found)

    async def start(self, case: Case) -> None:
        await self.cases.ping()
        if case.case_no not in self.cases.running:
            self.cases.open(case)


@dataclass
class MemoryComplaints:
    """Complaints by the real rules and register, without an engine; one that is new starts with its first act."""

    database: Database
    clock: StoppedClock

    async def act(self, number: str, command: ComplaintCommand, seconds: float) -> int:
        with self.database.session() as session:
            state = complaints.get_complaint(session, number).state
            known = dict(state.commands).get(command.id)
            if known is not None:
                return known
            begun: list[ComplaintEvent] = []
            if not state.seq:
                state, first = advance_complaint(state, ComplaintReceived(), self.clock.now())
                begun.append(first)
            body = check_complaint(state, command, self.clock.now())
            state, event = advance_complaint(state, body, self.clock.now(), command.actor, command.id)
            keep_complaint(session, [*begun, event], state)
            return event.seq
