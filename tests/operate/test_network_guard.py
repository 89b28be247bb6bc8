"""Outside the unit folders loopback is open and everything else is closed."""

from __future__ import annotations

import socket

import pytest


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_other_machines_are_closed(host: str) -> None:
    with pytest.raises(RuntimeError, match="tests stay on this machine"):
        socket.create_connection((host, 80), timeout=1)
