"""The command line as a fixture."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import run
from tests.cli.running import Arrears, Ran


@pytest.fixture
def arrears(capsys: pytest.CaptureFixture[str]) -> Arrears:
    """`arrears("standing", file, ...)` runs that command line."""

    def go(*words: str | Path) -> Ran:
        code = run([str(word) for word in words])
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return go
