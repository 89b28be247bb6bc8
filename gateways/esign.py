"""Electronic signatures by the contract of the gateways: a paper goes out like a message, the outcome comes back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from gateways.contract import (
    AskResult,
    Attachment,
    GatewayUnavailable,
    Key,
    Line,
    Message,
    OutboundMessage,
    SendResult,
    SignatureRecipient,
    Unknown,
)

MOST_BYTES = 15_000_000  # of the signed copy as base64: 10 MiB of a file


class SignatureEvent(Message):
    """What the signer did; arrives at least once. copy: the signed paper, PDF in base64 (URL-safe), when signed."""

    key: Key
    outcome: Literal["signed", "declined"]
    at: AwareDatetime
    provider_ref: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    signed_copy: Annotated[bytes, Field(max_length=MOST_BYTES)] | None = None

    @model_validator(mode="after")
    def _signed_has_its_copy(self) -> SignatureEvent:
        if (self.outcome == "signed") != (self.signed_copy is not None):
            raise ValueError("what is signed comes with its copy, what is declined without")
        return self


def to_be_signed(key: str, phone: str, title: Line, paper: bytes) -> OutboundMessage:
    """The paper for the signer at that phone. Raises ValidationError for a number that nobody can have."""
    dialled = "".join(character for character in phone if character.isdigit() or character == "+")
    attachment = Attachment(name="agreement.pdf", media_type="application/pdf", content=paper)
    recipient = SignatureRecipient(phone=dialled)
    return OutboundMessage(key=key, recipient=recipient, subject=title, text="", attachments=(attachment,))


class NoSigning:
    """Where no provider of signatures is connected, papers are signed by hand."""

    async def send(self, message: OutboundMessage) -> SendResult:
        """Raises GatewayUnavailable: it was certainly not taken."""
        raise GatewayUnavailable("no provider of signatures is connected")

    async def ask(self, key: str) -> AskResult:
        """Nobody can tell."""
        return Unknown()
