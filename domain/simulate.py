"""Plays a case without a server: the same decide, check and apply as the workflow, on a clock that only jumps."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import count

from domain import events as e
from domain.base import days
from domain.buyback_claim import entered
from domain.calendar import Calendar
from domain.case import Case
from domain.check import check
from domain.commands import Command, MovePolicy
from domain.decide import decide
from domain.errors import Refused
from domain.facts import Facts, facts_of, portfolio_facts
from domain.ladder import Ladder
from domain.ledger import AccountFacts
from domain.outcome import Act, Approach, Dispatch, Finished, Issue, Prepare, ReadFacts, Record, Run, Wait, record
from domain.run import advance
from domain.scenario import Planned, Scenario, ScriptedStaff, planned_commands, reported
from domain.standing import standing
from domain.view import is_portfolio

MOST_TURNS = 10_000


@dataclass
class Played:
    """What a simulation leaves: the events in order, the final case, and the commands that were refused."""

    events: list[e.Event] = field(default_factory=list[e.Event])
    case: Case | None = None
    refused: list[tuple[Command, Refused]] = field(default_factory=list[tuple[Command, Refused]])


class Simulator:
    """One case on a jumping clock. Inputs are postings (from the account) and planned commands.

    ladders: the policies, beside its own, to which the case may be moved.
    """

    def __init__(
        self,
        ladder: Ladder,
        account: AccountFacts,
        calendar: Calendar,
        staff: ScriptedStaff,
        world: Callable[[Act, datetime], Record] | None = None,
        ladders: Sequence[Ladder] = (),
    ) -> None:
        self.ladder = ladder
        self.account = account
        self.calendar = calendar
        self.staff = staff
        self.world = world or done
        self.ladders = ladders
        self.played = Played()
        self.behind = False
        self._order = count()
        self._inputs: list[tuple[datetime, int, Planned | None]] = []
        self._wake: datetime | None = None

    def plan(self, at: datetime, planned: Planned | None) -> None:
        """Queue an input: a planned command, or None for "the ledger changed"."""
        heapq.heappush(self._inputs, (at, next(self._order), planned))

    def play(self, case: Case, start: datetime, until: datetime) -> Played:
        """From `start` to `until`, both included, or to the end of the last input after closing."""
        self.case, self.now = case, start
        if start <= until:
            self.begin(case, start)
            while (following := self.next_at()) is not None and following <= until:
                self.turn(following)
        self.played.case = self.case
        return self.played

    def begin(self, case: Case, start: datetime) -> None:
        """Open the case; tests that play several cases at once go on with `next_at` and `turn`."""
        for posting in self.account.postings:
            if posting.at > start:
                self.plan(posting.at, None)
        self.case, self.now = case, start
        self._wake = self._settle(start)

    def next_at(self) -> datetime | None:
        """When something happens next: an input, or what the case waits for."""
        coming = self._inputs[0][0] if self._inputs else None
        return min((instant for instant in (self._wake, coming) if instant is not None), default=None)

    def turn(self, following: datetime) -> None:
        """What happens at that instant."""
        self.now = now = max(self.now, following)  # what was planned before the case existed happens at its opening
        if self._inputs and self._inputs[0][0] <= now:
            _, _, planned = heapq.heappop(self._inputs)
            if not self._take(planned, now) and now != self._wake:
                return  # what is refused changes nothing and wakes nobody
        self._wake = self._settle(now)

    def _settle(self, now: datetime) -> datetime | None:
        """Decide again and again until the case waits; returns until when."""
        for _ in range(MOST_TURNS):
            decision = decide(self.ladder, self.case, now, self.behind)
            match decision:
                case Wait():
                    return decision.until
                case Finished():
                    return None
                case ReadFacts():
                    self.behind = False
                    self._happen(record(e.FactsUpdated(facts=self._facts(now)), now, (), "read"), now)
                case Record():
                    self._happen(decision, now)
                case Prepare() | Dispatch() | Approach() | Issue() | Run():
                    self._happen(self.world(decision, now), now)
        raise RuntimeError(f"{self.case.case_no} does not come to rest")

    def _facts(self, now: datetime) -> Facts:
        today = self.case.today(now)
        if is_portfolio(self.case):
            return portfolio_facts(today, self.calendar, today - days(1))
        known, since = self.account.known_at(now), self.case.undertakings.watched_since
        return facts_of(known, today, self.ladder.terms, self.calendar, today - days(1), since)

    def _happen(self, what: Record, now: datetime, command: Command | None = None) -> None:
        actor = command.actor if command else None
        self.case, happened = advance(self.ladder, self.case, what, now, actor, command.id if command else None)
        self.played.events += happened
        for event in happened:
            before, self.account = self.account, entered(self.account, self.case, event)
            if self.account is not before:
                self.plan(now, None)
            for planned in self.staff.react(self.case, event):
                self.plan(planned.at, planned)

    def _take(self, planned: Planned | None, now: datetime) -> bool:
        """Hand an input to the case; False when it was refused or came too late."""
        if planned is None:
            self.behind = True
            if self.case.status == "closed" and reopens(self.ladder, self.account.known_at(now), self.case, now):
                rules = self.ladder.policy.opening
                self._happen(record(e.CaseReopened(), now, rules, "the curing payment was taken back"), now)
            return True
        if not self.staff.current(planned):
            return False
        target = self._target(planned.command)
        try:
            self._happen(check(self.ladder, self.case, planned.command, now, target), now, planned.command)
        except Refused as refusal:
            self.played.refused.append((planned.command, refusal))
            return False
        self.ladder = self.staff.ladder = target or self.ladder
        return True

    def _target(self, command: Command) -> Ladder | None:
        """The policy that a command moves the case to, if it is one of those."""
        if not isinstance(command.body, MovePolicy):
            return None
        wanted = (command.body.policy.sha256, command.body.settings)
        known = (self.ladder, *self.ladders)
        return next((one for one in known if (one.sha256, one.settings_id) == wanted), None)


def reopens(ladder: Ladder, account: AccountFacts, case: Case, now: datetime) -> bool:
    """Whether a rent that was due when the case closed is unpaid again: the payment that ended it is gone (S2)."""
    if case.closed_for not in ("cured", "bought_back") or case.facts is None:
        return False
    oldest = standing(account, case.today(now), ladder.terms).oldest_due
    return oldest is not None and oldest <= case.facts.as_of


def done(decision: Act, now: datetime) -> Record:
    """The outside world at its best: everything that is sent arrives, everybody may be contacted."""
    match decision:
        case Approach():
            return decision.opening
        case Prepare():
            body: e.Body = e.DocumentPrepared(
                step=decision.step, document=_document(decision.document, decision.step, now)
            )
        case Dispatch():
            document = _document(decision.document, decision.key, now)
            body = e.MessageSent(step=decision.step, target=decision.target, document=document, day=decision.day)
        case Issue():
            document = _document(decision.document, str(decision.period), now)
            body = e.ReportIssued(
                step=decision.step,
                period=decision.period,
                to=decision.to,
                copy_to=decision.copy_to,
                document=document,
            )
        case Run():
            body = e.RunFinished(step=decision.step, period=decision.period, opened=0)
    return record(body, decision.due_at, (), "done")


def _document(kind: str, key: str, now: datetime) -> e.DocumentRef:
    content = sha256(f"{kind}/{key}".encode()).hexdigest()
    return e.DocumentRef(kind=kind, number=f"SIM-{content[:8]}", sha256=content, as_of=now.date())


def simulate(
    ladder: Ladder, scenario: Scenario, calendar: Calendar, pin: e.PolicyPin, ladders: Sequence[Ladder] = ()
) -> Played:
    """Play a scenario from its opening to its end. ladders: to which it may be moved."""
    staff = ScriptedStaff(ladder, scenario.staff_answers)
    account = scenario.ledger()
    simulator = Simulator(ladder, account, calendar, staff, ladders=ladders)
    for planned in planned_commands(scenario):
        simulator.plan(planned.at, planned)
    return simulator.play(new_case(scenario, pin), scenario.starts(ladder), scenario.local(scenario.until))


def new_case(scenario: Scenario, pin: e.PolicyPin) -> Case:
    """The case of a scenario before its first event."""
    account = scenario.account
    return Case(
        case_no=f"{account.account_no}-1",
        account_no=account.account_no,
        time_zone=account.time_zone,
        policy=pin,
        imported=account.history,
        by_hand=reported(scenario),
    )
