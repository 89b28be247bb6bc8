"""Calls by the contract of the gateways: a call is ordered like a message, what happens in it comes as events."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from domain.calls import Happening
from gateways.contract import (
    AskResult,
    CallRecipient,
    GatewayUnavailable,
    Key,
    Line,
    Message,
    OutboundMessage,
    SendResult,
    Unknown,
)

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class RecordedCall(Message):
    """Where the dialler keeps the recording of a call, and what it must hash to."""

    reference: Line
    sha256: Sha256
    media_type: Annotated[str, StringConstraints(pattern=r"^audio/[a-z0-9.+-]+$")]


class CallEvent(Message):
    """Something happened in a call; arrives at least once and in any order.

    duration: seconds that people spoke, of an `ended` call only; 0 when nobody answered before it ended.
    """

    key: Key
    event: Happening
    at: AwareDatetime
    provider_ref: str
    duration: Annotated[int, Field(ge=0, le=86_400)] | None = None
    recording: RecordedCall | None = None

    @model_validator(mode="after")
    def _ended_says_how_long(self) -> CallEvent:
        if (self.event == "ended") != (self.duration is not None):
            raise ValueError("an ended call has a duration in seconds, any other event has none")
        if self.recording is not None and self.event != "ended":
            raise ValueError("only an ended call has a recording")
        return self


def order(key: str, phone: str, agent: str) -> OutboundMessage:
    """The order to connect a member of staff with a person. Raises ValidationError for a number nobody can dial."""
    dialled = "".join(character for character in phone if character.isdigit() or character == "+")
    return OutboundMessage(key=key, recipient=CallRecipient(phone=dialled, agent=agent), subject="call", text="")


class NoDialler:
    """Where no dialler is connected, nobody is called by it."""

    async def send(self, message: OutboundMessage) -> SendResult:
        """Raises GatewayUnavailable: it was certainly not taken."""
        raise GatewayUnavailable("no dialler is connected")

    async def ask(self, key: str) -> AskResult:
        """Nobody can tell."""
        return Unknown()
