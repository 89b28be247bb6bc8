"""One child process of the stack: in its own group, logged to a file, gone when its parent is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from operate.ports import Port
from operate.ready import Check

TIED = Path(__file__).with_name("tied.py")


@dataclass(frozen=True)
class Child:
    """What to run. `env` is added to the parent's environment; waits are in seconds.

    The log of the run before is kept beside `log` with the ending `.1`.
    """

    name: str
    argv: Sequence[str]
    ready: Check
    log: Path
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    ports: Sequence[Port] = ()
    ready_within: float = 60.0
    stop_within: float = 10.0

    def last_lines(self, count: int = 15) -> list[str]:
        """The end of the present log."""
        with self.log.open(encoding="utf-8", errors="replace") as lines:
            return [line.rstrip("\n") for line in deque(lines, maxlen=count)]


@dataclass(frozen=True)
class Running:
    """A started child."""

    child: Child
    process: asyncio.subprocess.Process

    @property
    def name(self) -> str:
        return self.child.name

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: ended by that signal."""
        return self.process.returncode

    async def stop(self) -> bool:
        """TERM to the whole group, wait, then KILL. True when it left on its own."""
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), self.child.stop_within)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self.process.wait()
            return False
        self._signal(signal.SIGKILL)  # what the child itself started and left behind
        return True

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


async def start(child: Child) -> Running:
    """Start it and return at once. A program that cannot be run ends with code 127 and says so in the log."""
    child.log.parent.mkdir(parents=True, exist_ok=True)
    if child.log.exists():
        child.log.replace(child.log.with_name(child.log.name + ".1"))
    with child.log.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(TIED), str(os.getpid())),
            *child.argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **child.env},
            start_new_session=True,  # Ctrl-C reaches the parent only, which ends them in order
        )
    return Running(child, process)
