"""A whole book simulated: 100,000 accounts over 120 days under one policy, on all cores; also `python -m bench.book`.

Every account of the mix is played day by day through the pure simulator, paying or not. Workers take accounts in
chunks and give back counts only, so memory stays where it was however large the book is.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import lru_cache
from itertools import cycle, islice
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from bench.decide import FIRST_DUE, MIX, ROOT, WEEKDAYS, read_ladder, scenario
from bench.measured import Measured, say, tell
from domain.base import days
from domain.evidence import PolicyPin
from domain.ladder import Ladder
from domain.simulate import simulate

ACCOUNTS = 100_000
DAYS = 120
CHUNK = 250
MOST_SECONDS = 600
CURRENT = 60  # of a hundred accounts so many pay every instalment when it is due
KIBIBYTE = 1024


@lru_cache
def ladder(policy: str) -> Ladder:
    """One ladder per process."""
    return read_ladder(Path(policy))


def play(policy: str, first: int, count: int) -> Counter[str]:
    """Simulate these accounts; what happened, by kind of event. An account that pays on time has no case."""
    found: Counter[str] = Counter()
    mix = [(paid, minutes, seen) for share, paid, minutes, seen in MIX for _ in range(share)]
    rules = ladder(policy)
    pin = PolicyPin(id=rules.policy.id, version=rules.policy.version, sha256=rules.sha256)
    for number, behind in islice(enumerate(cycle(mix), start=first), count):
        found["accounts"] += 1
        if number % 100 < CURRENT:
            continue
        script = scenario(number, *behind)
        until = datetime.combine(FIRST_DUE + days(DAYS), datetime.min.time())
        played = simulate(rules, script.model_copy(update={"until": until}), WEEKDAYS, pin)
        found.update(event.body.kind for event in played.events)
        found["cases"] += 1
    return found


def run(policy: Path, accounts: int = ACCOUNTS) -> tuple[float, Counter[str]]:
    """(seconds, what happened) for a book of that size, with a progress bar."""
    begun = time.monotonic()
    total: Counter[str] = Counter()
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, disable=not sys.stderr.isatty()) as progress, ProcessPoolExecutor(os.cpu_count()) as pool:
        task = progress.add_task(policy.stem, total=accounts)
        starts = range(0, accounts, CHUNK)
        names, counts = [str(policy)] * len(starts), [min(CHUNK, accounts - start) for start in starts]
        for found in pool.map(play, names, starts, counts):
            total += found
            progress.advance(task, found["accounts"])
    return time.monotonic() - begun, total


def measure(policy: Path = ROOT / "policies" / "leasing.v1.yaml") -> Iterator[Measured]:
    """Seconds for the whole book, and the largest process."""
    say(f"book: {ACCOUNTS:,} accounts, {DAYS} days under {policy.stem}")
    seconds, found = run(policy)
    say(f"  {found['cases']:,} cases, {sum(found.values()) - found['cases'] - found['accounts']:,} events")
    yield Measured(f"book of {ACCOUNTS:,} accounts", seconds, "s", "<=", MOST_SECONDS)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / KIBIBYTE
    yield Measured("largest process of the book", largest, "MiB", "<=", 300)


if __name__ == "__main__":
    named = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "policies" / "leasing.v1.yaml"
    sys.exit(tell(list(measure(named))))
