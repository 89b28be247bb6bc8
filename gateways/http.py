"""Client of the HTTP contract for letters and SMS (docs/gateways.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from gateways.contract import (
    Accepted,
    AskResult,
    GatewayUnavailable,
    NotKnown,
    OutboundMessage,
    Receipt,
    Rejected,
    SendResult,
    Unknown,
)
from gateways.signature import sign, verify

MESSAGES: Final = "/v1/messages"
NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
NOT_TAKEN: Final = {
    401: "signature_refused",
    403: "signature_refused",
    408: "request_timeout",
    425: "too_early",
    429: "too_many_requests",
}
"""Answers that say that the message was not taken and may be sent again under its key."""


class MessageState(BaseModel):
    """The provider's answer about a message it has taken."""

    model_config = ConfigDict(frozen=True)

    key: str
    provider_ref: str
    accepted_at: AwareDatetime


class Problem(BaseModel):
    """The provider's answer when it refuses; `permanent` = the same message will never be taken."""

    model_config = ConfigDict(frozen=True)

    code: str
    permanent: bool = True


class HttpGateway:
    """Sends letters and SMS; the client brings base address, timeouts and connection pool."""

    def __init__(self, client: httpx.AsyncClient, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._secret = secret
        self._clock = clock

    async def send(self, message: OutboundMessage) -> SendResult:
        """Post the message under its key.

        Raises `GatewayUnavailable` for 429, for a refused signature and when there is no connection.
        """
        body = message.model_dump_json().encode()
        try:
            answer = await self._request("POST", MESSAGES, body, {"Idempotency-Key": message.key})
        except NOTHING_SENT as error:
            raise GatewayUnavailable(type(error).__name__) from error
        except httpx.TransportError:
            # The request may have arrived: only asking tells.
            return Unknown()
        if answer.status_code in NOT_TAKEN:
            raise GatewayUnavailable(NOT_TAKEN[answer.status_code], _retry_after(answer))
        return _sent(answer, message.key)

    async def ask(self, key: str) -> AskResult:
        """Get the state of a key."""
        try:
            answer = await self._request("GET", f"{MESSAGES}/{quote(key, safe='')}", b"", {})
        except httpx.TransportError:
            return Unknown()
        if answer.status_code == 404 and _problem(answer) == Problem(code="not_known"):
            return NotKnown()
        if answer.status_code == 200:
            return _sent(answer, key)
        return Unknown()

    async def _request(self, method: str, path: str, body: bytes, extra: Mapping[str, str]) -> httpx.Response:
        request = self._client.build_request(
            method, path, content=body, headers={"Content-Type": "application/json", **extra}
        )
        wire_path = request.url.raw_path.decode("ascii")
        request.headers.update(sign(self._secret, self._clock(), method, wire_path, body))
        return await self._client.send(request)


def read_receipt(secret: bytes, headers: Mapping[str, str], now: datetime, path: str, body: bytes) -> Receipt:
    """Verify and read what a provider posted to our webhook.

    Raises `SignatureRefused`, or pydantic's `ValidationError` for a body that is no receipt.
    """
    verify(secret, headers, now, "POST", path, body)
    return Receipt.model_validate_json(body)


def _sent(answer: httpx.Response, key: str) -> Accepted | Rejected | Unknown:
    if answer.status_code in (200, 201, 202):
        try:
            state = MessageState.model_validate_json(answer.content)
        except ValidationError:
            return Unknown()
        if state.key != key:
            return Unknown()
        return Accepted(provider_ref=state.provider_ref, at=state.accepted_at)
    problem = _problem(answer)
    if problem and 400 <= answer.status_code < 500:
        return Rejected(code=problem.code, permanent=problem.permanent)
    # 5xx, or a page of some proxy that does not speak the contract: it says nothing about the message.
    return Unknown()


def _problem(answer: httpx.Response) -> Problem | None:
    try:
        return Problem.model_validate_json(answer.content)
    except ValidationError:
        return None


def _retry_after(answer: httpx.Response) -> float | None:
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None
