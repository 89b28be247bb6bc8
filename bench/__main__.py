"""All benchmarks, one after the other, and their table: `python -m bench`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

from bench import book, decide, decision, engine_step, import_file, memory
from bench.measured import Measured, say, summary


def main() -> int:
    """1 when a target is missed."""
    found = [*_decide(), *book.measure(), *asyncio.run(engine_step.measure()), *asyncio.run(decision.measure())]
    found += [*asyncio.run(memory.measure()), *import_file.measure()]
    summary(found)
    return 0 if all(one.met for one in found) else 1


def _decide() -> Iterator[Measured]:
    for policy in decide.policies():
        say(f"decide: a mixed portfolio under {policy.stem} on one core")
        yield Measured(f"decide {policy.stem}", decide.measure(policy).per_second, "decisions/s", ">=", decide.TARGET)


if __name__ == "__main__":
    sys.exit(main())
