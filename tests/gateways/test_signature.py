"""A signature covers time, method, path and body, and grows old."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateways.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, WINDOW, SignatureRefused, sign, verify

SECRET = b"secret"
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


HEADERS = sign(SECRET, NOW, "POST", "/v1/messages", b"body")


def refusal(
    secret: bytes = SECRET,
    headers: Mapping[str, str] = HEADERS,
    now: datetime = NOW,
    method: str = "POST",
    path: str = "/v1/messages",
    body: bytes = b"body",
) -> str | None:
    try:
        verify(secret, headers, now, method, path, body)
    except SignatureRefused as refused:
        return refused.code
    return None


def test_what_was_signed_is_accepted_whatever_the_case_of_headers() -> None:
    assert refusal() is None
    headers = {name.lower(): value for name, value in sign(SECRET, NOW, "post", "/v1/messages", b"body").items()}
    assert refusal(headers=headers) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"body": b"body2"},
        {"path": "/v1/messages/x"},
        {"method": "GET"},
        {"secret": b"other"},
        {"body": b"\nbody"},
    ],
)
def test_any_change_is_refused(changes: dict[str, Any]) -> None:
    assert refusal(**changes) == "signature_wrong"


def test_the_timestamp_is_signed_too() -> None:
    headers = sign(SECRET, NOW, "POST", "/v1/messages", b"body")
    later = str(int(NOW.timestamp()) + 1)
    assert refusal(headers={**headers, TIMESTAMP_HEADER: later}) == "signature_wrong"


@pytest.mark.parametrize("sign_of_time", [1, -1])
def test_a_replay_outside_the_window_is_refused(sign_of_time: int) -> None:
    assert refusal(now=NOW + sign_of_time * WINDOW) is None
    assert refusal(now=NOW + sign_of_time * (WINDOW + timedelta(seconds=1))) == "timestamp_outside_window"


@pytest.mark.parametrize("timestamp", ["", "-5", "1e9", "٣", "999999999999999"])
def test_a_strange_timestamp_is_refused(timestamp: str) -> None:
    headers = {**sign(SECRET, NOW, "POST", "/v1/messages", b"body"), TIMESTAMP_HEADER: timestamp}
    assert refusal(headers=headers) == "timestamp_wrong"


def test_missing_and_non_ascii_signatures_are_refused() -> None:
    headers = sign(SECRET, NOW, "POST", "/v1/messages", b"body")
    assert refusal(headers={TIMESTAMP_HEADER: headers[TIMESTAMP_HEADER]}) == "signature_missing"
    assert refusal(headers={**headers, SIGNATURE_HEADER: "v1=é"}) == "signature_wrong"


def test_an_empty_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="secret"):
        sign(b"", NOW, "GET", "/", b"")
