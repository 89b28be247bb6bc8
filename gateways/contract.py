"""What every outward channel promises: send once by key, ask about a key, receipts that only move forward."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from domain.errors import Transient

Channel = Literal["letter", "email", "sms", "social", "call", "signature"]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._~/-]+$")]
"""The idempotency key of one delivery, such as `L-000123-1/demand_notice/1`; never holds personal data."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\r\n]*$")]


class Message(BaseModel):
    """Base of what crosses the boundary to a gateway: immutable, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class LetterRecipient(Message):
    """A party with a postal address."""

    channel: Literal["letter"] = "letter"
    name: Line
    address: Line


class EmailRecipient(Message):
    """A mailbox with an ASCII address."""

    channel: Literal["email"] = "email"
    name: Line | None = None
    email: Annotated[
        str, StringConstraints(max_length=254, pattern=r"^[A-Za-z0-9_.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9.-]+$")
    ]


class SmsRecipient(Message):
    """A phone number, digits with an optional leading +."""

    channel: Literal["sms"] = "sms"
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{5,20}$")]


class SocialRecipient(Message):
    """The account of a person in a social medium, as the provider names it: an opaque id, never a display name."""

    channel: Literal["social"] = "social"
    account: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.@-]{3,128}$")]


class CallRecipient(Message):
    """Who is connected with whom: first the member of staff at `agent`, then the person at `phone` (click to dial)."""

    channel: Literal["call"] = "call"
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{5,20}$")]
    agent: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class SignatureRecipient(Message):
    """Who signs the attached paper electronically, reached by the provider at `phone`."""

    channel: Literal["signature"] = "signature"
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{5,20}$")]


RecipientOf = Annotated[
    LetterRecipient | EmailRecipient | SmsRecipient | SocialRecipient | CallRecipient | SignatureRecipient,
    Field(discriminator="channel"),
]


class Attachment(Message):
    """A file that goes with a message; `content` travels as base64 (URL-safe alphabet) in JSON."""

    name: Line
    media_type: Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-zA-Z0-9.+-]+$")]
    content: bytes


class OutboundMessage(Message):
    """One delivery to one recipient; the same key always carries the same message."""

    key: Key
    recipient: RecipientOf
    subject: Line
    text: str
    attachments: tuple[Attachment, ...] = ()

    @property
    def channel(self) -> Channel:
        """The channel follows from the recipient's address."""
        return self.recipient.channel


class Accepted(Message):
    """The provider has it and will deliver it."""

    outcome: Literal["accepted"] = "accepted"
    provider_ref: str
    at: AwareDatetime


class Rejected(Message):
    """The provider refuses it. `permanent` = sending the same again is useless."""

    outcome: Literal["rejected"] = "rejected"
    code: str
    permanent: bool


class NotKnown(Message):
    """The provider has never seen the key: it may be sent."""

    outcome: Literal["not_known"] = "not_known"


class Unknown(Message):
    """Nobody can tell whether the provider has it. Ask before sending again; e-mail is never sent again."""

    outcome: Literal["unknown"] = "unknown"


SendResult = Accepted | Rejected | Unknown
AskResult = Accepted | Rejected | NotKnown | Unknown


class GatewayUnavailable(Transient):
    """The gateway certainly did not take the message; the same key may be sent again.

    `retry_after` is in seconds when the provider named it.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(f"gateway unavailable: {reason}")
        self.reason = reason
        self.retry_after = retry_after


class Gateway(Protocol):
    """One outward channel."""

    async def send(self, message: OutboundMessage) -> SendResult:
        """Hand over a message once per key; raises `GatewayUnavailable` when it was certainly not taken."""
        ...

    async def ask(self, key: str) -> AskResult:
        """Tell what became of a key; never raises for a provider that does not answer, but says Unknown."""
        ...


class Status(StrEnum):
    """How far a delivery has come, as receipts report it."""

    queued = "queued"
    sent = "sent"
    failed = "failed"
    delivered = "delivered"
    returned = "returned"


FORWARD: Final = tuple(Status)
"""Order in which a status may move: a letter can come back after delivery, a failure can be overcome."""


class Receipt(Message):
    """What a provider reports about a delivery; arrives at least once and in any order."""

    key: Key
    status: Status
    at: AwareDatetime
    provider_ref: str


def merge_status(old: Status | None, new: Status) -> Status:
    """The later of two statuses in the order of `FORWARD`: repeats and latecomers change nothing."""
    return new if old is None else max(old, new, key=FORWARD.index)
