"""One instance per data folder: a lock that the kernel frees when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(RuntimeError):
    """Another instance holds the folder; the message says which process and what to do."""


@contextmanager
def single_instance(folder: Path) -> Iterator[None]:
    """Hold `folder` (made when absent) for this process. Raises `AlreadyRunning`."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "instance.lock"
    with file.open("a+", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(_who(file, folder)) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def _who(file: Path, folder: Path) -> str:
    pid = file.read_text(encoding="ascii").strip() or "unknown"
    return (
        f"arrears already runs in {folder} (process {pid}): "
        "end it with Ctrl-C in its terminal, or choose another folder with ARREARS_VAR"
    )
