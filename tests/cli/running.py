"""Runs a command line of arrears as a person does, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code and both outputs."""

    code: int
    out: str
    err: str

    def objects(self) -> list[dict[str, Any]]:
        """The lines of the output as JSON objects."""
        return [json.loads(line) for line in self.out.splitlines()]


def arrears(*words: str | Path) -> Ran:
    """Run `arrears WORDS` from the repository's root."""
    argv = [sys.executable, str(ROOT / "cli.py"), *map(str, words)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


def written(folder: Path, data: object, name: str = "case.yaml") -> Path:
    """A file with that data in YAML; a text is written as it is."""
    path = folder / name
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path
