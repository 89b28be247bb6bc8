"""Programs are found in the environment before PATH, and absence is an answer."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from operate.binaries import find_binary, temporal_binary, test_server_binary as server_binary


def _program(folder: Path, name: str, mode: int = 0o755) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text("#!/bin/sh\n", encoding="ascii")
    file.chmod(mode)
    return file


def test_environment_goes_before_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = _program(tmp_path / "env", "temporal")
    other = _program(tmp_path / "path", "temporal")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    assert find_binary("temporal", [tmp_path / "env"]) == str(mine)
    assert find_binary("temporal", []) == str(other)


def test_a_file_that_cannot_run_is_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path / "env", "temporal", mode=0o644)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_binary("temporal", [tmp_path / "env"]) is None


def test_both_programs_come_with_the_environment() -> None:
    cli, server = temporal_binary(), server_binary()
    assert cli is not None and server is not None
    said = subprocess.run([cli, "--version"], capture_output=True, text=True, check=True).stdout
    assert said.startswith("temporal version")
