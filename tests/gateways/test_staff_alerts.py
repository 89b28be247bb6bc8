"""Alerts reach a real endpoint; what fails is reported and never raised."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from pydantic import SecretStr

from domain.errors import Invalid
from gateways.staff_alerts import AlertOutcome, StaffAlerts


class Chat(BaseHTTPRequestHandler):
    """Takes what is posted; /no is always refused."""

    bodies: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        Chat.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(500 if self.path.startswith("/no") else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def chat() -> Iterator[str]:
    Chat.bodies.clear()
    server = HTTPServer(("127.0.0.1", 0), Chat)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_an_alert_arrives(chat: str) -> None:
    assert await StaffAlerts([SecretStr(chat)]).tell("周报逾期", "L-000123-1") is AlertOutcome.told
    assert b"L-000123-1" in Chat.bodies[0]


async def test_a_refusal_is_reported(chat: str) -> None:
    assert await StaffAlerts([SecretStr(f"{chat}/no")]).tell("a", "b") is AlertOutcome.failed


async def test_nobody_listening_is_reported() -> None:
    assert await StaffAlerts([SecretStr("json://127.0.0.1:1")]).tell("a", "b") is AlertOutcome.failed


async def test_nobody_configured_is_said() -> None:
    assert await StaffAlerts([]).tell("a", "b") is AlertOutcome.nobody_configured


def test_unusable_addresses_are_named_by_position_without_their_secrets(chat: str) -> None:
    with pytest.raises(Invalid) as invalid:
        StaffAlerts([SecretStr("nope://hidden"), SecretStr(chat), SecretStr("hidden too")])
    assert [problem.place for problem in invalid.value.problems] == ["alert_urls[0]", "alert_urls[2]"]
    assert "hidden" not in str(invalid.value)
