"""Fault switches of the stand-ins: what shall go wrong, and how often."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Times = Annotated[int, Field(ge=0)]
Counted = Literal["drop_answers", "server_errors", "too_many", "mail_drop_answers"]


class Faults(BaseModel):
    """Counted faults hit the next n requests; the others stay until changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    delay_ms: Times = Field(default=0, description="Wait before each answer")
    drop_answers: Times = Field(default=0, description="Take the message, then cut the connection")
    server_errors: Times = Field(default=0, description="Answer 500 before taking the message")
    too_many: Times = Field(default=0, description="Answer 429 before taking the message")
    refuse: str | None = Field(default=None, description="Refuse every message with this code")
    mail_drop_answers: Times = Field(default=0, description="Take the mail, then cut the connection")
    mail_refuse: bool = Field(default=False, description="Refuse every mail recipient")
    repeat_receipts: bool = Field(default=False, description="Post each receipt twice")
    reverse_receipts: bool = Field(default=False, description="Post the newest receipts first")


class FaultSwitches:
    """The faults in force; counted ones are used up."""

    def __init__(self) -> None:
        self.now = Faults()

    def set(self, faults: Faults) -> None:
        """Replace all faults."""
        self.now = faults

    def takes(self, fault: Counted) -> bool:
        """Use up one of a counted fault; False when none is left."""
        left: int = getattr(self.now, fault)
        if left:
            self.now = self.now.model_copy(update={fault: left - 1})
        return left > 0
