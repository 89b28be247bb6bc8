"""Runs a command line of arrears in this process and keeps what it printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "scenarios"


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code and both outputs."""

    code: int
    out: str
    err: str

    def objects(self) -> list[dict[str, Any]]:
        """The lines of the output as JSON objects."""
        return [json.loads(line) for line in self.out.splitlines()]


Arrears = Callable[..., Ran]


def written(folder: Path, data: object, name: str = "case.yaml") -> Path:
    """A file with that data in YAML; a text is written as it is."""
    path = folder / name
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path
