"""The process tree comes up in order, says what is wrong, and leaves nothing behind, however it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from operate.child import Child
from operate.ports import Port
from operate.ready import file_made, port_open
from operate.stack import Stack

HERE = Path(__file__).parent


def sleeper(name: str, folder: Path, *words: str, stop_within: float = 5) -> Child:
    ready = folder / f"{name}.ready"
    argv = [sys.executable, str(HERE / "sleeper.py"), str(ready), *words]
    return Child(name, argv, file_made(ready), folder / "log" / f"{name}.log", stop_within=stop_within)


def script(name: str, folder: Path, code: str) -> Child:
    ready = folder / f"{name}.ready"
    return Child(name, [sys.executable, "-c", code, str(ready)], file_made(ready), folder / f"{name}.log")


async def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


def children_of(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def await_true(question: object, seconds: float = 10) -> bool:
    assert callable(question)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.02)
    return False


async def test_starts_in_order_and_stops_on_interrupt(tmp_path: Path) -> None:
    said: list[str] = []
    pids: list[int] = []

    async def look_then_interrupt() -> None:
        pids.extend(children_of(os.getpid()))
        await interrupt()

    stack = Stack([sleeper("one", tmp_path), sleeper("two", tmp_path)], said.append, look_then_interrupt)
    assert await stack.run() == 0
    heads = [line.split(" after ")[0] for line in said]
    assert heads == ["one: starting", "one: ready", "two: starting", "two: ready", "stopping"]
    assert len(pids) == 2 and not any(is_alive(pid) for pid in pids)


async def test_a_dead_child_ends_all_and_shows_its_last_words(tmp_path: Path) -> None:
    said: list[str] = []
    code = "import sys, time; open(sys.argv[1], 'w'); time.sleep(.3); sys.exit('no disk left')"
    assert await Stack([sleeper("one", tmp_path), script("two", tmp_path, code)], said.append).run() == 1
    report = next(line for line in said if "ended" in line)
    assert "two ended with exit code 1" in report and "no disk left" in report
    assert said[-1] == "stopping"


async def test_a_child_that_dies_before_it_is_ready_is_reported(tmp_path: Path) -> None:
    said: list[str] = []
    missing = Child("engine", ["/no/such/program"], port_open(9), tmp_path / "engine.log")
    assert await Stack([missing], said.append).run() == 1
    assert any("engine ended with exit code 127" in line and "cannot run /no/such/program" in line for line in said)


async def test_a_child_that_is_never_ready_is_reported_with_progress(tmp_path: Path) -> None:
    said: list[str] = []
    slow = script("slow", tmp_path, "import time; time.sleep(60)")
    slow = Child(slow.name, slow.argv, slow.ready, slow.log, ready_within=2.3)
    assert await Stack([slow], said.append).run() == 1
    assert "slow: still starting, 2 s" in said
    assert any("slow was not ready within 2.3 s" in line for line in said)


async def test_a_stubborn_child_is_killed(tmp_path: Path) -> None:
    said: list[str] = []
    children = [sleeper("calm", tmp_path), sleeper("mule", tmp_path, "stubborn", stop_within=0.3)]
    assert await Stack(children, said.append, interrupt).run() == 0
    assert said[-1] == "mule: did not stop within 0.3 s and was killed"


async def test_a_taken_port_is_named_with_its_remedy(tmp_path: Path) -> None:
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = int(other.getsockname()[1])
        child = sleeper("api", tmp_path)
        child = Child(child.name, child.argv, child.ready, child.log, ports=[Port(number, "ARREARS_API_PORT")])
        assert await Stack([child], said.append).run() == 1
    assert said == [f"port {number} is taken by another program: end it, or choose another port with ARREARS_API_PORT"]


async def test_the_log_before_is_kept(tmp_path: Path) -> None:
    for word in ("first", "second"):
        code = f"import sys; print('{word}'); sys.exit(3)"
        assert await Stack([script("talker", tmp_path, code)], lambda _: None).run() == 1
    assert (tmp_path / "talker.log").read_text(encoding="utf-8") == "second\n"
    assert (tmp_path / "talker.log.1").read_text(encoding="utf-8") == "first\n"


def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, str(HERE / "parent.py"), str(tmp_path)])
    assert await_true((tmp_path / "ready").exists)
    (child,) = children_of(parent.pid)
    parent.kill()
    parent.wait()
    assert await_true(lambda: not is_alive(child))


def test_a_terminated_parent_stops_its_children_and_leaves_with_zero(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, str(HERE / "parent.py"), str(tmp_path)])
    assert await_true((tmp_path / "ready").exists)
    (child,) = children_of(parent.pid)
    parent.terminate()
    assert parent.wait(timeout=10) == 0
    assert not is_alive(child)


async def test_cancelling_the_stack_stops_its_children(tmp_path: Path) -> None:
    ready = asyncio.Event()

    async def tell() -> None:
        ready.set()

    running = asyncio.create_task(Stack([sleeper("one", tmp_path)], lambda _: None, tell).run())
    await ready.wait()
    pids = children_of(os.getpid())
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert pids and not any(is_alive(pid) for pid in pids)
