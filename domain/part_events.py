"""What can happen to one part of a task: begun, finished, aborted."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from domain.base import Frozen, absent, empty
from domain.evidence import Figure
from domain.part_rule import Part


class PartStarted(Frozen):
    """Work on a part has begun; from now on a hold does not stop it by itself (L7.4)."""

    kind: Literal["part_started"] = "part_started"
    step: str
    part: Part


class PartFinished(Frozen):
    """A part ended on a day. figures: what it brought in and what it cost."""

    kind: Literal["part_finished"] = "part_finished"
    step: str
    part: Part
    outcome: Literal["finished", "aborted"]
    day: date
    note: str = ""
    evidence: str | None = Field(default=None, exclude_if=absent)
    figures: tuple[Figure, ...] = Field(default=(), exclude_if=empty)


class PartTakenBack(Frozen):
    """A correcting entry: what entry `corrects` says of a part was wrong; it stays in the record."""

    kind: Literal["part_taken_back"] = "part_taken_back"
    step: str
    part: Part
    corrects: int
    reason: str


class PartState(Frozen):
    """How far a part got by entry `seq`; on the day it ended. An aborted one may begin again."""

    part: Part
    status: Literal["started", "finished", "aborted"]
    at: AwareDatetime
    seq: int
    day: date | None = None
