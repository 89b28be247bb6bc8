"""The desk of lawsuits: keeps what their workflows say, answers their cases, starts what was filed, passes words on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session
from temporalio import activity

from activities.registry import Policies
from activities.suit_verbs import SuitAnswer, SuitAnswered, SuitNotice, SuitRecording
from domain.answering import OF_SUIT
from domain.base import local_date
from domain.case import Case
from domain.commands import AnswerStep, Command
from domain.errors import Refused, UnknownPolicy
from domain.events import Actor
from domain.ladder import Ladder, Step
from domain.litigation import Suit
from domain.policy import Role
from store import calendar, suits
from store.cases import open_case_of, snapshot_of
from store.errands import Errand
from store.session import Database
from store.suits import CaseMessage, NewSuit, SuitRecord

COUNTRY = "CN"
LAST = "general_manager"  # the end of every chain of escalation


class SuitEngine(Protocol):
    """Starts suits and reaches suits and cases; each answer is False when nothing of that number runs."""

    async def start_suit(self, suit: Suit) -> None:
        """The workflow of a suit; one that runs, or ran to its end, is left alone."""
        ...

    async def tell_suit(self, number: str, notice: SuitNotice) -> bool:
        """A word of the case."""
        ...

    async def command(self, case_no: str, command: Command) -> bool:
        """A command to a case, once per id."""
        ...

    async def answer(self, case_no: str, command: Command) -> bool:
        """The same; raises Transient when the case takes its time, for nobody else may answer it."""
        ...


class SuitDesk:
    """The two activities are those of `SuitVerbs`; `relay` is for the worker."""

    def __init__(self, database: Database, policies: Policies, engine: SuitEngine) -> None:
        self._database = database
        self._policies = policies
        self._engine = engine

    @activity.defn(no_thread_cancel_exception=True)
    def record_suit_events(self, recording: SuitRecording) -> None:
        """Events and state into the register, once."""
        with self._database.session() as session:
            suits.record_suit(session, recording.events, recording.state)

    @activity.defn
    async def answer_case(self, answer: SuitAnswer) -> SuitAnswered:
        """Answer the step of the case, once; a case that runs no more is left alone."""
        given = await asyncio.to_thread(self._answer, answer)
        taken = given is not None and await self._engine.answer(answer.case_no, given)
        return SuitAnswered(status="taken" if taken else "not_taken")

    async def relay(self) -> int:
        """Start what was filed and pass on what cases said; how many. Safe to repeat; an outage only delays it."""
        started = await asyncio.to_thread(self._filed)
        for suit in started:
            await self._engine.start_suit(suit)
        messages = await asyncio.to_thread(self._messages)
        for message in messages:
            await self._pass_on(message)
        return len(started) + len(messages)

    async def _pass_on(self, message: CaseMessage) -> None:
        """A suit that is over answers by itself, for what the case asks was done before it asked."""
        if not message.closed:
            notice = SuitNotice(word=message.word, reason=message.reason, seq=message.seq)
            if not await self._engine.tell_suit(message.number, notice):
                return  # it has just ended; the register says so soon
        elif message.word == "settlement_due":
            given = await asyncio.to_thread(self._settled_before, message)
            if given is None or not await self._engine.command(message.case_no, given):
                return  # the case is about to ask, or about to say that it was answered
        await asyncio.to_thread(self._told, message)

    def _filed(self) -> tuple[Suit, ...]:
        with self._database.reading() as session:
            found = suits.new_suits(session)
            return tuple(self._begun(session, one) for one in found)

    def _begun(self, session: Session, one: SuitRecord) -> Suit:
        """The suit as it starts, under the periods of the company."""
        ladder = self._ladder(snapshot_of(session, one.case_no))
        roles = {**self._policies.roles, **(ladder.policy.roles if ladder else {})}
        return Suit(
            number=one.number, case_no=one.case_no, account_no=one.account_no, role=one.role,
            chain=chain_of(roles, one.role), terms=self._policies.company.litigation,
            calendar=calendar.calendar(session, COUNTRY), filed_on=one.filed_on, choice=one.choice,
        )  # fmt: skip

    def _messages(self) -> tuple[CaseMessage, ...]:
        with self._database.reading() as session:
            return suits.case_messages(session)

    def _told(self, message: CaseMessage) -> None:
        with self._database.session() as session:
            suits.mark_told(session, message.number, message.seq)

    def _settled_before(self, message: CaseMessage) -> Command | None:
        with self._database.reading() as session:
            closing = suits.events_of_suit(session, message.number)[-1]
            record = suits.get_suit(session, message.number)
            case = snapshot_of(session, message.case_no)
        who = closing.actor.user if closing.actor else record.filed_by
        return self._command(case, message.number, message.seq, "settlement", True, who, record.role)

    def _answer(self, answer: SuitAnswer) -> Command | None:
        with self._database.reading() as session:
            record = suits.get_suit(session, answer.number)
            case = snapshot_of(session, answer.case_no)
        return self._command(
            case, answer.number, answer.seq, answer.part, answer.favourable, answer.actor.user, record.role
        )

    def _command(
        self, case: Case | None, number: str, seq: int, part: str, favourable: bool, user: str, role: str
    ) -> Command | None:
        """The answer to the open step of that part; None when the case asks nothing of the kind."""
        step = part_of(self._ladder(case), part)
        if case is None or step is None or step.asked is None or not case.step(step.id).is_open:
            return None
        asked = case.step(step.id).asked
        outcome = step.asked.outcomes[0] if favourable else step.asked.outcomes[-1]
        return Command(
            id=f"{number}/{seq}",
            actor=Actor(user=user, role=role if role in asked else asked[0], authority=f"{OF_SUIT}{number}"),
            body=AnswerStep(step=step.id, outcome=outcome, note=number),
        )

    def _ladder(self, case: Case | None) -> Ladder | None:
        if case is None or case.policy is None:
            return None
        try:
            return self._policies.ladder(case.policy, case.settings)
        except UnknownPolicy:
            return None


def part_of(ladder: Ladder | None, part: str) -> Step | None:
    """The step of a policy that a lawsuit begins with or answers."""
    if ladder is None:
        return None
    return next((step for step in ladder.by_id.values() if step.rule.suit == part), None)


def chain_of(roles: Mapping[str, Role], role: str) -> tuple[str, ...]:
    """Who handles a suit, their head and so on, the general manager at last."""
    seen = [role]
    while (known := roles.get(seen[-1])) and known.head and known.head not in seen:
        seen.append(known.head)
    return tuple(dict.fromkeys((*seen, LAST)))


def file_by_errand(
    session: Session, policies: Policies, answered: Errand, at: datetime, defendants: tuple[str, ...] = ()
) -> None:
    """A duty of a layer that files a suit does so for the open case of its account, as a step of the case would.

    An account without a case has no suit: then the answer stands alone. A case that has one keeps it. Refused:
    choice_not_allowed for defendants where nothing is filed, unknown_party.
    """
    layer = policies.layers.get(answered.policy_id)
    duty = next((one for one in layer.layer.duties if one.id == answered.rule), None) if layer else None
    if duty is None or duty.suit is None or answered.outcome != answered.outcomes[0]:
        if defendants:
            raise Refused("choice_not_allowed", "This answer files no suit.", "Leave the defendants out.")
        return
    suits.must_be_parties(session, answered.account_no, defendants)
    case_no = open_case_of(session, answered.account_no)
    case = snapshot_of(session, case_no) if case_no else None
    if case is None or suits.open_suit(session, case.case_no) is not None:
        return
    filed = NewSuit(
        key=f"errand:{answered.id}", case_no=case.case_no, account_no=case.account_no,
        policy_id=case.policy.id if case.policy else "", role=answered.answered_role or "",
        filed_on=local_date(at, case.time_zone), filed_by=answered.answered_by or "",
        defendants=defendants,
    )  # fmt: skip
    suits.enter_suit(session, filed, at)
