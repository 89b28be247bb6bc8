"""Lawsuits by the real rules and register, without an engine; what is due by itself happens with the next act."""

from __future__ import annotations

from dataclasses import dataclass

from activities.litigation import SuitDesk
from activities.registry import Policies
from activities.suit_verbs import SuitAnswer, SuitNotice
from api.cases import NotRunning
from domain.commands import Command
from domain.errors import Refused
from domain.litigation import Suit, SuitBody, SuitCommand, SuitEvent
from domain.litigation_answers import answer_to_case
from domain.litigation_check import advance_suit, check_suit
from domain.litigation_deadlines import by_itself, filed, told
from store import suits
from store.session import Database
from tests.api.memory import MemoryCases, StoppedClock


@dataclass
class MemorySuits:
    """The engine of suits in memory: `relay` does what the worker does."""

    database: Database
    policies: Policies
    clock: StoppedClock
    cases: MemoryCases

    async def relay(self) -> None:
        """Start what was filed and pass words on, until nothing is left."""
        desk = SuitDesk(self.database, self.policies, self)
        for _ in range(3):
            await desk.relay()

    async def act(self, number: str, command: SuitCommand, seconds: float) -> int:
        """One command, after what time has brought about."""
        state = self._state(number)
        known = dict(state.commands).get(command.id)
        if known is not None:
            return known
        if state.closed_at is not None:
            raise NotRunning(number)
        state, begun = self._pass_time(state)
        body = check_suit(state, command, self.clock.now())
        state, event = advance_suit(state, body, self.clock.now(), command.actor, command.id)
        self._keep([*begun, event], state)
        await self._answer(state, body, event, command)
        return event.seq

    def tick(self, number: str) -> None:
        """What time has brought about."""
        state, begun = self._pass_time(self._state(number))
        self._keep(begun, state)

    async def start_suit(self, suit: Suit) -> None:
        """The first event."""
        state, event = advance_suit(suit, filed(suit, self.clock.now()), self.clock.now())
        self._keep([event], state)

    async def tell_suit(self, number: str, notice: SuitNotice) -> bool:
        """A word of the case."""
        state = self._state(number)
        body = told(state, notice.word, notice.reason, notice.seq, self.clock.now())
        if body is not None:
            state, event = advance_suit(state, body, self.clock.now())
            self._keep([event], state)
        return True

    async def command(self, case_no: str, command: Command) -> bool:
        """A command to a case in memory."""
        try:
            await self.cases.send(case_no, command, 1.0)
        except (Refused, NotRunning):
            return False
        return True

    async def answer(self, case_no: str, command: Command) -> bool:
        """The same: nothing takes time in memory."""
        return await self.command(case_no, command)

    async def _answer(self, state: Suit, body: SuitBody, event: SuitEvent, command: SuitCommand) -> None:
        answer = answer_to_case(body)
        if answer is not None:
            part, favourable = answer
            given = SuitAnswer(
                number=state.number, seq=event.seq, case_no=state.case_no, part=part, favourable=favourable,
                actor=command.actor, on=event.at,
            )  # fmt: skip
            await SuitDesk(self.database, self.policies, self).answer_case(given)

    def _state(self, number: str) -> Suit:
        with self.database.reading() as session:
            state = suits.get_suit(session, number).state
        if state is None:
            raise NotRunning(number)
        return state

    def _pass_time(self, state: Suit) -> tuple[Suit, list[SuitEvent]]:
        begun: list[SuitEvent] = []
        while (body := by_itself(state, self.clock.now())) is not None:
            state, event = advance_suit(state, body, self.clock.now())
            begun.append(event)
        return state, begun

    def _keep(self, events: list[SuitEvent], state: Suit) -> None:
        with self.database.session() as session:
            suits.record_suit(session, events, state)
