"""The real dev server: loopback only, its file survives a kill, and its namespace keeps closed workflows."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from operate.temporal_server import DevServer, is_prepared, is_serving, register_search_attributes


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _cli(server: DevServer, *words: str) -> str:
    command = [server.binary, "operator", *words, "--address", server.address]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@contextmanager
def _started(server: DevServer) -> Iterator[None]:
    process = subprocess.Popen(server.argv(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


async def _prepared(server: DevServer) -> None:
    async with asyncio.timeout(20):
        while not await is_prepared(server.address, "default"):
            await asyncio.sleep(0.05)


async def test_it_is_prepared_and_comes_back_after_a_kill(tmp_path: Path, temporal_binary: str) -> None:
    server = DevServer(temporal_binary, tmp_path / "t.db", _free_port(), _free_port(), {"Policy": "Keyword"})
    assert not await is_serving(server.address)
    for _ in range(2):
        with _started(server):
            await _prepared(server)
            assert "8760h" in _cli(server, "namespace", "describe", "--namespace", "default")
            assert "Policy" in _cli(server, "search-attribute", "list")


async def test_missing_search_attributes_are_added_once(tmp_path: Path, temporal_binary: str) -> None:
    server = DevServer(temporal_binary, tmp_path / "t.db", _free_port(), _free_port(), {"Policy": "Keyword"})
    with _started(server):
        await _prepared(server)
        for _ in range(2):
            wanted = {"Policy": "Keyword", "Stage": "KeywordList", "Held": "Bool"}
            await register_search_attributes(server.address, "default", wanted)
        listed = _cli(server, "search-attribute", "list").split("\n")
        found = [line.split() for line in listed if line.split()[:1] in (["Stage"], ["Held"])]
        assert sorted(found) == [["Held", "Bool"], ["Stage", "KeywordList"]]


def test_it_listens_on_loopback_and_fetches_no_news(tmp_path: Path) -> None:
    argv = DevServer("temporal", tmp_path / "t.db").argv()
    assert argv[argv.index("--ip") + 1] == "127.0.0.1" and "--ui-disable-news-fetch" in argv
    assert 'history.timerProcessorMaxTimeShift="10ms"' in argv and "journal_mode=WAL" in argv
