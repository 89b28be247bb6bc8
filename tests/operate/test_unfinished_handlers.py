"""A handler cut off by the end of its workflow fails the run, although each test passes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

WARNS = """
import warnings
from temporalio.workflow import UnfinishedUpdateHandlersWarning

def test_passes():
    warnings.warn(UnfinishedUpdateHandlersWarning("Workflow finished while update handlers run. More."))
"""


def _run(folder: Path, test: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text("from tests.conftest import pytest_configure\n", encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "test_it.py").write_text(test, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


def test_the_run_fails_and_names_the_test(tmp_path: Path) -> None:
    done = _run(tmp_path, WARNS)
    assert "1 passed" in done.stdout
    assert "FAILED test_it.py::test_passes: Workflow finished while update handlers run" in done.stdout
    assert done.returncode == 1


def test_other_warnings_do_not(tmp_path: Path) -> None:
    done = _run(tmp_path, "import warnings\n\ndef test_passes():\n    warnings.warn(UserWarning('x'))\n")
    assert (done.returncode, "FAILED" in done.stdout) == (0, False)
