"""The size budget sees long files and long functions, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.size import MAX_FILE, MAX_FUNCTION, main


def _function(lines: int) -> str:
    return "def f():\n" + "    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(("text", "code"), [("x = 1\n" * MAX_FILE, 0), (_function(MAX_FUNCTION), 0), ("", 0)])
def test_what_fits_passes(tmp_path: Path, text: str, code: int) -> None:
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    assert main(tmp_path) == code


def test_all_violations_are_listed_with_their_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "long.py").write_text("x = 1\n" * (MAX_FILE + 1), encoding="utf-8")
    method = "class A:\n    async def g(self):\n" + "        x = 1\n" * MAX_FUNCTION
    (tmp_path / "deep.py").write_text(_function(MAX_FUNCTION + 1) + method, encoding="utf-8")
    assert main(tmp_path) == 1
    said = capsys.readouterr().out.splitlines()
    assert "long.py: 301 lines, at most 300" in said
    assert "deep.py:1 f: 41 lines, at most 40" in said
    assert f"deep.py:{MAX_FUNCTION + 3} g: 41 lines, at most 40" in said


def test_folders_of_others_do_not_count(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "theirs.py").write_text("x = 1\n" * 999, encoding="utf-8")
    assert main(tmp_path) == 0
