"""The golden timelines beside the tests of policies: scenarios, expected lines, and how they are played."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from domain.ladder import Ladder
from domain.policy_file import read_yaml
from domain.scenario import Scenario
from domain.simulate import Played, simulate
from domain.timeline import timeline
from tests.builders.calendars import CHINA_2026
from tests.builders.ladders import ladder, leasing, pin

GOLDEN = Path(__file__).parents[1] / "policies" / "golden"
LEASING = sorted(path.stem for path in GOLDEN.glob("*.yaml"))
OTHERS = sorted(f"{path.parent.name}/{path.stem}" for path in GOLDEN.glob("*/*.yaml"))
NAMES = [*LEASING, *OTHERS]
CHANGES = {
    "bank/agreement_revived": (
        ("agreement_revive: {type: boolean, default: false", "agreement_revive: {type: boolean, default: true"),
        ("agreement_tolerance_days: {type: integer, minimum: 0, default: 0",
         "agreement_tolerance_days: {type: integer, minimum: 0, default: 5"),
    ),
}  # fmt: skip
Lines = dict[str, Counter[str]]


def scenario(name: str) -> Scenario:
    """The script of a golden timeline."""
    return Scenario.model_validate(read_yaml((GOLDEN / f"{name}.yaml").read_text(encoding="utf-8")))


def ladder_of(name: str) -> Ladder:
    """The policy of a timeline: that of its folder, with the settings it is about."""
    return ladder(name.partition("/")[0], *CHANGES.get(name, ())) if "/" in name else leasing()


@lru_cache
def played(name: str) -> Played:
    """What the simulator makes of it."""
    found = ladder_of(name)
    return simulate(found, scenario(name), CHINA_2026, pin(found))


def expected(name: str) -> Lines:
    """The written lines per instant."""
    written = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return by_instant(line for line in written if line.strip() and not line.startswith("#"))


def shown(play: Played) -> Lines:
    """The lines of a played case per instant."""
    return by_instant("|".join(row.columns("Asia/Shanghai")) for row in timeline(play.events))


def by_instant(lines: Iterable[str]) -> Lines:
    """Lines sorted under their first column; spaces around cells do not count, order inside an instant neither."""
    found: Lines = defaultdict(Counter)
    for line in lines:
        cells = [cell.strip() for cell in line.split("|")]
        found[cells[0]][" | ".join(cells[1:])] += 1
    return dict(found)
