"""Hygiene refuses each kind of thing it names, says where, and leaves honest files alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.hygiene import main
from checks.policy_hashes import enter

# Put together here, so that this file passes the check it tests.
BAD = {
    "a.lock": "--extra-index" + "-url something",
    "b.md": "see https://py" + "pi.org/simple",
    "c.md": "files.python" + "hosted.org",
    "d.json": "https://registry.np" + "mjs.org/x",
    "e.py": "FILE = '/ho" + "me/someone/x'",
    "f.sh": "cd /ro" + "ot/x",
    "g.py": "# TO" + "DO: later",
    "h.py": "@pytest.mark.sk" + "ip",
    "i.py": "pytest.mark.x" + "fail(strict=True)",
    "j.md": "done \U0001f389",
}


@pytest.mark.parametrize("name", BAD)
def test_each_kind_is_refused_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (tmp_path / name).write_text(f"first line\n{BAD[name]}\n", encoding="utf-8")
    assert main([], tmp_path) == 1
    assert capsys.readouterr().out.startswith(f"{name}:2: ")


def test_honest_files_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "rooted, homework, /api/cases, todos, 租金催收通知书, skipped = 3, ${HOME}/work/x, http://127.0.0.1:8000\n"
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    (tmp_path / "b.csv").write_bytes("账户".encode("gb18030"))
    assert main([], tmp_path) == 0
    assert capsys.readouterr().out == "2 files, 0 findings\n"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    file = tmp_path / "policies" / "leasing.v1.yaml"
    file.write_text("id: leasing\n", encoding="utf-8")
    enter(tmp_path, file.name)
    return file


def test_a_listed_policy_passes_unchanged(tmp_path: Path, policy: Path) -> None:
    assert policy.exists() and main([], tmp_path) == 0


def test_a_changed_used_policy_is_refused(tmp_path: Path, policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text("id: leasing\n\n", encoding="utf-8")
    assert main([], tmp_path) == 1
    assert "leasing.v1.yaml: was used and has changed" in capsys.readouterr().out
    with pytest.raises(ValueError, match="next version"):
        enter(tmp_path, policy.name)


def test_a_lost_or_unlisted_policy_is_refused(tmp_path: Path, policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.rename(policy.with_name("leasing.v2.yaml"))
    assert main([], tmp_path) == 1
    said = capsys.readouterr().out
    assert "leasing.v1.yaml: was used and is gone" in said
    assert "leasing.v2.yaml: is not in policies/HASHES" in said
