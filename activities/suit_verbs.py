"""What a lawsuit's workflow may ask the world to do, and the messages of it."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import AwareDatetime
from temporalio import activity

from domain.base import Frozen
from domain.events import Actor
from domain.litigation import CaseWord, Suit, SuitEvent
from domain.step_rule import SuitPart


class SuitRecording(Frozen):
    """Events of a suit, gapless, with the state after the last of them."""

    events: tuple[SuitEvent, ...]
    state: Suit


class SuitNotice(Frozen):
    """What the case of a suit says, with the number of its event there."""

    word: CaseWord
    reason: str
    seq: int


class SuitAnswer(Frozen):
    """The suit answers what its case asks: the step of that part ends. seq: the event of the suit that says so."""

    number: str
    seq: int
    case_no: str
    part: SuitPart
    favourable: bool
    actor: Actor
    on: AwareDatetime


class SuitAnswered(Frozen):
    """taken: the case took the answer; it does not ask, is closed or was answered otherwise if not."""

    status: Literal["taken", "not_taken"]


class SuitVerbs(Protocol):
    """The activities of a lawsuit."""

    @activity.defn
    def record_suit_events(self, recording: SuitRecording) -> None:
        """Events and state into the register, once."""
        ...

    @activity.defn
    async def answer_case(self, answer: SuitAnswer) -> SuitAnswered:
        """Answer the step of the case, once; a case that runs no more is left alone."""
        ...
