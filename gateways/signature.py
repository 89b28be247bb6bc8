"""Signs and verifies requests between us and a gateway, both ways, with a shared secret."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

from domain.errors import Permanent

TIMESTAMP_HEADER: Final = "X-Arrears-Timestamp"
SIGNATURE_HEADER: Final = "X-Arrears-Signature"
SCHEME: Final = "v1="
WINDOW: Final = timedelta(minutes=5)

Reason = Literal["signature_missing", "timestamp_wrong", "timestamp_outside_window", "signature_wrong"]


class SignatureRefused(Permanent):
    """A request that does not prove where it comes from, or is too old; `code` says which."""

    def __init__(self, code: Reason) -> None:
        super().__init__(code)
        self.code = code


def sign(secret: bytes, now: datetime, method: str, path: str, body: bytes) -> dict[str, str]:
    """Headers for a request: HMAC-SHA256 over `timestamp LF METHOD LF path LF body`, path as on the wire."""
    timestamp = str(int(now.timestamp()))
    return {
        TIMESTAMP_HEADER: timestamp,
        SIGNATURE_HEADER: SCHEME + _digest(secret, timestamp, method, path, body),
    }


def verify(secret: bytes, headers: Mapping[str, str], now: datetime, method: str, path: str, body: bytes) -> None:
    """Raise `SignatureRefused` unless signed with the secret within the window around `now`."""
    given = {name.lower(): value for name, value in headers.items()}
    timestamp, signature = given.get(TIMESTAMP_HEADER.lower()), given.get(SIGNATURE_HEADER.lower())
    if timestamp is None or signature is None:
        raise SignatureRefused("signature_missing")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        raise SignatureRefused("timestamp_wrong")
    # The signature first: an answer about the clock is for those who hold the secret.
    expected = SCHEME + _digest(secret, timestamp, method, path, body)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise SignatureRefused("signature_wrong")
    if abs(now - datetime.fromtimestamp(int(timestamp), tz=UTC)) > WINDOW:
        raise SignatureRefused("timestamp_outside_window")


def _digest(secret: bytes, timestamp: str, method: str, path: str, body: bytes) -> str:
    if not secret:
        raise ValueError("a gateway without a secret is not signed at all: set the secret")
    signed = b"\n".join((timestamp.encode(), method.upper().encode(), path.encode(), body))
    return hmac.new(secret, signed, sha256).hexdigest()
