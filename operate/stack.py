"""The process tree of `demo`, `up` and `soak`: start in order, wait until ready, watch, stop in reverse."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from operate.child import Child, Running, start
from operate.ports import taken

PROGRESS_EVERY = 2.0  # seconds without news after which the wait is shown
POLL = 0.05  # seconds between two readiness checks

Say = Callable[[str], None]


class StackFailed(RuntimeError):
    """The tree could not come up or did not stay up; the message is for the person at the terminal."""


async def _nothing() -> None:
    return None


@dataclass
class Stack:
    """Runs children until a signal or a death. `when_ready` is awaited once, when the last child is ready."""

    children: Sequence[Child]
    say: Say
    when_ready: Callable[[], Awaitable[None]] = _nothing
    _running: list[Running] = field(default_factory=list[Running], init=False)

    async def run(self) -> int:
        """0 after Ctrl-C, TERM or a closed terminal; 1 when a child failed. Nothing is left running."""
        asked_to_stop = _stop_signals()
        try:
            await _first(self._work(), asked_to_stop.wait())
        except StackFailed as failure:
            self.say(str(failure))
            return 1
        finally:
            await self._stop()
        return 0

    async def _work(self) -> None:
        if faults := taken([port for child in self.children for port in child.ports]):
            raise StackFailed("\n".join(faults))
        for child in self.children:
            await self._bring_up(child)
        await _first(self.when_ready(), self._watch())
        await self._watch()

    async def _bring_up(self, child: Child) -> None:
        began = time.monotonic()
        self.say(f"{child.name}: starting")
        self._running.append(await start(child))
        await _first(self._until_ready(child, began), self._watch())
        self.say(f"{child.name}: ready after {time.monotonic() - began:.1f} s")

    async def _until_ready(self, child: Child, began: float) -> None:
        told = began
        while not await child.ready():
            now = time.monotonic()
            if now - began > child.ready_within:
                raise StackFailed(_with_log(f"{child.name} was not ready within {child.ready_within:g} s", child))
            if now - told >= PROGRESS_EVERY:
                told = now
                self.say(f"{child.name}: still starting, {now - began:.0f} s")
            await asyncio.sleep(POLL)

    async def _watch(self) -> None:
        """Ends only by raising, when the first of the children has ended."""
        while True:
            for running in self._running:
                if running.exit_code is not None:
                    raise StackFailed(_with_log(f"{running.name} ended with {_reason(running)}", running.child))
            await asyncio.sleep(POLL)

    async def _stop(self) -> None:
        if self._running:
            self.say("stopping")
        while self._running:
            running = self._running.pop()
            if not await running.stop():
                self.say(f"{running.name}: did not stop within {running.child.stop_within:g} s and was killed")


def _with_log(message: str, child: Child) -> str:
    return "\n".join([f"{message}. The end of {child.log}:", *(f"  {line}" for line in child.last_lines())])


def _reason(running: Running) -> str:
    code = running.exit_code
    return f"signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"exit code {code}"


def _stop_signals() -> asyncio.Event:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked.set)
    return asked


async def _first(*steps: Awaitable[object]) -> None:
    """Return or raise as the first step to end does; the others are cancelled."""
    tasks = [asyncio.ensure_future(step) for step in steps]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
