"""All benchmarks, one after the other, and their table: `python -m bench`."""

from __future__ import annotations

import asyncio
import sys

from bench import decide, decision, engine_step, import_file, memory
from bench.measured import Measured, say, summary


def main() -> int:
    """1 when a target is missed."""
    found = [_decide(), *asyncio.run(engine_step.measure()), *asyncio.run(decision.measure())]
    found += [*asyncio.run(memory.measure()), *import_file.measure()]
    summary(found)
    return 0 if all(one.met for one in found) else 1


def _decide() -> Measured:
    say("decide: a mixed portfolio on one core")
    return Measured("decide", decide.measure().per_second, "decisions/s", ">=", decide.TARGET)


if __name__ == "__main__":
    sys.exit(main())
