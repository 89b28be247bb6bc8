"""What can happen to an approval before and after it falls: votes, answers taken back, conditions met and missed."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from domain.base import Frozen, empty
from domain.words import Words


class VoteCast(Frozen):
    """A member of a committee votes. member: staff id of whose vote it is, also when a deputy gives it.

    split: it was the last vote and no outcome has a majority, so that all vote again.
    """

    kind: Literal["vote_cast"] = "vote_cast"
    step: str
    role: str
    member: str
    outcome: str
    reason: Words
    split: bool = False


class AnswerWithdrawn(Frozen):
    """Who gave an answer or a vote takes it back before the decision falls; deadline: the new one in a sequence.

    falls: roles after it in the sequence whose answers and votes fall with it.
    """

    kind: Literal["answer_withdrawn"] = "answer_withdrawn"
    step: str
    role: str
    user: str
    reason: str
    deadline: AwareDatetime | None = None
    falls: tuple[str, ...] = Field(default=(), exclude_if=empty)


class ConditionConfirmed(Frozen):
    """A condition of an approval is met, as the role it names confirms. no: from 1, as in the decision."""

    kind: Literal["condition_confirmed"] = "condition_confirmed"
    step: str
    no: int
    role: str
    note: str = ""
    evidence: str | None = None


class ConditionMissed(Frozen):
    """The day of a condition is over and nobody confirmed it; `to` is who decided."""

    kind: Literal["condition_missed"] = "condition_missed"
    step: str
    no: int
    to: str
