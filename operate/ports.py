"""Ports a child will listen on: which one is taken, and how to choose another."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Port:
    """A loopback port and the setting that moves it."""

    number: int
    setting: str


def taken(ports: Iterable[Port]) -> list[str]:
    """One sentence with the remedy for each port that something else listens on."""
    return [
        f"port {port.number} is taken by another program: end it, or choose another port with {port.setting}"
        for port in ports
        if not _is_free(port.number)
    ]


def _is_free(number: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections of the run before, still closing, do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True
