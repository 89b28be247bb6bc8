"""For all tests: the network guard, and the engine's programs."""

from __future__ import annotations

import gc
import ipaddress
import socket
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from operate.binaries import TEMPORAL, TEST_SERVER, find_binary

UNIT = {"domain", "policies", "checks"}  # these folders are quick and open no socket at all
NAMES = {"localhost", "", None}


class NetworkGuard:
    """Refuses connections that leave this machine, and in unit tests every internet socket.

    An audit hook sees what any Python library does, without a patch; programs a test starts are not seen.
    """

    unit = False

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if event == "socket.__new__" and self.unit and args[1] in (socket.AF_INET, socket.AF_INET6):
            raise RuntimeError("a unit test opens a socket: hand it a fake, or move it out of the unit folders")
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            self._check(args[1])
        if event == "socket.getaddrinfo":
            self._check(args)

    def _check(self, address: object) -> None:
        # A string is a path of a local socket; a tuple starts with the host.
        if isinstance(address, tuple) and not _is_local(address[0]):
            raise RuntimeError(f"a test reaches for {address[0]}: tests stay on this machine")


def _is_local(host: object) -> bool:
    if host in NAMES:
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


# The policies that tests keep are hundreds of thousands of lasting objects, which the collector would walk for ever.
gc.set_threshold(100_000, 50, 50)

guard = NetworkGuard()
sys.addaudithook(guard)


@pytest.fixture(autouse=True)
def _network(request: pytest.FixtureRequest) -> Iterator[None]:
    guard.unit = Path(request.path).relative_to(Path(__file__).parent).parts[0] in UNIT
    yield
    guard.unit = False


class UnfinishedHandlers:
    """Turns the engine's warning of a cut-off handler into a failed run that names the tests."""

    def __init__(self) -> None:
        self._seen: list[str] = []

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, nodeid: str) -> None:
        if warning_message.category.__name__.startswith("Unfinished"):
            self._seen.append(f"{nodeid}: {str(warning_message.message).split('. ')[0]}")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._seen and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self._seen:
            terminalreporter.write_line(f"FAILED {line}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(UnfinishedHandlers())


@pytest.fixture(scope="session")
def temporal_binary() -> str:
    """Path of the Temporal CLI with its dev server."""
    return _program(TEMPORAL)


@pytest.fixture(scope="session")
def time_skipping_binary() -> str:
    """Path of the time-skipping test server, for `test_server_existing_path`."""
    return _program(TEST_SERVER)


def _program(name: str) -> str:
    path = find_binary(name)
    assert path is not None, f"{name} is missing: make setup-dev installs it"
    return path
