"""Unit tests cannot open sockets, and no test can leave this machine."""

from __future__ import annotations

import asyncio
import socket

import pytest


def test_internet_sockets_are_refused_here() -> None:
    with pytest.raises(RuntimeError, match="a unit test opens a socket"):
        socket.socket()


def test_names_elsewhere_are_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match=r"example\.com: tests stay on this machine"):
        socket.getaddrinfo("example.com", 443)


def test_local_sockets_of_the_event_loop_work() -> None:
    assert asyncio.run(asyncio.sleep(0, "done")) == "done"
