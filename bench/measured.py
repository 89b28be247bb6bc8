"""A figure with its target, and the table of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Measured:
    """One figure of one run. `sense`: the target is an upper ("<=") or lower (">=") bound."""

    what: str
    value: float
    unit: str
    sense: Literal["<=", ">="]
    target: float

    @property
    def met(self) -> bool:
        return self.value <= self.target if self.sense == "<=" else self.value >= self.target

    @property
    def shown(self) -> str:
        return f"{self.value:,.2f} {self.unit}".strip()

    @property
    def wanted(self) -> str:
        return f"{self.sense} {self.target:,g} {self.unit}".strip()


def tell(found: Sequence[Measured]) -> int:
    """Print one line each; 1 when a target is missed."""
    for one in found:
        say(f"{one.what}: {one.shown} (target {one.wanted}){'' if one.met else '  MISSED'}")
    return 0 if all(one.met for one in found) else 1


def summary(found: Sequence[Measured]) -> None:
    """All figures as one table."""
    table = Table(title="arrears: one run on this machine")
    for column in ("what", "result", "target", "met"):
        table.add_column(column, overflow="fold")
    for one in found:
        table.add_row(one.what, one.shown, one.wanted, "yes" if one.met else "NO")
    Console(width=110).print(table)


def say(line: str) -> None:
    """Progress at once, also into a pipe."""
    print(line, flush=True)
