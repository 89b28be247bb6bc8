"""Makes .venv from a hashed lock, once per content (standard library only): environment.py runtime|dev."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import time
import venv
from collections import deque
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {"runtime": "requirements.lock", "dev": "requirements-dev.lock"}
PROGRESS_EVERY = 2.0  # seconds

Say = Callable[[str], None]


def main(kind: str) -> int:
    """Bring the environment to the state of the lock. Exit code 0, or 1 with the end of pip's own output."""
    folder, wanted = ROOT / ".venv", fingerprint(kind)
    if wanted in _stamps(folder):
        return 0
    began = time.monotonic()
    if not _is_usable(folder):
        _say(f"set-up: making .venv with Python {sys.version.split()[0]}")
        venv.create(folder, clear=True, with_pip=True, symlinks=True)
    names = locked(ROOT / LOCKS[kind])
    _say(f"set-up: installing {len(names)} packages from {LOCKS[kind]}")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    steps = [
        [*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / LOCKS[kind])],
        [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
    ]
    for step in steps:
        if not Install(step, len(names), _say).run():
            return 1
    _stamp_file(folder).write_text("\n".join([str(ROOT), *_after(kind)]), encoding="utf-8")
    _say(f"set-up: done in {time.monotonic() - began:.0f} s")
    return 0


def fingerprint(kind: str) -> str:
    """Kind and hash of what decides the environment's content."""
    digest = hashlib.sha256()
    for name in (LOCKS[kind], "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return f"{kind} {digest.hexdigest()}"


def locked(lock: Path) -> list[str]:
    """Names of the packages a lock pins."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [line.split("==")[0] for line in lines if "==" in line and line[0].isalnum()]


class Install:
    """One run of pip: its output is counted and kept, and a line is said at least every two seconds."""

    def __init__(self, command: list[str], total: int, say: Say) -> None:
        self._command, self._total, self._say = command, total, say
        self._seen = 0
        self._doing = "reading the lock"
        self._tail: deque[str] = deque(maxlen=20)
        self._over = threading.Event()

    def run(self) -> bool:
        """Whether pip succeeded; if not, the end of its output is said."""
        ticker = threading.Thread(target=self._tick, daemon=True)
        ticker.start()
        with subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as pip:
            for line in pip.stdout or ():
                self._note(line.rstrip())
        self._over.set()
        ticker.join()
        if pip.returncode:
            self._say("\n".join(["set-up: pip failed. The end of its output:", *self._tail]))
        return pip.returncode == 0

    def _note(self, line: str) -> None:
        self._tail.append(line)
        word, _, rest = line.strip().partition(" ")
        if word in ("Collecting", "Requirement"):
            self._seen += 1
            name = rest.removeprefix("already satisfied: ").split("==")[0].split(" ")[0]
            self._doing = f"{min(self._seen, self._total)} of {self._total}, {name}"
        elif word in ("Installing", "Obtaining"):
            self._doing = "unpacking"

    def _tick(self) -> None:
        while not self._over.wait(PROGRESS_EVERY):
            self._say(f"set-up: {self._doing}")


def _stamp_file(folder: Path) -> Path:
    return folder / "arrears-setup"


def _stamps(folder: Path) -> list[str]:
    file = _stamp_file(folder)
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return lines if _is_usable(folder) else []


def _is_usable(folder: Path) -> bool:
    """Whether it is whole (a set-up may have been cut off) and was made here (its programs name it)."""
    file = _stamp_file(folder)
    moved = file.exists() and file.read_text(encoding="utf-8").splitlines()[:1] != [str(ROOT)]
    return not moved and all((folder / "bin" / name).exists() for name in ("python", "pip"))


def _after(kind: str) -> list[str]:
    """What the stamp says now: `dev` contains all of `runtime`; `runtime` may have moved what `dev` had."""
    return [fingerprint(each) for each in LOCKS] if kind == "dev" else [fingerprint("runtime")]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        _say("set-up: interrupted; the next run goes on from here")
        sys.exit(130)
