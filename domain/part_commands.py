"""What people may tell a case about the parts of a task."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from domain.base import Frozen
from domain.evidence import Figure
from domain.part_rule import Part


class PartReport(Frozen):
    """What became of a part. day: None for today. evidence: id of an uploaded document."""

    part: Part
    day: date | None = None
    note: str = Field(default="", max_length=4000)
    evidence: str | None = Field(default=None, max_length=64)
    figures: tuple[Figure, ...] = Field(default=(), max_length=50)


class StartPart(Frozen):
    """Work on a part has begun."""

    do: Literal["start_part"] = "start_part"
    step: str
    part: Part


class FinishPart(PartReport):
    """A part is finished, or a running one is aborted with the reason in `note`."""

    do: Literal["finish_part"] = "finish_part"
    step: str
    outcome: Literal["finished", "aborted"] = "finished"
