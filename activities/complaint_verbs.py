"""What a complaint's workflow may ask the world to do, and the messages of it."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import AwareDatetime
from temporalio import activity

from domain.base import Frozen
from domain.complaint import Complaint, ComplaintEvent


class ComplaintRecording(Frozen):
    """Events of a complaint, gapless, with the state after the last of them."""

    events: tuple[ComplaintEvent, ...]
    state: Complaint


class ComplaintMessage(Frozen):
    """Send what event `seq` of a complaint wrote; its words and the address stay in the database."""

    number: str
    seq: int
    at: AwareDatetime


class ComplaintMessageResult(Frozen):
    status: Literal["sent", "refused", "unknown"]


class ComplaintVerbs(Protocol):
    """The activities of a complaint."""

    @activity.defn
    def record_complaint_events(self, recording: ComplaintRecording) -> None:
        """Events and state into the register, once."""
        ...

    @activity.defn
    async def send_complaint_message(self, request: ComplaintMessage) -> ComplaintMessageResult:
        """One message to the complainant, once."""
        ...
